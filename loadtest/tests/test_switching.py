"""The helper that switches for the live page: what it takes up, what it refuses, what it leaves behind."""

from __future__ import annotations

import json
import os
import stat
import time
from pathlib import Path
from threading import Event, Thread

import pytest

import journal
from switching import cli, helper
from switching.helper import Helper, SwitchFailed
from switching.spool import Spool

ID = "0123456789abcdef"
WISH = {"id": ID, "toggle": "LAB_EDGE_PAGES", "value": "off"}


class Host:
    """A helper with its folder, that only notes what it would do."""

    def __init__(self, folder: Path, fails: str = "") -> None:
        self.spool = Spool(folder)
        self.fails = fails
        self.done: list[tuple[str, str]] = []
        self.said: list[str] = []
        self.stopped = Event()
        self.helper = Helper(self.spool, self.switch, self.said.append, self.stopped)
        self.spool.open()

    def switch(self, name: str, value: str) -> None:
        self.done.append((name, value))
        if self.fails:
            raise SwitchFailed(self.fails)

    def ask(self, wish: object, name: str = f"{ID}.json") -> None:
        text = wish if isinstance(wish, str) else json.dumps(wish)
        (self.spool.requests / name).write_text(text)

    @property
    def states(self) -> list[tuple[str, str]]:
        try:
            told = json.loads((self.spool.folder / "switching.json").read_text())
        except FileNotFoundError:
            return []
        return [(each["id"], each["state"]) for each in told["states"]]


@pytest.fixture
def host(tmp_path: Path) -> Host:
    return Host(tmp_path)


def test_a_switch_is_made_once_and_told(host: Host) -> None:
    host.ask(WISH)
    host.helper.look()
    host.helper.look()
    assert host.done == [("LAB_EDGE_PAGES", "off")]
    assert host.states == [(ID, "done")]
    assert any("LAB_EDGE_PAGES=off" in line for line in host.said)
    assert not [*host.spool.requests.iterdir()]


@pytest.mark.parametrize(
    "wish",
    [
        {},
        {"toggle": "LAB_DEBUG", "value": "on"},
        {"toggle": "PATH", "value": "/tmp"},
        {"toggle": "LAB_EDGE_PAGES", "value": "off; reboot"},
        {"toggle": "LAB_EDGE_PAGES", "value": ["off"]},
        {"toggle": "--help", "value": ""},
    ],
)
def test_what_is_not_declared_is_refused(host: Host, wish: dict[str, object]) -> None:
    host.ask(wish)
    host.helper.look()
    assert host.done == []
    assert host.states == [(ID, "failed")]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("../evil.json", WISH),
        ("evil.json", WISH),
        (f"{ID}.txt", WISH),
        (f"{ID}.json", ""),
        (f"{ID}.json", "[]"),
        (f"{ID}.json", "[" * 900),
        (f"{ID}.json", {**WISH, "more": "a" * 2000}),
    ],
)
def test_what_is_no_request_is_thrown_away(host: Host, name: str, text: object) -> None:
    host.ask(text, Path(name).name)
    host.helper.look()
    assert (host.done, host.states) == ([], [])
    assert not [*host.spool.requests.iterdir()]


def test_no_other_file_is_read_and_none_waited_for(host: Host, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere.json"
    elsewhere.write_text(json.dumps(WISH))
    os.symlink(elsewhere, host.spool.requests / f"{ID}.json")
    os.mkfifo(host.spool.requests / f"{'a' * 16}.json")
    host.helper.look()
    assert host.done == []
    assert elsewhere.exists()
    assert not [*host.spool.requests.iterdir()]


def test_what_keeps_the_folder_in_the_repository_stays(host: Host) -> None:
    host.ask("*\n", ".gitignore")
    host.helper.look()
    host.spool.close()
    assert [path.name for path in host.spool.requests.iterdir()] == [".gitignore"]


def test_what_was_asked_for_and_not_taken_up_is_told_to_have_failed(host: Host) -> None:
    host.ask(WISH)
    host.spool.close()
    assert host.states == [(ID, "failed")]
    assert host.done == []
    assert not [*host.spool.requests.iterdir()]


def test_what_fails_says_why(tmp_path: Path) -> None:
    host = Host(tmp_path, fails="port 8080 of this machine is in use")
    host.ask(WISH)
    host.helper.look()
    told = json.loads((tmp_path / "switching.json").read_text())["states"][0]
    assert (told["state"], told["text"]) == ("failed", "port 8080 of this machine is in use")


def test_nothing_is_switched_under_a_benchmark(host: Host, tmp_path: Path) -> None:
    running = {"running": True, "until": time.time() + 60}
    (tmp_path / "bench.json").write_text(json.dumps(running))
    host.ask(WISH)
    host.helper.look()
    assert host.done == []
    assert host.states == [(ID, "failed")]
    # One that was killed long ago does not count.
    (tmp_path / "bench.json").write_text(json.dumps({**running, "until": time.time() - 1}))
    host.ask(WISH)
    host.helper.look()
    assert host.done == [("LAB_EDGE_PAGES", "off")]


def test_the_folder_is_open_only_while_it_runs(tmp_path: Path) -> None:
    host = Host(tmp_path)
    assert stat.S_IMODE(host.spool.requests.stat().st_mode) == 0o1777
    assert (tmp_path / "heartbeat.json").exists()
    running = Thread(target=host.helper.run)
    running.start()
    host.stopped.set()
    running.join()
    assert stat.S_IMODE(host.spool.requests.stat().st_mode) == 0o755
    assert not (tmp_path / "heartbeat.json").exists()


def test_what_was_asked_for_before_it_ran_is_not_done(tmp_path: Path) -> None:
    host = Host(tmp_path)
    host.ask(WISH)
    host.spool.open()
    host.helper.look()
    assert host.done == []


@pytest.mark.parametrize("code", [0, 1])
def test_the_task_runner_is_asked_as_its_user_would(tmp_path: Path, code: int) -> None:
    (tmp_path / "scripts").mkdir()
    lab = tmp_path / "scripts" / "lab"
    lab.write_text(
        f'#!/bin/sh\necho "$* ${{LAB_TTL:-}} $LAB_REPLICAS" >asked\necho no room >&2\nexit {code}\n'
    )
    lab.chmod(0o755)
    environ = {"PATH": os.environ["PATH"], "LAB_TTL": "7", "LAB_REPLICAS": "3"}
    switch = helper.toggle(tmp_path, environ)
    if code:
        with pytest.raises(SwitchFailed, match="no room"):
            switch("LAB_TTL", "5")
    else:
        switch("LAB_TTL", "5")
    # The shell's own value of what is switched would beat it; others stay.
    assert (tmp_path / "asked").read_text() == "toggle LAB_TTL=5  3\n"


def test_the_address_is_told(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LAB_CONSOLE_PORT", "9081")
    assert cli.main([]) == 0
    assert capsys.readouterr().out == "the live page: http://localhost:9081\n"


def test_what_there_is_not_is_refused_in_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(["--allow-everything"])
    assert ended.value.code == 2
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_two_helpers_do_not_run_at_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal, "FOLDER", tmp_path)
    with cli._alone(tmp_path):
        assert cli.main(["--allow-switching"]) == 1
    assert "already" in capsys.readouterr().err
