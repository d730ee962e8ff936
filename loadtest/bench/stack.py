"""The stack, behind one small protocol: the real one is Docker Compose and the engine's API."""

from __future__ import annotations

import json
import os
import platform
import re
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import Any, Protocol
from urllib.error import URLError
from urllib.request import urlopen

import docker
from docker.errors import DockerException
from docker.models.containers import Container
from requests.exceptions import RequestException

from bench import network
from bench.counters import PATH, Counters
from bench.databases import Databases
from bench.definitions.accepted import RIVALS_IMAGE
from bench.measuring import cores, cpu, health, machine, processes, speed
from bench.measuring.servers import django, memcached, minio, nginx, postgres, redis, varnish
from bench.result import Machine, Plan
from bench.schedule import seeding_seconds, sizes

SWITCHED = ("web", "relay", "varnish")
"""The services that read toggles, and so are recreated for every run: their caches begin empty."""

UP_PATIENCE = 240.0
BUILD_PATIENCE = 1200.0
SEEDING_SLACK = 4
"""So many times as long as it should take may filling a database take."""
ANSWER_PATIENCE = 60.0


class StackFailed(RuntimeError):
    """The stack did not do as it was told; the text is one line."""


RIVALS = ("django-cachalot", "django-cacheops")
"""The packages that only the rivals' image has."""


class Stack(Protocol):
    """The system under test. All raise StackFailed."""

    def open(self) -> None:
        """Bring it up as it is configured, so that what follows only switches."""

    def prepare(self, plan: Plan, say: Callable[[str], None]) -> None:
        """Make what the plan's variants need and is not there yet: an image, databases. `say` is told
        of what takes long."""

    def further_away(self, rtt_ms: Mapping[str, float]) -> AbstractContextManager[None]:
        """Within it every answer of these places comes so many milliseconds later (bench.network). Raises
        network.NetworkFailed."""

    def switch(self, toggles: Mapping[str, str], posts: int = 0) -> None:
        """Recreate what reads toggles, under these, with every cache empty, on the database of so many
        posts (0: the site's own); wait until it answers."""

    def pin(self) -> str | None:
        """Leave the load a core of its own. A sentence when that can't be had."""

    def pin_load(self, container: str) -> None:
        """Put the load's container on the core left to it."""

    def counters(self, ending: bool = False) -> Counters:
        """The servers' counters now: before what is measured, or (`ending`) after it."""

    def sampler(self) -> health.Sampler:
        """To be entered while a run is made: what the machine did meanwhile."""

    def cores_by_second(self) -> cores.Sampler:
        """To be entered while a run is made: the cores that each service uses, as it runs now."""

    def yardstick(self, seconds: float) -> speed.Yardstick:
        """To be entered while a run is made, for so long at most: how fast the stack's cores are."""

    def machine(self) -> Machine: ...

    def versions(self) -> dict[str, str]: ...

    def restore(self) -> None:
        """Back to the toggles and cores it had."""


VERSIONS: dict[str, tuple[str, ...]] = {
    "varnish": ("varnishd", "-V"),
    "nginx": ("nginx", "-v"),
    "web": ("python3", "-c", "import django; print(django.__version__)"),
    "postgres": ("sh", "-c", "/usr/lib/postgresql/*/bin/postgres -V"),
    "redis": ("redis-server", "-v"),
    "memcached": ("memcached", "-V"),
}


LOAD_IMAGE = "cachelab-locust"
"""As compose.yaml names it; the yardstick is in it, too."""


def cores_for(cores: int, workers: int) -> tuple[str, str]:
    """Which cores the stack gets and which the load, as Docker names them: one for each of the load's
    processes, but never more than half. `cores` is at least 2."""
    stack = cores - max(1, min(workers, cores // 2))
    return _cores(0, stack), _cores(stack, cores)


def _cores(first: int, end: int) -> str:
    return str(first) if end - first == 1 else f"{first}-{end - 1}"


class ComposeStack:
    """`docker compose` in the repository's top folder. `workers`: processes of the load on this machine."""

    def __init__(self, root: Path, port: int, workers: int = 1, keep: bool = False) -> None:
        """keep: leave the databases that were made for a plan, for the next time."""
        self.root = root
        self.databases = Databases(self._exec, self._fill, keep)
        self.url = f"http://127.0.0.1:{port}/up"
        self.workers = workers
        self._pinned: set[str] = set()
        self._microcache = "0"
        self._rivals = False
        try:
            self.engine = docker.from_env(timeout=30)
            self.info: dict[str, Any] = self.engine.info()
        except DockerException as error:
            raise StackFailed(f"no Docker engine answers ({_line(error)}); start it") from error
        self.cores: int = self.info["NCPU"]
        # Docker Desktop's engine, or one across a network, runs on a kernel of its own.
        self._here = self.info["KernelVersion"] == platform.release()
        self._readers = health.this_machine() if self._here else health.elsewhere()
        self.project: str = json.loads(self._compose("config", "--format", "json"))["name"]

    def open(self) -> None:
        self._compose("up", "--detach", "--wait")
        self._await_answer()

    def prepare(self, plan: Plan, say: Callable[[str], None]) -> None:
        images = {variant.toggles.get("LAB_WEB_IMAGE") for variant in plan.variants}
        self._rivals = RIVALS_IMAGE in images
        if self._rivals:
            say("building the image of the site with other caches")
            self._compose("--profile", "rivals", "build", "rivals", patience=BUILD_PATIENCE)
        for posts in sizes(plan):
            self.databases.ensure(posts, say)

    def further_away(self, rtt_ms: Mapping[str, float]) -> AbstractContextManager[None]:
        return network.delayed(self.engine, self.project, rtt_ms)

    def switch(self, toggles: Mapping[str, str], posts: int = 0) -> None:
        self.databases.take_back()
        self.databases.use(posts)
        microcache = {**os.environ, **toggles}.get("LAB_MICROCACHE") or "0"
        # Nothing else makes a new nginx necessary, and the replicas would have to be found anew.
        also = () if self._microcache == microcache == "0" else ("nginx",)
        self._microcache = microcache
        self._recreate({**toggles, **self.databases.toggles}, also, "--force-recreate")
        self._exec("redis", "redis-cli", "FLUSHALL")
        self._ask("memcached", 11211, "flush_all\r\nquit\r\n")
        self._await_answer()

    def restore(self) -> None:
        # What can't be put back must not keep the rest from it.
        failures: list[StackFailed] = []
        for step in (
            self.databases.take_back,
            lambda: self._recreate({}, ("nginx",)),
            self.databases.remove,
            self._unpin,
        ):
            try:
                step()
            except StackFailed as error:
                failures.append(error)
        if failures:
            raise StackFailed("; ".join(map(str, failures)))

    def _unpin(self) -> None:
        everywhere = f"0-{self.cores - 1}"
        for container in self._containers():
            if container.id in self._pinned:
                # An empty cpuset can't be asked for: all cores are the same in effect.
                with _engine(f"the cores of {container.name} can't be given back"):
                    container.update(cpuset_cpus=everywhere)
        self._pinned.clear()

    def pin(self) -> str | None:
        if self.cores < 2:
            return "one core only: Locust shares it with the stack"
        rest, _ = cores_for(self.cores, self.workers)
        return self._pin([c for c in self._containers() if c.id not in self._pinned], rest)

    def pin_load(self, container: str) -> None:
        if self.cores >= 2:
            _, ours = cores_for(self.cores, self.workers)
            with _engine(f"{container} can't be found"):
                found = self.engine.containers.get(container)
            self._pin([found], ours)

    def _pin(self, containers: list[Container], cpus: str) -> str | None:
        try:
            for container in containers:
                container.update(cpuset_cpus=cpus)
                self._pinned.add(str(container.id))
        except (DockerException, RequestException) as error:
            return f"cores can't be assigned here, Locust shares them: {_line(error)}"
        return None

    def counters(self, ending: bool = False) -> Counters:
        """The CPU is read on the inside: what the counters' own commands cost is in no difference."""
        if ending:
            spent, held = self._cpu()
            return Counters(cpu_ns=spent, counts={**self._counts(), **held})
        counts = self._counts()
        spent, held = self._cpu()
        return Counters(cpu_ns=spent, counts={**counts, **held})

    def _cpu(self) -> tuple[dict[str, int], dict[str, int]]:
        """Nanoseconds since each container's start, summed by service; replicas are one service. And the
        whole machine's time, when containers on the path were started (the sum of these moments stays unless
        one is started anew, comes or goes), and for how long limits held containers back."""
        containers = self._containers()
        # Older engines answer at their next tick, once a second: all of them are asked at once.
        with (
            _engine("the CPU time of containers can't be read"),
            ThreadPoolExecutor(max_workers=max(1, len(containers))) as pool,
        ):
            used = list(pool.map(cpu_of, containers))
        spent: dict[str, int] = {}
        for container, each in zip(containers, used, strict=True):
            service = container.labels["com.docker.compose.service"]
            spent[service] = spent.get(service, 0) + each.cpu
        throttled = sum(each.throttled for each in used) // 1000
        started = sum(
            cpu.started_ms(container.attrs)
            for container in containers
            if container.labels["com.docker.compose.service"] in PATH
        )
        held = {"throttled.us": throttled, "containers.started_ms": started}
        return spent, {**held, **self._processors()}

    def _processors(self) -> dict[str, int]:
        stat = self._readers.proc("stat")
        if not stat:
            return {}
        ticks = os.sysconf("SC_CLK_TCK")
        # The load's container, too.
        containers = self._listed([f"com.docker.compose.project={self.project}"])
        ours = {str(container.id) for container in containers}
        others = processes.others_ms(processes.PROC, ours, os.getpid(), ticks)
        return {**machine.read(stat, ticks), "machine.others_ms": others}

    def _counts(self) -> dict[str, int]:
        """In the order of the path, and Django last: what it asks for its own health is then explained."""
        asked: list[tuple[str, Callable[[], dict[str, int]]]] = [
            ("varnish", lambda: varnish.read(self._exec("varnish", *varnish.COMMAND))),
            ("nginx", lambda: nginx.read(self._ask("nginx", nginx.PORT, nginx.REQUEST))),
            ("redis", lambda: redis.read(self._exec("redis", *redis.COMMAND))),
            (
                "memcached",
                lambda: memcached.read(self._ask("memcached", memcached.PORT, memcached.REQUEST)),
            ),
            ("minio", lambda: minio.read(self._exec("minio", *minio.COMMAND))),
            ("postgres", lambda: postgres.read(self._exec("postgres", *postgres.COMMAND))),
            ("relay", lambda: django.read(self._exec("relay", *django.RELAY_COMMAND), "relay")),
            ("web", self._django),
        ]
        counts: dict[str, int] = {}
        for server, read in asked:
            counts[f"{server}.read_ms"] = int(1000 * time.monotonic())
            counts |= read()
        return counts

    def _django(self) -> dict[str, int]:
        """Summed over the replicas."""
        total: dict[str, int] = {}
        for replica in self._containers("web"):
            text = self._ask(replica, django.PORT, django.REQUEST)
            for name, number in django.read(text, "web").items():
                total[name] = total.get(name, 0) + number
        return total

    def sampler(self) -> health.Sampler:
        # Results are written below the current folder, containers' layers and volumes below the root.
        return health.Sampler(self._readers, [str(Path.cwd()), self.info["DockerRootDir"]])

    def cores_by_second(self) -> cores.Sampler:
        members = [
            cores.Member(
                service=container.labels["com.docker.compose.service"],
                container=str(container.id),
                process=container.attrs["State"]["Pid"],
            )
            for container in (self._containers() if self._here else [])
        ]
        return cores.Sampler(cores.this_machine(), members)

    def yardstick(self, seconds: float) -> speed.Yardstick:
        name = f"lab-yardstick-{os.getpid()}"
        # Of one core the load takes its share, too.
        ours = cores_for(self.cores, self.workers)[0] if self.cores > 1 else "0"
        # Not by compose, which would have it checked for health every few seconds, at a cost.
        labels = (f"com.docker.compose.project={self.project}", "com.docker.compose.oneoff=True")
        run = [
            *("docker", "run", "--rm", "--interactive", "--name", name, "--no-healthcheck"),
            *("--cpuset-cpus", ours, "--network", "none", "--read-only"),
            *("--cap-drop", "ALL", "--security-opt", "no-new-privileges"),
            *(word for label in labels for word in ("--label", label)),
        ]
        work = ["python", "-m", "yardstick", "--cores", ours, "--seconds", f"{seconds:g}"]

        def end() -> None:
            with suppress(DockerException, RequestException):
                self.engine.containers.get(name).remove(force=True)

        return speed.Yardstick([*run, LOAD_IMAGE, *work], end)

    def machine(self) -> Machine:
        return Machine(
            cpu=_cpu_model(),
            cores=self.cores,
            memory_mib=self.info["MemTotal"] // 2**20,
            architecture=self.info["Architecture"],
            kernel=self.info["KernelVersion"],
            system=self.info["OperatingSystem"],
            engine=self.info["ServerVersion"],
        )

    def versions(self) -> dict[str, str]:
        """What the servers say they are; one that doesn't say is left out."""
        found = {}
        for service, command in VERSIONS.items():
            number = re.search(r"\d+(?:\.\d+)+", self._exec(service, *command, strict=False))
            if number:
                found["django" if service == "web" else service] = number[0]
        return {**found, **(self._rivals_versions() if self._rivals else {})}

    def _rivals_versions(self) -> dict[str, str]:
        code = f"from importlib.metadata import version\nfor p in {RIVALS}: print(version(p))"
        with _engine(f"{RIVALS_IMAGE} can't be asked for its versions"):
            said = self.engine.containers.run(
                RIVALS_IMAGE, ["python", "-c", code], network_mode="none", remove=True
            )
        return dict(zip(RIVALS, said.decode().split(), strict=True))

    def _containers(self, service: str = "") -> list[Container]:
        """All that run, or those of one service, of which there must be one."""
        labels = [f"com.docker.compose.project={self.project}", "com.docker.compose.oneoff=False"]
        if service:
            labels.append(f"com.docker.compose.service={service}")
        found = self._listed(labels)
        if service and not found:
            raise StackFailed(
                f"service {service} is not running; look at ./scripts/lab logs {service}"
            )
        return found

    def _listed(self, labels: list[str]) -> list[Container]:
        with _engine("containers can't be listed"):
            found: list[Container] = self.engine.containers.list(filters={"label": labels})
        return found

    def _exec(self, service: str | Container, *command: str, strict: bool = True) -> str:
        """Run a command in a container, or in the first of a service; what it wrote."""
        container = self._containers(service)[0] if isinstance(service, str) else service
        name = container.labels["com.docker.compose.service"]
        with _engine(f"{name} can't be asked"):
            done: Any = container.exec_run(list(command))
        text: str = done.output.decode("utf-8", "replace")
        if strict and done.exit_code != 0:
            raise StackFailed(f"{name}: {command[0]} ended with {done.exit_code}: {_line(text)}")
        return text

    def _ask(self, where: str | Container, port: int, request: str) -> str:
        """Send a text to a port of a service from within it, with nothing but bash."""
        script = 'exec 3<>"/dev/tcp/127.0.0.1/$0"; printf %s "$1" >&3; cat <&3'
        return self._exec(where, "timeout", "5", "bash", "-c", script, str(port), request)

    def _fill(self, database: str, posts: int) -> None:
        """What the stack's first start does, for another database."""
        toggles = {"LAB_DATABASE_NAME": database, "LAB_POSTS": str(posts)}
        patience = UP_PATIENCE + SEEDING_SLACK * seeding_seconds(posts)
        self._compose("run", "--rm", "--no-deps", "-T", "init", toggles=toggles, patience=patience)

    def _recreate(self, toggles: Mapping[str, str], also: Sequence[str], *options: str) -> None:
        # They hold no state worth a goodbye, and nobody asks them anything now. Nor is it waited
        # for Docker's health checks: whether they serve is asked directly, and sooner.
        quick = ("up", "--detach", "--no-deps", "--timeout", "0")
        self._compose(*quick, *options, *SWITCHED, *also, toggles=toggles)

    def _compose(
        self,
        *command: str,
        toggles: Mapping[str, str] | None = None,
        patience: float = UP_PATIENCE,
    ) -> str:
        """Run `docker compose`; its standard output."""
        try:
            done = subprocess.run(
                ["docker", "compose", *command],
                cwd=self.root,
                env=_environment(toggles or {}),
                capture_output=True,
                text=True,
                timeout=patience,
                # Ctrl-C is the benchmark's to handle: compose must not half-stop the stack on its own.
                start_new_session=True,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise StackFailed(f"docker compose {command[0]} took over {patience:.0f} s") from None
        except OSError as error:
            raise StackFailed(f"docker compose can't be run: {error}") from error
        if done.returncode:
            raise StackFailed(f"docker compose {command[0]} failed: {_line(done.stderr)}")
        return done.stdout

    def _await_answer(self) -> None:
        """Until the load balancer has found every replica, and a request goes all the way."""
        until = time.monotonic() + ANSWER_PATIENCE
        while True:
            try:
                self._await_replicas()
                with urlopen(self.url, timeout=5):
                    return
            except (URLError, OSError, StackFailed) as error:
                if time.monotonic() > until:
                    raise StackFailed(f"{self.url} doesn't answer: {error}") from error
                time.sleep(0.1)

    def _await_replicas(self) -> None:
        """Raises StackFailed while the load balancer knows of fewer replicas than there are."""
        probe = "GET / HTTP/1.0\r\nHost: balancer.internal\r\n\r\n"
        live = re.search(r"^(\d+) live", self._ask("nginx", 8080, probe), re.MULTILINE)
        wanted = len(self._containers("web"))
        if live is None or int(live[1]) < wanted:
            raise StackFailed(f"nginx sees {live[1] if live else 'no'} of {wanted} replicas")


@contextmanager
def _engine(failing: str) -> Iterator[None]:
    """What the engine says against what is asked of it, and that it doesn't answer, becomes StackFailed."""
    try:
        yield
    except (DockerException, RequestException) as error:
        raise StackFailed(f"{failing}: {_line(error)}") from error


def cpu_of(container: Container) -> cpu.Used:
    """Processor time since the container's start, from its control group."""
    stats: Any = container.stats(stream=False, one_shot=True)
    return cpu.used(stats)


def _environment(toggles: Mapping[str, str]) -> dict[str, str]:
    """What compose is told. A slowdown that the shell happens to hold would be measured as the site's own:
    only whoever measures may ask for it."""
    return {
        **{name: value for name, value in os.environ.items() if name != "LAB_SLOWDOWN"},
        **toggles,
    }


def _cpu_model() -> str:
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        return platform.processor() or platform.machine()
    model = re.search(r"^model name\s*:\s*(.+)$", text, re.MULTILINE)
    return model[1] if model else platform.machine()


def _line(problem: object) -> str:
    """The last line that says something: what went wrong is said last."""
    lines = [line.strip() for line in str(problem).splitlines() if line.strip()]
    return lines[-1][:300] if lines else "no reason given"
