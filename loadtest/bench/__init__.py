"""Compares the stack's caches by measurement: `python -m bench`."""
