"""manage.py clinic: what it prints, and its exit codes."""

from __future__ import annotations

import json
from dataclasses import replace
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from clinic import report
from clinic.cases import CASES

pytestmark = pytest.mark.django_db(transaction=True)


def said(*arguments: str) -> str:
    out = StringIO()
    call_command("clinic", *arguments, stdout=out)
    return out.getvalue()


def test_alone_it_lists_the_cases() -> None:
    assert [line.split()[0] for line in said().splitlines()] == list(CASES)


def test_an_unknown_case_is_refused_in_one_line() -> None:
    with pytest.raises(CommandError, match="accepted values are rarely, volatile") as refused:
        said("rare")
    assert refused.value.returncode == 2
    assert len(str(refused.value).splitlines()) == 1


def test_it_tells_the_case_its_figures_and_the_verdict() -> None:
    text = " ".join(said("orm").split())
    assert "saving a cached instance" in text
    assert "The bad idea went wrong, the cure held." in text
    assert "The library: NotCacheable: a Note must not be cached" in text


def test_a_sentence_stands_below_its_row(site: str) -> None:
    text = said("admin")
    assert "  what leaked:\n      bad   Draft of the clinic" in text


def test_the_figures_as_data() -> None:
    data = json.loads(said("orm", "--json"))
    assert data["as_it_should"] is True
    assert data["figures"]["field"] == {
        "what": "updates lost; cured by saving one field", "bad": 20, "cure": 0, "unit": ""
    }  # fmt: skip


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"went_wrong": lambda _: False}, "THE BAD IDEA DID NOT GO WRONG"),
        ({"cured": lambda _: False}, "THE CURE DID NOT HOLD"),
        ({"told_to_the_library": (lambda: None,)}, "THE LIBRARY DID NOT REFUSE IT"),
    ],
)
def test_it_fails_when_it_is_not_as_it_should_be(
    monkeypatch: pytest.MonkeyPatch, wrong: dict[str, Any], words: str
) -> None:
    monkeypatch.setitem(CASES, "orm", replace(CASES["orm"], **wrong))
    out = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("clinic", "orm", stdout=out)
    assert ended.value.code == 1
    assert words in out.getvalue()


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (1234, "1,234"),
        (0.12345, "0.123"),
        (-0.0456, "-0.0456"),
        (3456.7, "3,457"),
        ("a", "a"),
    ],
)
def test_three_digits_are_shown(value: float | str, text: str) -> None:
    assert report.shown(value) == text
