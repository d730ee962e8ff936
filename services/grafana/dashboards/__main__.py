"""`python -m dashboards`: writes `json/` anew."""

from pathlib import Path

from . import ALL
from .files import write

if __name__ == "__main__":
    write(ALL, Path(__file__).parents[1] / "json")
