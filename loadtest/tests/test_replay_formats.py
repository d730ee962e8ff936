"""Every format that a log may be in: what is read of a line, and why one is skipped."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from replay import formats
from replay.formats import clock
from replay.request import Broken, Request

AT = datetime(2026, 10, 10, 13, 55, 36, tzinfo=UTC).timestamp()

FIELDS = (
    "date time x-edge-location sc-bytes c-ip cs-method cs(Host) cs-uri-stem sc-status cs(Referer)"
    " cs(User-Agent) cs-uri-query cs(Cookie) x-edge-result-type x-edge-request-id x-host-header"
)
CLOUDFRONT_HEADER = f"#Version: 1.0\n#Fields: {FIELDS}"


def cloudfront(**said: str) -> str:
    """A line of CloudFront's log, with what is said in place of a plain read."""
    values = {
        "date": "2026-10-10", "time": "13:55:36", "x-edge-location": "FRA56-P1", "sc-bytes": "2326",
        "c-ip": "203.0.113.7", "cs-method": "GET", "cs(Host)": "d111.cloudfront.net",
        "cs-uri-stem": "/posts/1/", "sc-status": "200", "x-host-header": "www.example.org",
    }  # fmt: skip
    values |= {name.replace("_", "-"): value for name, value in said.items()}
    return "\t".join(values.get(name, "-") for name in FIELDS.split())


def alb(request: str, status: str = "200", sent: str = "2326", kind: str = "https") -> str:
    return (
        f"{kind} 2026-10-10T13:55:36.000000Z app/site/50dc6c495c0c9188 203.0.113.7:2817 10.0.0.1:80"
        f' 0.086 0.048 0.037 {status} 200 34 {sent} "{request}" "agent/7.46.0" ECDHE-RSA TLSv1.2'
        ' arn:aws:x "Root=1-58" "www.example.org" "-" 0 2026-10-10T13:55:35.9Z "forward" "-" "-"'
    )


def as_json(**said: object) -> str:
    plain = {
        "time_iso8601": "2026-10-10T13:55:36+00:00", "request_method": "GET", "request_uri": "/posts/1/",
        "status": 200, "body_bytes_sent": 2326,
    }  # fmt: skip
    return json.dumps(plain | said)


TIME = "[10/Oct/2026:13:55:36 +0000]"
PLAIN = f'203.0.113.7 - - {TIME} "GET /posts/1/ HTTP/1.1" 200 2326'

LINE_AND_SIZE = {"request": "GET /posts/1/ HTTP/1.1", "status": "200", "bytes": 2326}

# Format, line, and what differs from a plain GET of /posts/1/.
READ: list[tuple[str, str, dict[str, object]]] = [
    ("combined", f'{PLAIN} "https://ref.example/" "Agent/1.0 (x; y)"', {}),
    ("combined", PLAIN, {}),  # common
    ("combined", f'www.example.org:443 {PLAIN} "-" "-"', {"host": b"www.example.org"}),
    ("combined", f'{PLAIN} "-" "-" 0.012 "upstream" x=y', {}),
    ("combined", f'2001:db8::1 - ada {TIME} "GET /posts/1/ HTTP/2.0" 200 2326 "-" "-"', {}),
    ("combined", f'203.0.113.7 - ada lovelace {TIME} "GET /posts/1/ HTTP/1.1" 200 2326 "-" "-"', {}),
    (
        "combined",  # varnishncsa
        f'203.0.113.7 - - {TIME} "GET http://www.Example.org:80/posts/1/?a=1 HTTP/1.1" 200 2326 "-" "-"',
        {"host": b"www.example.org", "query": b"a=1"},
    ),
    (
        "combined",
        f'203.0.113.7 - - {TIME} "POST /posts/1/comment HTTP/1.1" 302 - "-" "-"',
        {"method": b"POST", "path": b"/posts/1/comment", "status": 302, "size": 0},
    ),
    (
        "combined",
        f'203.0.113.7 - - {TIME} "GET /say \\"hello\\"?q=\\"x\\" HTTP/1.1" 200 2326 "a \\" b" "-"',
        {"path": b'/say \\"hello\\"', "query": b'q=\\"x\\"'},
    ),
    (
        "combined",
        '203.0.113.7 - - [10/Oct/2026:06:55:36 -0700] "OPTIONS * HTTP/1.1" 499 0 "-" "-"',
        {"method": b"OPTIONS", "path": b"*", "status": 499, "size": 0},
    ),
    ("alb", alb("GET https://www.example.org:443/posts/1/ HTTP/2.0"), {"host": b"www.example.org"}),
    (
        "alb",
        alb("GET http://www.example.org:80?a=/b HTTP/1.1", "-", "0", "http"),
        {"host": b"www.example.org", "path": b"/", "query": b"a=/b", "status": 0, "size": 0},
    ),
    ("cloudfront", cloudfront(), {"host": b"www.example.org"}),
    (
        "cloudfront",
        cloudfront(cs_uri_query="a=1", sc_status="000") + "\tmore\tfields",
        {"host": b"www.example.org", "query": b"a=1", "status": 0},
    ),
    (
        "cloudfront",
        cloudfront(**{"cs(Cookie)": "a=b;%20sessionid=x"}),
        {"host": b"www.example.org", "cookie": b"a=b;%20sessionid=x"},
    ),
    ("json", as_json(), {}),
    ("json", as_json(status="200", body_bytes_sent="2326"), {}),
    ("json", as_json(time_iso8601="2026-10-10T15:55:36.000+02:00"), {}),
    ("json", as_json(http_host="www.example.org:443"), {"host": b"www.example.org"}),
    ("json", as_json(http_cookie="sessionid=x"), {"cookie": b"sessionid=x"}),
    ("json", json.dumps({"msec": f"{AT:.3f}"} | LINE_AND_SIZE), {}),
    ("json", json.dumps({"time_local": TIME[1:-1]} | LINE_AND_SIZE), {}),
    (
        "json",  # Caddy
        json.dumps({
            "ts": AT, "status": 200, "size": 2326,
            "request": {"method": "GET", "uri": "/posts/1/?a=1", "host": "www.example.org"},
        }),
        {"host": b"www.example.org", "query": b"a=1"},
    ),
    (
        "json",  # CloudFront, version 2
        json.dumps({
            "date": "2026-10-10", "time": "13:55:36", "cs-method": "GET", "cs-uri-stem": "/posts/1/",
            "cs-uri-query": "a=1", "sc-status": "200", "sc-bytes": "2326", "cs(Cookie)": "-",
        }),
        {"query": b"a=1"},
    ),
    ("json", as_json(time_iso8601=int(AT * 1000)), {}),
    ("json", as_json(status=0, body_bytes_sent=None), {"status": 0, "size": 0}),
]  # fmt: skip

BROKEN = [
    ("combined", "hello", Broken.FORMAT),
    ("combined", PLAIN.replace("200", "abc"), Broken.NUMBER),
    ("combined", PLAIN.replace("200", "999"), Broken.NUMBER),
    ("combined", PLAIN.replace("2326", "-5"), Broken.NUMBER),
    ("combined", PLAIN.replace("2326", "9" * 17), Broken.NUMBER),
    ("combined", PLAIN.replace("10/Oct/2026", "32/Oct/2026"), Broken.TIME),
    ("combined", PLAIN.replace("13:55:36", "25:61:99"), Broken.TIME),
    ("combined", PLAIN.replace("+0000", "+9999"), Broken.TIME),
    ("combined", PLAIN.replace("GET /posts/1/ HTTP/1.1", "-"), Broken.TARGET),
    ("combined", PLAIN.replace("GET /posts/1/ HTTP/1.1", r"\x16\x03\x01"), Broken.TARGET),
    ("combined", PLAIN.replace("GET /posts/1/", "GET gopher://x/"), Broken.TARGET),
    ("combined", PLAIN.replace('"GET', "GET"), Broken.FORMAT),
    ("alb", alb("- http://www.example.org:80- -"), Broken.TARGET),
    ("alb", alb("GET https://x/ HTTP/1.1", "1000"), Broken.NUMBER),
    ("alb", "tls 2.0 2026-10-10T13:55:36 net/x", Broken.FORMAT),
    ("cloudfront", "a\tb", Broken.FORMAT),
    ("cloudfront", cloudfront(sc_status="2e2"), Broken.NUMBER),
    ("cloudfront", cloudfront(date="0000-00-00"), Broken.TIME),
    ("cloudfront", cloudfront(cs_method="<script>"), Broken.TARGET),
    ("json", "{", Broken.JSON),
    ("json", "[1, 2]", Broken.JSON),
    ("json", "\x00", Broken.JSON),
    ("json", '{"a":' * 50_000, Broken.JSON),
    ("json", "{}", Broken.FIELD),
    ("json", as_json(time_iso8601=True), Broken.TIME),
    ("json", as_json(time_iso8601=-(10**400)), Broken.TIME),
    ("json", as_json(time_iso8601="tomorrow"), Broken.TIME),
    ("json", as_json(status=-200), Broken.NUMBER),
    ("json", as_json(status=10**30), Broken.NUMBER),
    ("json", as_json(body_bytes_sent=-1), Broken.NUMBER),
    ("json", as_json(body_bytes_sent=10**30), Broken.NUMBER),
    ("json", as_json(request_uri=7), Broken.TARGET),
]


def parser(name: str) -> formats.Parser:
    parse = formats.parser(name)
    if name == "cloudfront":
        assert [parse(line) for line in CLOUDFRONT_HEADER.encode().split(b"\n")] == [None, None]
    return parse


@pytest.mark.parametrize(("name", "line", "differs"), READ)
def test_a_line_is_read(name: str, line: str, differs: dict[str, object]) -> None:
    plain = Request(AT, b"GET", b"", b"/posts/1/", b"", 200, 2326, b"")
    assert parser(name)(line.encode()) == plain._replace(**differs)


@pytest.mark.parametrize(("name", "line", "reason"), BROKEN)
def test_a_broken_line_is_skipped_for_a_reason(name: str, line: str, reason: Broken) -> None:
    assert parser(name)(line.encode()) is reason


@pytest.mark.parametrize("name", formats.NAMES)
def test_an_empty_line_is_no_record(name: str) -> None:
    assert parser(name)(b"") is None
    assert parser(name)(b"  \r") is None


def test_cloudfront_needs_its_header() -> None:
    parse = formats.parser("cloudfront")
    assert parse(cloudfront().encode()) is Broken.HEADER
    parse(b"#Fields: date time")
    assert parse(b"2026-10-10\t13:55:36") is Broken.FIELD


def test_a_header_that_names_a_column_twice_breaks_lines_and_not_the_program() -> None:
    parse = formats.parser("cloudfront")
    parse(b"#Fields: x x x x x date time cs-method cs-uri-stem sc-status")
    assert parse(b"a\tb\tc\td\te\tf") is Broken.FORMAT


def test_a_field_may_have_any_name() -> None:
    parse = formats.parser("json", {"status": "answer.code", "uri": "what"})
    line = as_json(what="/posts/1/", answer={"code": 404}, request_uri="/not/this/")
    read = parse(line.encode())
    assert isinstance(read, Request)
    assert (read.path, read.status) == (b"/posts/1/", 404)


@pytest.mark.parametrize(("name", "line"), {name: line for name, line, _ in reversed(READ)}.items())
def test_a_format_is_told_by_its_lines(name: str, line: str) -> None:
    lines = [b"noise", *(CLOUDFRONT_HEADER.encode().split(b"\n")), line.encode(), b""]
    assert formats.detect(lines) == name


def test_no_format_is_guessed_for_noise() -> None:
    assert formats.detect([b"hello", b"", b"\xff\xfe"]) is None


@pytest.mark.parametrize("scale", [1, 1e3, 1e6, 1e9])
def test_a_number_is_a_time_in_whatever_unit(scale: float) -> None:
    assert clock.number(AT * scale) == pytest.approx(AT)


PIECES = st.sampled_from([
    b'"', b"\\", b"[", b"]", b" ", b"\t", b"-", b"GET ", b"/", b"http://", b"?", b"HTTP/1.1", b"200",
    b"\x00", b"\xff", b"\x1b[2J", b"{", b"}", b":", b'{"time":', b"1e999", b"10/Oct/2026:13:55:36 +0000",
    b"2026-10-10T13:55:36Z", b"https ", b"#Fields: date time cs-method cs-uri-stem sc-status",
])  # fmt: skip


@pytest.mark.parametrize("name", formats.NAMES)
@given(line=st.one_of(st.binary(max_size=300), st.lists(PIECES, max_size=30).map(b"".join)))
@example(line=b"https " + b"- " * 2000)
@example(line=b'x [10/Oct/2026:13:55:36 +0000] "' + b"\\" * 5001)
def test_no_line_raises(name: str, line: bytes) -> None:
    parse = parser(name)
    assert parse(line) is None or isinstance(parse(line), Request | Broken)


@pytest.mark.parametrize(("name", "line"), [(name, line) for name, line, _ in READ])
@given(data=st.data())
def test_no_damage_to_a_line_raises(name: str, line: str, data: st.DataObject) -> None:
    whole = line.encode()
    start = data.draw(st.integers(0, len(whole)))
    end = data.draw(st.integers(start, len(whole)))
    damaged = whole[:start] + data.draw(st.binary(max_size=20)) + whole[end:]
    assert parser(name)(damaged) is None or isinstance(parser(name)(damaged), Request | Broken)
