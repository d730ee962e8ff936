"""The visitors for Locust's own web page: pick the crowd, or a single kind, and play.

`./scripts/lab load` serves it; the address is printed there. Nothing here measures for the comparison:
that is `users.drive`, with the same visitors.
"""

from __future__ import annotations

from typing import Any

from locust import events
from locust.env import Environment

from users.commenter import Commenter
from users.crawler import Crawler
from users.crowd import crowd
from users.editor import Editor
from users.feed_reader import FeedReader
from users.flash_crowd import FlashCrowd
from users.gallery import Gallery
from users.member import Member
from users.metrics import LoadMetrics
from users.mixes import MIXES
from users.reader import Reader
from users.visitor import prepare

ALPHA = 0.8
"""Pages are asked for by Zipf with this exponent; web documents have 0.60 to 1.03."""

Readers = crowd(MIXES["readers"], "Readers")
Community = crowd(MIXES["community"], "Community")

__all__ = [
    "Commenter",
    "Community",
    "Crawler",
    "Editor",
    "FeedReader",
    "FlashCrowd",
    "Gallery",
    "Member",
    "Reader",
    "Readers",
]


@events.init.add_listener
def give_out_figures(environment: Environment, **_: Any) -> None:
    """Before anything runs: Prometheus finds this page by the service's name."""
    LoadMetrics(environment)


@events.test_start.add_listener
def learn_the_site(environment: Environment, **_: Any) -> None:
    """Before the first visitor: what is there to ask for?"""
    prepare(environment.host or "", alpha=ALPHA, seed=1)
