"""A contest's table, for a terminal and for the documentation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property

from rich.table import Table

from bench.compare import Ratio
from bench.counters import PATH
from bench.judging.codes import CODES
from bench.reporting.words import figure, times
from bench.result import Result, Variant

from ._checker import PAUSE, Counted
from ._contest import Standing, against, outdone, standings

OURS = "ours"

COUNTS = ("reads", "writes", "stale", "per million", "longest", "without a query")
HEADS = (
    *("requests", "CPU ms per request", "times ours (95 %)", "comments", "checked", "stale"),
    *("per million", "longest"),
)


class Contest:
    """A result, seen from OURS: the promise is made against each of `rivals`."""

    def __init__(
        self,
        result: Result,
        variants: Mapping[str, Variant],
        rivals: Sequence[str],
        counts: Mapping[str, Counted],
        command: str,
    ) -> None:
        """`counts`: the stale-read checker's outcomes; those it was not put to are left out.
        `command`: what was asked for, to be repeated."""
        self.result = result
        self.variants = variants
        self.rivals = rivals
        self.counts = counts
        self.command = command
        self.standings = standings(result, OURS)

    @cached_property
    def objections(self) -> dict[str, list[str]]:
        """By rival, what speaks against the promise; empty lists where it holds."""
        by_name = {standing.variant: standing for standing in self.standings}
        measured = [name for name in self.rivals if {name, OURS} <= by_name.keys()]
        return {name: self._against(by_name[name], by_name[OURS]) for name in measured}

    def _against(self, rival: Standing, ours: Standing) -> list[str]:
        found = against(rival, ours)
        if {rival.variant, OURS} <= self.counts.keys():
            found += outdone(self.counts[rival.variant], self.counts[OURS])
        return found

    @property
    def held(self) -> bool:
        """Whether every rival was measured, and nothing speaks against the promise."""
        return len(self.objections) == len(self.rivals) and not any(self.objections.values())

    def tables(self) -> list[Table]:
        """What the visitors saw and what it cost; what the checker saw."""
        return [
            _table(HEADS, self._seen()),
            *([_table(COUNTS, self._counted())] * bool(self.counts)),
        ]

    def _seen(self) -> list[list[str]]:
        return [[standing.variant, *self._cells(standing)] for standing in self.standings]

    def _counted(self) -> list[list[str]]:
        return [
            [
                name,
                *(f"{n:,}" for n in (each.reads, each.writes, each.stale)),
                f"{each.per_million:,.0f}",
                f"{each.longest:.3f} s" if each.stale else "–",
                f"{each.hits / max(1, each.reads):.0%}",
            ]
            for name, each in self.counts.items()
        ]

    def lines(self) -> list[str]:
        """The promise, rival by rival; then what stands against the figures."""
        said = [f"{name}: {_sentence(objections)}" for name, objections in self.objections.items()]
        missing = [name for name in self.rivals if name not in self.objections]
        said += [f"{name}: not measured beside {OURS}" for name in missing]
        for standing in self.standings:
            flags = ", ".join(CODES[code] for code in standing.flags)
            said += [f"! {standing.variant}: {flags}"] if flags else []
        return [*said, *(f"! {note}" for note in self.result.notes)]

    def _cells(self, standing: Standing) -> list[str]:
        return [
            f"{standing.requests:,}"
            + (f" ({standing.failures:,} failed)" * bool(standing.failures)),
            figure(standing.cpu_total_ms),
            self._times_ours(standing),
            f"{standing.writes:,}",
            f"{standing.checked:,}",
            f"{standing.stale:,}",
            f"{standing.per_million:,.0f}" if standing.checked else "–",
            f"{standing.stalest:.1f} s" if standing.stale else "–",
        ]

    def _times_ours(self, standing: Standing) -> str:
        if standing.variant == OURS:
            return "1×"
        return times(standing.cpu) if isinstance(standing.cpu, Ratio) else "–"

    def markdown(self) -> str:
        """The page of the documentation, whole."""
        names = [standing.variant for standing in self.standings]
        services = [
            name for name in PATH if any(figure_of(s, name) >= 0.005 for s in self.standings)
        ]
        cost = [
            [s.variant, *(f"{figure_of(s, name):.2f}" for name in services), *_ratios(s)]
            for s in self.standings
        ]
        parts = [
            "# Compared with other caches for Django",
            self._when(),
            HOW,
            _rows(HEADS, self._seen()),
            *([COUNTED.format(pause=PAUSE), _rows(COUNTS, self._counted())] if self.counts else []),
            "What the promise (less CPU per request than each, and fewer stale answers) comes to:",
            "\n".join(f"- {line}" for line in self.lines()),
            "## Where the CPU went",
            "Milliseconds per request by service, and the share of its look-ups that Redis had.",
            _rows((*services, "Redis hits"), cost),
            "## What was compared",
            "\n".join(f"- `{name}`: {self.variants[name].sentence}" for name in names),
            CAVEATS.format(evicted=f"{self._evicted:,}"),
            "## The machine, and how to repeat it",
            self._made_on(),
        ]
        return "\n\n".join(parts) + "\n"

    @property
    def _evicted(self) -> int:
        return sum(run.spent.counts.get("redis.evicted", 0) for run in self.result.runs)

    def _when(self) -> str:
        plan = self.result.plan
        return (
            f"Measured on {self.result.created[:10]}, {plan.rounds} rounds; each run warmed for "
            f"{plan.warm:.0f} s and counted for {plan.measure:.0f} s."
        )

    def _made_on(self) -> str:
        machine, plan, revision = self.result.machine, self.result.plan, self.result.revision
        versions = ", ".join(f"{name} {number}" for name, number in self.result.versions.items())
        dirty = ", with changes" if revision.dirty else ""
        (visits,) = plan.visits
        return (
            f"- {machine.cores} cores of {machine.cpu}, {machine.memory_mib / 1024:.0f} GiB, "
            f"{machine.system}, kernel {machine.kernel}, Docker {machine.engine}\n"
            f"- {versions}\n"
            f"- revision {revision.commit[:12]}{dirty}\n"
            f"- {visits.users} visitors at once, the {visits.pages} most popular posts and the front "
            f"page, Zipf {visits.alpha}, seed {plan.seed}\n"
            f"- `{self.command}`"
        )


HOW = """The same site, pages and visitors for all, in rounds whose order was drawn anew: 29 anonymous
requests (posts by popularity, the front page) for each member who reads a post and comments on it, which
is 30 requests that read for one that writes. A post that was read is *stale* when the newest comment that
the site had accepted before the request was sent is not on it; for *longest* the comment had been there."""

COUNTED = """The stale-read checker (`manage.py check_freshness`) asks for less and looks closer: six
processes read and write few rows through each cache, 30 reads for a write whose transaction lasts up to
{pause} s, and every read is compared with what was acknowledged before it began."""

CAVEATS = """Every rival is set up as its documentation advises for Redis, in `services/rivals`; the site's
own policies keep nothing there, its invalidation is not connected, and nobody pays for it.

- `cache_page` keeps whole pages for readers without a session, and a write ends none of them; beside it
  belongs `ours-and-edge`, which keeps whole pages too. `ours` makes each page anew from kept parts.
- django-cacheops by its own list of caveats watches only the model where a condition goes over a join:
  here every comment ends every post's kept thread. It asks for a `volatile-*` policy in Redis, the lab has
  `allkeys-lru`; the difference is in what is evicted, and Redis evicted {evicted} keys in these runs.
- django-cachalot ends all queries of a table when the table is written to; its documentation advises
  against it where most tables are written to often.
- Who answers faster is asked more in the same time, and so writes more: its pages grow longer during a
  run. All begin each run with the same pages."""


def figure_of(standing: Standing, service: str) -> float:
    return standing.cpu_ms.get(service, 0.0)


def _ratios(standing: Standing) -> list[str]:
    ratio = standing.hit_ratios.get("redis")
    return ["–" if ratio is None else f"{ratio:.0%}"]


def _sentence(objections: Sequence[str]) -> str:
    return (
        "; ".join(objections)
        if objections
        else "ours costs less CPU and shows no more stale answers"
    )


def _rows(heads: Sequence[str], lines: Sequence[Sequence[str]]) -> str:
    """A Markdown table; `heads` are those of the figures, beside the variant's name."""
    rule = ["---", *["---:"] * len(heads)]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (["variant", *heads], rule, *lines))


def _table(heads: Sequence[str], lines: Sequence[Sequence[str]]) -> Table:
    """The same for a terminal."""
    made = Table(box=None, padding=(0, 1))
    made.add_column("variant", no_wrap=True)
    for head in heads:
        made.add_column(head, justify="right", overflow="fold")
    for cells in lines:
        made.add_row(*cells)
    return made
