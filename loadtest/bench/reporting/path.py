"""The path of a request as a drawing: what each layer kept, and how much went over each hop.

Drawn by hand, not by the plotting library: it is a picture of places, and reads on a phone as it is.
"""

from __future__ import annotations

from math import sqrt

import msgspec

from bench.reporting.flow import STORES, Flow, Hop, Layer
from bench.reporting.lines import Line
from bench.reporting.templates import environment
from bench.reporting.words import rate, share, small

WIDTH, HEIGHT = 340, 352

THICKEST = 14.0
THINNEST = 1.5


class Box(msgspec.Struct, frozen=True):
    """A service; `note` is its CPU per request. Open: it passes on, and keeps nothing."""

    name: str
    x: int
    y: int
    width: int
    height: int
    note: str = ""
    open: bool = False


class Chip(msgspec.Struct, frozen=True):
    """A cache within a service: what it keeps, and how often it had it."""

    text: str
    x: int
    y: int
    width: int
    on: bool


class Arrow(msgspec.Struct, frozen=True):
    """A hop. `path` is SVG's; the label stands at x, y. A hop that nothing went over is broken."""

    path: str
    thickness: float
    x: int
    y: int
    label: str
    each: str
    broken: bool


PLACES: dict[tuple[str, str], tuple[str, int, int]] = {
    ("visitors", "varnish"): ("M170 22V46", 184, 38),
    ("varnish", "nginx"): ("M52 113V157", 66, 131),
    ("varnish", "minio"): ("M224 113V157", 238, 131),
    ("nginx", "web"): ("M52 193V233", 66, 209),
    ("web", "store"): ("M52 269V309", 66, 285),
    ("web", "postgres"): ("M149 251H224V309", 238, 285),
}
"""By hop: its line, and where its label stands."""


def drawing(line: Line, busiest: float) -> str:
    """The path of one variant as SVG. `busiest` is the rate of the widest line in all drawings, in
    requests a second: so the drawings of several variants can be compared."""
    flow = line.flow
    return (
        environment()
        .get_template("path.svg.j2")
        .render(
            width=WIDTH,
            height=HEIGHT,
            label=described(line),
            boxes=_boxes(line),
            chips=_chips(flow),
            arrows=[_arrow(hop, busiest) for hop in flow.hops],
        )
    )


def busiest(lines: list[Line]) -> float:
    rates = [hop.per_second or 0.0 for line in lines for hop in line.flow.hops]
    return max(rates, default=0.0)


def described(line: Line) -> str:
    """The drawing in words, for those who can't see it."""
    hops = "; ".join(
        f"{hop.source} to {hop.target} "
        + ("not counted" if hop.per_second is None else f"{rate(hop.per_second)} a second")
        for hop in line.flow.hops
    )
    layers = (line.flow.pages, line.flow.assets, line.flow.upstream)
    kept = "; ".join(f"{layer.name} {_state(layer)}" for layer in layers)
    return f"Path of a request, {line.name}: {hops}. Caches: {kept}."


def _state(layer: Layer) -> str:
    if not layer.on:
        return "off"
    return "on, not asked" if layer.hit_ratio is None else f"hit {share(layer.hit_ratio)}"


def _boxes(line: Line) -> list[Box]:
    cpu = line.row.cpu_ms
    flow = line.flow

    def note(service: str) -> str:
        return f"{small(cpu[service])} ms CPU" if service in cpu else ""

    kept = flow.pages.on or flow.assets.on
    boxes = [
        Box("varnish", 20, 48, 300, 64, note("varnish"), open=not kept),
        Box("nginx", 20, 158, 128, 34, note("nginx")),
        Box("minio", 192, 158, 128, 34, note("minio")),
        Box("web", 20, 234, 128, 34, note("web")),
        Box("postgres", 192, 310, 128, 34, note("postgres")),
    ]
    if flow.store in STORES:
        hit = "" if flow.upstream.hit_ratio is None else f"hit {share(flow.upstream.hit_ratio)}"
        boxes.append(Box(flow.store, 20, 310, 128, 34, hit or "not asked"))
    else:
        name = "upstream off" if flow.store == "off" else "own memory"
        boxes.append(Box(name, 20, 310, 128, 34, open=flow.store == "off"))
    return boxes


def _chips(flow: Flow) -> list[Chip]:
    return [
        Chip(f"{layer.name} {_state(layer)}", x, 80, 136, layer.on)
        for layer, x in ((flow.pages, 28), (flow.assets, 176))
    ]


def _arrow(hop: Hop, busiest: float) -> Arrow:
    path, x, y = PLACES[hop.source, "store" if hop.target in STORES else hop.target]
    each = ""
    if hop.per_request is not None and hop.source != "visitors":
        each = f"{small(hop.per_request)} a request"
    return Arrow(
        path=path,
        thickness=round(thickness(hop.per_second, busiest), 2),
        x=x,
        y=y,
        label="not counted" if hop.per_second is None else f"{rate(hop.per_second)}/s",
        each=each,
        broken=not hop.per_second,
    )


def thickness(per_second: float | None, busiest: float) -> float:
    """A line's width: it grows with the square root of the rate, or the thin ones would vanish."""
    if not per_second or not busiest:
        return THINNEST
    return max(THINNEST, THICKEST * sqrt(per_second / busiest))
