"""`python -m tracing URL [--as USER] [--json]`."""

import sys

from tracing.cli import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
