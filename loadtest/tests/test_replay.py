"""A log from the command line to the report: figures that can be counted by hand, and nobody's data."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from replay import cli, picture
from replay.kinds import is_asset
from replay.picture import bar, duration, share
from replay.tally import session_pattern


def record(second: int, uri: str, method: str = "GET", status: int = 200, **said: object) -> str:
    plain = {
        "time": f"2026-10-10T12:{second // 60:02d}:{second % 60:02d}Z", "method": method, "uri": uri,
        "status": status, "bytes": 1000, "remote_addr": "203.0.113.99", "http_user_agent": "Hunter/2",
    }  # fmt: skip
    return json.dumps(plain | said)


LOG = [
    record(0, "/posts/1/?q=secretquery", http_cookie="sessionid=hunter2"),
    record(5, "/posts/1/", http_cookie="theme=dark"),
    record(6, "/posts/1/comment", "POST", 302, bytes=0),
    record(20, "/posts/1/", "POST", 302, bytes=0),
    record(21, "/posts/1/"),
    record(22, "/posts/2/\u001b[2J", status=404),
    record(23, "/static/site.css", bytes=500),
    record(60, "/static/site.css", bytes=500),
    record(61, "/accounts/secretaccount/", status=302),
    record(62, "/posts/1/", "BREW", 405),
    "secretline 203.0.113.99",
]


@pytest.fixture
def log(tmp_path: Path) -> str:
    (tmp_path / "access.log").write_text("\n".join(LOG), encoding="utf-8")
    return str(tmp_path / "access.log")


def ran(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    try:
        code: object = cli.main(arguments)
    except SystemExit as error:
        code = error.code
    out, err = capsys.readouterr()
    assert isinstance(code, int)
    return code, out, err


def test_a_log_that_is_shorter_than_a_minute_has_the_rate_of_its_own_time(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "short.log"
    path.write_text("\n".join(record(at, "/posts/1/") for at in (0, 4, 8, 10)), encoding="utf-8")
    code, out, _ = ran(capsys, str(path), "--json")
    assert code == 0
    assert json.loads(out)["peak"]["per_second"] == pytest.approx(0.4)


def test_every_figure_of_a_small_log_can_be_counted(
    log: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, _ = ran(capsys, log, "--json")
    found = json.loads(out)
    assert code == 0
    assert (found["requests"], found["skipped"]) == (10, {"not a JSON object": 1})
    assert (found["first"], found["last"]) == ("2026-10-10 12:00:00", "2026-10-10 12:01:02")
    assert found["mean_rate"] == pytest.approx(10 / 62)
    assert found["peak"] == {"minute": "2026-10-10 12:00:00", "per_second": 7 / 60}
    assert found["views_peak"]["per_second"] == 6 / 60
    assert found["methods"] == {"GET": 7, "POST": 2, "other": 1}
    assert found["statuses"] == {"2xx": 5, "3xx": 3, "4xx": 2}
    assert found["bytes"] == 7000
    assert found["write_share"] == 0.2
    assert found["views_write_share"] == pytest.approx(2 / 7)
    assert found["asset_share"] == pytest.approx(2 / 7)
    assert found["session_share"] == pytest.approx(1 / 5)
    pages, assets = found["pages"], found["assets"]
    assert (pages["reads"], pages["other_reads"], pages["distinct"]) == (4, 1, 2)
    assert (pages["once_share"], pages["bytes"], pages["zipf"]) == (0.5, 1000, None)
    assert (assets["reads"], assets["distinct"], assets["bytes"]) == (2, 1, 500)
    curve = pages["curve"]
    # Post 1 is read at 0, 5 and 21, written at 20; what isn't there is asked for once.
    assert (curve["first_ratio"], curve["purged_ratio"]) == (0.5, 0.25)
    assert curve["by_size"][-1]["miss_ratio"] == 0.75
    assert [row["miss_ratio"] for row in curve["by_lifetime"]] == [1, 0.75, 0.5, 0.5, 0.5]
    assert [row["stale_ratio"] for row in curve["by_lifetime"]] == [0, 0, 0.25, 0.25, 0.25]
    assert curve["by_lifetime"][-1]["miss_ratio_when_purged"] == 0.75
    assert [row["miss_ratio"] for row in assets["curve"]["by_lifetime"]] == [1, 1, 0.5, 0.5, 0.5]


@pytest.mark.parametrize(("key", "distinct"), [("path", 2), ("url", 3), ("host+url", 3)])
def test_the_key_says_what_is_the_same(
    log: str, key: str, distinct: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert json.loads(ran(capsys, log, "--json", "--key", key)[1])["pages"]["distinct"] == distinct


SECRETS = ("203.0.113.99", "hunter2", "Hunter", "dark", "secretquery", "secretline", "\x1b[2J")


@pytest.mark.parametrize("key", ["path", "url", "host+url"])
@pytest.mark.parametrize("options", [[], ["--json"], ["--show-paths"], ["--json", "--show-paths"]])
def test_nobodys_data_is_shown(
    log: str, key: str, options: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = ran(capsys, log, "--key", key, *options)
    assert code == 0
    assert not [secret for secret in SECRETS if secret in out + err]
    assert ("/posts/1/" in out) == ("--show-paths" in options)
    assert ("/posts/2/%1B[2J" in out) == ("--show-paths" in options)


def test_the_tables_say_what_the_figures_are_of(
    log: str, capsys: pytest.CaptureFixture[str]
) -> None:
    _, out, _ = ran(capsys, log)
    for said in (
        "11 in 1 file (json); 90.9 % could be read",
        "20.0 % of the reads of pages",
        "Misses of an LRU cache, by its size: pages",
        "No cache could do better than 75.0 %",
        "shown stale",
        "too little to fit",
        "aaaaaaaaaa 999.9.999.99",
        "under 10,000 requests",
    ):
        assert said in out


def test_another_cookie_may_hold_the_session(log: str, capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = ran(capsys, log, "--json", "--session-cookie", "theme")
    assert json.loads(out)["session_share"] == pytest.approx(1 / 5)
    _, out, _ = ran(capsys, log, "--json", "--session-cookie", "session")
    assert json.loads(out)["session_share"] == 0


def test_without_cookies_nothing_is_said_of_members(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "log").write_text(record(1, "/"), encoding="utf-8")
    assert json.loads(ran(capsys, str(tmp_path / "log"), "--json")[1])["session_share"] is None
    assert "the log has no cookies" in ran(capsys, str(tmp_path / "log"))[1]


@pytest.mark.parametrize(
    ("options", "code", "said"),
    [
        ([], 2, "the following arguments are required: LOG"),
        (["LOG", "--format", "csv"], 2, "'combined', 'json', 'alb', 'cloudfront'"),
        (["LOG", "--key", "ip"], 2, "path"),
        (["LOG", "--field", "colour=red"], 2, "accepted are FACT=NAME with time, method, uri"),
        (["LOG", "--session-cookie", "a b"], 2, "accepted is the name of a cookie"),
        (["LOG", "--of-peak", "-3"], 2, "accepted are percentages from 0.01 to 1000"),
        (["LOG", "--of-peak", "nan"], 2, "accepted are percentages from 0.01 to 1000"),
        (["LOG", "--write-experiment", "site.yaml"], 2, "ends in .toml"),
        (["LOG", "--write-experiment", "no/such/site.toml"], 2, "there is no folder no/such"),
        (["LOG", "-"], 2, "can't be read together with files"),
        (["LOG", "--format", "alb"], 2, "no line could be read as alb"),
        (["no-such.log"], 2, "no-such.log: No such file or directory"),
        (["."], 2, "Is a directory"),
    ],
)
def test_bad_input_is_one_line_with_what_is_accepted(
    log: str, options: list[str], code: int, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    got, out, err = ran(capsys, *(log if option == "LOG" else option for option in options))
    assert (got, out) == (code, "")
    assert len(err.splitlines()) == 1
    assert said in err


@pytest.mark.parametrize(
    ("path", "asset"),
    [
        (b"/static/x", True), (b"/a/b.CSS", True), (b"/media/", True), (b"/posts/1/", False),
        (b"/feed.atom", False), (b"/v1.2/", False), (b"/a.js/x", False), (b"/", False),
    ],
)  # fmt: skip
def test_a_file_is_no_page(path: bytes, asset: bool) -> None:
    assert is_asset(path) is asset


@pytest.mark.parametrize(
    ("header", "there"),
    [
        (b"sessionid=a", True), (b"x=1; sessionid=a", True), (b"x=1;%20sessionid=a", True),
        (b"xsessionid=a", False), (b"sessionid=", False), (b"sessionid=; a=b", False), (b"", False),
    ],
)  # fmt: skip
def test_a_session_is_a_cookie_of_that_name(header: bytes, there: bool) -> None:
    assert bool(session_pattern("sessionid").search(header)) is there


@pytest.mark.parametrize(
    ("written", "wanted"),
    [
        (share(0), "0 %"), (share(1), "100 %"), (share(0.9999), "100 %"), (share(0.00012), "0.012 %"),
        (share(1e-9), "< 0.001 %"), (share(0.123), "12.3 %"), (duration(3600), "1 h"),
        (duration(90), "1.5 min"), (duration(86_400 * 3), "3 d"), (duration(1), "1 s"),
        (bar(1), "█" * picture.BAR), (bar(0), ""), (bar(0.5), "█" * (picture.BAR // 2)),
    ],
)  # fmt: skip
def test_figures_are_written_briefly(written: str, wanted: str) -> None:
    assert written == wanted
