"""The named mixes: who visits, in percent of visits.

Locust's own weights share out *users*: in a closed loop without pauses, a kind whose pages got faster
would then ask for more, and two variants would see different traffic. So each seat in the crowd draws
who comes next, visit by visit, and the mix of requests is the same however fast the answers are.
"""

from __future__ import annotations

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

KINDS: tuple[type[Visitor], ...] = (
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

Mix = dict[type[Visitor], float]

MIXES: dict[str, Mix] = {
    # Anonymous: the default of the comparison.
    "readers": {Reader: 96, FeedReader: 4},
    # A fifth of the visits are by people who are logged in; 30 requests read for one that writes.
    "community": {Reader: 76, FeedReader: 4, Member: 17, Commenter: 2.7, Editor: 0.3},
    # 30 requests that read for one that writes: who comments reads the page first. Every post that
    # is read is checked for the newest comment.
    "thirty-to-one": {Witness: 29, Correspondent: 1},
    "gallery": {Gallery: 100},
    "crawler": {Crawler: 100},
    # The page is commented on all the while, and so expires again and again.
    "flash": {FlashCrowd: 99.8, Commenter: 0.2},
}
