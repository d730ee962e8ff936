"""Experiments as files: the shipped ones, and what is said of broken ones."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.definitions import document, planning
from bench.definitions.lines import line_of, lines
from bench.definitions.planning import Asked
from bench.definitions.problems import BadDefinition
from bench.definitions.reading import parse, read
from bench.definitions.shipped import find, shipped
from bench.result import Pair, Plan, Visits
from bench.schedule import duration

NAMES = {
    *("factorial", "growth", "layers", "lossy", "members", "popularity", "quick", "strategies"),
    *("ttl", "uses", "writes"),
}

GOOD = """\
question = "Which?"
baseline = "none"

[visits]
mix = "readers"

[toggles]
LAB_UPSTREAM = "off"

[[variants]]
name = "none"
sentence = "Nothing."

[[variants]]
name = "redis"
sentence = "Redis."
toggles = { LAB_UPSTREAM = "redis" }
"""

FACTORS = """\
question = "Which?"
baseline = "none"
{more}
[visits]
mix = "readers"
"""

FACTOR = """
[[factors]]
name = "{0}"
what = "cache {0}"
off = {{ LAB_{1} = "off" }}
on = {{ LAB_{1} = "on" }}
"""


def plan_of(text: str, **asked: object) -> Plan:
    return planning.planned("mine", parse(text, "mine.toml"), Asked(**asked))  # type: ignore[arg-type]


def problems(text: str) -> tuple[str, ...]:
    with pytest.raises(BadDefinition) as caught:
        parse(text, "mine.toml")
    return caught.value.problems


def test_all_that_should_be_shipped_is() -> None:
    assert set(shipped()) == NAMES


@pytest.mark.parametrize("name", sorted(NAMES))
def test_every_shipped_file_makes_a_plan(name: str) -> None:
    plan = planning.planned(name, read(find(name)), Asked())
    names = plan.variant_names
    assert len(set(names)) == len(names) >= 4
    assert plan.baseline in names
    assert plan.question.endswith("?")
    for variant in plan.variants:
        assert variant.sentence.endswith(".")
        assert variant.toggles["LAB_GENERATED"] == "on" or variant.name == "without-generated"
        if variant.name != plan.baseline:
            assert any(pair.ours == variant.name for pair in plan.pairs)
    for pair in plan.pairs:
        assert {pair.ours, pair.against} <= set(names)
        assert pair.what


@pytest.mark.parametrize(("name", "minutes"), [("quick", 4), ("layers", 15)])
def test_what_must_be_short_is(name: str, minutes: float) -> None:
    assert duration(planning.planned(name, read(find(name)), Asked())) <= 60 * minutes


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ('"redis" }', '"radis" }', 17, "LAB_UPSTREAM=radis: accepted values are redis, memcached"),
        (
            "{ LAB_UPSTREAM",
            "{ LAB_UPSTRAEM",
            17,
            "did you mean LAB_UPSTREAM? Accepted are LAB_EDGE",
        ),
        ('LAB_UPSTREAM = "off"', "LAB_PORT = 80", 8, "there is no toggle 'LAB_PORT'"),
        ('LAB_UPSTREAM = "off"', 'PATH = "/tmp"', 8, "there is no toggle 'PATH'"),
        ('LAB_UPSTREAM = "off"', 'LAB_WEB_IMAGE = "evil"', 8, "accepted values are cachelab-web, "),
        ('LAB_UPSTREAM = "off"', "LAB_TTL = 0", 8, "whole numbers from 1 to 86400"),
        ('LAB_UPSTREAM = "off"', "LAB_UPSTREAM = true", 8, "LAB_UPSTREAM"),
        ('"readers"', '"reader"', 5, "did you mean readers? Accepted are readers, community"),
        ('"readers"', "{ raeder = 1 }", 5, "did you mean reader? Accepted are reader, gallery"),
        ('"readers"', "{ reader = -1 }", 5, "reader = -1: accepted are numbers from 0"),
        ('"readers"', "{ reader = 0 }", 5, "nobody visits"),
        ('"readers"', '"readers"\nusers = 0', 6, "users = 0: accepted are visits under way"),
        ('"readers"', '"readers"\nusers = 2.5', 6, "users = 2.5: accepted are visits under way"),
        ('"readers"', '"readers"\nusers = 2\nrate = 3', 7, "users and rate exclude each other"),
        (
            '"readers"',
            '"readers"\nuser = 2',
            6,
            "no key 'user'; did you mean users? Accepted are mix",
        ),
        ('name = "redis"', 'name = "none"', 15, "two variants are called 'none'"),
        (
            'name = "redis"',
            'name = "Redis!"',
            15,
            "name = 'Redis!': accepted are names of lower-case",
        ),
        ('name = "redis"\n', "", 14, "name is missing: accepted are names of lower-case"),
        ('"none"\n\n[v', '"noone"\n\n[v', 2, "no variant 'noone'; did you mean none? Accepted are"),
        ('baseline = "none"\n', "", 1, "baseline is missing: accepted are the name of the variant"),
        ('"Which?"', '""', 1, "question = '': accepted are the question"),
        (
            'baseline = "none"',
            'baseline = "none"\nrounds = 0',
            3,
            "rounds = 0: accepted are how often",
        ),
        ('baseline = "none"', 'baseline = "none"\nruonds = 3', 3, "did you mean rounds?"),
        ('baseline = "none"', 'baseline = "none"\nrtt = { cahce = 1 }', 3, "did you mean cache?"),
        (
            'baseline = "none"',
            'baseline = "none"\nrtt = { db = -1 }',
            3,
            "rtt.db = -1: accepted are",
        ),
        (
            'baseline = "none"',
            'baseline = "none"\nrtt = { db = 0.0004 }',
            3,
            "rtt.db = 0.0004: accepted are milliseconds of round trip that are added, from 0.001 to 1000",
        ),
        ('baseline = "none"', 'baseline = "none"\nfraction = "half"', 3, "without factors"),
        ('baseline = "none"', "baseline = none", 2, "it is no TOML: Invalid value"),
        ("[visits]", "[visits", 4, "it is no TOML"),
        (
            'sentence = "Redis."',
            'sentence = "R."\nagainst = "cdn"',
            17,
            "there is no variant 'cdn'",
        ),
        ('sentence = "Redis."', 'sentence = "R."\nagainst = "redis"', 17, "compared with itself"),
    ],
)
def test_a_broken_file_is_told_of_by_its_line(old: str, new: str, line: int, said: str) -> None:
    assert old in GOOD
    found = problems(GOOD.replace(old, new, 1))
    assert any(each.startswith(f"mine.toml:{line}: ") and said in each for each in found), found
    assert all("\n" not in each for each in found)


def test_all_problems_are_told_at_once_in_their_order() -> None:
    broken = GOOD.replace('"redis" }', '"radis", LAB_TTL = "never" }').replace('"off"', '"of"')
    places = [each.split(": ")[0] for each in problems(broken)]
    assert places == ["mine.toml:8", "mine.toml:17", "mine.toml:17"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "question is missing"),
        ("question = 1\nbaseline = 2\nvisits = 3", "mine.toml:3: visits = 3: accepted are a table"),
        (GOOD.split("[[variants]]")[0], "nothing is compared"),
        (
            FACTORS.format(more="") + FACTOR.format("x", "EDGE_PAGES") + GOOD[GOOD.index("[[v") :],
            "exclude",
        ),
        (
            FACTORS.format(more='fraction = "half"') + FACTOR.format("x", "EDGE_PAGES"),
            "mine.toml:3: 1 factors",
        ),
        (
            FACTORS.format(more="")
            + FACTOR.format("x", "EDGE_PAGES").replace(
                "on = { LAB_EDGE_PAGES", "on = { LAB_FRAGMENTS"
            ),
            "x: accepted are the same toggles for off and on",
        ),
    ],
)
def test_other_ways_to_be_no_experiment(text: str, said: str) -> None:
    assert any(said in each for each in problems(text)), problems(text)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"\xff", "it is no UTF-8"),
        (b"#" * 1_000_001, "over 1,000,000 bytes"),
        (None, "No such file"),
    ],
)
def test_what_is_no_text_is_one_line(content: bytes | None, said: str, tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(BadDefinition, match=said) as caught:
        read(path)
    assert len(caught.value.problems) == 1


@given(st.text(max_size=200))
def test_no_text_does_more_harm_than_a_line(text: str) -> None:
    assert all(each.startswith("mine.toml:") for each in problems(text))


def test_an_unknown_name_is_told_with_those_there_are() -> None:
    with pytest.raises(BadDefinition, match="did you mean layers"):
        find("layer")
    assert find("./mine.toml") == Path("mine.toml")


def test_the_command_line_beats_the_file_and_a_variant_beats_both() -> None:
    text = GOOD.replace("toggles = { LAB", "visits = { mix = { member = 1 } }\ntoggles = { LAB")
    plan = plan_of(text, rounds=9, users=3, mix="crawler", pages=7)
    assert plan.rounds == 9
    assert plan.variant("none").visits == Visits("crawler", 3, pages=7)
    assert plan.variant("redis").visits == Visits({"member": 1}, 3, pages=7)
    assert plan_of(text, rate=40.0).variant("none").visits == Visits("readers", 0, 40.0)


def test_an_option_that_no_variant_heeds_is_refused() -> None:
    with pytest.raises(BadDefinition, match=r"--mix: every variant of members has its own mix"):
        planning.planned("members", read(find("members")), Asked(mix="readers"))


def test_some_variants_only_are_compared_with_each_other() -> None:
    layers = read(find("layers"))
    wanted = ("everything-but-upstream", "everything", "everything")
    plan = planning.planned("layers", layers, Asked(variants=wanted))
    assert plan.variant_names == wanted[:2]
    assert plan.baseline == "everything-but-upstream"
    assert plan.pairs == (
        Pair("everything", "everything-but-upstream", "all caches"),
        Pair("everything", "everything-but-upstream", "the upstream cache"),
    )
    with pytest.raises(BadDefinition, match="did you mean everything"):
        planning.planned("layers", layers, Asked(variants=("everythin",)))


def test_factors_make_all_combinations_or_half_of_them() -> None:
    every = FACTORS.format(more="") + "".join(
        FACTOR.format(*each)
        for each in (
            ("p", "EDGE_PAGES"),
            ("a", "EDGE_ASSETS"),
            ("f", "FRAGMENTS"),
            ("c", "COMPILED"),
        )
    )
    plan = plan_of(every)
    assert len(plan.variants) == 16
    assert plan.variant("p+f").toggles == {
        "LAB_EDGE_PAGES": "on",
        "LAB_EDGE_ASSETS": "off",
        "LAB_FRAGMENTS": "on",
        "LAB_COMPILED": "off",
    }
    assert [len(factor.on) for factor in plan.factors] == [8, 8, 8, 8]
    half = plan_of(every.replace("\n\n[visits]", '\nfraction = "half"\n[visits]', 1))
    assert len(half.variants) == 8
    assert half.baseline == "none"
    # Half of the factors' combinations is no design any more when some of it is left out.
    assert plan_of(every, variants=("none", "p")).factors == ()


def test_lines_are_those_of_keys_tables_and_entries() -> None:
    text = (
        '"a b" = 1\nc.d = [1,\n  { e = 2 }]\n[f."g\\u0041"]\nh = 3\n[[i]]\n[[i]]\nj = 4\n[i.k]\nl = 5\n'
        "[[i.m]]\nn = 6\n"
    )
    found = lines(text)
    for path, line in {
        ("a b",): 1,
        ("c", "d"): 2,
        ("c", "d", 1, "e"): 3,
        ("f", "gA"): 4,
        ("f", "gA", "h"): 5,
        ("i", 0): 6,
        ("i", 1): 7,
        ("i", 1, "j"): 8,
        ("i", 1, "k", "l"): 10,
        ("i", 1, "m", 0, "n"): 12,
    }.items():
        assert found[path] == line, path
    assert line_of(("i", 1, "j", "nothing", 9), found) == 8
    assert line_of(("nothing",), found) == 1


def test_the_documentation_has_the_files_and_keys_that_there_are() -> None:
    page = document.PAGE.read_text()
    assert document.filled(page) == page, "python -m bench.definitions.document writes it anew"
    for name in NAMES:
        assert f"[`{name}`]" in page


def test_the_documentations_example_is_an_experiment() -> None:
    text = document.PAGE.read_text().split("```toml\n")[1].split("```")[0]
    plan = plan_of(text)
    assert plan.variant_names == ("redis", "memcached", "memcached-few-fragments")
    assert plan.base_of("memcached-few-fragments") == "memcached"
