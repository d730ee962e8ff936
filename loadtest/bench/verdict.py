"""A run's verdict on itself, and a comparison's: every reason there is. What finds them is in `judging`."""

from bench.judging.codes import CODES

__all__ = ["CODES"]
