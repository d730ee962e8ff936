"""The check of faults: its arithmetic, what it calls wrong, how values are spoilt, what it refuses."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest

from checks.__main__ import names
from checks.faults import cli, tamper
from checks.faults.catalogue import FAULTS, SHORT
from checks.faults.figures import Moments, Outcome, Sample, judge, p99, percentile
from checks.faults.load import Load
from checks.faults.pages import Page, Pages, Post
from checks.faults.report import conclusion, line, table
from checks.visitor import Answer, Visitor

HELD = Outcome("redis", "slow", 200, [], [], 0.100, 0.120, 0.300, 0.4, 3.0)
MOMENTS = Moments(asked=10, there=11, healed=20)


def read(at: float, seconds: float = 0.01, **other: object) -> Sample:
    return replace(Sample("/", at, seconds, 200), **other)


def outcome(reads: list[Sample]) -> Outcome:
    return judge("redis", "slow", reads, [], MOMENTS, base=0.1, back=1.0)


# The arithmetic


def test_a_percentile_is_the_nearest_rank() -> None:
    hundred = [float(n) for n in range(1, 101)]
    assert percentile(hundred, 0.99) == 99
    assert percentile(hundred, 1) == 100
    assert percentile([7.0], 0.99) == 7


def test_no_percentile_of_nothing() -> None:
    with pytest.raises(ValueError, match="no request was made"):
        percentile([], 0.99)


def test_only_timed_requests_that_were_due_in_time_count() -> None:
    samples = [read(1, 9), read(2, 0.2), read(2, 8, timed=False), read(3, 7)]
    assert p99(samples, 2, 3) == 0.2
    assert p99(samples, -math.inf) == 9


def test_the_first_second_is_judged_apart() -> None:
    reads = [read(9, 5), read(10.5, 0.6), read(11.9, 0.5), read(12, 0.04), read(20, 3)]
    seen = outcome(reads)
    assert seen.worst_first == 0.6
    assert seen.p99 == 0.04
    assert not seen.misses()


def test_failures_and_wrong_pages_count_whenever_they_came() -> None:
    reads = [read(9, status=502), read(12), read(21, wrong="stale"), read(13, status=0)]
    seen = outcome(reads)
    assert seen.failures == ["/ 502", "/ no answer"]
    assert seen.wrong == ["/: stale"]
    assert len(seen.misses()) == 2


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"failures": ["/ 500"]}, "failed"),
        ({"wrong": ["/: stale"]}, "wrong"),
        ({"p99": 0.1501}, "150 ms is promised"),
        ({"back": 10.1}, "after 10 s"),
        ({"back": None}, "never"),
    ],
)
def test_each_part_of_the_promise_can_be_missed(change: dict[str, object], word: str) -> None:
    assert not HELD.misses()
    [miss] = replace(HELD, **change).misses()
    assert word in miss
    assert miss in line(replace(HELD, **change))


def test_without_timing_only_behaviour_is_judged() -> None:
    assert not replace(HELD, p99=9, back=19).misses(timing=False)
    assert replace(HELD, back=None).misses(timing=False)


def test_the_report_names_every_fault_and_counts_the_misses() -> None:
    outcomes = [HELD, replace(HELD, fault="cut", wrong=["/: stale"])]
    assert table(outcomes).row_count == 2
    assert "2 faults, 400 requests: 0 failed, 1 pages were wrong; 1 faults missed" in conclusion(
        outcomes
    )


# What is wrong with a page


@pytest.fixture
def pages() -> Pages:
    return Pages([Page("/", b"right"), Page("/wire/", timed=False)], Post("old", "marked"))


def test_a_page_is_wrong_unless_its_bytes_are_those_of_the_uncached_one(pages: Pages) -> None:
    assert not pages.wrong("/", b"right", 0)
    assert pages.wrong("/", b"Right", 0)
    assert not pages.wrong("/wire/", b"anything", 0)


def test_every_comment_acknowledged_before_the_request_must_be_there(pages: Pages) -> None:
    pages.post.acknowledged += ["one", "two"]
    assert not pages.wrong(pages.post.path, b"one two", 2)
    assert not pages.wrong(pages.post.path, b"one", 1)
    assert pages.wrong(pages.post.path, b"one", 2) == "1 acknowledged comments are missing"


# The load


def test_the_load_keeps_its_pace_while_answers_hang(
    pages: Pages, monkeypatch: pytest.MonkeyPatch
) -> None:
    def hang(_: Visitor, path: str) -> Answer:
        time.sleep(0.3)
        if path == "/wire/":
            raise ConnectionResetError
        return Answer(200, None, b"right")  # type: ignore[arg-type]

    monkeypatch.setattr(Visitor, "get", hang)
    with Load(pages, rate=50) as load:
        time.sleep(0.5)
    assert len(load.samples) > 10, "they must not wait for each other"
    assert all(sample.seconds >= 0.3 for sample in load.samples)
    assert {sample.status for sample in load.samples if sample.page == "/wire/"} == {0}
    assert not any(sample.wrong for sample in load.samples)


# How values are spoilt

ENTRIES = [("b", b"two", 5), ("a", b"one", 0), ("c", b"", 7)]


def test_garbage_is_never_what_was_there_and_keeps_its_lifetime() -> None:
    long = [("a", bytes(64), 9)]
    [(key, value, seconds)] = tamper.garbage(long)
    assert (key, seconds) == ("a", 9)
    assert value != bytes(64)


def test_flipped_values_differ_in_one_bit() -> None:
    spoilt = list(tamper.flipped(ENTRIES))
    assert [key for key, _, _ in spoilt] == ["b", "a"], "an empty value has no bit to turn"
    for (_, before, _), (_, after, _) in zip(ENTRIES, spoilt, strict=False):
        turned = int.from_bytes(before, "big") ^ int.from_bytes(after, "big")
        assert turned.bit_count() == 1


def test_swapped_values_stand_under_their_neighbours_keys() -> None:
    assert list(tamper.swapped(ENTRIES)) == [("a", b"two", 0), ("b", b"", 5), ("c", b"one", 7)]


def test_filling_writes_values_of_many_sizes_and_then_stops() -> None:
    written = list(tamper.filled([]))
    sizes = [len(value) for _, value, _ in written]
    assert tamper.FILLING <= sum(sizes) < tamper.FILLING + 400_000
    assert max(sizes) < 1_000_000, "Memcached takes no larger item"


# What is asked for


def test_every_fault_has_a_name_of_its_own_and_a_store() -> None:
    names = [fault.name for fault in FAULTS]
    assert len(set(names)) == len(names)
    assert set(SHORT) <= set(names)
    assert all(fault.stores for fault in FAULTS)


def test_a_fault_is_tried_only_on_stores_that_can_have_it() -> None:
    chosen = cli.chosen(cli.parser().parse_args(["--faults", "full,read-only"]))
    found = {store: [fault.name for fault in faults] for store, faults in chosen.items()}
    assert found == {"redis": ["read-only"], "memcached": ["full"]}


@pytest.mark.parametrize(
    ("arguments", "wanted"),
    [
        (["--stores", "redis,valkey"], "'valkey': accepted values are redis, memcached"),
        (["--faults", "explodes"], "'explodes': accepted values are killed, paused"),
        (["--seconds", "4"], "'4': accepted are whole numbers from 5 to 300"),
        (["--seconds", "soon"], "'soon': accepted are whole numbers"),
        (["--short", "--faults", "slow"], "--short has faults of its own"),
        (["--stores", "redis", "--faults", "full"], "no store that was chosen can have"),
        (["slow"], "unrecognized arguments: slow"),
    ],
)
def test_wrong_arguments_are_told_in_one_line(
    arguments: list[str], wanted: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as refused:
        cli.main(arguments)
    assert refused.value.code == 2
    [told] = capsys.readouterr().err.splitlines()
    assert wanted in told


@pytest.mark.parametrize("fails", [KeyboardInterrupt, SystemExit, OSError])
def test_everything_is_put_back_whatever_happens(
    fails: type[BaseException], monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []

    def broken(_: float) -> None:
        raise fails

    monkeypatch.setattr(cli, "without_cache", broken)
    monkeypatch.setattr(cli, "put_back", lambda _: done.append("put back"))
    with pytest.raises(fails):
        cli.run({"redis": []}, 5, False, lambda _: None)
    assert done == ["put back"]


def test_a_fault_is_healed_when_its_time_is_cut_short(monkeypatch: pytest.MonkeyPatch) -> None:
    commands: list[tuple[str, str]] = []
    monkeypatch.setattr(
        "checks.faults.proxy.command",
        lambda method, path, body=None: commands.append((method, path)),
    )
    slow = next(fault for fault in FAULTS if fault.name == "slow")

    @contextmanager
    def interrupted() -> Iterator[None]:
        with slow.of(cli.SERVERS["redis"], 5):
            yield

    with pytest.raises(KeyboardInterrupt), interrupted():
        raise KeyboardInterrupt
    assert commands == [
        ("POST", "/proxies/redis/toxics"),
        ("DELETE", "/proxies/redis/toxics/fault"),
    ]


def test_the_check_is_found_by_its_name() -> None:
    assert "faults" in names()
