"""What the lab's VCL costs a hit: beside Varnish's built-in VCL, same image, same parameters, same
page, same machine, in turns whose order is drawn anew in each round."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import docker

from bench.compare import Ratio, ratio
from bench.stack import cpu_of

from .. import stack
from . import throwaway
from .asked import Asked
from .figures import Line, Part

LEAST = 0.95
OURS, BUILT_IN = "ours", "builtin"
HERE = Path(__file__).parent

CONNECTIONS = 32
WARM_SECONDS, SECONDS, SHORT_SECONDS = 2, 5, 2
ALL_HITS = 0.999


@dataclass(frozen=True)
class Turn:
    """What one run of wrk showed of one Varnish. cpu, load_cpu: seconds of processor time that
    Varnish and wrk used. hits: counted by Varnish."""

    requests: int
    seconds: float
    failed: int
    cpu: float
    load_cpu: float
    hits: int

    @property
    def rate(self) -> float:
        return self.requests / self.seconds

    @property
    def cpu_us(self) -> float:
        """Microseconds of Varnish's processor time for one request."""
        return 1e6 * self.cpu / max(1, self.requests)


def part(asked: Asked) -> Part:
    cores = int(docker.from_env().info()["NCPU"])
    with arena(cores) as arena_:
        for name in (OURS, BUILT_IN):
            arena_.ask(name, WARM_SECONDS)
        rounds = []
        for _ in range(asked.rounds):
            order = random.sample((OURS, BUILT_IN), 2)
            seconds = SHORT_SECONDS if asked.short else SECONDS
            rounds.append({name: arena_.ask(name, seconds) for name in order})
    return judged(rounds, cores)


def judged(rounds: Sequence[Mapping[str, Turn]], cores: int) -> Part:
    """The figures of all rounds: medians, and ratios that were taken within rounds."""
    turns = [turn for each in rounds for turn in each.values()]
    rate = ratio([(each[OURS].rate, each[BUILT_IN].rate) for each in rounds])
    # Turned over, so that above 1 is better in both.
    cost = ratio([(each[BUILT_IN].cpu_us, each[OURS].cpu_us) for each in rounds])
    if rate is None or cost is None:
        raise stack.CommandError("wrk counted no request, so there is nothing to compare")
    lines = []
    for name, title in ((OURS, "the lab's VCL"), (BUILT_IN, "built-in VCL")):
        lines += [
            Line(f"{title}: requests/s", median(each[name].rate for each in rounds)),
            Line(f"{title}: CPU per request", median(each[name].cpu_us for each in rounds), "µs"),
        ]
    hits = sum(turn.hits for turn in turns) / max(1, sum(turn.requests for turn in turns))
    lines += [
        Line("requests/s ÷ built-in's", rate.value, "×", least=LEAST),
        Line("requests per CPU second ÷ built-in's", cost.value, "×", least=LEAST),
        Line("requests that failed", sum(turn.failed for turn in turns), most=0),
        Line("share of hits", hits, least=ALL_HITS),
    ]
    busy = median(turn.load_cpu / turn.seconds for turn in turns)
    remarks = [
        f"requests/s: {interval(rate)}; requests per CPU second: {interval(cost)}",
        f"wrk used {busy:.0%} of a core"
        + (", so it may be what limits requests/s" if busy > 0.9 else ""),
    ]
    if cores < 2:
        remarks.append("one core only: wrk shares it with Varnish")
    return Part(lines, remarks)


def interval(found: Ratio) -> str:
    if found.low is None or found.high is None:
        return f"{found.value:.3f} ×"
    return f"{found.value:.3f} × (95 %: {found.low:.3f}–{found.high:.3f})"


class Arena:
    """Two Varnishes and wrk; containers' ids by name."""

    def __init__(self, varnishes: Mapping[str, str], wrk: str) -> None:
        self._engine = docker.from_env()
        self._varnishes = varnishes
        self._wrk = wrk

    def ask(self, name: str, seconds: int) -> Turn:
        """Asks one of them for its page for so many seconds."""
        varnish = self._engine.containers.get(self._varnishes[name])
        wrk = self._engine.containers.get(self._wrk)
        hits, cpu, load = self._hits(name), cpu_of(varnish).cpu, cpu_of(wrk).cpu
        said = stack.run(
            *("docker", "exec", self._wrk, "wrk", "--threads", "1"),
            *("--connections", str(CONNECTIONS), "--duration", f"{seconds}s"),
            *("--header", "Accept-Encoding: gzip", "--header", "Host: localhost"),
            f"http://{name}:8080/posts/some-slug/",
        )
        spent, load = cpu_of(varnish).cpu - cpu, cpu_of(wrk).cpu - load
        requests, took, failed = counted(said)
        return Turn(requests, took, failed, spent / 1e9, load / 1e9, self._hits(name) - hits)

    def _hits(self, name: str) -> int:
        command = ("varnishstat", "-n", "/var/lib/varnish", "-1", "-f", "MAIN.cache_hit")
        return int(stack.run("docker", "exec", self._varnishes[name], *command).split()[1])


UNITS = {"us": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0}


def counted(said: str) -> tuple[int, float, int]:
    """From what wrk prints: requests that were answered, in how many seconds, and how many failed."""
    total = re.search(r"(\d+) requests in ([\d.]+)(us|ms|s|m),", said)
    if not total:
        raise stack.CommandError(f"wrk gave no result: {said.strip()[-200:]}")
    refused = re.search(r"Non-2xx or 3xx responses: (\d+)", said)
    broken = re.search(r"Socket errors: (.*)", said)
    failed = int(refused[1]) if refused else 0
    failed += sum(map(int, re.findall(r"\d+", broken[1]))) if broken else 0
    return int(total[1]), float(total[2]) * UNITS[total[3]], failed


@contextmanager
def arena(cores: int) -> Iterator[Arena]:
    """Varnishes on the first core, wrk on the last, all gone afterwards."""
    first, last = ("--cpuset-cpus", "0"), ("--cpuset-cpus", str(cores - 1))
    mount = ("--volume", f"{HERE / 'builtin.vcl'}:/etc/varnish/default.vcl:ro")
    options = (*throwaway.VARNISH, "--env", "LAB_PURGE_TOKEN=of-nobody", *first)
    with ExitStack() as opened:
        network = opened.enter_context(throwaway.network())

        def start(image: str, names: Sequence[str], given: Sequence[str], *command: str) -> str:
            return opened.enter_context(throwaway.running(image, network, names, given, *command))

        source = (HERE / "origin.py").read_text(encoding="utf-8")
        start("cachelab-web", ("nginx", "minio"), (), "python", "-c", source)
        varnishes = {
            OURS: start("cachelab-varnish", (OURS,), options),
            BUILT_IN: start("cachelab-varnish", (BUILT_IN,), (*options, *mount)),
        }
        wrk = start("cachelab-wrk", (), last)
        for container in varnishes.values():
            throwaway.await_port(container, 8080)
        yield Arena(varnishes, wrk)
