"""Reading what `varnishlog -g request` prints."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

_HEAD = re.compile(r"\*+\s+<<\s*(?P<kind>\w+)\s*>>\s+(?P<number>\d+)")
_RECORD = re.compile(r"-+\s+(?P<tag>\w+)\s*(?P<value>.*)")
_LIMIT = re.compile(r"vsl_reclen\s+Value is: (?P<size>\d+)(?P<unit>[bk])")


@dataclass(slots=True)
class Transaction:
    """kind: Request, BeReq or Session. records: (tag, value) in the order of happening."""

    kind: str
    number: int
    records: list[tuple[str, str]] = field(default_factory=list)

    def all(self, tag: str) -> Iterator[str]:
        return (value for name, value in self.records if name == tag)

    def last(self, tag: str) -> str:
        """The last such record; "" for none."""
        return next((value for name, value in reversed(self.records) if name == tag), "")

    def header(self, tag: str, name: str) -> str:
        """The header's last value, also where it was taken off again; "" for none."""
        wanted = f"{name.lower()}:"
        values = [value for value in self.all(tag) if value.lower().startswith(wanted)]
        return values[-1].partition(":")[2].strip() if values else ""

    def seconds(self, event: str) -> float | None:
        """From the transaction's start to this event; None where it didn't happen."""
        for value in self.all("Timestamp"):
            name, _, rest = value.partition(": ")
            if name == event:
                return float(rest.split()[1])
        return None

    @property
    def started(self) -> float:
        """Seconds since 1970; 0 where the log doesn't say."""
        for value in self.all("Timestamp"):
            if value.startswith("Start: "):
                return float(value.split()[1])
        return 0.0

    @property
    def why(self) -> str:
        """What it began as: rxreq, restart, esi, fetch, pass, bgfetch."""
        words = self.last("Begin").split()
        return words[2] if len(words) > 2 else ""

    @property
    def ended(self) -> bool:
        return any(name == "End" for name, _ in self.records)


def parse(text: str) -> list[Transaction]:
    """All transactions, in the order printed."""
    found: list[Transaction] = []
    for line in text.splitlines():
        if head := _HEAD.match(line):
            found.append(Transaction(head["kind"], int(head["number"])))
        elif found and (record := _RECORD.match(line)):
            found[-1].records.append((record["tag"], record["value"].rstrip()))
    return found


def longest_record(text: str) -> int:
    """Bytes of a record that the log keeps, from what `varnishadm param.show vsl_reclen` says."""
    said = _LIMIT.search(text)
    return int(said["size"]) * (1024 if said["unit"] == "k" else 1) if said else 255


def links(transaction: Transaction) -> list[tuple[int, str]]:
    """(number, why) of those that it started."""
    words = (value.split() for value in transaction.all("Link"))
    return [(int(each[1]), each[2]) for each in words if len(each) > 2]


@dataclass(frozen=True, slots=True)
class Visit:
    """One request as a whole. last: the transaction that answered, after all restarts. fetch: what
    it asked the place behind; refresh: a fetch in the background, after the answer. pieces: requests
    of the edge's own, for what it put into the page (ESI)."""

    first: Transaction
    last: Transaction
    restarts: int
    fetch: Transaction | None
    refresh: Transaction | None
    pieces: tuple[Visit, ...] = ()


def visit(transactions: Iterable[Transaction]) -> Visit | None:
    """The visitor's request among them; None while the log hasn't got it as a whole."""
    known = {each.number: each for each in transactions}
    first = next((t for t in known.values() if t.kind == "Request" and t.why == "rxreq"), None)
    return _visit(first, known) if first else None


def _visit(first: Transaction, known: dict[int, Transaction]) -> Visit | None:
    chain = [first]
    while (number := {why: n for n, why in links(chain[-1])}.get("restart")) is not None:
        if number not in known:
            return None
        chain.append(known[number])
    last = chain[-1]
    if not last.ended:
        return None
    fetch = refresh = None
    pieces: list[Visit] = []
    for number, why in links(last):
        other = known.get(number)
        if why == "esi":
            piece = _visit(other, known) if other else None
            if piece is None:
                return None
            pieces.append(piece)
        elif why == "bgfetch":
            refresh = other
        elif other is None:
            return None
        else:
            fetch = other
    looks = len(chain) > 1 and chain[-2].last("VCL_call") == "DELIVER"
    if looks and fetch is None:
        # What was fetched is looked up once more before it is believed (varnish/features/purge.vcl).
        fetch = next((known.get(n) for n, why in links(chain[-2]) if why == "fetch"), None)
    restarts = len(chain) - 1 - looks
    return Visit(first, last, restarts, fetch, refresh, tuple(pieces))
