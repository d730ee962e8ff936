"""`./scripts/lab trace URL`: sends one request and shows the way that it took through the layers.

What is inside (keys, tags, replicas) comes from the servers' own logs, by the request's number, and never
from a public header.
"""
