"""What a result says about each variant, in the figures that planning needs. Pure, but for reading a file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from statistics import median

import msgspec

from bench.counters import PATH
from bench.result import Kind, Machine, Run, Visits

KINDS = {
    "pages": ("page/", "feed/"),
    "members": ("member/", "personal/"),
    "writes": ("write/",),
    "objects": ("asset/",),
}
"""Kinds of requests, and how the names of Locust's counts begin. A page view is one of the first two."""

LAYERS = {"upstream": "LAB_UPSTREAM", "pages": "LAB_EDGE_PAGES", "objects": "LAB_EDGE_ASSETS"}
"""What can be taken out, and the toggle that does it."""

TOLERATED = ("generator",)
"""Flags that stand against a throughput and not against the CPU of a request."""


class NothingMeasured(ValueError):
    """A result that can't be planned from; one line that says what it lacks, and what to measure."""


class Planned(msgspec.Struct, frozen=True):
    """Under which load a variant was measured."""

    name: str
    visits: Visits
    posts: int = 0


class Plan(msgspec.Struct, frozen=True):
    variants: list[Planned] = []


class Source(msgspec.Struct, frozen=True):
    """As much of a `result.json` as planning reads."""

    created: str
    machine: Machine
    runs: list[Run]
    plan: Plan = Plan()
    spoilt: list[str] = []

    @property
    def loads(self) -> dict[str, str]:
        """By variant, a text that is the same for the same load."""
        return {
            each.name: f"{msgspec.json.encode(each.visits).decode()} {each.posts}"
            for each in self.plan.variants
        }


class _Dated(msgspec.Struct, frozen=True):
    created: str


class Variant(msgspec.Struct, frozen=True, kw_only=True):
    """One variant over its rounds. Counts are of all rounds together, CPU is the median of them.

    cpu_ms: CPU milliseconds of each service for one request, of whatever kind.
    asked: requests by kind of KINDS. kept: those of them that the edge answered by itself.
    parts: fetches from the site beyond the requests that the edge didn't answer, such as members' parts.
    objects_fetched: of the objects asked for, the share that went to the store.
    lookups: round trips to the upstream cache for one request.
    upstream_hits: its hit ratio; None where nobody asked it.
    layers: what each layer of LAYERS was set to. others: all other toggles.
    load: the same text where visitors and posts were the same.
    weight: bytes that went out for a page view, of all variants under this load together: what visitors
    chanced to ask for is nobody's saving.
    """

    name: str
    rounds: int
    cpu_ms: dict[str, float]
    asked: dict[str, int]
    kept: dict[str, int]
    parts: int
    objects_fetched: float
    lookups: float
    upstream_hits: float | None
    bytes: int
    layers: dict[str, str]
    others: dict[str, str]
    load: str = ""
    weight: float = 0.0
    runs: tuple[Run, ...] = ()

    @property
    def requests(self) -> int:
        return sum(self.asked.values())

    @property
    def views(self) -> int:
        return self.asked["pages"] + self.asked["members"]

    @property
    def store(self) -> str | None:
        """The server that keeps upstream values; None where none does, or each process for itself."""
        return (
            self.layers["upstream"] if self.layers["upstream"] in ("redis", "memcached") else None
        )

    @property
    def has_edge(self) -> bool:
        return "on" in (self.layers["pages"], self.layers["objects"])

    def per_view(self, service: str) -> float:
        """CPU milliseconds of this service for one page view, with all that comes with one."""
        return self.cpu_ms.get(service, 0.0) * self.requests / self.views

    def reaching_site(self, kind: str) -> float:
        """Requests that the site gets for one request of this kind: misses, and members' parts."""
        if not self.asked[kind]:
            return 0.0
        missed = self.asked[kind] - self.kept[kind]
        parts = self.parts if kind == ("members" if self.asked["members"] else "pages") else 0
        return (missed + parts) / self.asked[kind]

    def hit_ratio(self, *kinds: str) -> float | None:
        """The share that the edge answered by itself; None where nobody asked."""
        asked = sum(self.asked[kind] for kind in kinds)
        return sum(self.kept[kind] for kind in kinds) / asked if asked else None


def newest(folder: Path) -> Path:
    """The newest result under this folder, whatever its own folder is called. Raises NothingMeasured."""
    found = list(folder.glob("*/result.json"))
    if not found:
        raise NothingMeasured(
            f"there is no result under {folder}/: measure one with ./scripts/lab bench --quick,"
            " or name one with --result"
        )
    return max(found, key=lambda path: (_created(path), path.parent.name))


def _created(path: Path) -> str:
    """When it was measured, in ISO 8601 of UTC; empty, and so before all others, where that can't be read."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=_Dated).created
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError):
        return ""


def read(path: Path) -> Source:
    """A result, by its folder or its file. Raises NothingMeasured for anything but one with runs."""
    # Named by its folder, as `compare` takes it, too.
    path = path / "result.json" if path.is_dir() else path
    try:
        source = msgspec.json.decode(path.read_bytes(), type=Source)
    except OSError as error:
        raise NothingMeasured(
            f"{path}: {error.strerror}; accepted is a folder or a result.json that ./scripts/lab bench wrote"
        ) from None
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        said = str(error).splitlines()[0]
        raise NothingMeasured(
            f"{path}: {said}; accepted is a folder or a result.json that ./scripts/lab bench wrote"
        ) from None
    if source.spoilt:
        raise NothingMeasured(f"{path} is INVALID: {source.spoilt[0]}; measure again")
    if not source.runs:
        raise NothingMeasured(
            f"{path} holds no run: measure again with ./scripts/lab bench --quick"
        )
    return source


def variants(
    runs: Iterable[Run], loads: Mapping[str, str] | None = None
) -> tuple[list[Variant], list[str]]:
    """Every variant that can be planned from, the barest first; and why runs were left out, in sentences.
    loads: by variant, what it was measured under (`Source.loads`); by default all under one. Raises
    NothingMeasured where none can."""
    by_name: dict[str, list[Run]] = {}
    left_out: list[str] = []
    for run in runs:
        against = _against(run)
        if against:
            left_out.append(f"round {run.round} of {run.variant} is left out: {against}")
        else:
            by_name.setdefault(run.variant, []).append(run)
    if not by_name:
        raise NothingMeasured(
            f"no run can be planned from; {left_out[0] if left_out else 'none is there'}"
        )
    found = [variant(name, runs, (loads or {}).get(name, "")) for name, runs in by_name.items()]
    weighed = [msgspec.structs.replace(v, weight=_weight(v.load, found)) for v in found]
    return sorted(weighed, key=_bareness), left_out


def _weight(load: str, found: Iterable[Variant]) -> float:
    """Bytes for a page view, of all variants under this load together."""
    alike = [each for each in found if each.load == load]
    return sum(each.bytes for each in alike) / sum(each.views for each in alike)


def _against(run: Run) -> str:
    """Why this run says nothing about CPU; empty where it does."""
    fatal = [flag for flag in run.flags if flag.fatal and flag.code not in TOLERATED]
    if fatal:
        return fatal[0].reason
    if not any(run.cpu_ms.get(service) for service in ("nginx", "web")):
        return "it has no CPU of nginx and web"
    if "varnish.body_bytes" not in run.spent.counts:
        return "it has no count of the bytes that went out"
    if not sum(_count(run.load.kinds, kind, "ok") for kind in ("pages", "members")):
        return "no page was viewed in it"
    return ""


def _bareness(variant: Variant) -> tuple[int, str]:
    return sum(value != "off" for value in variant.layers.values()), variant.name


def variant(name: str, runs: list[Run], load: str = "") -> Variant:
    """Its runs together. They must be of one variant, and each must have page views."""
    toggles = runs[0].toggles
    asked = {kind: sum(_count(run.load.kinds, kind, "ok") for run in runs) for kind in KINDS}
    kept = {kind: sum(_count(run.load.kinds, kind, "edge_hits") for run in runs) for kind in KINDS}
    requests = sum(asked.values())
    store = toggles.get(LAYERS["upstream"], "off")
    return Variant(
        name=name,
        rounds=len(runs),
        cpu_ms={
            service: median(run.cpu_ms.get(service, 0.0) for run in runs)
            for service in PATH
            if any(service in run.cpu_ms for run in runs)
        },
        asked=asked,
        kept=kept,
        parts=_parts(runs, asked, kept),
        objects_fetched=_fetched(runs, asked, kept),
        lookups=_lookups(runs, store, requests),
        upstream_hits=_median(run.hit_ratios.get(store) for run in runs),
        bytes=sum(map(_sent, runs)),
        layers={layer: toggles.get(toggle, "off") for layer, toggle in LAYERS.items()},
        others={n: value for n, value in toggles.items() if n not in LAYERS.values()},
        load=load,
        runs=tuple(runs),
    )


def _sent(run: Run) -> int:
    """Bytes of bodies as they went out, compressed, for the load's own requests. Locust's count, of what it
    unpacked, is some three times that, and no bill is for it."""
    if not run.load.answered:
        return 0
    share = run.load.requests / run.load.answered
    return round(run.spent.counts["varnish.body_bytes"] * share)


def _count(kinds: Mapping[str, Kind], kind: str, what: str) -> int:
    return sum(
        getattr(found, what) for name, found in kinds.items() if name.startswith(KINDS[kind])
    )


def _spent(runs: list[Run], counter: str) -> int:
    return sum(run.spent.counts.get(counter, 0) for run in runs)


def _parts(runs: list[Run], asked: Mapping[str, int], kept: Mapping[str, int]) -> int:
    """By the edge's own count of fetches; what it asked for by itself is in no count of Locust's."""
    missed = sum(asked[kind] - kept[kind] for kind in KINDS if kind != "objects")
    return max(0, _spent(runs, "varnish.fetched_pages") - missed)


def _fetched(runs: list[Run], asked: Mapping[str, int], kept: Mapping[str, int]) -> float:
    """By the edge's own count of fetches where it is there: concurrent misses are fetched as one."""
    if not asked["objects"]:
        return 0.0
    if all("varnish.fetched_objects" in run.spent.counts for run in runs):
        return min(1.0, _spent(runs, "varnish.fetched_objects") / asked["objects"])
    return 1 - kept["objects"] / asked["objects"]


def _lookups(runs: list[Run], store: str, requests: int) -> float:
    """Round trips a request; where a result doesn't have them, what the store counted stands for them."""
    trips = _median(run.per_request.get(f"{store}.round_trips") for run in runs)
    if trips is not None:
        return trips
    counted = _spent(runs, "redis.commands") if store == "redis" else 0
    if store == "memcached":
        counted = sum(_spent(runs, f"memcached.{what}") for what in ("hits", "misses", "sets"))
    return counted / requests


def _median(values: Iterable[float | None]) -> float | None:
    """Of those that are there."""
    found = [value for value in values if value is not None]
    return median(found) if found else None
