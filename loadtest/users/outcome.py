"""What a whole run tells, from what each of its processes counted."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.metadata import version

from users.histogram import merged, quantiles
from users.recorder import SAMPLED, Json, Recorder
from users.truth.summary import merged as merged_truth
from users.wire import HERE


def outcome(counted: Mapping[str, Json], rate: float | None) -> Json:
    """The run's figures, as `bench.result.Load` has them. `counted` is what `Generator.measure` gave, by
    the process's name; `rate` is the whole run's.

    Processes measure at the same time, so counts are added, and the longest time is the run's.
    """
    parts = list(counted.values())
    recorder = Recorder()
    for part in parts:
        recorder.absorb(part["record"])
    elapsed = max(part["elapsed"] for part in parts)
    workers = [_worker(name, part) for name, part in counted.items()]
    due, begun = (sum(part[what] for part in parts) for what in ("due", "begun"))
    return {
        **recorder.summary(elapsed),
        "truth": merged_truth(part["truth"] for part in parts),
        "unprimed": sum(part["unprimed"] for part in parts),
        "rate": rate,
        "starts": due,
        "missed": due - begun,
        "late_ms": quantiles(merged(part["late"] for part in parts)),
        "elapsed": elapsed,
        "cpu_seconds": sum(part["cpu_seconds"] for part in parts),
        "core_share": max(_shared(counted), *(worker["core_share"] for worker in workers)),
        "workers": workers,
        "drained": all(part["drained"] for part in parts),
        "interrupted": any(part["interrupted"] for part in parts),
        "locust": version("locust"),
    }


def _shared(counted: Mapping[str, Json]) -> float:
    """The share of the cores that this machine's processes may use together. Where these are fewer than the
    processes, none of them comes near a whole core, and they are the limit all the same."""
    here = [part for name, part in counted.items() if name.startswith(HERE) and part["elapsed"]]
    if not here:
        return 0.0
    busy = sum(part["cpu_seconds"] / part["elapsed"] for part in here)
    return busy / max(part["cores"] for part in here)


def _worker(name: str, part: Json) -> Json:
    busy, elapsed = part["cpu_seconds"], part["elapsed"]
    return {
        "name": name,
        "core_share": busy / elapsed if elapsed else 0.0,
        "requests": sum(
            kind["ok"]
            for kind_name, kind in part["record"]["kinds"].items()
            if not kind_name.startswith(SAMPLED)
        ),
    }
