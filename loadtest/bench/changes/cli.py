"""The command line of `./scripts/lab compare`.

Exit codes: 0 nothing is worse beyond doubt; 1 something is worse than --fail-on allows, beyond doubt; 2 the
results can't be read or can't be compared, or --fail-on asks for what these rounds can't tell.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from bench.changes import comparable
from bench.changes.metrics import METRICS, Metric
from bench.changes.reading import FILE, Unreadable, load, series
from bench.changes.verdicts import ALL, Change, busy, changed, in_common
from bench.levelling import together
from bench.reporting.words import NOT_ASKED, figure, times
from bench.result import Result
from terminal import LineParser, output

STYLES = {"worse": "red", "better": "green", "no difference seen": "", "can't be told": "yellow"}


class Incomparable(ValueError):
    """The text is one line that says what differs."""


def percent(text: str) -> float:
    """`5%` or `5` as 0.05."""
    found = re.fullmatch(r"(\d{1,3}(?:\.\d+)?)\s*%?", text.strip(), re.ASCII)
    if found and float(found[1]) < 100:
        return float(found[1]) / 100
    raise argparse.ArgumentTypeError(f"{text!r}: accepted are percentages from 0% to under 100%")


def metric(text: str) -> Metric:
    if text in METRICS:
        return METRICS[text]
    raise argparse.ArgumentTypeError(f"{text!r}: accepted are {', '.join(METRICS)}")


def parser() -> LineParser:
    made = LineParser(
        prog="compare", description="Says what changed from one result to another, or over many."
    )
    made.add_argument(
        "results",
        nargs="+",
        type=Path,
        metavar="RESULT",
        help=f"two results (their folders, or {FILE}), earlier first; or one folder that holds many",
    )
    made.add_argument(
        "--metric",
        type=metric,
        default=METRICS["cpu"],
        metavar="NAME",
        help=f"of {', '.join(METRICS)} (default: cpu)",
    )
    made.add_argument(
        "--fail-on",
        type=percent,
        metavar="5%",
        help="exit with 1 where the metric is worse by more than this beyond doubt: "
        "the near end of its 95 %% interval lies beyond it",
    )
    return made


def main(arguments: Sequence[str] | None = None) -> int:
    asked = parser().parse_args(arguments)
    console = output()
    try:
        if len(asked.results) == 2:
            found = compare(console, load(asked.results[0]), load(asked.results[1]), asked.metric)
        elif len(asked.results) == 1:
            found = follow(console, asked.results[0], asked.metric)
        else:
            raise Unreadable("accepted are two results, or one folder that holds many")
        return 0 if asked.fail_on is None else judged(console, found, asked.fail_on)
    except (Unreadable, Incomparable) as error:
        sys.stderr.write(f"compare: {error}\n")
        return 2


def judged(console: Console, found: Sequence[Change], threshold: float) -> int:
    """The exit code, and why. Raises Incomparable where there is nothing worse, but something unknown: a
    gate that can't tell must not open."""
    worse = list(dict.fromkeys(c.variant for c in found if c.worse_by(threshold)))
    if worse:
        console.print(
            f"worse by more than {100 * threshold:g} % beyond doubt: {', '.join(worse)}",
            style="red",
        )
        return 1
    unknown = {c.variant: c.why for c in found if c.word == "can't be told"}
    if unknown:
        said = "; ".join(f"{name} ({why})" for name, why in unknown.items())
        raise Incomparable(f"--fail-on can't be told for {said}")
    console.print(f"nothing is worse by more than {100 * threshold:g} % beyond doubt")
    return 0


def compare(console: Console, before: Result, after: Result, of: Metric) -> list[Change]:
    """Two results, told on the console. Raises Incomparable."""
    _refuse(before, after)
    remarks = comparable.remarks(before, after)
    before, after = together([before, after])
    console.print(escape(f"{_name(before)}, then {_name(after)}; {of.label}"), highlight=False)
    names = _common(before, after)
    worked = busy([before, after], names, of)
    found = [changed(before, after, name, of) for name in worked]
    shared = in_common(before, after, worked, of)
    found += [shared] if shared else []
    table = _table("variant", "earlier", "later", "change (95 %)", "", "")
    for each in found:
        table.add_row(
            escape(each.variant), _figure(each.before), _figure(each.after), *_verdict(each)
        )
    console.print(table)
    for name in sorted(set(before.plan.variant_names) ^ set(after.plan.variant_names)):
        when = "earlier" if name in before.plan.variant_names else "later"
        console.print(f"· {escape(name)} is in the {when} one only", highlight=False)
    _idle(console, names, worked)
    _by_chance(console, found)
    for remark in remarks:
        console.print(f"[yellow]·[/] differs: {escape(remark)}", highlight=False)
    return found


def follow(console: Console, folder: Path, of: Metric) -> list[Change]:
    """Many results, oldest first: each variant's trend. What is handed back are the newest's changes from
    the one before it and from the first. Raises Unreadable, Incomparable."""
    if not folder.exists():
        raise Unreadable(
            f"{folder}: no such folder; accepted are two results, or a folder of several"
        )
    if not folder.is_dir() or (folder / FILE).exists():
        raise Unreadable(
            f"{folder}: one result alone; name another, or a folder that holds several"
        )
    everything, unreadable = series(folder)
    newest = everything[-1][1]
    kept, left_out = [], unreadable
    for name, result in everything:
        # What the newest one can't be compared with is no part of its history.
        obstacles = comparable.obstacles(result, newest)
        if obstacles:
            left_out.append(f"{name}: {obstacles[0]}")
        else:
            kept.append((name, result))
    for line in left_out:
        console.print(f"[yellow]·[/] left out: {escape(line)}", highlight=False, soft_wrap=True)
    if len(kept) < 2:
        raise Incomparable(
            f"{folder}: no result in it can be compared with the newest, {kept[0][0]}"
        )
    found: list[Change] = []
    worked = busy([r for _, r in kept], newest.plan.variant_names, of)
    for variant in worked:
        having = [(name, r) for name, r in kept if variant in r.plan.variant_names]
        console.print(_trend(variant, having, of, partial(_alone, variant, of), found))
    last = len(found)
    trend = _trend(ALL, kept, of, partial(_shared, of), found)
    if len(found) > last:
        console.print(trend)
    _idle(console, newest.plan.variant_names, worked)
    _by_chance(console, found)
    return found


def _idle(console: Console, names: Sequence[str], worked: Sequence[str]) -> None:
    idle = [name for name in names if name not in worked]
    if idle:
        console.print(
            f"· left out, as the service has next to nothing to do there: {escape(', '.join(idle))}",
            highlight=False,
        )


def _by_chance(console: Console, found: Sequence[Change]) -> None:
    """What 95 % means where many figures are looked at."""
    if any(each.word in ("better", "worse") for each in found):
        console.print(
            f"· of {len(found)} figures that had not changed, {len(found) * 0.05:.2g} would be expected to "
            "look better or worse by chance",
            highlight=False,
        )


def _alone(variant: str, of: Metric, before: Result, after: Result) -> Change | None:
    """One variant's change; None where the service has next to nothing to do in it on both sides."""
    worked = busy([before, after], _common(before, after), of)
    return changed(before, after, variant, of) if variant in worked else None


def _shared(of: Metric, before: Result, after: Result) -> Change | None:
    """The mean of all variants' changes."""
    return in_common(before, after, busy([before, after], _common(before, after), of), of)


def _trend(
    variant: str,
    having: Sequence[tuple[str, Result]],
    of: Metric,
    step: Callable[[Result, Result], Change | None],
    newest: list[Change],
) -> Table:
    """A variant's table. The newest result's changes are added to `newest`."""
    heads = (
        "result",
        "revision",
        of.label,
        "from the previous (95 %)",
        "",
        "from the first (95 %)",
        "",
    )
    table = _table(*heads, title=escape(variant))
    own = [None] * len(having) if variant == ALL else _own(variant, [r for _, r in having], of)
    for number, (name, result) in enumerate(having):
        revision = result.revision.commit[:8] + ("+" if result.revision.dirty else "")
        earlier = [having[i][1] for i in dict.fromkeys((number - 1, 0)) if number]
        # Two by two: one result whose speed is not known leaves the others theirs.
        steps = [step(*together([before, result])) for before in earlier]
        if number == len(having) - 1:
            newest += filter(None, steps)
        cells = [cell for each in steps for cell in (_in_trend(each) if each else ("", ""))]
        table.add_row(escape(name), revision, _figure(own[number]), *cells)
    return table


def _own(variant: str, results: Sequence[Result], of: Metric) -> list[float | None]:
    """Each result's figure; of CPU, all at one speed where that can be."""
    return [changed(each, each, variant, of).after for each in together(results)]


def _in_trend(each: Change) -> tuple[str, str]:
    ratio, word, why = _verdict(each)
    return ratio, f"{word} ({why})" if why else word


def _refuse(before: Result, after: Result) -> None:
    obstacles = comparable.obstacles(before, after)
    if obstacles:
        shown = obstacles[:4]
        more = f"; and {len(obstacles) - 4} more" if len(obstacles) > 4 else ""
        raise Incomparable(f"these can't be compared: {'; '.join(shown)}{more}")


def _common(before: Result, after: Result) -> list[str]:
    return [name for name in before.plan.variant_names if name in after.plan.variant_names]


def _name(result: Result) -> str:
    dirty = " with changes" if result.revision.dirty else ""
    return f"{result.plan.name} of {result.created} ({result.revision.commit[:8]}{dirty})"


def _table(*heads: str, title: str | None = None) -> Table:
    table = Table(box=None, padding=(0, 1), title=title, title_justify="left", title_style="bold")
    for number, head in enumerate(heads):
        table.add_column(head, justify="right" if number > 0 and head else "left", overflow="fold")
    return table


def _figure(value: float | None) -> str:
    """Three significant digits: a change of 5 % is to be seen in them."""
    if value is None:
        return NOT_ASKED
    return f"{value:#.3g}" if value < 1 else figure(value)


def _verdict(each: Change) -> tuple[str, str, str]:
    ratio = NOT_ASKED if each.ratio is None else times(each.ratio)
    style = STYLES[each.word]
    word = f"[{style}]{each.word}[/]" if style else each.word
    return ratio, word, escape(each.why)
