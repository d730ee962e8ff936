"""The mixes hold what they promise, and are read without Locust."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from users.mixes import KINDS, MIXES, BadMix, Mix, checked, members, parse, spelled, writes

# Locust changes the standard library as it is imported: in a process of its own.
CLASSES = """
from users.kinds import CLASSES
from users.member import PAGES
print(*CLASSES)
print(PAGES["vote"] / sum(PAGES.values()))
"""

weights = st.floats(min_value=0, max_value=1e6, allow_subnormal=False)
mixes = st.dictionaries(st.sampled_from(KINDS), weights, min_size=1).filter(
    lambda mix: sum(mix.values()) > 0
)


@pytest.fixture(scope="module")
def classes() -> list[str]:
    """The kinds that there are, and the share of a member's visits that vote."""
    loadtest = Path(__file__).resolve().parents[1]
    done = subprocess.run(
        [sys.executable, "-c", CLASSES], cwd=loadtest, capture_output=True, text=True, check=True
    )
    return done.stdout.splitlines()


def test_every_kind_that_a_mix_may_name_has_its_class(classes: list[str]) -> None:
    assert classes[0].split() == list(KINDS)
    assert all(set(mix) <= set(KINDS) for mix in MIXES.values())


def test_community_reads_thirty_times_for_each_write(classes: list[str]) -> None:
    share = {kind: weight / 100 for kind, weight in MIXES["community"].items()}
    # Requests of one visit: a reader's page brings a third of a file with it, a commenter reads, writes
    # and looks, an editor asks seven times of which two write; a member's vote is a page and a write.
    votes = share["member"] * float(classes[1])
    written = votes + share["commenter"] + 2 * share["editor"]
    read = share["reader"] * 4 / 3 + share["feedreader"] + share["member"]
    read += 2 * share["commenter"] + 5 * share["editor"]
    assert read / written == pytest.approx(30, rel=0.01)


@pytest.mark.parametrize(
    ("name", "reads"), [("hundred-to-one", 100), ("thirty-to-one", 30), ("four-to-one", 4)]
)
def test_so_many_requests_read_for_one_that_writes(name: str, reads: float) -> None:
    mix = MIXES[name]
    # Who comments reads the page first.
    assert (mix["witness"] + mix["correspondent"]) / mix["correspondent"] == reads


@given(st.floats(0, 1))
def test_members_have_their_share_of_the_visits(share: float) -> None:
    mix = members(share)
    assert mix["member"] / sum(mix.values()) == pytest.approx(share)


@given(mixes)
def test_a_mix_is_read_as_it_was_spelled(mix: Mix) -> None:
    assert parse(spelled(mix)) == mix


def test_a_named_mix_is_spelled_by_its_name() -> None:
    assert parse(spelled("readers")) == MIXES["readers"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("reeders", "there is no mix 'reeders': accepted are readers, community"),
        ("reder=1", "there is no visitor 'reder': accepted are reader, gallery"),
        ("Reader=1", "there is no visitor 'Reader'"),
        ("reader=many", "'reader=many': accepted is kind=weight"),
        ("reader=76,member", "'member': accepted is kind=weight"),
        ("reader=1,", "'': accepted is kind=weight"),
        ("reader=-1", "reader=-1: accepted are weights from 0"),
        ("reader=nan", "reader=nan: accepted are weights from 0"),
        ("reader=inf", "reader=inf: accepted are weights from 0"),
        ("reader=0,member=0", "nobody visits"),
        ("reader=1,reader=2", "reader is in the mix twice"),
        ("", "there is no mix ''"),
    ],
)
def test_what_is_no_mix_is_said_in_one_line(text: str, said: str) -> None:
    with pytest.raises(BadMix) as caught:
        parse(text)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("mix", [{}, {"reader": 0.0}, {"nobody": 1.0}])
def test_weights_from_elsewhere_are_checked_as_well(mix: Mix) -> None:
    with pytest.raises(BadMix):
        checked(mix)


@pytest.mark.parametrize("reads", [0.5, float("nan"), float("inf")])
def test_a_writer_reads_first(reads: float) -> None:
    with pytest.raises(BadMix, match="accepted are numbers from 1"):
        writes(reads)


def test_no_more_members_than_visitors() -> None:
    with pytest.raises(BadMix, match="from 0 to 1"):
        members(1.5)
