"""Lets the tests import `rivals` as its image does, from the folder beside them."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
