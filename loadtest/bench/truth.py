"""What the sampled truth says of a run: what was promised, what stands against it, and its figures."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

import msgspec

from bench.result import Flag, Truth
from users.truth.summary import merged

if TYPE_CHECKING:
    from bench.compare import Row

CODES = {
    "leak": "somebody was shown what is another's",
    "stale": "answers were stale where none may be",
    "unsampled": "nothing says how true the answers were",
}


SETTINGS, OURS = "LAB_SETTINGS_MODULE", "config.settings"
"""Other settings than this site's own: pages are cached by something else than its policies."""


def is_ours(toggles: Mapping[str, str]) -> bool:
    """Whether it is this site's own upstream cache that is measured. To name its settings changes nothing."""
    return toggles.get(SETTINGS, OURS) == OURS


def promises(toggles: Mapping[str, str]) -> bool:
    """Whether under these toggles no answer may be older than what was acknowledged before it was asked for.

    Not where entries die by age, as in nginx' microcache too; nor where values live in each process's own
    memory, of which no other process can be told; nor for other people's caches, which have their own
    settings module.
    """
    return (
        toggles.get("LAB_FRESHNESS") == "invalidate"
        and toggles.get("LAB_MICROCACHE", "0") == "0"
        and toggles.get("LAB_UPSTREAM") != "local"
        and is_ours(toggles)
    )


def flags(truth: Truth, toggles: Mapping[str, str]) -> list[Flag]:
    """All that the sampled truth has against a run. Leaks are fatal always, stale answers where freshness
    is promised; elsewhere they are a figure."""
    found = []
    if truth.leaks:
        said = f"{truth.leaks:,} of {truth.leak_checks:,} answers, the first: {truth.first_leak}"
        found.append(Flag("leak", said, "find the layer that kept it: ./scripts/lab check leaks"))
    if truth.stale and promises(toggles):
        said = (
            f"{truth.stale:,} of {truth.checked:,} answers lacked what had been acknowledged up to"
            f" {seconds(truth)} before they were asked for"
        )
        found.append(
            Flag("stale", said, "look at ./scripts/lab logs relay; ./scripts/lab check freshness")
        )
    if truth.problem and not truth.checked:
        advice = "warm longer, and leave the sampling on"
        found.append(Flag("unsampled", truth.problem, advice, fatal=False))
    return found


def of_all(truths: Iterable[Truth]) -> Truth:
    """One variant's truth over its runs: counts added up, the longest staleness of all."""
    return msgspec.convert(merged(msgspec.to_builtins(truth) for truth in truths), Truth)


def per_million(truth: Truth) -> str:
    """Stale answers per million checked ones; a dash where none was checked, which is not 0."""
    value = truth.stale_per_million
    return "–" if value is None else f"{value:,.0f}"


def seconds(truth: Truth) -> str:
    """The longest staleness: `0.42 s`; `≥ 31 s` where it had not ended with the run; `0` without any."""
    if not truth.checked:
        return "–"
    if not truth.stale:
        return "0"
    least = "≥ " if truth.still_stale else ""
    return (
        f"{least}{truth.stalest:.{0 if truth.stalest >= 10 else 1 if truth.stalest >= 1 else 2}f} s"
    )


def table(rows: Sequence[Row]) -> list[list[str]]:
    """The figures behind the chart of throughput against staleness, headed."""
    head = ["variant", "requests/s", "checked", "stale", "stale per million", "longest staleness"]
    return [
        head,
        *(
            [
                row.variant,
                ("≥ " if row.at_least else "") + f"{row.requests_per_second:,.0f}",
                f"{row.truth.checked:,}",
                f"{row.truth.stale:,}",
                per_million(row.truth),
                seconds(row.truth),
            ]
            for row in rows
        ),
    ]
