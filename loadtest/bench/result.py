"""What a comparison leaves behind: its schema, and the files it is written to run by run."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from pathlib import Path

import msgspec

from bench.counters import Counters
from users.mixes import spelled

VERSION = 2

SAMPLED = "truth/"
"""How the names of the sampler's requests begin."""


class Visits(msgspec.Struct, frozen=True):
    """Who visits, how many, and what they ask for.

    `mix` is a name in users/mixes.py, or weights by kind of visitor. `users` are visits under way at once
    (closed loop: the next begins when one ends). `rate` makes it an open loop: so many visits begin each
    second, whoever is still waiting. Posts are asked for by Zipf with the exponent `alpha`, `pages` of
    them, the most popular; 0 is all.
    """

    mix: str | dict[str, float]
    users: int
    rate: float | None = None
    alpha: float = 0.8
    pages: int = 0

    @property
    def spelled_mix(self) -> str:
        """The mix as the driver reads it: its name, or `kind=weight,kind=weight`."""
        return spelled(self.mix)

    @property
    def pace(self) -> str:
        if self.rate is None:
            return f"closed loop, {self.users} visits under way at any time, the next one at once"
        return f"open loop, {self.rate:g} visits begin each second, whoever still waits"

    @property
    def sentence(self) -> str:
        """All of it, in words."""
        posts = f"{self.pages} posts" if self.pages else "all posts"
        return f"mix “{self.spelled_mix}”, {self.pace}, Zipf {self.alpha:g} over {posts}"


class Variant(msgspec.Struct, frozen=True):
    """A state of the stack, and the load it is measured under. `toggles` overrides what `.env` and the
    shell say; `sentence` says what the variant is, `title` names what it adds to its baseline.
    `posts`: how many the database holds; 0 leaves it as it is."""

    name: str
    sentence: str
    toggles: dict[str, str]
    visits: Visits
    posts: int = 0
    title: str = ""


class Pair(msgspec.Struct, frozen=True):
    """A comparison that the experiment asks for: `ours` as a multiple of `against`, round by round.
    `what` names what `ours` has and `against` hasn't, such as "the upstream cache"."""

    ours: str
    against: str
    what: str


class Factor(msgspec.Struct, frozen=True):
    """Something that is off or on: `on` names the variants in which it is on, in all others it is off."""

    name: str
    what: str
    on: tuple[str, ...]


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """How every run of a comparison is made. Seconds. Each variant but the baseline is the `ours` of at
    least one pair; the first of them is the one that its row in a table shows."""

    name: str
    question: str = ""
    variants: tuple[Variant, ...]
    baseline: str
    pairs: tuple[Pair, ...] = ()
    rounds: int
    warm: float
    measure: float
    seed: int
    workers: int = 1
    """Processes that make the load."""
    rtt_ms: dict[str, float] = {}
    """Milliseconds of round trip added by service: `cache`, `db`."""
    factors: tuple[Factor, ...] = ()
    """Where the variants are combinations: what they are combinations of."""
    low_hits: bool = False
    """A low hit ratio is what is asked about, and stands against no run."""

    @property
    def variant_names(self) -> tuple[str, ...]:
        return tuple(variant.name for variant in self.variants)

    @property
    def visits(self) -> list[Visits]:
        """The loads of its variants, each once, in their order."""
        found: list[Visits] = []
        for variant in self.variants:
            if variant.visits not in found:
                found.append(variant.visits)
        return found

    def variant(self, name: str) -> Variant:
        """Raises KeyError."""
        for variant in self.variants:
            if variant.name == name:
                return variant
        raise KeyError(name)

    def base_of(self, name: str) -> str:
        """What the variant is compared with first: `against` of its first pair, else the baseline."""
        return next((pair.against for pair in self.pairs if pair.ours == name), self.baseline)

    @property
    def one_base(self) -> str:
        """What all variants are compared with; "" where they have bases of their own."""
        bases = {self.base_of(name) for name in self.variant_names if name != self.baseline}
        return self.baseline if bases <= {self.baseline} else ""


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


class Worker(msgspec.Struct, frozen=True):
    """One generator process: its share of a core while measuring, and the good requests it made."""

    name: str
    core_share: float
    requests: int


class Second(msgspec.Struct, frozen=True):
    """One second of the time line, `at` seconds after the measurement began. CPU in cores, by service."""

    at: int
    requests: int
    failures: int = 0
    edge_hits: int = 0
    edge_asked: int = 0
    p99_ms: float | None = None
    cpu: dict[str, float] = {}


class Truth(msgspec.Struct, frozen=True, kw_only=True):
    """Is what is shown true, and nobody else's? Of a whole run, its warm-up included (users.truth).

    `writes` are those that were acknowledged, the sampler's and the mix's own. A read is `checked` when it
    began after a write to that page had been acknowledged, whoever asked; it is `stale` when the answer was
    older than that. What the sampler reads again because it was stale tells for how long, and is not among
    them. `leak_checks` counts answers looked through for what is another's, `leaks` those that held some.
    """

    writes: int = 0
    checked: int = 0
    stale: int = 0
    stalest: float = 0.0
    """For how long, in seconds, the oldest words that a stale answer lacked had been acknowledged when it was
    asked for."""
    still_stale: int = 0
    """Pages whose last answer was stale: then `stalest` is only the least it may be."""
    leak_checks: int = 0
    leaks: int = 0
    first_leak: str = ""
    problem: str = ""
    """Why nothing was sampled beside the load's own answers."""

    @property
    def stale_per_million(self) -> float | None:
        return 1e6 * self.stale / self.checked if self.checked else None


class Load(msgspec.Struct, frozen=True, kw_only=True):
    """What Locust counted. `requests` are the good ones; failures have no latency. `kinds` also holds the
    sampler's requests (`truth/…`), which are no part of the load."""

    requests: int
    failures: int
    reasons: dict[str, int] = {}
    requests_per_second: float
    elapsed: float
    bytes: int = 0
    kinds: dict[str, Kind] = {}
    latency_ms: Latency = Latency()
    histogram_us: dict[str, int] = {}
    cpu_seconds: float = 0.0
    core_share: float = 0.0
    """How busy the generator was: of its busiest process, 1.0 being a whole core; or of the cores that all
    processes of this machine may use, where they must share these. The larger of the two."""
    drained: bool = True
    interrupted: bool = False
    locust: str = ""
    unprimed: int = 0
    """Pages that the warm-up had no time to ask for by name: each once before the load itself began, and
    once more those that the sampler's writes had ended."""
    rate: float | None = None
    """Visits that were to start each second (open loop); None in a closed loop."""
    starts: int = 0
    """Open loop: visits that were due."""
    missed: int = 0
    """Open loop: those of them that had not begun when the measurement ended; no latency tells of them."""
    late_ms: Latency = Latency()
    """Open loop: how late visits began. Their latencies count from when they were due."""
    workers: list[Worker] = []
    seconds: list[Second] = []
    truth: Truth = Truth()

    @property
    def answered(self) -> int:
        """All good answers, the sampler's too: what the servers' work is divided by and compared with."""
        return self.requests + sum(
            kind.ok for name, kind in self.kinds.items() if name.startswith(SAMPLED)
        )


class Flag(msgspec.Struct, frozen=True):
    """A reason not to take a run at its word, and what to try. `code` is one of `judging.codes.CODES`.

    `fatal`: the run is INVALID; else it is a remark, such as a throughput that is only a lower bound.
    """

    code: str
    reason: str
    advice: str
    fatal: bool = True


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """One hop's books: what the hop before it says it sent, and what this one says it got.

    `explained` names known differences, such as health checks; what is left of `counted` after them and
    `expected` is `unexplained`, and at most `slack` of it may be.
    """

    hop: str
    expected: int
    counted: int
    explained: dict[str, int] = {}
    unexplained: int
    slack: int

    @property
    def balanced(self) -> bool:
        return abs(self.unexplained) <= self.slack


class Health(msgspec.Struct, frozen=True, kw_only=True):
    """What the machine did besides, over one run. Shares are of all cores; None where it can't be told."""

    stolen_share: float | None = None
    """CPU time that the hypervisor gave to others."""
    foreign_share: float | None = None
    """CPU time used by what is neither the stack nor the load."""
    clock_jump_seconds: float = 0.0
    """By how much the wall clock moved against the monotonic one."""
    memory_available_mib: float | None = None
    swapped_mib: float | None = None
    memory_stall_share: float | None = None
    """Share of the time in which something waited for memory (PSI)."""
    disk_free_mib: float | None = None
    throttled_seconds: float | None = None
    restarted: bool = False
    """Whether a container on the requests' path was started anew, came or went."""


class Speed(msgspec.Struct, frozen=True, kw_only=True):
    """How fast the stack's cores were over one run: the CPU milliseconds that one and the same piece of work
    cost there, the mean of so many. `yardstick` names the piece; speeds by another can't be compared."""

    yardstick: str
    piece_ms: float
    pieces: int


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
    """For one request, as the engine booked it. Ratios are at one speed: `bench.levelling`."""
    hit_ratios: dict[str, float]
    per_request: dict[str, float] = {}
    """What one request cost besides CPU, such as `postgres.queries`: `measuring.costs.COUNTED`."""
    accounts: list[Account] = []
    health: Health = Health()
    speed: Speed | None = None
    flags: list[Flag] = []

    @property
    def valid(self) -> bool:
        return not any(flag.fatal for flag in self.flags)


class Result(msgspec.Struct, kw_only=True):
    """A comparison. `complete` is false when it was stopped before its last run."""

    version: int = VERSION
    created: str
    plan: Plan
    machine: Machine
    revision: Revision
    versions: dict[str, str]
    command: str = ""
    """What was typed to make it, without paths of the machine."""
    experiment: str = ""
    """The text of the experiment's file; empty where there was none."""
    notes: list[str] = []
    spoilt: list[str] = []
    """What makes all of it INVALID, whatever its runs say of themselves."""
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
        """The whole, in JSON and CSV; each file is replaced in one step."""
        whole = msgspec.json.format(msgspec.json.encode(result), indent=1)
        self._replace("result.json", whole + b"\n")
        table = io.StringIO(newline="")
        csv.writer(table).writerows(rows(result.runs))
        self._replace("runs.csv", table.getvalue().encode())

    def _replace(self, name: str, content: bytes) -> None:
        fresh = self.folder / f".{name}"
        fresh.write_bytes(content)
        fresh.replace(self.folder / name)


def read(path: Path) -> Result:
    """A result from its `result.json`. Raises msgspec.ValidationError for anything else."""
    return msgspec.json.decode(path.read_bytes(), type=Result)


COLUMNS = ("round", "variant", "started", "requests", "failures", "requests_per_second")
SPEED = "yardstick_ms"
LATENCIES = ("median", "p95", "p99", "max")
TRUTHS = ("stale_per_million", "longest_staleness_s", "leaks")
LAYERS = ("pages", "members", "assets", "redis", "memcached")


def rows(runs: Iterable[Run]) -> list[list[object]]:
    """A table of one line a run, headed; CPU in ms per request by service."""
    runs = list(runs)
    services = sorted({service for run in runs for service in run.cpu_ms})
    head: list[object] = [*COLUMNS, *TRUTHS, *(f"{name}_ms" for name in LATENCIES)]
    head += [f"cpu_ms_{name}" for name in services] + [f"hit_{name}" for name in LAYERS]
    head += [SPEED, "flags"]
    return [head, *([*_row(run, services)] for run in runs)]


def _row(run: Run, services: list[str]) -> list[object]:
    load = run.load
    return [
        *(run.round, run.variant, run.started, load.requests, load.failures),
        round(load.requests_per_second, 2),
        *_true(load.truth),
        *(getattr(load.latency_ms, name) for name in LATENCIES),
        *(_rounded(run.cpu_ms.get(name)) for name in services),
        *(_rounded(run.hit_ratios.get(name)) for name in LAYERS),
        _rounded(run.speed.piece_ms if run.speed else None),
        " ".join(flag.code for flag in run.flags),
    ]


def _true(truth: Truth) -> list[object]:
    """Empty where nothing was checked, which is not the same as none."""
    stalest = truth.stalest if truth.checked else None
    leaks = truth.leaks if truth.leak_checks else ""
    return [_rounded(truth.stale_per_million), _rounded(stalest), leaks]


def _rounded(value: float | None) -> object:
    """Empty where there is nothing to say, which is not the same as 0."""
    return "" if value is None else round(value, 5)
