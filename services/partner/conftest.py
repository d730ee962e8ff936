"""Lets the tests import `partner` as its image does, from the folder beside them."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
