"""manage.py clinic [NAME] [--json]

Exit codes: 0 it went wrong and the cure held, as it should; 1 not so; 2 it could not be run.
"""

from __future__ import annotations

import json
import sys
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from clinic import report
from clinic.cases import CASES
from clinic.runner import CannotRun, run


class Command(BaseCommand):
    help = "Runs a bad use of the cache beside its cure, and shows the figures."

    def add_arguments(self, parser: CommandParser) -> None:
        # A text, checked below: one line for a bad value instead of the whole usage.
        parser.add_argument("name", nargs="?", default="", help=", ".join(CASES))
        parser.add_argument("--json", action="store_true", help="the figures as data")

    def handle(self, *_: Any, name: str, **options: Any) -> None:
        if not name:
            self.stdout.write(report.listed(CASES))
            return
        if name not in CASES:
            raise CommandError(
                f"clinic {name}: accepted values are {', '.join(CASES)}", returncode=2
            )
        store = settings.CACHING["store"]
        try:
            outcome = run(CASES[name])
        except CannotRun as why:
            raise CommandError(str(why), returncode=2) from None
        if options["json"]:
            data = report.as_data(name, outcome, store)
            self.stdout.write(json.dumps(data, ensure_ascii=False, indent=2))
        else:
            self.stdout.write(report.told(CASES[name], outcome, store))
        if not outcome.as_it_should:
            sys.exit(1)
