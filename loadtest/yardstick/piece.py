"""The piece of work: about half a millisecond of what the stack's services do as well.

Interpreted Python with texts, dictionaries and regular expressions as in Django's views, compression as at
the edge, and a walk through memory. A change of it, or of the image's Python, makes another yardstick: its
name says which one was used.
"""

from __future__ import annotations

import json
import platform
import re
import resource
import time
import zlib

NAME = f"2, Python {platform.python_version()}"

TEXT = "The quick brown fox jumps over the lazy dog. <b>%s</b> &amp; co. " * 12
TAG = re.compile(r"<b>([^<]*)</b>")
MEMORY = bytes(range(256)) * 2**14
"""4 MiB."""
STRIDE = 3571
"""Bytes between two reads: more than a cache line, and no power of two."""
TIMES = 2


def work() -> int:
    """Does it; the result depends on all of it, and is the same every time."""
    done = sum(MEMORY[::STRIDE])
    for turn in range(TIMES):
        records = {
            f"key-{i}": {"number": turn, "text": TEXT[: 40 + i], "list": [i] * 8} for i in range(30)
        }
        text = TAG.sub(lambda found: f"[{found[1]}]", TEXT)
        for key in json.loads(json.dumps(records)):
            text = text.replace("fox", key, 1)
        done += len(zlib.compress(text.encode(), 6))
    return done


def cost_ms() -> float | None:
    """CPU milliseconds of this thread for one piece; None where another was given the core meanwhile.

    It is made once, on caches that hold what others need, as a request is: what neighbours on the host do to
    the memory that all share is most of what a request costs more in a slow moment. Repeated at once, it
    would find its own data in the core's caches and miss that.
    """
    switches = _switches()
    before = time.thread_time_ns()
    work()
    spent = (time.thread_time_ns() - before) / 1e6
    return spent if _switches() == switches else None


def _switches() -> int:
    """How often this thread had to leave a core."""
    return resource.getrusage(resource.RUSAGE_THREAD).ru_nivcsw
