"""The switches, read from `.env`: the one file that declares them.

Each is a comment and a default:

    # Varnish keeps anonymous pages (accepted: on | off)
    LAB_EDGE_PAGES=on

As a program it serves the task runner: `toggles.py check`, `status`, `set NAME=VALUE...`.
Only the standard library is used: the task runner calls it before anything is installed.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

ENV_FILE = Path(__file__).resolve().parents[2] / ".env"

_COMMENT = re.compile(r"# (?P<help>.+) \(accepted: (?P<accepted>[^)]+)\)")
_DEFAULT = re.compile(r"(?P<name>LAB_[A-Z0-9_]+)=(?P<value>\S*)")


class BadToggle(Exception):
    """A name or a value that is not accepted; the text is one line that says what is."""


@dataclass(frozen=True, slots=True)
class Toggle:
    """One switch. accepts: the values; for a whole number its least and its most, as text."""

    name: str
    default: str
    help: str
    accepts: tuple[str, ...]
    numeric: bool

    def check(self, value: str) -> None:
        """Raises BadToggle for a value that is not accepted."""
        if self.numeric:
            least, most = map(int, self.accepts)
            # A longer one isn't even read: Python refuses to, with an error of its own.
            short = value.isascii() and value.isdecimal() and len(value) <= len(self.accepts[1])
            if short and least <= int(value) <= most:
                return
            wanted = f"whole numbers from {least} to {most}"
        else:
            if value in self.accepts:
                return
            wanted = ", ".join(self.accepts)
        raise BadToggle(f"{self.name}={value}: accepted values are {wanted}")


def load(path: Path = ENV_FILE) -> dict[str, Toggle]:
    """Every switch that the file declares, by name. Raises BadToggle where a line is neither."""
    toggles: dict[str, Toggle] = {}
    comment: re.Match[str] | None = None
    for number, line in enumerate(path.read_text().splitlines(), 1):
        if match := _DEFAULT.fullmatch(line.strip()):
            if comment is None:
                raise BadToggle(f"{path.name}:{number}: no comment says what {line} accepts")
            toggles[match["name"]] = _toggle(match, comment)
            comment = None
        elif line.startswith("#"):
            comment = _COMMENT.fullmatch(line.strip())
        elif line.strip():
            raise BadToggle(f"{path.name}:{number}: neither a comment nor LAB_NAME=value: {line}")
    return toggles


def _toggle(default: re.Match[str], comment: re.Match[str]) -> Toggle:
    accepted = comment["accepted"]
    bounds = re.fullmatch(r"(\d+)-(\d+)", accepted)
    accepts = bounds.groups() if bounds else tuple(accepted.split(" | "))
    return Toggle(default["name"], default["value"], comment["help"], accepts, bool(bounds))


def resolve(environ: Mapping[str, str], path: Path = ENV_FILE) -> dict[str, str]:
    """What is in force, by name: the environment beats the file. Raises BadToggle."""
    toggles = load(path)
    known = {name: environ.get(name) or toggle.default for name, toggle in toggles.items()}
    check(known, path)
    return known


def check(overrides: Mapping[str, str], path: Path = ENV_FILE) -> None:
    """Raises BadToggle for the first name or value that is not accepted."""
    toggles = load(path)
    for name, value in overrides.items():
        if name not in toggles:
            raise BadToggle(f"{name} is no toggle; there are {', '.join(toggles)}")
        toggles[name].check(value)


def write(changes: Mapping[str, str], path: Path = ENV_FILE) -> None:
    """Puts these values into the file, in place of the ones there. Raises BadToggle first."""
    check(changes, path)
    text = path.read_text()
    for name, value in changes.items():
        text = re.sub(rf"(?m)^{name}=.*$", f"{name}={value}", text)
    new = path.with_name(".env.new")
    new.write_text(text)
    new.replace(path)


def _parse(words: Iterable[str]) -> dict[str, str]:
    changes = {}
    for word in words:
        name, equals, value = word.partition("=")
        if not equals:
            raise BadToggle(f"{word}: say NAME=value, for example LAB_EDGE_PAGES=off")
        changes[name] = value
    return changes


def _status(environ: Mapping[str, str]) -> str:
    toggles = load()
    now = resolve(environ)
    lines = []
    for name, toggle in toggles.items():
        source = "shell" if environ.get(name) else ".env"
        lines.append(f"{name:22} {now[name]:12} {source:6} {toggle.help}")
    return "\n".join(lines)


def main(arguments: list[str], environ: Mapping[str, str]) -> str:
    """Runs one command; the text to print. Raises BadToggle."""
    match arguments:
        case ["check"]:
            resolve(environ)
            return ""
        case ["status"]:
            return _status(environ)
        case ["get", name]:
            return resolve(environ)[name]
        case ["set", *changes]:
            if not changes:
                raise BadToggle("toggle: say NAME=value, for example LAB_EDGE_PAGES=off")
            write(_parse(changes))
            return ""
    raise BadToggle("usage: toggles.py check | status | get NAME | set NAME=VALUE...")


if __name__ == "__main__":
    try:
        sys.stdout.write((text := main(sys.argv[1:], os.environ)) and text + "\n")
    except BadToggle as bad:
        sys.stderr.write(f"lab: {bad}\n")
        sys.exit(2)
