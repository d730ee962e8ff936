"""The task runner on machines that lack something: one clear line, and nothing half-done.

Each test gives it a PATH of its own, in which `docker` and the like say what such a machine says.
"""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LAB = ROOT / "scripts" / "lab"
TOOLS = [
    "awk",
    "bash",
    "cat",
    "cksum",
    "cp",
    "cut",
    "df",
    "dirname",
    "env",
    "grep",
    "head",
    "id",
    "mkdir",
    "mktemp",
    "rm",
    "sed",
    "seq",
    "sh",
    "sleep",
    "sort",
    "tail",
    "timeout",
    "tr",
    "uname",
    "xargs",
]

DENIED = "echo 'permission denied while trying to connect to the Docker daemon socket' >&2; exit 1"
NO_DAEMON = "echo 'Cannot connect to the Docker daemon at unix:///var/run/docker.sock' >&2; exit 1"
NOBODY = 'if [ "$1" = -u ]; then echo 1000; else echo somebody; fi'
# An engine that has everything but the images.
READY = """case "$*" in
  "info --format {{.DockerRootDir}}") echo /var/lib ;;
  "compose version --short") echo 2.26.1 ;;
  "image inspect cachelab-minio") exit 1 ;;
esac"""

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def lab(tmp_path: Path) -> Run:
    """Runs `scripts/lab` where only TOOLS and the given fakes are on the PATH."""
    for tool in TOOLS:
        found = shutil.which(tool)
        assert found, f"these tests need {tool}"
        (tmp_path / tool).symlink_to(found)
    # Not a virtual environment's, nor a version manager's shim: a plain interpreter.
    (tmp_path / "python3").symlink_to(Path(sys.executable).resolve())

    def run(
        *arguments: str, fakes: Mapping[str, str] | None = None, **environ: str
    ) -> subprocess.CompletedProcess[str]:
        for name, script in (fakes or {}).items():
            fake = tmp_path / name
            fake.unlink(missing_ok=True)
            fake.write_text(f"#!/bin/sh\n{script}\n")
            fake.chmod(0o755)
        return subprocess.run(
            ["bash", str(LAB), *arguments],
            env={"PATH": str(tmp_path), "HOME": str(tmp_path), **environ},
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )

    return run


def one_line(answer: subprocess.CompletedProcess[str]) -> str:
    """The one line of a refusal, without its colours."""
    assert answer.returncode != 0
    said = re.sub(r"\x1b\[[0-9;]*m", "", answer.stderr).strip()
    assert len(said.splitlines()) == 1, said
    assert said.startswith("lab: ")
    return said.removeprefix("lab: ")


def test_alone_it_lists_every_task(lab: Run) -> None:
    answer = lab()
    assert answer.returncode == 0
    listed = set(re.findall(r"^  ([a-z-]+)", answer.stdout, re.MULTILINE))
    assert listed == set(re.findall(r"^task_([\w-]+)\(\)", LAB.read_text(), re.MULTILINE))


def test_an_unknown_task_is_refused(lab: Run) -> None:
    assert one_line(lab("benhc")) == "there is no task benhc; ./scripts/lab lists them"


def test_an_unknown_ring_of_tests_is_refused(lab: Run) -> None:
    assert "no ring of tests is called unti" in one_line(lab("test", "unti"))


def test_logs_of_what_is_neither_a_service_nor_a_request_are_refused(lab: Run) -> None:
    docker = f"""{READY}
case "$*" in *"config --services") printf 'web\\nvarnish\\n' ;; *" logs "*) echo followed ;; esac"""
    answer = lab("logs", "wbe", fakes={"docker": docker})
    assert answer.returncode == 2
    said = one_line(answer)
    assert said.startswith("logs wbe: accepted are a request's id, such as 1795626831-3414, and")
    assert said.endswith("varnish web")
    for asked in (["web"], [], ["--since=1m", "web"]):
        assert lab("logs", *asked, fakes={"docker": docker}).stdout == "followed\n"


def test_alone_the_clinic_lists_its_cases(lab: Run) -> None:
    answer = lab("clinic", fakes={"docker": "exit 99"})
    assert answer.returncode == 0, answer.stderr
    listed = [line.split()[0] for line in answer.stdout.splitlines()]
    assert listed == ["admin", "durable", "orm", "personal", "rarely", "volatile"]


@pytest.mark.parametrize("name", ["rare", "__init__", "", ".*", "../case"])
def test_an_unknown_case_of_the_clinic_is_refused_before_anything_starts(
    lab: Run, name: str
) -> None:
    answer = lab("clinic", name, fakes={"docker": "exit 99"})
    assert answer.returncode == 2
    accepted = "accepted values are admin, durable, orm, personal, rarely, volatile"
    assert one_line(answer) == f"clinic {name}: {accepted}"


def test_a_case_of_the_clinic_needs_docker(lab: Run) -> None:
    assert "sudo usermod -aG docker" in one_line(lab("clinic", "orm", fakes={"docker": DENIED}))


def test_a_wrong_toggle_is_refused_before_anything_starts(lab: Run) -> None:
    said = one_line(lab("up", fakes={"docker": "exit 99"}, LAB_EDGE_PAGES="maybe"))
    assert said == "LAB_EDGE_PAGES=maybe: accepted values are on, off"


@pytest.mark.parametrize("change", ["LAB_EDGE_PAGES=maybe", "LAB_EDGE_PAGES", ""])
def test_a_toggle_that_is_not_accepted_ends_with_2(lab: Run, change: str) -> None:
    answer = lab("toggle", *([change] if change else []), fakes={"docker": "exit 99"})
    assert answer.returncode == 2
    assert "toggles.py" not in one_line(answer)


@pytest.mark.parametrize("name", ["fredhness", "--help", "stack", "__main__", ""])
def test_an_unknown_check_is_refused_before_anything_starts(lab: Run, name: str) -> None:
    answer = lab("check", name, fakes={"docker": "exit 99"})
    assert answer.returncode == 2
    assert answer.stderr.startswith(f"check {name or 'NAME'}: accepted values are cost, edge,")
    assert answer.stderr.count("\n") == 1


def test_a_check_needs_docker(lab: Run) -> None:
    assert "sudo usermod -aG docker" in one_line(lab("check", "cost", fakes={"docker": DENIED}))


@pytest.mark.parametrize("code", [1, 130])
def test_a_worker_that_is_refused_or_stopped_ends_as_its_container_does(
    lab: Run, code: int
) -> None:
    docker = f"""{READY}
case "$*" in
  "run "*) [ -e "$HOME/first" ] && exit {code}; : >"$HOME/first" ;;
esac"""
    assert lab("load-worker", "elsewhere", fakes={"docker": docker}).returncode == code


def test_no_right_to_use_docker(lab: Run) -> None:
    assert "sudo usermod -aG docker" in one_line(lab("up", fakes={"docker": DENIED}))


def test_no_engine_and_no_right_to_install_it(lab: Run) -> None:
    fakes = {"id": NOBODY, "apt-get": "exit 99", "docker": NO_DAEMON}
    assert "sudo apt-get install docker.io iptables" in one_line(lab("up", fakes=fakes))


def test_an_engine_that_is_down_and_no_right_to_start_it(lab: Run) -> None:
    fakes = {"id": NOBODY, "dockerd": "exit 99", "docker": NO_DAEMON}
    assert "sudo systemctl start docker" in one_line(lab("up", fakes=fakes))


def test_an_engine_elsewhere_that_does_not_answer(lab: Run) -> None:
    said = one_line(lab("up", fakes={"docker": NO_DAEMON}, DOCKER_HOST="tcp://elsewhere:2375"))
    assert "DOCKER_HOST=tcp://elsewhere:2375" in said


def test_compose_v1_and_no_right_to_install_v2(lab: Run) -> None:
    fakes = {"id": NOBODY, "apt-get": "exit 99", "docker": '[ "$1" = info ]'}
    assert "docker-compose-v2 and docker-buildx" in one_line(lab("up", fakes=fakes))


def test_a_full_disk(lab: Run) -> None:
    full = "echo head; echo /dev/disk 100 99 1048576 99% /"
    said = one_line(lab("build", fakes={"docker": READY, "df": full}))
    assert "only 1 GiB are free" in said
    assert "docker system df" in said


def test_a_port_that_somebody_else_holds(lab: Run) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        said = one_line(lab("up", fakes={"docker": READY}, LAB_PORT=str(port)))
    assert f"port {port} of this machine is in use" in said


ALWAYS = [
    "LAB_PORT",
    "LAB_CONSOLE_PORT",
    "LAB_LOCUST_PORT",
    "LAB_PROMETHEUS_PORT",
    "LAB_MINIO_PORT",
]


@pytest.mark.parametrize(
    ("services", "profiles", "matters"),
    [
        ([], "", False),
        (["web"], "load", False),
        (["grafana"], "", True),
        ([], "load,grafana", True),
    ],
)
def test_grafanas_port_matters_to_whoever_asks_for_grafana(
    lab: Run, services: list[str], profiles: str, matters: bool
) -> None:
    free = {name: str(number) for number, name in enumerate(ALWAYS, 1)}  # nobody listens on 1 to 5
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        environ = {**free, "LAB_GRAFANA_PORT": port, "COMPOSE_PROFILES": profiles}
        answer = lab("up", *services, fakes={"docker": READY}, **environ)
    assert (f"port {port} of this machine is in use" in answer.stderr) == matters
    assert (answer.returncode == 0) != matters


def test_a_python_that_is_too_old(lab: Run) -> None:
    assert "Python 3.11 or newer is needed" in one_line(lab("up", fakes={"python3": "exit 1"}))


LIST = """# a comment
deb http://mirror.example/debian bookworm main contrib
deb [signed-by=/k.gpg] http://mirror.example/debian-security bookworm-security main
deb-src http://mirror.example/debian bookworm main
"""
SOURCES = """Types: deb
URIs: http://mirror.example/debian
Suites: bookworm bookworm-updates bookworm-backports
Components: main

Types: deb
URIs: http://mirror.example/debian-security
Suites: bookworm-security
Components: main
"""


@pytest.mark.parametrize(
    ("file", "text", "expected"),
    [
        ("sources.list", LIST, ["debian trixie", "debian-security trixie-security"]),
        (
            "sources.list.d/debian.sources",
            SOURCES,
            ["debian trixie", "debian trixie-updates", "debian-security trixie-security"],
        ),
    ],
)
def test_the_machines_own_mirror_serves_debian_13(
    tmp_path: Path, file: str, text: str, expected: list[str]
) -> None:
    apt = tmp_path / "apt"
    (apt / file).parent.mkdir(parents=True)
    (apt / file).write_text(text)
    script = f". scripts/lib/say.sh; . scripts/lib/setup.sh; APT={apt} trixie_sources"
    said = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=ROOT,
        env=os.environ,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert said.splitlines() == [f"deb http://mirror.example/{line} main" for line in expected]
