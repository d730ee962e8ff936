"""Each bad idea goes wrong, each cure holds, and neither predicate is one that can't fail."""

from __future__ import annotations

from dataclasses import replace
from importlib import import_module

import pytest

from clinic import case, people
from clinic.case import Row, refusal_of
from clinic.cases import CASES, orm, personal, rarely
from clinic.models import Ballot, Note, Presence
from magazine.models import Message, Post

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.usefixtures("site")
@pytest.mark.parametrize("name", CASES)
def test_the_bad_idea_goes_wrong_and_the_cure_holds(name: str) -> None:
    outcome = CASES[name].outcome()
    assert outcome.went_wrong, f"{name} did not go wrong: {outcome.figures}"
    assert outcome.cured, f"{name}'s cure did not hold: {outcome.figures}"
    assert outcome.refused, f"{name}: the library did not refuse the bad idea"


@pytest.mark.usefixtures("site")
@pytest.mark.parametrize("name", CASES)
def test_a_bad_idea_in_the_cures_place_is_no_cure(name: str) -> None:
    swapped = {
        key: replace(row, bad=row.cure, cure=row.bad) for key, row in CASES[name].run().items()
    }
    # What can't be compared ("never asked") is no figure of a bad idea.
    as_figures = {
        key: replace(row, bad=100 if isinstance(row.bad, str) else row.bad)
        for key, row in swapped.items()
    }
    assert not CASES[name].went_wrong(as_figures)
    assert not CASES[name].cured(as_figures)


@pytest.mark.usefixtures("site")
@pytest.mark.parametrize("name", CASES)
def test_a_run_leaves_no_rows_behind(name: str) -> None:
    CASES[name].outcome()
    for model in (Ballot, Note, Presence, Post, Message):
        assert not model.objects.exists(), f"{name} left a {model.__name__}"


def test_everybody_is_told_apart_by_what_is_theirs(site: str) -> None:
    figures = personal.run()
    assert figures["whose"].bad == (
        "Ann of the clinic’s to Ben of the clinic; "
        "Ann of the clinic’s to somebody without an account"
    )
    # Everybody but Ann, in each round.
    assert figures["leaks"].bad == 2 * personal.ROUNDS


def test_people_of_the_clinic_have_no_password() -> None:
    assert not people.person("ann").has_usable_password()


REFUSALS = {
    "orm": ["saving a kept copy would overwrite"],
    "personal": ["Audience.USER", "what is for one user would be shown to everybody"],
    "admin": ["what is for staff would be shown to everybody"],
}


@pytest.mark.parametrize("name", CASES)
def test_the_refusals_teach(name: str) -> None:
    said = [refusal_of(idea) for idea in CASES[name].told_to_the_library]
    taught = REFUSALS.get(name, [])
    assert len(said) == len(taught)
    for text, lesson in zip(said, taught, strict=True):
        assert lesson in text


def test_what_the_library_lets_happen_is_no_refusal() -> None:
    assert refusal_of(lambda: personal.clinic_greeting(None)) == ""


def test_the_code_that_is_shown_is_the_code_that_runs() -> None:
    shown = case.source(orm.CASE.cure_code)
    assert "@policy(use=Use.FRAGMENTS" in shown
    assert "select_for_update" in shown
    assert "@cache_page(30" in case.source(CASES["admin"].bad_code)


def test_a_case_is_listed_for_each_module() -> None:
    for name, each in CASES.items():
        assert import_module(f"clinic.cases.{name}").CASE is each


def test_the_archive_does_not_fit() -> None:
    """In the small servers' three megabytes, nor do the pages between two readers of the same one."""
    assert len(rarely.TAIL) * len(rarely.archive_page(1)) > 2 * 3_000_000
    between = len(rarely.POPULAR) * rarely.CRAWLED_BETWEEN
    assert between * len(rarely.archive_page(1)) > 3 * 3_000_000


def test_the_figures_decide(site: str) -> None:
    nothing_lost = {name: Row("", 0, 0) for name in ("notes", "field", "fresh", "seen", "titles")}
    assert not orm.went_wrong(nothing_lost)
    assert orm.cured(nothing_lost)
    assert not orm.cured({**nothing_lost, "seen": Row("", 0, 1)})
