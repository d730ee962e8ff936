"""The toggles: declared once, refused in one line, and the same everywhere they are read."""

from __future__ import annotations

import dataclasses
import re
import subprocess
import sys
from pathlib import Path

import pytest

import toggles
from config import env

ROOT = Path(__file__).resolve().parents[2]
DECLARED = toggles.load()
COMPOSE = (ROOT / "compose.yaml").read_text()
README = (ROOT / "README.md").read_text()
VCL = "".join(path.read_text() for path in sorted((ROOT / "varnish").rglob("*.vcl")))

# What Django reads, and what Varnish reads; the rest is Compose's own.
DJANGO = [
    "LAB_UPSTREAM",
    "LAB_PROPERTIES",
    "LAB_COMPILED",
    "LAB_FRAGMENTS",
    "LAB_GENERATED",
    "LAB_AGGREGATES",
    "LAB_SYNDICATED",
    "LAB_FRESHNESS",
    "LAB_TTL",
    "LAB_DEBUG",
]
EDGE = ["LAB_EDGE_PAGES", "LAB_EDGE_ASSETS"]


@pytest.mark.parametrize("name", DECLARED)
def test_compose_hands_on_every_declared_variable(name: str) -> None:
    assert f"${{{name}}}" in COMPOSE, f"add {name} to a service in compose.yaml, or drop it"


def test_compose_asks_for_nothing_that_is_not_declared() -> None:
    asked = set(re.findall(r"\$\{(LAB_[A-Z_]+)\}", COMPOSE))
    assert asked <= set(DECLARED), "declare it in .env, or give it a default in compose.yaml"


@pytest.mark.parametrize("name", DECLARED)
def test_the_readme_names_every_declared_variable(name: str) -> None:
    assert f"`{name}`" in README, f"add {name} to the README's table of toggles"


@pytest.mark.parametrize("name", DJANGO)
def test_django_accepts_what_is_declared_and_its_default(name: str) -> None:
    toggle = DECLARED[name]
    for value in {*toggle.accepts, toggle.default}:
        env.read({name: value})


@pytest.mark.parametrize("name", DJANGO)
def test_django_refuses_the_rest_in_one_line(name: str) -> None:
    with pytest.raises(env.BadValue) as refusal:
        env.read({name: "maybe"})
    with pytest.raises(toggles.BadToggle) as same:
        toggles.check({name: "maybe"})
    assert str(refusal.value) == str(same.value)
    assert "\n" not in str(refusal.value)


def test_django_reads_every_field_that_is_a_switch() -> None:
    switches = {field.name for field in dataclasses.fields(env.Lab)}
    for name in DJANGO:
        assert name.removeprefix("LAB_").lower() in switches


def test_django_stops_with_that_line_and_nothing_else() -> None:
    answer = subprocess.run(
        [sys.executable, "manage.py", "check"],
        cwd=ROOT / "web",
        env={"PATH": "/usr/bin:/bin", "LAB_UPSTREAM": "disk"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode != 0
    assert answer.stderr.strip() == (
        "LAB_UPSTREAM=disk: accepted values are redis, memcached, local, off"
    )


@pytest.mark.parametrize("name", EDGE)
def test_vcl_reads_it_and_names_what_it_accepts(name: str) -> None:
    assert f'std.getenv("{name}")' in VCL
    assert "accepted values are " + ", ".join(DECLARED[name].accepts) in VCL


@pytest.mark.parametrize(
    ("overrides", "line"),
    [
        ({"LAB_EDGE_PAGES": "maybe"}, "LAB_EDGE_PAGES=maybe: accepted values are on, off"),
        ({"LAB_TTL": "0"}, "LAB_TTL=0: accepted values are whole numbers from 1 to 86400"),
        ({"LAB_TTL": "٣"}, "LAB_TTL=٣: accepted values are whole numbers from 1 to 86400"),
        ({"LAB_CACHE": "on"}, f"LAB_CACHE is no toggle; there are {', '.join(DECLARED)}"),
    ],
)
def test_what_is_not_accepted_is_one_line(overrides: dict[str, str], line: str) -> None:
    with pytest.raises(toggles.BadToggle) as refusal:
        toggles.check(overrides)
    assert str(refusal.value) == line


def test_the_shell_beats_the_file() -> None:
    assert toggles.resolve({"LAB_EDGE_PAGES": "off"})["LAB_EDGE_PAGES"] == "off"
    assert toggles.resolve({})["LAB_EDGE_PAGES"] == DECLARED["LAB_EDGE_PAGES"].default


def test_writing_changes_that_line_alone_and_a_bad_value_nothing(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    before = (ROOT / ".env").read_text()
    file.write_text(before)
    with pytest.raises(toggles.BadToggle):
        toggles.write({"LAB_TTL": "5", "LAB_UPSTREAM": "disk"}, file)
    assert file.read_text() == before
    toggles.write({"LAB_TTL": "5"}, file)
    changed = [
        line
        for line, old in zip(file.read_text().splitlines(), before.splitlines(), strict=True)
        if line != old
    ]
    assert changed == ["LAB_TTL=5"]
