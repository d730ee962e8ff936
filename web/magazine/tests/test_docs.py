"""The docs say what the declarations say."""

from __future__ import annotations

import io
import re
from pathlib import Path

from django.core.management import call_command

DOCS = Path(__file__).parents[3] / "docs" / "policies.md"


def test_the_table_of_policies_is_that_of_the_declarations() -> None:
    printed = io.StringIO()
    call_command("list_policies", "magazine", "content", stdout=printed)
    assert DOCS.read_text().endswith(printed.getvalue()), (
        "docs/policies.md is not what the declarations say: below its first lines, put the output "
        "of: python web/manage.py list_policies magazine content"
    )


def test_every_policy_says_what_it_keeps() -> None:
    printed = io.StringIO()
    call_command("list_policies", "magazine", "content", stdout=printed)
    silent = re.findall(r"^\| `([^`]+)` \|  \|", printed.getvalue(), re.MULTILINE)
    assert not silent, "these policies have no docstring"
