"""Lets the tests import the generator, and what Prometheus is told (services/prometheus)."""

import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent / "prometheus")]
