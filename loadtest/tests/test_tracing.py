"""The trace of a request: from recorded logs of the real servers to facts, and to the picture."""

from __future__ import annotations

import io
import json
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from checks import stack
from tracing import address, cache_status, cli, picture, tags, varnish_log, way

RECORDED = Path(__file__).parent / "recorded"
REPLICAS = {"172.20.0.13": "web-1", "172.20.0.15": "web-2"}
UPSTREAM = (
    'upstream; hit; detail="post_card*20", upstream; fwd=stale; stored; detail="front_list, '
    'invalidated", nginx; fwd=bypass; fwd-status=200, varnish; hit; ttl=9'
)


def recorded(name: str) -> tuple[varnish_log.Visit, int, list[str]]:
    text = (RECORDED / f"{name}.varnishlog").read_text()
    visit = varnish_log.visit(varnish_log.parse(text))
    assert visit is not None
    lines = (RECORDED / f"{name}.nginx").read_text().splitlines()
    return visit, varnish_log.longest_record(text), lines


def traced(name: str, user: str = "", field: str = "") -> way.Way:
    """The way of a recorded request. field: the answer's Cache-Status."""
    visit, longest, lines = recorded(name)
    request = visit.last.header("RespHeader", "X-Request-ID")
    edge, origin = way.edge_of(visit, longest), way.origin_of(visit)
    if origin and origin.place == way.SITE:
        line = way.logged(lines, request)
        assert line is not None
        origin = way.balanced(origin, line, REPLICAS)
    target = visit.last.last("ReqURL")
    return way.Way(
        address=f"http://localhost:8080{target}",
        user=user,
        status=int(visit.last.last("RespStatus")),
        request=request,
        bytes=12_345,
        seconds=0.0123,
        place=origin.place if origin else way.place_of(target),
        edge=edge,
        origin=origin,
        store="redis",
        uses=way.uses_of(field),
        kinds=tuple(tags.kinds(edge.tags, tags.declared())),
    )


def drawn(found: way.Way, width: int = 80) -> str:
    out = io.StringIO()
    picture.show(found, Console(file=out, width=width, highlight=False))
    return out.getvalue()


# Reading Cache-Status


@pytest.mark.parametrize(
    ("field", "members"),
    [
        ("", []),
        ("varnish; hit; ttl=-12; detail=stale", [
            cache_status.Member("varnish", hit=True, ttl=-12, detail="stale"),
        ]),
        ('upstream; hit=?0; fwd=miss; stored; collapsed;detail="a \\"b\\""', [
            cache_status.Member("upstream", forwarded="miss", stored=True, collapsed=True, detail='a "b"'),
        ]),
        ('"A Cache"; fwd=uri-miss; fwd-status=304; ttl="no number"; key=x; made-up=1,b', [
            cache_status.Member("A Cache", forwarded="uri-miss", status=304),
            cache_status.Member("b"),
        ]),
        ("(inner list);hit, b;hit", [cache_status.Member("b", hit=True)]),
        pytest.param('varnish; hit, upstream; detail="open', [], id="not a list, so nothing at all"),
        pytest.param("größe; hit", [], id="not ASCII"),
        pytest.param("\N{SNOWMAN}; hit", [], id="no header's letter"),
    ],
)  # fmt: skip
def test_cache_status_is_read(field: str, members: list[cache_status.Member]) -> None:
    assert cache_status.parse(field) == members


def test_what_the_site_says_of_its_policies() -> None:
    field = f'upstream; detail="7 more", {UPSTREAM}'
    assert cache_status.upstream_uses(cache_status.parse(field)) == [
        cache_status.Use("front_list", 1, "stale", stored=True, why="invalidated"),
        cache_status.Use("post_card", 20, "hit"),
        cache_status.Use("", 7, ""),
    ]


def test_the_edges_own_line_is_the_last_and_no_other() -> None:
    said = cache_status.of_the_edge(cache_status.parse("varnish; hit, varnish; fwd=miss"))
    assert said == cache_status.Member("varnish", forwarded="miss")
    assert cache_status.of_the_edge(cache_status.parse("varnish; hit, other; hit")) is None
    assert cache_status.of_the_edge([]) is None


# From the logs to facts


@pytest.mark.parametrize(
    ("name", "outcome", "why"),
    [
        ("hit", "hit", "a fresh copy was there"),
        ("miss", "miss", "nothing was kept under this key; the answer is kept"),
        ("pass", "pass", "the request has a session: what it gets may be one person's"),
        ("stale", "stale", "a stale copy, shown while a new one is fetched"),
        ("refetched", "miss", "the copy was stale; the answer is kept"),
        (
            "not_kept",
            "miss",
            (
                "known as not to be kept; the answer is not kept, for it says "
                "Cache-Control: private, no-store"
            ),
        ),
        (
            "object",
            "miss",
            "nothing was kept under this key; the answer is an error (404) and not kept",
        ),
    ],
)
def test_what_the_edge_did_and_why(name: str, outcome: str, why: str) -> None:
    edge = traced(name).edge
    assert (edge.outcome, edge.why) == (outcome, why)


def test_a_hit_asks_nobody_and_has_an_age_a_lifetime_and_grace() -> None:
    found = traced("hit")
    assert found.origin is None
    assert found.edge.key == "localhost:8080 /"
    assert found.edge.age is not None
    assert found.edge.lifetime is not None
    assert found.edge.age + found.edge.lifetime == pytest.approx(86_400, abs=2)
    assert found.edge.grace == 86_400


def test_the_grace_of_a_stale_copy_is_what_is_left_of_it() -> None:
    edge = traced("stale").edge
    assert edge.lifetime is not None
    assert edge.grace is not None
    assert -10 < edge.lifetime < 0
    assert edge.grace == pytest.approx(86_400 + edge.lifetime)
    assert edge.refreshing


def test_a_restart_is_followed_to_the_transaction_that_answered() -> None:
    found = traced("refetched")
    assert found.edge.restarts == 1
    assert found.edge.lifetime == 60
    assert found.origin is not None
    assert found.origin.replica in REPLICAS.values()


def test_a_fetch_names_the_replica_and_the_times_of_each_layer() -> None:
    found = traced("miss")
    origin, edge = found.origin, found.edge
    assert origin is not None
    assert (origin.place, origin.status, origin.attempts) == (way.SITE, 200, 1)
    assert origin.replica in REPLICAS.values()
    assert origin.replica_seconds is not None
    assert origin.seconds is not None
    assert edge.fetching is not None
    assert edge.seconds is not None
    # nginx logs whole milliseconds.
    assert origin.replica_seconds - 0.001 <= origin.seconds <= edge.fetching + 0.001
    assert edge.fetching <= edge.seconds + 0.001


def test_a_replica_that_failed_is_counted_and_the_one_that_answered_named() -> None:
    line = {"replica": "172.20.0.13:8000, 172.20.0.15:8000", "replica_seconds": "1.000, 0.020"}
    asked = way.Origin(way.SITE, 200, "")
    found = way.balanced(asked, {**line, "seconds": 1.021}, REPLICAS)
    assert (found.replica, found.attempts, found.replica_seconds) == ("web-2", 2, 1.02)


@pytest.mark.parametrize("spent", ["", "-"])
def test_where_no_replica_could_be_asked_none_is_named(spent: str) -> None:
    line = {"replica": "", "replica_seconds": spent, "seconds": 0.001}
    found = way.balanced(way.Origin(way.SITE, 503, ""), line, REPLICAS)
    assert (found.replica, found.replica_seconds) == ("", None)


def test_a_tag_that_the_log_cut_is_not_taken_for_a_whole_one() -> None:
    edge = traced("hit").edge
    assert edge.tags_cut
    assert "block:front-intro" in edge.tags
    text = (RECORDED / "hit.varnishlog").read_text()
    cut = next(line for line in text.splitlines() if "xkey: " in line).split()[-1]
    assert cut not in edge.tags


def test_the_edge_logs_the_tags_of_a_whole_page() -> None:
    entrypoint = Path(__file__).resolve().parents[2] / "varnish" / "entrypoint"
    # As long as the header that holds them may be at most (web/magazine/tags.py).
    assert "-p vsl_reclen=8k" in entrypoint.read_text()


def test_a_log_that_is_not_complete_yet_is_no_visit() -> None:
    text = (RECORDED / "miss.varnishlog").read_text()
    assert varnish_log.visit(varnish_log.parse(text[: text.index("<< BeReq")])) is None
    assert varnish_log.visit(varnish_log.parse(text.replace("-   End", "-   Debug"))) is None
    assert varnish_log.visit(varnish_log.parse("")) is None


PIECES = """\
*   << Request  >> 1
-   Begin          req 0 rxreq
-   ReqURL         /
-   VCL_call       HIT
-   Hit            9 100.0 10.0 0.0
-   Link           req 2 esi 1
-   End
**  << Request  >> 2
--  Begin          req 1 esi 1
--  ReqURL         /pieces/name
--  VCL_call       PASS
--  Link           bereq 3 pass
--  End
*** << BeReq    >> 3
--- Begin          bereq 2 pass
--- End
"""


def test_pieces_that_the_edge_put_into_a_page_are_told() -> None:
    visit = varnish_log.visit(varnish_log.parse(PIECES))
    assert visit is not None
    edge = way.edge_of(visit, 255)
    assert (edge.outcome, edge.pieces) == ("hit", (("/pieces/name", "pass"),))


def test_nginxs_line_is_found_behind_what_compose_puts_before_it() -> None:
    line = {"request_id": "12-34", "uri": "/"}
    lines = ["balancer: replicas are now 10.0.0.1", f"\x1b[2K{json.dumps(line)}"]
    assert way.logged(lines, "12-34") == line
    assert way.logged(lines, "2-3") is None


# What a purge would end


def test_every_tag_is_told_with_the_policies_that_declare_it() -> None:
    patterns = tags.declared()
    carried = ["everything", "posts", "post:a", "post:b", "post:a:comments", "made:up"]
    found = {kind.pattern: kind for kind in tags.kinds(carried, patterns)}
    assert found["post:{…}"].tags == ("post:a", "post:b")
    assert "post_card" in found["post:{…}"].policies
    assert "comment_thread" in found["post:{…}:comments"].policies
    assert "comment_thread" not in found["post:{…}"].policies
    assert "front_list" in found["posts"].policies
    assert found["everything"].policies == found["made:up"].policies == ()


# The picture

NAMES = ("hit", "miss", "pass", "stale", "refetched", "not_kept", "object")


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("width", [60, 80, 200])
def test_the_picture_fits_and_names_every_layer(name: str, width: int) -> None:
    shown = drawn(traced(name, field=UPSTREAM), width)
    assert picture.JOINED not in shown
    assert "\x1b" not in shown, "no colours where there is no terminal"
    assert max(map(len, shown.splitlines())) <= min(width, picture.WIDEST)
    layers = ["visitor", "varnish"]
    layers += ["minio"] if name == "object" else ["nginx", "web", "redis", "postgres"]
    places = [shown.index(f"\n{layer}") for layer in layers]
    assert places == sorted(places)


def test_the_picture_of_a_hit_tells_what_made_the_copy() -> None:
    shown = drawn(traced("hit", field=UPSTREAM))
    assert "HIT: a fresh copy was there" in shown
    assert shown.count("not asked") == 4
    assert "not asked; what it did when the copy was made:" in shown
    assert "stale   front_list (invalidated, kept now)" in shown
    assert "hit     post_card ×20" in shown
    assert "no query" in shown


def test_the_picture_of_a_members_page_tells_who_it_was_and_offers_no_purge() -> None:
    own = UPSTREAM + ', upstream; fwd=bypass; detail="unread_count"'
    shown = drawn(traced("pass", user="member", field=own))
    assert "member, by a session of one request" in shown
    assert "PASS: the request has a session" in shown
    assert "bypass  unread_count" in shown
    assert "2 values that had to be computed, and the session" in shown
    assert "purge" not in shown


def test_a_failure_behind_is_told() -> None:
    found = traced("miss")
    assert found.origin is not None
    failed = way.Origin(way.SITE, None, "backend site: unhealthy")
    assert "FAILED: backend site: unhealthy" in drawn(replace(found, origin=failed))
    alone = replace(found.origin, replica="", replica_seconds=None)
    shown = drawn(replace(found, status=503, origin=alone))
    assert "found no replica" in shown
    assert "did not answer" in shown


def test_the_facts_are_plain_data() -> None:
    data = json.loads(json.dumps(asdict(traced("hit", field=UPSTREAM))))
    assert data["edge"]["outcome"] == "hit"
    assert data["uses"][1] == {
        "policy": "post_card",
        "times": 20,
        "outcome": "hit",
        "stored": False,
        "collapsed": False,
        "why": "",
    }


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (0.00012, "0.1 ms"),
        (0.0123, "12 ms"),
        (0.9994, "999 ms"),
        (0, "0 s"),
        (3, "3 s"),
        (3.14, "3.1 s"),
        (59.7, "59 s"),
        (125, "2 min 5 s"),
        (86_399.9, "23 h 59 min"),
        (86_400, "24 h"),
        (864_000, "10 days"),
    ],
)
def test_durations_are_short(seconds: float, shown: str) -> None:
    assert picture.duration(seconds).replace(picture.JOINED, " ") == shown


# What is asked of the command line


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("/", "http://localhost:8080/"),
        ("/a/?b=1#c", "http://localhost:8080/a/?b=1"),
        ("http://localhost:8080", "http://localhost:8080/"),
        ("http://127.0.0.1:8080/a?b", "http://127.0.0.1:8080/a?b"),
    ],
)
def test_an_address_may_be_a_path_or_whole(text: str, shown: str) -> None:
    assert str(address.parse(text, 8080)) == shown


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param([], id="nothing"),
        pytest.param([""], id="empty"),
        pytest.param(["posts"], id="no path"),
        pytest.param(["http://example.com/"], id="elsewhere"),
        pytest.param(["https://localhost:8080/"], id="another scheme"),
        pytest.param(["http://localhost:1/"], id="another port"),
        pytest.param(["http://localhost:99999/"], id="a port that can't be"),
        pytest.param(["http://localhost:8080@evil.example/"], id="a name before the host"),
        pytest.param(["http://a@localhost:8080/"], id="a user's name"),
        pytest.param(["http://[::1/"], id="half an address"),
        pytest.param(["//evil.example/"], id="no scheme"),
        pytest.param(["/a b"], id="a space"),
        pytest.param(["/a\r\nHost: evil"], id="another header"),
        pytest.param(["/größe"], id="not ASCII"),
        pytest.param(["/", "--as"], id="nobody named"),
        pytest.param(["/", "--colour"], id="an unknown option"),
        pytest.param(["/inbox/12/", "--as", "member"], id="a look that writes"),
        pytest.param(["/inbox/%312/?a", "--as", "member"], id="the same, spelt otherwise"),
    ],
)
def test_bad_input_is_one_line_and_nothing_is_sent(
    arguments: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def sent(*_: Any) -> None:
        raise AssertionError("nothing is asked of the stack")

    monkeypatch.setattr(stack, "attempt", sent)
    monkeypatch.setattr(stack, "setting", lambda name: "8080")
    try:
        code: object = cli.main(arguments)
    except SystemExit as error:
        code = error.code
    said = capsys.readouterr()
    assert (code, said.out) == (2, "")
    assert len(said.err.splitlines()) == 1
    assert said.err.startswith("trace: ")


def test_without_a_stack_it_says_so(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cli, "is_up", lambda: False)
    assert cli.main(["/"]) == 1
    assert capsys.readouterr().err == "trace: the stack is not running: ./scripts/lab up\n"
