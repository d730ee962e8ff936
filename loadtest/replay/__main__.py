"""`python -m replay access.log [more.log.gz ...]`."""

import sys

from replay.cli import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
