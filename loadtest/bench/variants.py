"""What is compared: each variant is a set of toggles and one sentence that says what it is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

BASELINE = "none"


@dataclass(frozen=True, slots=True)
class Variant:
    """A state of the stack. `toggles` overrides what `.env` and the shell say."""

    name: str
    toggles: dict[str, str]
    sentence: str


def _variant(name: str, upstream: str, pages: str, assets: str, sentence: str) -> Variant:
    toggles = {
        "LAB_UPSTREAM": upstream,
        "LAB_EDGE_PAGES": pages,
        "LAB_EDGE_ASSETS": assets,
        # Without it each thumbnail is cut anew for each request: so slow a baseline would make every
        # ratio look better than any site's real gain. It stays on in all of them, and the report says so.
        "LAB_GENERATED": "on",
    }
    return Variant(name, toggles, sentence)


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
    )
}

QUICK = ("none", "upstream-redis", "edge", "everything")

# `edge` is `everything-but-upstream` by another name; the long comparison has the latter.
LAYERS = tuple(name for name in VARIANTS if name != "edge")


class UnknownVariant(ValueError):
    """A name that is not in VARIANTS; the text is one line with those that are."""


def chosen(names: Iterable[str]) -> list[Variant]:
    """The variants of these names, each once, in the order given. Raises UnknownVariant."""
    wanted = list(dict.fromkeys(names))
    for name in wanted:
        if name not in VARIANTS:
            raise UnknownVariant(f"variant {name!r}: accepted values are {', '.join(VARIANTS)}")
    return [VARIANTS[name] for name in wanted]
