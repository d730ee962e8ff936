"""The kinds of visitors, by the names that a mix has for them."""

from __future__ import annotations

from collections.abc import Mapping

from users.commenter import Commenter
from users.correspondent import Correspondent
from users.crawler import Crawler
from users.editor import Editor
from users.feed_reader import FeedReader
from users.flash_crowd import FlashCrowd
from users.gallery import Gallery
from users.member import Member
from users.reader import Reader
from users.visitor import Visitor
from users.witness import Witness

CLASSES: dict[str, type[Visitor]] = {
    kind.__name__.lower(): kind
    for kind in (
        Reader,
        Gallery,
        FeedReader,
        Member,
        Commenter,
        Editor,
        Crawler,
        FlashCrowd,
        Witness,
        Correspondent,
    )
}
"""Every name in `mixes.KINDS`, which the host reads too, and its class."""


def weighed(mix: Mapping[str, float]) -> dict[type[Visitor], float]:
    """A mix's weights by class; a kind of weight 0 does not come at all."""
    return {CLASSES[kind]: weight for kind, weight in mix.items() if weight}
