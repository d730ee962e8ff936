"""How soon a write is fresh at the edge, and whether a purge costs more with more kept."""

from __future__ import annotations

import json
import subprocess
from statistics import median

import msgspec

from .. import stack
from ..faults.figures import percentile
from . import throwaway
from .asked import Asked
from .figures import Line, Part
from .kept import counters, empty

LITTLE = 1_000
TIMES, SHORT_TIMES = 1_000, 200
FRESH_WITHIN = 20.0
"""Milliseconds from the commit of a write until nobody is shown the old page, 99th percentile."""

GROWTH = 1.5
"""The most that a purge may cost with all kept, times what it costs with few. A tree of tags grows
by a few steps; a cache that looks through what it keeps would take a hundred times as long."""

EVICTED = "MAIN.n_lru_nuked"

PATIENCE = 1_800
RUN = ("docker", "compose", "run", "--rm", "--no-deps", "-T", "web", "python", "manage.py")


class Timed(msgspec.Struct, frozen=True):
    """What `manage.py edge_purging` prints (web/trials/purging.py). Seconds."""

    kept: int
    filling: float
    purged: list[float]
    seen: list[float]
    many: list[float]
    few: list[float]


def part(asked: Asked) -> Part:
    project = json.loads(stack.compose("config", "--format", "json"))["name"]
    few = "edge-that-keeps-few"
    options = (*throwaway.VARNISH, "--env", f"LAB_PURGE_TOKEN={throwaway.token()}")
    empty()
    evicted = counters()[EVICTED]
    try:
        with throwaway.running("cachelab-varnish", f"{project}_inner", (few,), options) as varnish:
            throwaway.await_port(varnish, 8080)
            times = SHORT_TIMES if asked.short else TIMES
            timed = measure(few, asked.objects, times)
        after = counters()
        return judged(timed, after["MAIN.n_object"], after[EVICTED] - evicted)
    finally:
        empty()


def measure(few: str, objects: int, times: int) -> Timed:
    """Has a container of the site fill, write and purge. Raises stack.CommandError."""
    sizes = ("--objects", str(objects), "--little", str(LITTLE), "--times", str(times))
    done = subprocess.run(
        [*RUN, "edge_purging", "--few", few, *sizes],
        cwd=stack.TOP,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    try:
        return msgspec.json.decode(done.stdout.splitlines()[-1], type=Timed)
    except (IndexError, msgspec.MsgspecError):
        words = (done.stderr or done.stdout).strip().splitlines()[-1:] or ["it said nothing"]
        raise stack.CommandError(f"edge_purging gave no result: {words[0][:300]}") from None


def judged(timed: Timed, kept: int, evicted: int) -> Part:
    """kept, evicted: objects, as Varnish counts them: at the end, and meanwhile to make room."""

    def ms(seconds: list[float], share: float) -> float:
        return 1e3 * percentile(seconds, share)

    return Part(
        [
            Line("objects kept", kept, least=timed.kept),
            Line("objects evicted meanwhile", evicted, most=0),
            Line("commit until purged, median", ms(timed.purged, 0.5), "ms"),
            Line("commit until purged, p99", ms(timed.purged, 0.99), "ms", most=FRESH_WITHIN),
            Line("commit until read anew, median", ms(timed.seen, 0.5), "ms"),
            Line("commit until read anew, p99", ms(timed.seen, 0.99), "ms"),
            Line("one purge with all kept, median", ms(timed.many, 0.5), "ms"),
            Line(f"one purge with {LITTLE:,} kept, median", ms(timed.few, 0.5), "ms"),
            Line("all kept ÷ few", median(timed.many) / median(timed.few), "×", most=GROWTH),
        ],
        [
            f"{timed.kept:,} pages were fetched in {timed.filling:.0f} s",
            f"{len(timed.purged):,} writes; {len(timed.many):,} purges from each edge",
        ],
    )
