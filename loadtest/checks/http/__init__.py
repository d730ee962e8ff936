"""`check http`: the edge's VCL before the origin of an independent suite (cache-tests.fyi)."""

from .cli import main

__all__ = ["main"]
