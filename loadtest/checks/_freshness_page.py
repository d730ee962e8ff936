"""The findings of the freshness check as a page of the documentation, whole."""

from __future__ import annotations

from collections.abc import Iterable

from ._findings import COLUMNS, Finding, problems, total
from ._scenarios import NAIVE

TITLE = "# Is anybody shown less than was acknowledged?"

HOW = """\
Each row of a table holds a version that grows by one with each write. Processes read and write few rows
through the library. A writer notes the version when its write has returned: *acknowledged*. A reader
looks up what was acknowledged, then reads. If it is shown something older, that is a **stale read**.
So a read that began before a write was acknowledged may show either version, and one that began after
must show the new one, in whatever process it was written. One clock counts: that of the machine on
which all these processes run."""

COLUMNS_SAID = """\
- *from cache*: reads for which nothing was asked of the database. Over HTTP it is not known.
- *kills*: workers that ended by SIGKILL after the commit of a write and before its invalidation. Nobody
  acknowledges such a write; it counts as acknowledged 2 s after the death was seen.
- *longest*: from the acknowledgement to the beginning of the stale read that came last.
- *naive*: Django's cache framework on the same server with `get`, else compute and `set`; a write
  deletes the key after its commit. It is there to show that the checker finds what there is to find.
- *cache: ...*: the server is restarted, flushed, filled until it has evicted 5,000 values, or paused
  for 2 s, again and again while the row's reads go on.
- *HTTP, origin*: by nginx, over all replicas; the others are processes that call the library."""

LIMITS = """\
No stale read in so many is no proof that there can be none: it bounds how often one came up in these
mixes, on this machine, where processes take turns on few cores. Why there should be none is said
in the library (`web/caching`) and tested there, race by race."""


def page(findings: Iterable[Finding], conditions: Iterable[str]) -> str:
    """conditions: where, when and with what it was measured, as sentences."""
    all_ = list(findings)
    wrong = problems(all_)
    parts = [
        TITLE,
        HOW,
        "\n".join(_verdict(all_)),
        *(["What speaks against it:", "\n".join(f"- {line}" for line in wrong)] if wrong else []),
        rows(all_),
        COLUMNS_SAID,
        "## What it does not prove",
        LIMITS,
        "## The machine, and how to repeat it",
        "\n".join(conditions),
    ]
    return "\n\n".join(parts) + "\n"


def rows(findings: Iterable[Finding]) -> str:
    """The table."""
    lines = [COLUMNS, ["---"] * 3 + ["---:"] * (len(COLUMNS) - 3)]
    lines += [finding.cells() for finding in findings]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _verdict(findings: list[Finding]) -> list[str]:
    """For each store, what ours came to."""
    ours = [each for each in findings if each.subject != NAIVE]
    return [
        f"- **{store}: {total(here, 'stale'):,} stale reads in {total(here, 'reads'):,}**, beside "
        f"{total(here, 'writes'):,} writes; {total(here, 'errors'):,} errors."
        for store in dict.fromkeys(each.store for each in ours)
        if (here := [each for each in ours if each.store == store])
    ]
