"""`./scripts/lab logs REQUEST_ID`: one request's lines in the logs of all servers, in the order of happening.

Varnish writes no log of its own accord: its records lie in memory for the last few thousand requests
and cost a hit nothing more. nginx and the replicas write a line of JSON for each request.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from checks import stack
from terminal import LineParser

from . import collect, entries, request_id
from .cli import is_up
from .entries import Entry
from .picture import OUTCOMES, duration
from .varnish_log import Visit
from .way import SITE, origin_of

SERVERS = ("nginx", "web")
# Seconds: the number in a request's name is rounded, and the longest answer may take a minute.
BEFORE, AFTER = 2, 120


def parser() -> LineParser:
    made = LineParser(prog="./scripts/lab logs", description="Shows one request's way by the logs.")
    made.add_argument("id", metavar="REQUEST_ID", help="as X-Request-ID names it")
    made.add_argument("--json", action="store_true", help="print each line as JSON")
    return made


def main(arguments: list[str]) -> int:
    asked = parser().parse_args(arguments)
    try:
        request = request_id.parse(asked.id)
    except request_id.BadId as bad:
        return _fail(str(bad), 2)
    if not is_up():
        return _fail("the stack is not running: ./scripts/lab up", 1)
    try:
        found = gather(request)
    except stack.CommandError as error:
        return _fail(str(error).splitlines()[0], 1)
    if not found:
        return _fail(
            f"no server's log has {request.text}: Varnish's holds the last few thousand requests, "
            "the others' the last 20 MB, and a server that was recreated begins anew",
            1,
        )
    if asked.json:
        sys.stdout.writelines(line + "\n" for line in as_json(found))
    else:
        show(found, Console(highlight=False))
    return 0


def gather(request: request_id.RequestId) -> list[Entry]:
    """Every line about the request. One that was just answered may take a second to be there."""
    ends = time.monotonic() + collect.LOGS
    replicas = collect.replicas(stack.containers())
    while True:
        seen = collect.in_varnish(request.text)
        edge = [*entries.of_the_edge(*seen)] if seen else []
        ids = {request.text, *(each.facts["request_id"] for each in edge)}
        others = entries.of_the_others(_lines(request), ids, replicas)
        is_fresh = time.time() - request.seconds < collect.LOGS
        if not is_fresh or (seen and _complete(seen[0], others)) or time.monotonic() > ends:
            return entries.in_order([*edge, *others])
        time.sleep(0.2)


def _lines(request: request_id.RequestId) -> list[str]:
    window = ("--since", str(request.seconds - BEFORE), "--until", str(request.seconds + AFTER))
    return stack.compose("logs", "--no-color", *window, *SERVERS).splitlines()


def _complete(visit: Visit, others: list[Entry]) -> bool:
    """Whether nginx's lines, which it writes in blocks, are there for all that it was asked."""
    logged = {each.facts["request_id"] for each in others if each.server == entries.BALANCER}
    return _asked(visit) <= logged


def _asked(visit: Visit) -> set[str]:
    origin = origin_of(visit)
    own = {visit.last.header("RespHeader", "X-Request-ID")}
    asked = own if origin and origin.place == SITE and origin.status is not None else set()
    return asked.union(*(_asked(piece) for piece in visit.pieces))


def as_json(found: list[Entry]) -> Iterator[str]:
    """Each as one line, with its server and its beginning in seconds since 1970."""
    for each in found:
        line = {"server": each.server, "at": round(each.at, 6), **each.facts}
        yield json.dumps(line, ensure_ascii=False)


def show(found: list[Entry], console: Console) -> None:
    first = found[0]
    console.print(
        Text(
            f"{first.facts['request_id']}  {first.facts.get('method', '')} {first.facts.get('uri', '')}"
        ),
        soft_wrap=True,
    )
    console.print()
    table = Table.grid(padding=(0, 2))
    table.add_column(justify="right", no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column()
    for each in found:
        after = f"+{(each.at - first.at) * 1000:.1f} ms"
        table.add_row(after, each.server, _said(each, first))
    console.print(table)


def _said(entry: Entry, first: Entry) -> Text:
    facts = entry.facts
    if "status" not in facts:
        return Text(f"{facts.get('level', '')}: {facts.get('message', '')}", style="yellow")
    said = Text()
    if entry.server == entries.EDGE:
        said.append(*OUTCOMES[facts["outcome"]])
        said.append(" ")
    words = [str(facts["status"])]
    if facts["seconds"] is not None:
        words.append(f"in {duration(float(facts['seconds']))}")
    words += [*_details(entry)]
    if facts["request_id"] != first.facts["request_id"]:
        words.append(f"for the page's part {facts['uri']} ({facts['request_id']})")
    said.append(", ".join(words))
    return said


def _details(entry: Entry) -> Iterator[str]:
    facts: dict[str, Any] = dict(entry.facts)
    if entry.server == entries.EDGE:
        yield facts["why"]
    elif entry.server == entries.BALANCER:
        yield f"from {facts['replica']}" if facts["replica"] else "no replica answered"
    else:
        yield facts["view"]
        if facts["upstream"]:
            counts = ", ".join(f"{number} {how}" for how, number in facts["upstream"].items())
            yield f"values upstream: {counts}"


def _fail(line: str, code: int) -> int:
    sys.stderr.write(f"logs: {line}\n")
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
