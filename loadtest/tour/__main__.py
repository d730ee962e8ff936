"""`python -m tour [--unattended]`."""

import sys

from tour.cli import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
