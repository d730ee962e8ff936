"""The way of a request as a small picture for a terminal."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from rich.console import Console
from rich.text import Text

from .cache_status import Use
from .tags import EVERYTHING, Kind
from .way import STORE, Edge, Way

JOINED = "\N{NO-BREAK SPACE}"
NAME = 11  # columns for the layers' names
NARROWEST, WIDEST = 60, 100
MOST_TAG_LINES = 4

OUTCOMES = {
    "hit": ("HIT", "bold green"),
    "stale": ("STALE HIT", "bold yellow"),
    "collapsed": ("COLLAPSED", "bold green"),
    "miss": ("MISS", "bold yellow"),
    "pass": ("PASS", "bold magenta"),
    "made": ("ANSWERED", "bold cyan"),
}
STORES = {"redis": "redis", "memcached": "memcached", "local": "local", "off": "upstream"}


@dataclass(frozen=True, slots=True)
class Layer:
    """reached: whether this request came here. word: what the layer did, with a style."""

    name: str
    reached: bool
    word: str
    style: str
    text: str
    facts: tuple[tuple[str, str], ...] = ()


def show(way: Way, console: Console) -> None:
    for line in draw(way, max(NARROWEST, min(WIDEST, console.width))):
        console.print(line, soft_wrap=True)


def draw(way: Way, width: int = 80) -> Iterator[Text]:
    """The lines, none wider than `width`."""
    yield from _head(way, width)
    layers = [*_layers(way)]
    for number, layer in enumerate(layers):
        below = layers[number + 1] if number + 1 < len(layers) else None
        yield from _layer(layer, below, width)
    yield from _purge(way, width)


def _head(way: Way, width: int) -> Iterator[Text]:
    answered = f"{way.status} in {duration(way.seconds)}".replace(JOINED, " ")
    room = width - len(answered) - 2
    lines = _wrapped(f"GET {way.address}", max(room, 20), "    ") or [""]
    yield Text(f"{lines[0]:<{room}}  ", style="bold").append(answered)
    yield from (Text(line, style="bold") for line in lines[1:])
    yield Text()


def _layers(way: Way) -> Iterator[Layer]:
    who = f"{way.user}, by a session of one request" if way.user else "nobody: no session"
    yield Layer("visitor", True, "", "", f"{who}; got {way.bytes:,} bytes")
    yield _varnish(way.edge)
    if way.place == STORE:
        yield _minio(way)
    else:
        yield _nginx(way)
        yield _web(way)
        yield _upstream(way)
        yield _postgres(way)


def _varnish(edge: Edge) -> Layer:
    word, style = OUTCOMES[edge.outcome]
    facts = [("key", edge.key)]
    if edge.kept:
        facts.append(("copy", _copy(edge)))
    if edge.refreshing:
        facts.append(("behind", "a new copy is being fetched; this answer did not wait for it"))
    if edge.tags:
        cut = ", more that the log cut off" if edge.tags_cut else ""
        facts.append(("tags", f"({len(edge.tags)}{cut}) {' '.join(edge.tags)}"))
    if edge.pieces:
        facts.append(("pieces", "; ".join(f"{outcome} {at}" for at, outcome in edge.pieces)))
    if edge.seconds is not None:
        facts.append(("time", _time_at_the_edge(edge)))
    return Layer("varnish", True, word, style, edge.why, tuple(facts))


def _copy(edge: Edge) -> str:
    parts = [] if edge.age is None else [f"{duration(edge.age)} old"]
    if edge.lifetime is not None:
        fresh = edge.lifetime > 0
        left = duration(abs(edge.lifetime))
        parts.append(f"fresh for {left} more" if fresh else f"stale for {left}")
    if edge.grace is not None:
        then = "then " if (edge.lifetime or 0) > 0 else ""
        parts.append(f"{then}of use while stale for {duration(max(edge.grace, 0.0))}")
    return ", ".join(parts)


def _time_at_the_edge(edge: Edge) -> str:
    spent = duration(edge.seconds or 0.0)
    if edge.fetching is None:
        return spent
    return f"{spent}, of these {duration(edge.fetching)} for what is behind"


def _minio(way: Way) -> Layer:
    if way.origin is None:
        return Layer("minio", False, "", "", "not asked")
    if way.origin.error:
        return Layer("minio", True, "FAILED", "bold red", way.origin.error)
    found = "the object" if way.origin.status in (200, 206, 304) else "no such object"
    return Layer("minio", True, str(way.origin.status or ""), "bold", found)


def _nginx(way: Way) -> Layer:
    origin = way.origin
    if origin is None:
        return Layer("nginx", False, "", "", "not asked")
    if origin.error:
        return Layer("nginx", True, "FAILED", "bold red", origin.error)
    tried = f", after {origin.attempts - 1} that failed" if origin.attempts > 1 else ""
    chosen = f"handed on to {origin.replica}{tried}" if origin.replica else "found no replica"
    spent = "" if origin.seconds is None else f"; {duration(origin.seconds)}"
    return Layer("nginx", True, str(origin.status or ""), "bold", f"{chosen}{spent}")


def _web(way: Way) -> Layer:
    origin = way.origin
    if origin is None:
        return Layer("web", False, "", "", "not asked")
    if not origin.replica:
        return Layer("web", False, "", "", "did not answer")
    spent = "" if origin.replica_seconds is None else f" in {duration(origin.replica_seconds)}"
    return Layer(origin.replica, True, "", "", f"Django made the answer{spent}")


def _upstream(way: Way) -> Layer:
    name = STORES.get(way.store, way.store or "upstream")
    facts = tuple(_uses(way.uses or ()))
    if way.origin is not None:
        if way.uses is None:
            return Layer(name, False, "", "", "the answer names nothing that was looked up here")
        asked = way.store != "off" and any(use.outcome != "bypass" for use in way.uses)
        return Layer(name, asked, "", "", "what it did for this answer:", facts)
    if way.edge.outcome == "made" or way.uses is None:
        return Layer(name, False, "", "", "not asked")
    return Layer(name, False, "", "", "not asked; what it did when the copy was made:", facts)


def _uses(uses: Iterable[Use]) -> Iterator[tuple[str, str]]:
    """By outcome, in the order of first appearance."""
    found: dict[str, list[str]] = {}
    for use in uses:
        if not use.policy:
            found.setdefault("more", []).append(f"{use.times} that the header had no room for")
            continue
        times = f" ×{use.times}" if use.times > 1 else ""
        notes = [use.why] if use.why else []
        notes += ["kept now"] if use.stored else []
        notes += ["computed by another"] if use.collapsed else []
        said = f" ({', '.join(notes)})" if notes else ""
        found.setdefault(use.outcome, []).append(f"{use.policy}{times}{said}")
    yield from ((outcome, ", ".join(names)) for outcome, names in found.items())


def _postgres(way: Way) -> Layer:
    if way.origin is None:
        return Layer("postgres", False, "", "", "not asked")
    made = sum(use.times for use in way.uses or () if use.outcome != "hit" and not use.collapsed)
    if not made and way.uses is not None and not way.user:
        return Layer("postgres", False, "", "", "nothing had to be computed")
    what = "what the view reads"
    if made:
        what = f"{made} value{'s' if made > 1 else ''} that had to be computed"
    session = ", and the session" if way.user else ""
    text = f"asked for {what}{session}; single queries are not logged"
    return Layer("postgres", True, "", "", text)


def _layer(layer: Layer, below: Layer | None, width: int) -> Iterator[Text]:
    dim = "" if layer.reached else "dim"
    goes_on = below is not None and below.reached
    rail = "   │" if goes_on else "   ·"
    rail = rail if below is not None else ""
    room = width - NAME
    word = f"{layer.word}: " if layer.word else ""
    lines = _wrapped(word + layer.text, room) or [""]
    first = Text(f"{layer.name:<{NAME}}", style=dim or "bold")
    first.append(lines[0][: len(word)], style=layer.style).append(lines[0][len(word) :], style=dim)
    yield first
    for line in lines[1:]:
        yield _railed(rail, line, dim)
    for label, value in layer.facts:
        for line in _fact(label, value, room):
            yield _railed(rail, line, dim)
    if below is not None:
        yield Text("   ▼" if goes_on else "   ·", style="" if goes_on else "dim")


def _railed(rail: str, line: str, style: str) -> Text:
    return Text(f"{rail:<{NAME}}").append(line, style=style)


def _fact(label: str, value: str, room: int) -> list[str]:
    indent = " " * 8
    head = f"{label:<7} "
    wrapped = _wrapped(head + value, room, indent)
    if len(wrapped) <= MOST_TAG_LINES:
        return wrapped
    return [*wrapped[:MOST_TAG_LINES], f"{indent}… (--json has all)"]


def _purge(way: Way, width: int) -> Iterator[Text]:
    if not way.edge.kept or not way.kinds:
        return
    yield Text()
    head = "A purge of one of these tags ends this copy, and upstream the values of:"
    yield from (Text(line, "bold") for line in _wrapped(head, width))
    for kind in way.kinds:
        indent = " " * 26
        head = f"  {_kind(kind):<23} "
        text = ", ".join(kind.policies) or (
            "all that dies when its data changes"
            if kind.pattern == EVERYTHING
            else "nothing: no policy declares it"
        )
        if len(head) > len(indent):
            yield from (Text(line) for line in _wrapped(head, width))
            head = indent
        lines = _wrapped(head + text, width, indent)
        yield from (Text(line) for line in lines)
    note = (
        "Which other pages at the edge carry a tag, Varnish can't tell without purging them: "
        "its index of tags has no query."
    )
    yield from (Text(line, style="dim") for line in _wrapped(note, width))


def _kind(kind: Kind) -> str:
    return kind.pattern if len(kind.tags) == 1 and "…" not in kind.pattern else _many(kind)


def _many(kind: Kind) -> str:
    return f"{kind.pattern} ×{len(kind.tags)}" if len(kind.tags) > 1 else kind.tags[0]


def _wrapped(text: str, width: int, subsequent_indent: str = "") -> list[str]:
    """In lines; a figure stays with its unit, and a name with hyphens whole."""
    lines = textwrap.wrap(text, width, subsequent_indent=subsequent_indent, break_on_hyphens=False)
    return [line.replace(JOINED, " ") for line in lines]


def duration(seconds: float) -> str:
    """Short, with two units at most: 0 s, 0.4 ms, 12 ms, 3.1 s, 2 min 5 s, 23 h 59 min."""
    if not seconds:
        return f"0{JOINED}s"
    if seconds < 0.01:
        return f"{seconds * 1000:.1f}{JOINED}ms"
    if seconds < 1:
        return f"{seconds * 1000:.0f}{JOINED}ms"
    if seconds < 10 and seconds % 1:
        return f"{seconds:.1f}{JOINED}s"
    # Rounded down: what is left is never shown as more than it is.
    if seconds < 60:
        return f"{int(seconds)}{JOINED}s"
    minutes, rest = divmod(int(seconds), 60)
    if minutes < 60:
        return f"{minutes}{JOINED}min {rest}{JOINED}s" if rest else f"{minutes}{JOINED}min"
    hours, minutes = divmod(minutes, 60)
    if hours < 48:
        return f"{hours}{JOINED}h {minutes}{JOINED}min" if minutes else f"{hours}{JOINED}h"
    return f"{hours // 24}{JOINED}days"
