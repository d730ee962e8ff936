"""The check of the edge: its figures, its reading of raw answers, and that it catches a careless edge."""

from __future__ import annotations

from http.client import HTTPMessage
from typing import Any

import pytest

from checks import stack
from checks.__main__ import names
from checks._findings import Finding
from checks._scenarios import Scenario
from checks.edge import cli, freshness, purge, speed, wire
from checks.edge.asked import Asked
from checks.edge.attacks import running
from checks.edge.attacks.attack import Attack
from checks.edge.attacks.deceptions import targets
from checks.edge.attacks.outsiders import OUTSIDERS
from checks.edge.attacks.poisons import ERRORS, UNKEYED
from checks.edge.attacks.smuggling import SMUGGLING, Smuggle
from checks.edge.figures import Line, Part, missed
from checks.edge.speed import BUILT_IN, OURS, Turn
from checks.visitor import Answer, Visitor

HOST = "127.0.0.1:8080"

# The figures


@pytest.mark.parametrize(
    ("line", "holds", "bound"),
    [
        (Line("a", 3), True, ""),
        (Line("a", 20, "ms", most=20), True, "≤ 20"),
        (Line("a", 20.1, "ms", most=20), False, "≤ 20"),
        (Line("a", 0.94, least=0.95), False, "≥ 0.95"),
        (Line("a", 503, most=503, least=503), True, "= 503"),
        (Line("a", 500, most=503, least=503), False, "= 503"),
        (Line("a", float("nan"), most=1), False, "≤ 1"),
        (Line("a", 5, least=100_000), False, "≥ 100,000"),
    ],
)
def test_a_figure_is_held_to_its_bound(line: Line, holds: bool, bound: str) -> None:
    assert (line.holds, line.bound) == (holds, bound)


def test_what_is_missed_is_said_with_its_bound() -> None:
    parts = {"purge": Part([Line("p99", 33.5, "ms", most=20)]), "speed": Part([Line("x", 1)])}
    assert list(missed(parts)) == ["purge: p99: 33.5 ms, promised is ≤ 20"]


# The command line


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["--only", "speed,luck"], "'luck': accepted values are attacks, purge"),
        (["--objects", "many"], "'many': accepted are whole numbers from 1000 to 200000"),
        (["--rounds", "1"], "'1': accepted are whole numbers from 2 to 100"),
        (["--long"], "unrecognized arguments: --long"),
    ],
)
def test_what_is_not_accepted_is_one_line_and_exit_code_2(
    arguments: list[str], word: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.wanted(arguments)
    said = capsys.readouterr().err
    assert ended.value.code == 2
    assert said.count("\n") == 1
    assert word in said


def test_a_size_that_is_given_beats_that_of_the_form() -> None:
    parts, sizes = cli.wanted(["--short", "--only", "speed,purge", "--objects", "5000"])
    assert parts == ["speed", "purge"]
    assert sizes == Asked(True, 5_000, Asked.SHORT.reads, Asked.SHORT.rounds)


def test_both_checks_can_be_asked_for_by_name() -> None:
    assert {"edge", "edge-speed"} <= set(names())


@pytest.mark.parametrize(
    ("part", "code"),
    [(Part([Line("a", 1, most=1)]), 0), (Part([Line("a", 2, most=1)]), 1), (None, 1)],
)
def test_the_exit_code_tells_whether_all_held(
    part: Part | None, code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def tried(_: Asked) -> Part:
        if part is None:
            raise stack.CommandError("there is no stack")
        return part

    monkeypatch.setitem(cli.PARTS, "speed", tried)
    assert cli.main(["--only", "speed"]) == code


# Raw answers

PLAIN = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n1;x=y\r\n!\r\n0\r\n\r\n"


@pytest.mark.parametrize(
    ("data", "bodies"),
    [
        (b"", []),
        (PLAIN, [b"hi"]),
        (PLAIN + CHUNKED + PLAIN, [b"hi", b"hi!", b"hi"]),
        (b"HTTP/1.1 100 Continue\r\n\r\n" + PLAIN, [b"hi"]),
        (b"HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n" + PLAIN, [b"", b"hi"]),
        (b"HTTP/1.0 400 Bad\r\n\r\nuntil the end", [b"until the end"]),
    ],
)
def test_answers_are_read_as_they_are_framed(data: bytes, bodies: list[bytes]) -> None:
    assert [answer.body for answer in wire.responses(data)] == bodies


def test_an_answer_to_head_has_no_body() -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n"
    assert [a.body for a in wire.responses(head + PLAIN, "HEAD")] == [b"", b"hi"]


def test_what_is_no_answer_is_told() -> None:
    with pytest.raises(ValueError, match="this is no answer: 'SMTP"):
        wire.responses(b"SMTP ready\r\n\r\n")


# Attacks as bytes


def test_an_attack_is_sent_as_it_is_written() -> None:
    attack = Attack("x", target="{path}?q={canary}", headers=("X-A: \xff{b}",), body="q={canary}")
    assert attack.request("/p/", "word", HOST) == (
        b"GET /p/?q=word HTTP/1.1\r\nHost: 127.0.0.1:8080\r\nX-A: \xff{b}\r\n"
        b"Content-Length: 6\r\nConnection: close\r\n\r\nq=word"
    )


def test_a_smuggled_request_is_where_only_one_reader_sees_it() -> None:
    attack = Smuggle("x", ("Content-Length: {length}",), "{hex};{second}")
    assert attack.request("/", "SECOND REQUEST", HOST) == (
        b"POST / HTTP/1.1\r\nHost: 127.0.0.1:8080\r\nContent-Length: 14\r\n\r\ne;SECOND REQUEST"
    )


@pytest.mark.parametrize("attacks", [UNKEYED, ERRORS, OUTSIDERS, SMUGGLING])
def test_each_attack_has_a_name_of_its_own(attacks: list[Attack] | list[Smuggle]) -> None:
    assert len({attack.name for attack in attacks}) == len(attacks)


def test_every_attack_can_be_sent() -> None:
    for attack in (*UNKEYED, *ERRORS, *OUTSIDERS):
        assert b"{canary}" not in attack.request("/p/", "word", HOST)
    for smuggle in SMUGGLING:
        assert b"SECOND" in smuggle.request("/p/", "SECOND", HOST)


def test_disguises_of_a_private_page_are_all_different() -> None:
    disguises = targets("/inbox/")
    assert len(set(disguises)) == len(disguises)
    assert {"/inbox/x.css", "/inbox/%2e%2e/static/x.css", "/static/..%2finbox/"} <= set(disguises)


# What the attacks find


class CarelessEdge:
    """Keeps one page by its path alone, whatever the request said besides; `heeds` is a header
    whose value it puts into the page."""

    def __init__(self, heeds: str = "", errors: bool = False) -> None:
        self.heeds = heeds.lower()
        self.errors = errors
        self.kept: Answer | None = None

    def empty(self) -> None:
        self.kept = None

    def exchange(self, request: bytes) -> wire.Exchange:
        lines = request.decode("latin-1").split("\r\n")
        fields = dict(line.lower().partition(": ")[::2] for line in lines[1:])
        status = 400 if self.errors and "x-big" in fields else 200
        self.answer(status, fields.get(self.heeds, ""))
        return wire.Exchange(PLAIN, closed=True)

    def get(self, path: str) -> Answer:
        return self.answer(200, "")

    def answer(self, status: int, said: str) -> Answer:
        headers = HTTPMessage()
        headers["Cache-Status"] = (
            "varnish; hit; ttl=9" if self.kept else "varnish; fwd=miss; stored"
        )
        self.kept = self.kept or Answer(status, headers, f"<p>{said}</p>".encode())
        return Answer(self.kept.status, headers, self.kept.body)


@pytest.fixture
def careless(monkeypatch: pytest.MonkeyPatch) -> CarelessEdge:
    edge = CarelessEdge()
    monkeypatch.setattr(running, "empty", lambda: edge.empty())
    monkeypatch.setattr(wire, "exchange", lambda request: edge.exchange(request))
    monkeypatch.setattr(Visitor, "get", lambda self, path: edge.get(path))
    return edge


def found(attacks: list[Attack]) -> list[running.Failure]:
    page = running.seen("/p/")
    return [failure for attack in attacks for failure in running.poisoned(attack, page)]


def test_an_edge_that_heeds_nothing_unkeyed_passes(careless: CarelessEdge) -> None:
    assert found([*UNKEYED, *ERRORS]) == []


@pytest.mark.parametrize("header", ["X-Forwarded-Host", "X-Original-URL", "Cookie", "Referer"])
def test_a_word_of_the_attackers_in_a_kept_page_is_found(
    careless: CarelessEdge, header: str
) -> None:
    careless.heeds = header.lower()
    failures = found(UNKEYED)
    assert failures
    assert all(failure.attack.startswith(header) for failure in failures)
    assert "the attacker's word" in str(failures[0]) or "another page" in str(failures[0])


def test_a_session_in_disguise_that_gets_into_a_kept_page_is_found(careless: CarelessEdge) -> None:
    careless.heeds = "cookie"
    attacks = running.disguised("abc")
    assert len(found(attacks)) == len(attacks)


def test_an_error_that_is_kept_is_found(careless: CarelessEdge) -> None:
    careless.errors = True
    failures = found(ERRORS)
    assert {failure.attack for failure in failures} == {
        "a header of 20 kB",
        "a header of 31 kB",
        "a header of 40 kB",
    }
    assert failures[0].what == "a clean visitor is answered with 400"


def test_a_header_that_an_attack_changes_is_found() -> None:
    clean, changed = HTTPMessage(), HTTPMessage()
    clean["Vary"], changed["Vary"] = "Accept-Encoding", "*"
    clean["Age"], changed["Age"] = "0", "7"
    told = running.changed(Answer(200, changed, b""), Answer(200, clean, b""), "word")
    assert told == "a clean visitor gets vary: *, not Accept-Encoding"


REFUSED = b"HTTP/1.1 400 Bad Request\r\n\r\n"
BROKEN_OFF = b"HTTP/1.1 503 Unavailable\r\nContent-Length: 0\r\n\r\n"
TAKEN = b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n"


@pytest.mark.parametrize(
    ("data", "closed", "told"),
    [
        (b"", True, ""),
        (REFUSED, True, ""),
        (BROKEN_OFF, True, ""),
        (TAKEN, True, ""),
        (TAKEN, False, "it was answered with 403, and the connection left open"),
        (b"", False, "it was not answered, and the connection left open"),
        (TAKEN + PLAIN, True, "a second request was answered (403, 200)"),
        (b"nonsense\r\n\r\n", True, "this is no answer: 'nonsense'"),
    ],
)
def test_a_second_answer_or_a_connection_that_could_give_one_is_found(
    data: bytes, closed: bool, told: str
) -> None:
    assert running.misread(wire.Exchange(data, closed)) == told


def test_a_private_page_that_is_kept_or_shown_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = b"HTTP/1.1 200 OK\r\nCache-Status: varnish; fwd=miss; stored\r\n\r\nword"
    monkeypatch.setattr(wire, "exchange", lambda request: wire.Exchange(shown, True))
    found = running.deception("/inbox/x.css", "/inbox/", "Cookie: sessionid=1", "word")
    assert [each.what for each in found] == ["a private page was kept", "a stranger was shown it"]


# Freshness, purges, speed

OUTCOME: dict[str, Any] = {
    "reads": 500,
    "writes": 5,
    "stale": 0,
    "errors": 0,
    "first_error": "",
    "longest": 0.0,
    "seconds": 1.0,
}
BUSY = {freshness.HITS: 400, freshness.GRACE: 3, freshness.WAITED: 9}


def checked(**found: Any) -> list[Finding]:
    return [Finding("redis", Scenario("s", 500, 1, "edge"), "edge", {**OUTCOME, **found})]


@pytest.mark.parametrize(
    ("ours", "unpurged", "counted", "missing"),
    [
        ({}, {"stale": 7}, {}, []),
        ({"stale": 1}, {"stale": 7}, {}, ["stale reads"]),
        ({"errors": 2}, {"stale": 7}, {}, ["errors"]),
        ({"reads": 499}, {"stale": 7}, {}, ["reads checked"]),
        ({}, {}, {}, ["stale reads where the edge is never purged"]),
        (
            {},
            {"stale": 7},
            {freshness.GRACE: 0},
            ["hits on aged pages while they were fetched anew"],
        ),
    ],
)
def test_freshness_is_held_to_no_stale_read_and_a_checker_that_sees(
    ours: dict[str, int], unpurged: dict[str, int], counted: dict[str, int], missing: list[str]
) -> None:
    part = freshness.judged(checked(**ours), checked(**unpurged), 500, {**BUSY, **counted})
    assert [line.what for line in part.lines if not line.holds] == missing


def test_a_checker_that_gave_no_result_is_told() -> None:
    silent = [Finding("redis", Scenario("s", 1, 1, "edge"), "edge", problem="no such subject")]
    with pytest.raises(stack.CommandError, match="s: no such subject"):
        freshness.judged(silent, checked(stale=1), 1, BUSY)


def test_the_edges_scenarios_have_all_the_reads_that_were_asked_for() -> None:
    assert sum(each.reads for each in freshness.scenarios(1_000_000)) == 1_000_000


@pytest.mark.parametrize(
    ("change", "missing"),
    [
        ({}, []),
        ({"kept": 100}, ["objects kept"]),
        ({"filling": 9.0}, []),
        ({"purged": [0.03] * 100}, ["commit until purged, p99"]),
        ({"many": [0.01] * 100}, ["all kept ÷ few"]),
    ],
)
def test_purges_are_held_to_their_time_and_to_their_growth(
    change: dict[str, Any], missing: list[str]
) -> None:
    times = {name: [0.001] * 100 for name in ("purged", "seen", "many", "few")}
    timed = purge.Timed(**{"kept": 10, "filling": 1.0, **times, **change})
    part = purge.judged(timed, kept=10, evicted=0)
    assert [line.what for line in part.lines if not line.holds] == missing


def test_what_was_evicted_was_not_kept_while_it_was_purged() -> None:
    timed = purge.Timed(10, 1.0, *[[0.001]] * 4)
    part = purge.judged(timed, kept=10, evicted=3)
    assert [line.what for line in part.lines if not line.holds] == ["objects evicted meanwhile"]


WRK = """\
Running 2s test @ http://ours:8080/
  1 threads and 32 connections
  28012 requests in 2.01s, 131.50MB read
{more}Requests/sec:  13936.31
"""


@pytest.mark.parametrize(
    ("more", "failed"),
    [
        ("", 0),
        ("  Non-2xx or 3xx responses: 12\n", 12),
        ("  Socket errors: connect 0, read 3, write 0, timeout 4\n", 7),
    ],
)
def test_wrk_is_read(more: str, failed: int) -> None:
    assert speed.counted(WRK.format(more=more)) == (28012, 2.01, failed)


def test_wrk_that_gave_nothing_is_told() -> None:
    with pytest.raises(stack.CommandError, match="unable to resolve"):
        speed.counted("unable to resolve ours:8080")


def turn(requests: int, cpu: float, **other: Any) -> Turn:
    given = {"failed": 0, "hits": requests, "load_cpu": 0.5, **other}
    return Turn(requests=requests, seconds=1.0, cpu=cpu, **given)


@pytest.mark.parametrize(
    ("ours", "missing"),
    [
        (turn(1_000, 0.1), []),
        (turn(900, 0.09), ["requests/s ÷ built-in's"]),
        (turn(1_000, 0.12), ["requests per CPU second ÷ built-in's"]),
        (turn(1_000, 0.1, failed=1), ["requests that failed"]),
        (turn(1_000, 0.1, hits=900), ["share of hits"]),
    ],
)
def test_the_labs_vcl_is_held_to_the_built_in_one(ours: Turn, missing: list[str]) -> None:
    rounds = [{OURS: ours, BUILT_IN: turn(1_000, 0.1)}] * 3
    part = speed.judged(rounds, cores=2)
    assert [line.what for line in part.lines if not line.holds] == missing
