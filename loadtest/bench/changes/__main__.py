"""`python -m bench.changes`: see `cli`."""

import sys

from bench.changes.cli import main

sys.exit(main())
