"""How many requests a second went over each hop of the path, from what the servers counted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from statistics import median

import msgspec

from bench.result import Run

STORES = {"redis": "Redis", "memcached": "Memcached"}


class Hop(msgspec.Struct, frozen=True):
    """One arrow of the path: the medians of a variant's runs. None where nobody counted."""

    source: str
    target: str
    per_request: float | None
    """How often it was taken for one request of a visitor."""
    per_second: float | None


class Layer(msgspec.Struct, frozen=True):
    """One cache on the path. `hit_ratio` is None where it was not asked."""

    name: str
    on: bool
    hit_ratio: float | None


class Flow(msgspec.Struct, frozen=True):
    """The path as one variant used it. `store` is the service of the upstream cache: `redis`,
    `memcached`, `local` (each process's own memory) or `off`."""

    hops: tuple[Hop, ...]
    pages: Layer
    assets: Layer
    upstream: Layer
    store: str

    def hop(self, source: str, target: str) -> Hop:
        return next(hop for hop in self.hops if (hop.source, hop.target) == (source, target))


def flow(runs: Sequence[Run]) -> Flow:
    """Of one variant's runs, of which there is at least one."""
    toggles = runs[-1].toggles
    store = toggles.get("LAB_UPSTREAM", "off")
    hops = [
        ("visitors", "varnish"),
        ("varnish", "nginx"),
        ("varnish", "minio"),
        ("nginx", "web"),
        ("web", "postgres"),
    ]
    if store in STORES:
        hops.append(("web", store))
    return Flow(
        hops=tuple(_hop(source, target, runs) for source, target in hops),
        pages=_layer("pages", toggles.get("LAB_EDGE_PAGES") == "on", "pages", runs),
        assets=_layer("objects", toggles.get("LAB_EDGE_ASSETS") == "on", "assets", runs),
        upstream=_layer(STORES.get(store, "upstream cache"), store != "off", store, runs),
        store=store,
    )


def _layer(name: str, on: bool, key: str, runs: Sequence[Run]) -> Layer:
    return Layer(name, on, _median(run.hit_ratios.get(key) for run in runs))


def _hop(source: str, target: str, runs: Sequence[Run]) -> Hop:
    taken = [_per_request(source, target, run) for run in runs]
    rates = [
        None if each is None else each * run.load.requests_per_second
        for each, run in zip(taken, runs, strict=True)
    ]
    return Hop(source, target, _median(taken), _median(rates))


def _per_request(source: str, target: str, run: Run) -> float | None:
    """A hop's count is what its sender says it sent, where the sender counts."""
    fetched = _each(run, "varnish.fetched_pages")
    if target == "varnish":
        return 1.0
    if target == "nginx":
        return _first(fetched, run.per_request.get("nginx.requests"))
    if target == "web":
        return _first(
            run.per_request.get("web.requests"), run.per_request.get("nginx.requests"), fetched
        )
    if target == "minio":
        return _first(_each(run, "varnish.fetched_objects"), run.per_request.get("minio.requests"))
    what = "queries" if target == "postgres" else "round_trips"
    return run.per_request.get(f"{target}.{what}")


def _each(run: Run, counter: str) -> float | None:
    """A counter over the run, by good answer: the servers worked for the sampler, too."""
    counts: Mapping[str, int] = run.spent.counts
    if counter not in counts or not run.load.answered:
        return None
    return counts[counter] / run.load.answered


def _first(*values: float | None) -> float | None:
    return next((value for value in values if value is not None), None)


def _median(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return median(known) if known else None
