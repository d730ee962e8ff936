"""The accounting, on control groups and processes that are files in a temporary folder."""

from pathlib import Path

import pytest

from exporters.containers import Accountant, Groups, service_of
from exporters.exposition import exposition

VARNISH, WEB_1, WEB_2 = "a" * 64, "b" * 64, "c" * 64


class Machine:
    """A machine with control groups of the given version and layout."""

    def __init__(self, root: Path, layout: str) -> None:
        self.cgroup, self.proc = root / "cgroup", root / "proc"
        self.layout = layout
        self.group(VARNISH).parent.mkdir(parents=True)

    def group(self, container: str) -> Path:
        match self.layout:
            case "version 1":
                return self.cgroup / "cpuacct" / "docker" / container
            case "version 2":
                return self.cgroup / "docker" / container
            case _:
                return self.cgroup / "system.slice" / f"docker-{container}.scope"

    def run(self, container: str, seconds: float, *commands: str) -> None:
        group = self.group(container)
        group.mkdir(parents=True, exist_ok=True)
        first = int(container[0], 16) * 100
        for number, command in enumerate(commands, first):
            (self.proc / str(number)).mkdir(parents=True, exist_ok=True)
            (self.proc / str(number) / "cmdline").write_bytes(command.replace(" ", "\0").encode())
        processes = range(first, first + len(commands))
        (group / "cgroup.procs").write_text("".join(f"{number}\n" for number in processes))
        if self.layout == "version 1":
            (group / "cpuacct.usage").write_text(f"{round(seconds * 1e9)}\n")
            memory = self.cgroup / "memory" / "docker" / container
            memory.mkdir(parents=True, exist_ok=True)
            (memory / "memory.usage_in_bytes").write_text("1000\n")
        else:
            (group / "cpu.stat").write_text(f"usage_usec {round(seconds * 1e6)}\nuser_usec 1\n")
            (group / "memory.current").write_text("1000\n")

    def end(self, container: str) -> None:
        self.group(container).rename(self.group(container).with_name("ended"))

    def accountant(self) -> Accountant:
        return Accountant(Groups(self.cgroup), self.proc)


@pytest.fixture(params=["version 1", "version 2", "version 2 of systemd"])
def machine(request: pytest.FixtureRequest, tmp_path: Path) -> Machine:
    return Machine(tmp_path, request.param)


def figures(accountant: Accountant) -> list[str]:
    text = exposition(accountant.collect())
    return [line for line in text.splitlines() if not line.startswith("#")]


def test_replicas_add_up_to_their_service(machine: Machine) -> None:
    machine.run(VARNISH, 1.5, "bash /usr/local/bin/entrypoint", "varnishd -F")
    machine.run(WEB_1, 10, "python3 /usr/bin/gunicorn config.wsgi")
    machine.run(WEB_2, 20, "python3 /usr/bin/gunicorn config.wsgi")
    assert figures(machine.accountant()) == [
        'lab_service_cpu_seconds_total{service="varnish"} 1.5',
        'lab_service_cpu_seconds_total{service="web"} 30',
        'lab_service_memory_bytes{service="varnish"} 1000',
        'lab_service_memory_bytes{service="web"} 2000',
        'lab_service_containers{service="varnish"} 1',
        'lab_service_containers{service="web"} 2',
    ]


def test_a_replica_that_goes_away_does_not_turn_the_counter_back(machine: Machine) -> None:
    accountant = machine.accountant()
    machine.run(WEB_1, 10, "gunicorn")
    machine.run(WEB_2, 20, "gunicorn")
    accountant.collect()
    machine.end(WEB_2)
    machine.run(WEB_1, 12, "gunicorn")
    assert figures(accountant)[0] == 'lab_service_cpu_seconds_total{service="web"} 32'
    assert figures(accountant)[-1] == 'lab_service_containers{service="web"} 1'


def test_an_older_figure_that_comes_late_does_not_turn_the_counter_back(machine: Machine) -> None:
    accountant = machine.accountant()
    for seconds, total in ((10, 10), (9.5, 10), (11, 11)):
        machine.run(WEB_1, seconds, "gunicorn")
        assert figures(accountant)[0] == f'lab_service_cpu_seconds_total{{service="web"}} {total}'


def test_a_container_that_was_stopped_and_started_counts_on(machine: Machine) -> None:
    accountant = machine.accountant()
    for seconds, total in ((100, 100), (1, 101), (3, 103)):
        machine.run(WEB_1, seconds, "gunicorn")
        assert figures(accountant)[0] == f'lab_service_cpu_seconds_total{{service="web"}} {total}'


def test_a_container_is_known_as_soon_as_its_process_is(machine: Machine) -> None:
    accountant = machine.accountant()
    machine.run(VARNISH, 0.1, "bash /usr/local/bin/entrypoint")
    assert figures(accountant) == []
    machine.run(VARNISH, 0.3, "bash /usr/local/bin/entrypoint", "varnishd -F")
    assert figures(accountant)[0] == 'lab_service_cpu_seconds_total{service="varnish"} 0.3'


def test_other_peoples_containers_are_left_out(machine: Machine) -> None:
    machine.run(VARNISH, 5, "java -jar other.jar")
    assert figures(machine.accountant()) == []


@pytest.mark.parametrize(
    ("command_line", "service"),
    [
        ("varnishd -F -n /var/lib/varnish", "varnish"),
        ("python -m console", "console"),
        ("nginx: master process nginx", "nginx"),
        ("/opt/venv/bin/python /opt/venv/bin/gunicorn config.wsgi", "web"),
        ("python manage.py relay_invalidations --heartbeat=/tmp/relay", "relay"),
        ("grafana server --homepath=/usr/share/grafana", "grafana"),
        ("redis-server *:6379", "redis"),
        ("memcached -l 0.0.0.0 -p 11211", "memcached"),
        ("postgres -D /var/lib/lab/postgres", "postgres"),
        ("minio server --quiet /data", "minio"),
        ("python3 -m partner", "partner"),
        ("prometheus --config.file=/etc/lab/prometheus.yml", "prometheus"),
        ("prometheus-postgres-exporter --log.level=error", "exporters"),
        ("prometheus-redis-exporter -redis.addr=redis://redis:6379", "exporters"),
        ("python3 -m exporters.memcached", "exporters"),
        ("python -m locust -f users/mix.py", "locust"),
        ("java -jar other.jar", None),
    ],
)
def test_a_command_line_tells_its_service(command_line: str, service: str | None) -> None:
    assert service_of([command_line]) == service
