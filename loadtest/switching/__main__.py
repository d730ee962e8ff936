"""`python -m switching [--allow-switching]`."""

import sys

from switching.cli import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
