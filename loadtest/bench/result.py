"""What a comparison leaves behind: its schema, and the files it is written to run by run."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from pathlib import Path

import msgspec

from bench.counters import Counters

VERSION = 1


class Plan(msgspec.Struct, frozen=True):
    """How every run of a comparison is made. Seconds; `users` are requests under way at once."""

    name: str
    variants: tuple[str, ...]
    rounds: int
    warm: float
    measure: float
    users: int
    mix: str
    seed: int
    alpha: float = 0.8
    pages: int = 0
    """Posts that are visited, the most popular; 0 is all."""


class Latency(msgspec.Struct, frozen=True):
    """Milliseconds; None where nothing was answered."""

    min: float | None = None
    median: float | None = None
    p95: float | None = None
    p99: float | None = None
    max: float | None = None


class Kind(msgspec.Struct, frozen=True):
    """The requests of one name, such as `page/post`. edge_hits: good answers that the edge had kept."""

    ok: int
    failed: int
    bytes: int
    edge_hits: int = 0
    latency_ms: Latency = Latency()


class Load(msgspec.Struct, frozen=True, kw_only=True):
    """What Locust counted. `requests` are the good ones; failures have no latency."""

    requests: int
    failures: int
    reasons: dict[str, int] = {}
    requests_per_second: float
    elapsed: float
    bytes: int = 0
    kinds: dict[str, Kind] = {}
    latency_ms: Latency = Latency()
    histogram_us: dict[str, int] = {}
    checked: int = 0
    """Answers that were looked through for what had been acknowledged before they were asked for."""
    stale: int = 0
    """Those that lacked it."""
    stalest: float = 0.0
    """For how many seconds the worst of them had been out of date when it was asked for."""
    cpu_seconds: float = 0.0
    core_share: float = 0.0
    drained: bool = True
    interrupted: bool = False
    locust: str = ""


class Flag(msgspec.Struct, frozen=True):
    """A reason not to take a run at its word, and what to try. `code` is one of `verdict.CODES`."""

    code: str
    reason: str
    advice: str


class Machine(msgspec.Struct, frozen=True):
    cpu: str
    cores: int
    memory_mib: int
    architecture: str
    kernel: str
    system: str
    engine: str


class Revision(msgspec.Struct, frozen=True):
    """`dirty`: the tree held changes that the commit does not."""

    commit: str
    dirty: bool


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """One variant measured once."""

    round: int
    variant: str
    started: str
    toggles: dict[str, str]
    load: Load
    spent: Counters
    cpu_ms: dict[str, float]
    hit_ratios: dict[str, float]
    flags: list[Flag] = []


class Result(msgspec.Struct, kw_only=True):
    """A comparison. `complete` is false when it was stopped before its last run."""

    version: int = VERSION
    created: str
    plan: Plan
    machine: Machine
    revision: Revision
    versions: dict[str, str]
    notes: list[str] = []
    complete: bool = False
    runs: list[Run] = []


class Journal:
    """The files of one comparison. Every run is on disk before the next one begins."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True)

    def append(self, run: Run) -> None:
        with (self.folder / "runs.jsonl").open("ab") as file:
            file.write(msgspec.json.encode(run) + b"\n")

    def write(self, result: Result) -> None:
        """The whole, in JSON and CSV; what was there is replaced in one step."""
        whole = msgspec.json.format(msgspec.json.encode(result), indent=1)
        self._replace("result.json", whole + b"\n")
        table = self.folder / "runs.csv"
        with table.open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows(rows(result.runs))

    def _replace(self, name: str, content: bytes) -> None:
        fresh = self.folder / f".{name}"
        fresh.write_bytes(content)
        fresh.replace(self.folder / name)


def read(path: Path) -> Result:
    """A result from its `result.json`. Raises msgspec.ValidationError for anything else."""
    return msgspec.json.decode(path.read_bytes(), type=Result)


COLUMNS = ("round", "variant", "started", "requests", "failures", "requests_per_second")
LATENCIES = ("median", "p95", "p99", "max")
LAYERS = ("pages", "members", "assets", "redis", "memcached")


def rows(runs: Iterable[Run]) -> list[list[object]]:
    """A table of one line a run, headed; CPU in ms per request by service."""
    runs = list(runs)
    services = sorted({service for run in runs for service in run.cpu_ms})
    head: list[object] = [*COLUMNS, *(f"{name}_ms" for name in LATENCIES)]
    head += [f"cpu_ms_{name}" for name in services] + [f"hit_{name}" for name in LAYERS] + ["flags"]
    return [head, *([*_row(run, services)] for run in runs)]


def _row(run: Run, services: list[str]) -> list[object]:
    load = run.load
    return [
        *(run.round, run.variant, run.started, load.requests, load.failures),
        round(load.requests_per_second, 2),
        *(getattr(load.latency_ms, name) for name in LATENCIES),
        *(_rounded(run.cpu_ms.get(name)) for name in services),
        *(_rounded(run.hit_ratios.get(name)) for name in LAYERS),
        " ".join(flag.code for flag in run.flags),
    ]


def _rounded(value: float | None) -> object:
    """Empty where there is nothing to say, which is not the same as 0."""
    return "" if value is None else round(value, 5)
