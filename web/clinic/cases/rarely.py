"""Rarely accessed things: the archive's long tail, kept for a crawler.

A crawler asks for each of the archive's pages once. In between, readers ask for the few popular
ones. The cache is small, as every cache is compared with an archive.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from django.template.loader import render_to_string

from magazine.markdown import compile_markdown

from ..caches import small
from ..case import Case, Figures, Row
from ..meter import Cache, Metered, seconds_of

TAIL = range(1600)
POPULAR = range(10_000, 10_010)
# The crawler takes so many pages between two readers of popular ones. Redis' LRU clock ticks once a second,
# so within a night it evicts almost at random: four times what fits must come between
# two readers of one page.
CRAWLED_BETWEEN = 80
PARAGRAPH = """## Part {part} of number {number}

What was *written* then, and was read by [few](https://example.org/{number}/{part}) since: **{part}**
things that nobody asks for again, though it is all still here."""

Show = Callable[[int, Cache], str]


def archive_page(number: int) -> str:
    """A page of about 14 kB: old words, compiled, and a list of what else is old."""
    words = "\n\n".join(PARAGRAPH.format(part=part, number=number) for part in range(16))
    return render_to_string(
        "clinic/archive_page.html",
        {"number": number, "body": compile_markdown(words), "rows": range(60)},
    )


def show_and_keep(number: int, cache: Cache) -> str:
    html: str | None = cache.get(f"archive:{number}")
    if html is None:
        html = archive_page(number)
        cache.set(f"archive:{number}", html, timeout=None)
    return html


def show_and_keep_what_is_popular(number: int, cache: Cache) -> str:
    if number not in POPULAR:
        return archive_page(number)
    return show_and_keep(number, cache)


def visits() -> Iterator[int]:
    """The numbers of the pages, in the order in which they are asked for."""
    for number in TAIL:
        yield number
        if number % CRAWLED_BETWEEN == 0:
            yield POPULAR[number // CRAWLED_BETWEEN % len(POPULAR)]


class Night:
    """One night of visits to a cache that held the popular pages in the evening."""

    def __init__(self, show: Show) -> None:
        cache = small()
        cache.clear()
        for number in POPULAR:
            show(number, cache)
        self.meter = Metered(cache)
        self.reads = self.popular_reads = self.popular_hits = 0
        for number in visits():
            self._visit(show, number)
        keys = [f"archive:{number}" for number in (*TAIL, *POPULAR)]
        self.there = {key: len(html) for key, html in cache.get_many(keys).items()}
        self.tail_there = {f"archive:{number}" for number in TAIL} & self.there.keys()

    def _visit(self, show: Show, number: int) -> None:
        hits = self.meter.hits
        show(number, self.meter)
        self.reads += 1
        if number in POPULAR:
            self.popular_reads += 1
            self.popular_hits += self.meter.hits - hits

    @property
    def pushed_out(self) -> int:
        """Entries that were kept and were no longer there in the morning."""
        return len(POPULAR) + self.meter.sets - len(self.there)

    @property
    def wasted(self) -> float:
        """Kilobytes held by pages that nobody will ask for."""
        return sum(self.there[key] for key in self.tail_there) / 1000

    def net(self, saved_by_a_hit: float) -> float:
        """Milliseconds a read that the cache cost more than it saved."""
        return 1000 * self.meter.net_seconds(saved_by_a_hit) / self.reads


def run() -> Figures:
    made = seconds_of(lambda: archive_page(0))
    bad, cure = Night(show_and_keep), Night(show_and_keep_what_is_popular)
    small().clear()
    return {
        "reads": Row("pages read in the night", bad.reads, cure.reads),
        "hit_ratio": Row(
            "look-ups answered by the cache",
            100 * bad.meter.hit_ratio,
            100 * cure.meter.hit_ratio,
            "%",
        ),
        "popular": Row(
            "popular pages found there",
            100 * bad.popular_hits / bad.popular_reads,
            100 * cure.popular_hits / cure.popular_reads,
            "%",
        ),
        "pushed_out": Row("entries pushed out", bad.pushed_out, cure.pushed_out),
        "wasted": Row("memory held by the long tail", bad.wasted, cure.wasted, "kB"),
        "calls": Row(
            "calls to the cache, each read",
            bad.meter.calls / bad.reads,
            cure.meter.calls / cure.reads,
        ),
        "net": Row("net cost of the cache, each read", bad.net(made), cure.net(made), "ms"),
    }


def went_wrong(figures: Figures) -> bool:
    return (
        float(figures["hit_ratio"].bad) < 10
        and float(figures["popular"].bad) < 50
        and int(figures["pushed_out"].bad) > 0
        and float(figures["net"].bad) > 0
    )


def cured(figures: Figures) -> bool:
    return (
        float(figures["popular"].cure) > 90
        and figures["pushed_out"].cure == 0
        and figures["wasted"].cure == 0
        and float(figures["net"].cure) < 0
    )


CASE = Case(
    name="rarely",
    doc=__doc__,
    seed="Rarely accessed or highly volatile things are bad caching candidates because you’ll "
    "waste space or you’ll cache something that’s probably going to change before you need it "
    "again.",
    wrong="A crawler asks for each page of the archive once. Each is looked up, missed, made and "
    "kept for a reader who never comes, and pushes out what readers do ask for.",
    cure="Keep what is asked for again; make the rest when somebody asks.",
    bad_code=(show_and_keep,),
    cure_code=(show_and_keep_what_is_popular,),
    run=run,
    went_wrong=went_wrong,
    cured=cured,
)
