"""What is compared: each variant is a set of toggles and one sentence that says what it is."""

from __future__ import annotations

from collections.abc import Iterable

from bench.result import Pair, Variant, Visits

BASELINE = "none"


VISITS = Visits(mix="readers", users=16, pages=300)

USES = {
    "properties": "properties that cost",
    "compiled": "Markdown compiled to HTML",
    "fragments": "fragments of pages",
    "generated": "generated things",
    "aggregates": "counts and sums",
    "syndicated": "the partner's feed",
}
"""The upstream uses, as the toggles name them, and what is kept for each."""


TITLES = {
    "none": "no cache",
    "upstream-redis": "Upstream cache in Redis",
    "upstream-memcached": "Upstream cache in Memcached",
    "edge-pages": "Varnish keeping pages",
    "edge-assets": "Varnish keeping static files and media",
    "edge": "Varnish keeping pages and objects",
    "everything": "Everything together",
    **{f"only-{use}": f"Redis only for {what}" for use, what in USES.items()},
}

LEFT_OUT = (
    Pair("everything", "everything-but-upstream", "the upstream cache"),
    Pair("everything", "everything-but-edge-pages", "the page cache"),
    Pair("everything", "everything-but-edge-assets", "the cache before the bucket"),
    *(Pair("upstream-redis", f"without-{use}", what) for use, what in USES.items()),
)
"""What is left without a layer, beside what has it."""


def _variant(
    name: str, upstream: str, pages: str, assets: str, sentence: str, **uses: str
) -> Variant:
    toggles = {
        "LAB_UPSTREAM": upstream,
        "LAB_EDGE_PAGES": pages,
        "LAB_EDGE_ASSETS": assets,
        # Without it each thumbnail is cut anew for each request: so slow a baseline would make every
        # ratio look better than any site's real gain. It stays on in all of them, and the report says so.
        # Only `without-generated` turns it off: there its cost is the figure asked for, and that
        # variant is no other's baseline. So what `only-generated` measures is what is left of the
        # use where the objects are in the bucket anyway: their addresses, kept in Redis.
        "LAB_GENERATED": "on",
        **{f"LAB_{use.upper()}": state for use, state in uses.items()},
    }
    return Variant(name, sentence, toggles, VISITS, title=TITLES.get(name, ""))


def _only(use: str, what: str) -> Variant:
    states = dict.fromkeys(USES, "off") | {"generated": "on", use: "on"}
    sentence = f"Redis upstream, and only for {what}."
    return _variant(f"only-{use}", "redis", "off", "off", sentence, **states)


def _without(use: str, what: str) -> Variant:
    states = dict.fromkeys(USES, "on") | {use: "off"}
    sentence = f"Redis upstream, for everything but {what}."
    return _variant(f"without-{use}", "redis", "off", "off", sentence, **states)


VARIANTS: dict[str, Variant] = {
    variant.name: variant
    for variant in (
        _variant(
            "none", "off", "off", "off", "Nothing is cached; every layer is still in the path."
        ),
        _variant(
            "upstream-redis", "redis", "off", "off", "Django keeps values and fragments in Redis."
        ),
        _variant("upstream-memcached", "memcached", "off", "off", "The same, kept in Memcached."),
        _variant("edge-pages", "off", "on", "off", "Varnish keeps anonymous pages."),
        _variant("edge-assets", "off", "off", "on", "Varnish keeps the bucket's objects."),
        _variant("edge", "off", "on", "on", "Varnish keeps pages and objects."),
        _variant("everything", "redis", "on", "on", "Redis upstream, Varnish downstream."),
        _variant(
            "everything-but-upstream", "off", "on", "on", "Everything, without the upstream cache."
        ),
        _variant(
            "everything-but-edge-pages", "redis", "off", "on", "Everything, without kept pages."
        ),
        _variant(
            "everything-but-edge-assets", "redis", "on", "off", "Everything, without kept objects."
        ),
        *(_only(use, what) for use, what in USES.items()),
        *(_without(use, what) for use, what in USES.items()),
    )
}

QUICK = ("none", "upstream-redis", "edge", "everything")

BY_USE = tuple(name for name in VARIANTS if name.startswith(("only-", "without-")))

# `edge` is `everything-but-upstream` by another name; the long comparison has the latter.
LAYERS = tuple(name for name in VARIANTS if name not in ("edge", *BY_USE))

SETS = {"layers": LAYERS, "quick": QUICK, "uses": ("none", "upstream-redis", *BY_USE)}
"""Variants that are compared with one another, by a name for them all."""


class UnknownVariant(ValueError):
    """A name that is neither in VARIANTS nor in SETS; the text is one line with those that are."""


def chosen(names: Iterable[str]) -> list[Variant]:
    """The variants of these names, or in the sets of these names; each once, in the order given.
    Raises UnknownVariant."""
    wanted = list(dict.fromkeys(variant for name in names for variant in SETS.get(name, (name,))))
    for name in wanted:
        if name not in VARIANTS:
            accepted = ", ".join((*VARIANTS, *SETS))
            raise UnknownVariant(f"variant {name!r}: accepted values are {accepted}")
    return [VARIANTS[name] for name in wanted]


def pairs(variants: Iterable[Variant]) -> tuple[Pair, ...]:
    """Each of them beside the baseline, and what was left out beside what has it all."""
    names = [variant.name for variant in variants]
    alone = [Pair(name, BASELINE, TITLES.get(name, name)) for name in names if name != BASELINE]
    return (*alone, *(pair for pair in LEFT_OUT if {pair.ours, pair.against} <= set(names)))
