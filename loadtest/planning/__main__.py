"""`python -m planning`: see `planning.cli`."""

import sys

from planning.cli import main

sys.exit(main())
