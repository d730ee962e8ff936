"""One request's lines in all logs: found by its name, put in order, told in a few words."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from checks import stack
from tracing import entries, logs, request_id, varnish_log
from tracing.entries import Entry

RECORDED = Path(__file__).parent / "recorded"
NAME = "1795626831-3414"
REPLICAS = {"172.20.0.15": "web-2"}
NGINX = {
    "time": "2026-11-25T17:13:51+00:00", "ended": 1795626831.297, "request_id": NAME, "method": "GET",
    "uri": "/?q=194", "status": 200, "bytes": 26090, "seconds": 0.003, "replica": "172.20.0.15:8000",
    "replica_seconds": "0.004",
}  # fmt: skip
DJANGO = {
    "time": "2026-11-25T17:13:51.294+00:00", "level": "info", "logger": "lab.request",
    "request_id": NAME, "method": "GET", "uri": "/?q=194", "status": 200, "seconds": 0.0021,
    "view": "front", "upstream": {"hit": 20, "stale": 1},
}  # fmt: skip
WARNING = {
    "time": "2026-11-25T17:13:51.295+00:00", "level": "warning", "logger": "caching",
    "request_id": NAME, "message": "redis does not answer",
}  # fmt: skip
PRINTED = [
    "nginx-1  | balancer: replicas are now 172.20.0.13, 172.20.0.15",
    f"\x1b[2Knginx-1  | {json.dumps(NGINX)}",
    f"nginx-1  | {json.dumps({**NGINX, 'request_id': NAME + '0'})}",
    f"web-2    | {json.dumps(WARNING)}",
    f"web-2    | {json.dumps(DJANGO)}",
    f"web-1    | {json.dumps({**DJANGO, 'request_id': '', 'uri': '/' + NAME})}",
    f"web-1    | not JSON, though {NAME} is in it",
    f"web-1    | [{json.dumps(NAME)}]",
    "",
]


def edge(name: str = "miss") -> list[Entry]:
    text = (RECORDED / f"{name}.varnishlog").read_text()
    visit = varnish_log.visit(varnish_log.parse(text))
    assert visit is not None
    return [*entries.of_the_edge(visit, varnish_log.longest_record(text))]


def all_entries() -> list[Entry]:
    return entries.in_order([*entries.of_the_others(PRINTED, {NAME}, REPLICAS), *edge()])


def test_every_servers_lines_are_found_and_nobody_elses() -> None:
    found = all_entries()
    assert [each.server for each in found] == ["varnish", "nginx", "web-2", "web-2"]
    assert {each.facts["request_id"] for each in found} == {NAME}
    assert found[0].facts["outcome"] == "miss"
    assert found[1].facts["replica"] == "web-2"
    assert [each.facts.get("message") for each in found[2:]] == [None, "redis does not answer"]
    assert [each.at for each in found] == sorted(each.at for each in found)


@pytest.mark.parametrize(
    ("nginx", "django"),
    [(1795626831.293, 1795626831.2945), (1795626831.296, 1795626831.2945), (0.0, 1795626831.2945)],
)
def test_nginxs_coarse_clock_turns_no_order_round(nginx: float, django: float) -> None:
    facts = {"request_id": NAME}
    mixed = [Entry(django, "web-1", facts), Entry(nginx, "nginx", facts), *edge()]
    found = entries.in_order(mixed)
    assert [each.server for each in found] == ["varnish", "nginx", "web-1"]
    assert [each.at for each in found] == sorted(each.at for each in found)


def test_a_hit_is_varnishs_alone() -> None:
    (entry,) = edge("hit")
    assert (entry.facts["outcome"], entry.facts["asked"], entry.facts["status"]) == ("hit", "", 200)
    assert entry.facts["request_id"] == "1795626824-3407"


PARTS = """\
*   << Request  >> 1
-   Begin          req 0 rxreq
-   Timestamp      Start: 1795626831.000000 0.000000 0.000000
-   ReqMethod      GET
-   ReqURL         /
-   VCL_call       HIT
-   Hit            9 100.0 10.0 0.0
-   RespStatus     200
-   RespHeader     X-Request-ID: 1795626831-1
-   Link           req 2 esi 1
-   End
**  << Request  >> 2
--  Begin          req 1 esi 1
--  Timestamp      Start: 1795626831.001000 0.000000 0.000000
--  ReqMethod      GET
--  ReqURL         /parts/greeting
--  VCL_call       PASS
--  RespStatus     200
--  RespHeader     X-Request-ID: 1795626831-2
--  Link           bereq 3 pass
--  End
*** << BeReq    >> 3
--- Begin          bereq 2 pass
--- BackendOpen    29 site 172.20.0.16 8080 172.20.0.17 59348 connect
--- BerespStatus   200
--- End
"""


def test_the_parts_of_a_page_have_names_of_their_own_and_are_told_with_it() -> None:
    visit = varnish_log.visit(varnish_log.parse(PARTS))
    assert visit is not None
    found = [*entries.of_the_edge(visit, 255)]
    assert [each.facts["request_id"] for each in found] == ["1795626831-1", "1795626831-2"]
    assert "for the page's part /parts/greeting (1795626831-2)" in shown(found)


def shown(found: list[Entry]) -> str:
    out = io.StringIO()
    logs.show(found, Console(file=out, width=120, highlight=False))
    return out.getvalue()


def test_the_way_is_told_in_a_line_for_each_server() -> None:
    head, empty, varnish, nginx, web, warning = shown(all_entries()).splitlines()
    assert head.split() == [NAME, "GET", "/?q=194"]
    assert empty == ""
    assert varnish.split()[:4] == ["+0.0", "ms", "varnish", "MISS"]
    assert nginx.rstrip().endswith("from web-2")
    assert web.rstrip().endswith("front, values upstream: 20 hit, 1 stale")
    assert "warning: redis does not answer" in warning


def test_as_json_each_line_stands_for_itself() -> None:
    lines = [json.loads(line) for line in logs.as_json(all_entries())]
    assert [line["server"] for line in lines] == ["varnish", "nginx", "web-2", "web-2"]
    assert all({"at", "request_id"} <= set(line) for line in lines)
    assert {line["status"] for line in lines if "status" in line} == {200}


@pytest.mark.parametrize(
    "text", ["", "1", "-", "12345678-1", "1" * 12 + "-1", f"{NAME}\n", f"{NAME}' or 1", "123456789-",
             "١٧٩٥٦٢٦٨٣١-1", "9" * 9 + "-" + "9" * 20, "1" * 5000],
)  # fmt: skip
def test_a_bad_id_is_one_line_and_nothing_is_asked(
    text: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def asked(*_: Any) -> None:
        raise AssertionError("nothing is asked of the stack")

    monkeypatch.setattr(stack, "attempt", asked)
    assert logs.main(["--", text]) == 2
    said = capsys.readouterr()
    (line,) = said.err.splitlines()
    assert line.startswith("logs: ")
    assert "accepted is what an answer has in X-Request-ID" in line
    assert len(line) < 200


def test_an_unknown_option_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        logs.main([NAME, "--follow"])
    assert ended.value.code == 2
    assert capsys.readouterr().err == "logs: unrecognized arguments: --follow\n"


def test_what_no_log_has_is_said(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logs, "is_up", lambda: True)
    monkeypatch.setattr(logs, "gather", lambda request: [])
    assert logs.main([NAME]) == 1
    assert capsys.readouterr().err.startswith(f"logs: no server's log has {NAME}")


def test_the_logs_are_read_around_the_requests_own_time(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[str, ...]] = []

    def compose(*arguments: str) -> str:
        asked.append(arguments)
        return "\n".join(PRINTED)

    monkeypatch.setattr(stack, "compose", compose)
    monkeypatch.setattr(stack, "containers", dict)
    monkeypatch.setattr(logs.collect, "in_varnish", lambda name: None)
    found = logs.gather(request_id.parse(NAME))
    assert [each.server for each in found] == ["nginx", "web-2", "web-2"]
    (arguments,) = asked
    assert arguments[-2:] == ("nginx", "web")
    assert {"1795626829", "1795626951"} <= set(arguments)
