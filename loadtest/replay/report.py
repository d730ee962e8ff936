"""What a log says, as data: this is what is printed, written as JSON and made an experiment of."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import msgspec

from replay import zipf
from replay.curve import Curve, curve
from replay.quality import Quality
from replay.rates import Minutes
from replay.tally import Kind, Tally

VERSION = 1
TOP = 20
CLASSES = {0: "no answer", 1: "1xx", 2: "2xx", 3: "3xx", 4: "4xx", 5: "5xx"}
PRINTABLE = range(0x21, 0x7F)


class Popular(msgspec.Struct, frozen=True, omit_defaults=True):
    reads: int
    share: float
    """Of the reads of its kind."""
    name: str = ""
    """Only where names were asked for; without its query."""


class Things(msgspec.Struct, frozen=True):
    """Pages, or assets: what was read of them. `exact`: every thing was looked at, and not a sample."""

    reads: int
    """With an answer of a kind that a cache may keep; all that follows is about these."""
    other_reads: int
    """With redirections for the moment, refusals, failures."""
    distinct: int
    once_share: float
    """Things that were read once, of all things."""
    bytes: int
    """Of all things together, each once."""
    exact: bool
    sampled: int
    """Things in the sample."""
    zipf: zipf.Zipf | None
    top: tuple[Popular, ...]
    top_error: int
    """The counts in `top` may be so much too low."""
    curve: Curve | None


class Peak(msgspec.Struct, frozen=True):
    minute: str
    per_second: float
    """The mean within that minute."""


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """Shares are of the requests read, if nothing else is said. Rates are requests a second."""

    version: int = VERSION
    files: int
    formats: tuple[str, ...]
    key: str
    requests: int
    skipped: dict[str, int]
    skipped_samples: tuple[tuple[str, str], ...]
    readable_share: float
    damaged: int
    """Compressed files that end early, or are broken."""
    late: int
    """Requests that stand more than a minute behind later ones."""
    stray: int
    """Requests of another time, which the span leaves out."""
    first: str
    last: str
    span_seconds: float
    mean_rate: float
    peak: Peak
    views_peak: Peak | None
    """Of requests that a view answers: no assets."""
    methods: dict[str, int]
    statuses: dict[str, int]
    bytes: int
    write_share: float
    views_write_share: float
    """Of requests that a view answers."""
    asset_share: float
    """Of the reads."""
    session_share: float | None
    """Reads of pages by somebody with a session, of all reads of pages; None where the log has no cookies."""
    pages: Things
    assets: Things


def report(
    tally: Tally,
    quality: Quality,
    formats: Sequence[str],
    key: str,
    show_names: bool = False,
) -> Report:
    """tally: of at least one request."""
    requests = tally.methods.total()
    first, last, stray = tally.span.between()
    # A log of one moment is taken for a second's.
    seconds = max(last - first, 1.0)
    reads = tally.pages.reads + tally.assets.reads
    views = tally.pages.reads + tally.pages.writes
    return Report(
        files=len(formats),
        formats=tuple(sorted(set(formats))),
        key=key,
        requests=requests,
        skipped={reason.value: count for reason, count in quality.broken.most_common()},
        skipped_samples=tuple((reason.value, shape) for reason, shape in quality.samples),
        readable_share=quality.readable_share,
        damaged=len(quality.damaged),
        late=tally.late,
        stray=stray,
        first=_moment(first),
        last=_moment(last),
        span_seconds=last - first,
        mean_rate=(requests - stray) / seconds,
        peak=_peak(tally.minutes, last - first),
        views_peak=_peak(tally.views, last - first) if tally.views.counts else None,
        methods={name.decode("ascii"): count for name, count in tally.methods.most_common()},
        statuses={CLASSES[digit]: tally.statuses[digit] for digit in sorted(tally.statuses)},
        bytes=tally.bytes,
        write_share=(tally.pages.writes + tally.assets.writes) / requests,
        views_write_share=tally.pages.writes / views if views else 0.0,
        asset_share=tally.assets.reads / reads if reads else 0.0,
        session_share=_session_share(tally),
        pages=_things(tally.pages, show_names),
        assets=_things(tally.assets, show_names),
    )


def _things(kind: Kind, show_names: bool) -> Things:
    sample = kind.sample
    return Things(
        reads=sample.reads,
        other_reads=kind.reads - sample.reads,
        distinct=round(sample.distinct),
        once_share=sample.once / len(sample.things) if sample.things else 0.0,
        bytes=round(sample.volume),
        exact=sample.exact,
        sampled=len(sample.things),
        zipf=zipf.fit(thing.reads for thing in sample.things.values()),
        top=tuple(
            Popular(
                count,
                count / sample.reads,
                printable(name.partition(b"?")[0]) if show_names else "",
            )
            for name, count in kind.top.most(TOP)
        ),
        top_error=kind.top.error,
        curve=curve(sample),
    )


def _session_share(tally: Tally) -> float | None:
    if not tally.cookies or not tally.pages.reads:
        return None
    return tally.pages.by_session / tally.pages.reads


def _peak(minutes: Minutes, seconds: float) -> Peak:
    """seconds: from the log's first request to its last; a log may be shorter than a minute."""
    minute, count = minutes.peak
    return Peak(_moment(minute), count / max(1.0, min(60.0, seconds)))


def _moment(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M:%S")


def printable(name: bytes) -> str:
    """A name with everything but visible ASCII escaped: no terminal takes it for an order."""
    return "".join(chr(byte) if byte in PRINTABLE else f"%{byte:02X}" for byte in name)
