"""The command line: which logs, read how; then what they say, and the experiment made of it.

Exit codes: 0 done, 1 a file could not be read to its end, 2 asked for what there is not, 130 stopped.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import msgspec
from rich.console import Console

import toggles
from replay import formats, picture
from replay.experiment_file import Scale, experiment
from replay.formats.jsonlines import NAMES as FACTS
from replay.kinds import KEYS
from replay.lines import Unreadable
from replay.logs import Logs
from replay.report import Report, report
from replay.tally import Tally
from terminal import LineParser, output

TOLD_EVERY = 100_000
"""Requests: about once in a second and a half."""


def parser() -> LineParser:
    made = LineParser(
        prog="./scripts/lab replay",
        description="What an access log says about caching. Nothing of it leaves this machine.",
    )
    made.add_argument(
        "logs", nargs="+", metavar="LOG", help="plain or gzip, in any order; - is standard input"
    )
    made.add_argument(
        "--format", choices=formats.NAMES, help="default: what the first lines are in"
    )
    made.add_argument(
        "--field",
        action="append",
        type=field,
        default=[],
        metavar="FACT=NAME",
        help=f"JSON: the field that a fact is in; facts are {', '.join(FACTS)}",
    )
    made.add_argument(
        "--key",
        choices=KEYS,
        default="path",
        help="what makes two requests the same (default: path)",
    )
    made.add_argument(
        "--session-cookie",
        type=cookie,
        default="sessionid",
        metavar="NAME",
        help="default: sessionid",
    )
    made.add_argument(
        "--show-paths",
        action="store_true",
        help="name the most popular paths; queries are never shown",
    )
    made.add_argument("--json", action="store_true", help="print the facts as JSON")
    made.add_argument(
        "--write-experiment",
        type=Path,
        metavar="FILE.toml",
        help="make an experiment for lab bench",
    )
    made.add_argument(
        "--of-peak",
        type=percent,
        default=1.0,
        metavar="PERCENT",
        help="the experiment's rate, of the log's busiest minute (default: 100%%)",
    )
    made.add_argument("--force", action="store_true", help="replace the experiment's file")
    return made


def field(text: str) -> tuple[str, str]:
    fact, separator, name = text.partition("=")
    if not separator or fact not in FACTS or not name:
        raise argparse.ArgumentTypeError(
            f"{text!r}: accepted are FACT=NAME with {', '.join(FACTS)}"
        )
    return fact, name


def cookie(text: str) -> str:
    """RFC 6265's names, which are tokens."""
    if not text or not all(c.isascii() and (c.isalnum() or c in "!#$%&'*+-.^_`|~") for c in text):
        raise argparse.ArgumentTypeError(f"{text!r}: accepted is the name of a cookie")
    return text


def percent(text: str) -> float:
    number = text.removesuffix("%")
    try:
        value = float(number) if number.isascii() and number[:1].isdigit() else 0.0
    except ValueError:
        value = 0.0
    if not 0.01 <= value <= 1000:
        raise argparse.ArgumentTypeError(f"{text!r}: accepted are percentages from 0.01 to 1000")
    return value / 100


def main(arguments: Sequence[str] | None = None) -> int:
    asked = parser().parse_args(arguments)
    wanted: Path | None = asked.write_experiment
    try:
        if wanted is not None:
            _check_place(wanted, asked.force)
        logs = Logs(asked.logs, asked.format, dict(asked.field))
        found = _count(logs, asked)
        made = _experiment(found, asked.of_peak) if wanted is not None else ""
        if asked.json:
            sys.stdout.write(
                msgspec.json.format(msgspec.json.encode(found), indent=1).decode() + "\n"
            )
        else:
            picture.show(found, output())
        sys.stdout.flush()
        if wanted is not None:
            wanted.write_text(made, encoding="utf-8")
            sys.stderr.write(f"the experiment: {wanted}; ./scripts/lab bench {wanted} --dry-run\n")
    except (Unreadable, toggles.BadToggle) as error:
        return _fail(str(error), 2)
    except BrokenPipeError:
        # Whoever read the output has enough; Python would complain once more when it closes it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except OSError as error:
        return _fail(f"{error.filename or 'the output'}: {error.strerror or error}", 1)
    except KeyboardInterrupt:
        return 130
    return 0


def _count(logs: Logs, asked: argparse.Namespace) -> Report:
    tally = Tally(asked.key, asked.session_cookie)
    with Console(stderr=True).status("reading") as status:
        for number, request in enumerate(logs.requests()):
            tally.add(request)
            if not number % TOLD_EVERY:
                status.update(
                    f"reading: {number:,} requests, {logs.quality.skipped:,} lines skipped"
                )
    if not logs.quality.read:
        accepted = ", ".join(formats.NAMES)
        raise Unreadable(f"no line could be read as {logs.logs[0].format}; accepted are {accepted}")
    return report(
        tally, logs.quality, [log.format for log in logs.logs], asked.key, asked.show_paths
    )


def _experiment(found: Report, of_peak: float) -> str:
    return experiment(found, Scale(int(toggles.resolve(os.environ)["LAB_POSTS"]), of_peak))


def _check_place(wanted: Path, force: bool) -> None:
    """Before hours of reading. Raises Unreadable."""
    if wanted.suffix != ".toml":
        raise Unreadable(f"--write-experiment {wanted}: accepted is a name that ends in .toml")
    if not wanted.parent.is_dir():
        raise Unreadable(f"--write-experiment {wanted}: there is no folder {wanted.parent}")
    if wanted.exists() and not force:
        raise Unreadable(f"--write-experiment {wanted}: it is there already; --force replaces it")


def _fail(line: str, code: int) -> int:
    sys.stderr.write(f"replay: {line}\n")
    return code
