"""Lets the tests import `console` as its image does, from the folder beside them, and what they share."""

import sys
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parent / name) for name in ("server", "tests")]
