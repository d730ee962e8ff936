"""A report in a terminal: tables, and the miss-ratio curve as bars."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from replay.report import Report, Things

BAR = 30
EIGHTHS = " ▏▎▍▌▋▊▉█"
KINDS = ("pages", "assets")


def show(report: Report, console: Console) -> None:
    for part in draw(report):
        console.print(part)
        console.print()


def draw(report: Report) -> Iterator[RenderableType]:
    yield _facts(report)
    yield _things(report)
    for name in KINDS:
        things: Things = getattr(report, name)
        if things.curve:
            yield _by_size(name, things)
            yield _by_lifetime(name, things)
    if any(popular.name for things in (report.pages, report.assets) for popular in things.top):
        yield _top(report)
    if report.skipped:
        yield _skipped(report)
    for note in notes(report):
        yield Text(f"! {note}", style="yellow")


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title, box=None, title_justify="left", title_style="bold", padding=(0, 1))
    for place, column in enumerate(columns):
        table.add_column(column, justify="right" if place else "left", no_wrap=not place)
    return table


def _facts(report: Report) -> Table:
    table = _table("The log", "", "")
    table.show_header = False
    table.columns[1].justify = "left"
    total = report.requests + sum(report.skipped.values())
    rows = {
        "lines": f"{total:,} in {report.files} file{'s' * (report.files > 1)} ({', '.join(report.formats)});"
        f" {share(report.readable_share)} could be read",
        "time (UTC)": f"{report.first} to {report.last}, {duration(report.span_seconds)}",
        "rate": f"{rate(report.mean_rate)}/s in the mean,"
        f" {rate(report.peak.per_second)}/s in the busiest minute ({report.peak.minute[:-3]})",
        "methods": ", ".join(
            f"{name} {share(count / report.requests)}" for name, count in report.methods.items()
        ),
        "writes": f"{share(report.write_share)}; {share(report.views_write_share)} of what views answer",
        "answers": ", ".join(
            f"{name} {share(count / report.requests)}" for name, count in report.statuses.items()
        ),
        "sent": volume(report.bytes),
        "assets": f"{share(report.asset_share)} of the reads",
        "logged in": "not told: the log has no cookies"
        if report.session_share is None
        else f"{share(report.session_share)} of the reads of pages",
    }
    for name, value in rows.items():
        table.add_row(name, value)
    return table


def _things(report: Report) -> Table:
    """Popularity, pages beside assets."""
    table = _table(f"What is read, by {report.key}", "", *KINDS)
    both = (report.pages, report.assets)
    table.add_row("reads of what a cache may keep", *(f"{things.reads:,}" for things in both))
    table.add_row("other reads", *(f"{things.other_reads:,}" for things in both))
    table.add_row("different ones", *(f"{about(things)}{things.distinct:,}" for things in both))
    table.add_row("bytes of them", *(about(things) + volume(things.bytes) for things in both))
    table.add_row("read only once", *(share(t.once_share) if t.reads else "–" for t in both))
    for number in (1, 10):
        name = "share of the most popular" if number == 1 else f"share of the first {number}"
        table.add_row(name, *(_top_share(things, number) for things in both))
    table.add_row("Zipf exponent", *(_exponent(things) for things in both))
    table.add_row("the fit", *(_fit(things) for things in both))
    return table


def _top_share(things: Things, number: int) -> str:
    return share(sum(popular.share for popular in things.top[:number])) if things.top else "–"


def _exponent(things: Things) -> str:
    return f"{things.zipf.alpha:.2f} ± {2 * things.zipf.error:.2f}" if things.zipf else "–"


def _fit(things: Things) -> str:
    found = things.zipf
    if found is None:
        return "too little to fit"
    return (
        f"{found.verdict}: off by {share(found.distance)} at most, for those read"
        f" {found.least:,} times or more ({share(found.reads_share)} of the reads)"
    )


def _by_size(name: str, things: Things) -> Group:
    assert things.curve is not None  # noqa: S101 - the caller has looked
    table = _table(
        f"Misses of an LRU cache, by its size: {name}",
        *("of the working set", "things", "miss ratio", "", "bytes", "miss ratio"),
    )
    table.columns[3].justify = "left"
    for size in things.curve.by_size:
        table.add_row(
            f"{100 * size.share:.0f} %",
            f"{size.things:,}",
            share(size.miss_ratio),
            bar(size.miss_ratio),
            volume(size.bytes),
            share(size.miss_ratio_by_bytes),
        )
    first, purged = things.curve.first_ratio, things.curve.purged_ratio
    floor = f" No cache could do better than {share(first + purged)}: {share(first)} first reads of a thing"
    rest = f", {share(purged)} first reads after a write to the same name" if purged else ""
    return Group(table, Text(floor + rest, style="dim"))


def _by_lifetime(name: str, things: Things) -> Table:
    assert things.curve is not None  # noqa: S101 - the caller has looked
    written = any(
        row.stale_ratio or row.miss_ratio_when_purged != row.miss_ratio
        for row in things.curve.by_lifetime
    )
    columns = ("kept for", "miss ratio", "", "shown stale", "miss ratio if writes purge")
    table = _table(
        f"Misses of a cache with room for all, by lifetime: {name}", *columns[: 5 if written else 3]
    )
    table.columns[2].justify = "left"
    for row in things.curve.by_lifetime:
        cells = [duration(row.seconds), share(row.miss_ratio), bar(row.miss_ratio)]
        if written:
            cells += [share(row.stale_ratio), share(row.miss_ratio_when_purged)]
        table.add_row(*cells)
    return table


def _top(report: Report) -> Table:
    table = _table("The most popular", "", "reads", "share")
    for name in KINDS:
        for popular in getattr(report, name).top:
            table.add_row(
                Text(popular.name, overflow="fold"), f"{popular.reads:,}", share(popular.share)
            )
    table.columns[0].no_wrap = False
    return table


def _skipped(report: Report) -> Table:
    table = _table("Lines that were skipped", "reason", "lines", "what the first of them look like")
    table.columns[2].justify = "left"
    for reason, count in report.skipped.items():
        shapes = [shape for why, shape in report.skipped_samples if why == reason and shape]
        table.add_row(reason, f"{count:,}", Text("\n".join(shapes), overflow="fold"))
    return table


def notes(report: Report) -> Iterator[str]:
    """What limits the figures."""
    if report.damaged:
        yield f"{report.damaged} compressed file(s) ended early or were broken: what came before is counted"
    if report.late > report.requests / 100:
        yield (
            f"{share(report.late / report.requests)} of the lines stand over a minute behind later ones:"
            " the curves take them in this order"
        )
    if report.stray:
        yield f"{report.stray:,} requests of quite another time are left out of the span and the mean rate"
    for name in KINDS:
        things: Things = getattr(report, name)
        if not things.exact:
            yield f"{name}: distinct ones and curves are from a sample of {things.sampled:,} of them"
    if report.requests < 10_000:
        yield "under 10,000 requests: the rarely read are missing, and ratios would differ for another day"


def about(things: Things) -> str:
    return "" if things.exact else "about "


def bar(ratio: float) -> str:
    """A bar of ratio times BAR columns, to the eighth."""
    whole, part = divmod(round(ratio * BAR * 8), 8)
    return "█" * whole + (EIGHTHS[part] if part else "")


def share(value: float) -> str:
    """A percentage with as many digits as say something; 0 only for none."""
    percent = 100 * value
    if percent == 0 or percent >= 99.95:
        return f"{percent:.0f} %"
    return (
        f"{percent:.1f} %"
        if percent >= 0.1
        else f"{percent:.2g} %"
        if percent >= 1e-3
        else "< 0.001 %"
    )


def rate(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def volume(value: float) -> str:
    for unit in ("B", "KiB", "MiB", "GiB", "TiB"):
        if value < 1024 or unit == "TiB":
            break
        value /= 1024
    return f"{value:,.0f} {unit}" if unit == "B" or value >= 100 else f"{value:.3g} {unit}"


def duration(seconds: float) -> str:
    for unit, length in (("d", 86_400), ("h", 3600), ("min", 60)):
        if seconds >= length * (2 if unit == "d" else 1):
            return f"{seconds / length:.3g} {unit}"
    return f"{seconds:.3g} s"
