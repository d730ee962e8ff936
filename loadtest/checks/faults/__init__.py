"""A broken upstream cache is a slow cache, never an error: pages stay right, nobody gets a 5xx, a
request takes at most 50 ms longer than without a cache, and the cache comes back by itself.

`./scripts/lab check faults` breaks Redis and Memcached in every way that catalogue.py lists, under
a small steady load, and prints what the readers saw.
"""

from .cli import main

__all__ = ["main"]
