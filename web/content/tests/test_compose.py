"""Posts read like posts: Markdown of all kinds, with the credit of what it was taken from."""

import re
from datetime import UTC, datetime
from random import Random
from statistics import median

import pytest

from content.seeding import schedule
from content.seeding.compose import Composer

NOW = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.fixture
def composer(corpus):
    return Composer(corpus, 1)


def test_an_article_depends_on_its_number_only(composer, corpus):
    composer.article(1)
    assert composer.article(7) == Composer(corpus, 1).article(7)


def test_articles_fit_their_columns_and_carry_a_credit(composer):
    for number in range(60):
        text = composer.article(number)
        assert len(text.title) <= 140
        assert len(text.standfirst) <= 300
        assert re.fullmatch(r"[a-z0-9_-]{1,160}", text.slug)
        assert text.slug.endswith(f"-{number}")
        assert "Public domain" in text.body
        assert re.search(r"^> ", text.body, re.MULTILINE)


def test_comments_are_short_and_varied(composer):
    comments = [composer.comment(Random(number)) for number in range(300)]
    assert 60 < median(map(len, comments)) < 260
    assert len(set(comments)) > 150


def test_a_thread_stays_between_the_post_and_now():
    begun = datetime(2026, 2, 28, 12, tzinfo=UTC)
    replies = schedule.thread(50, begun, NOW, 10, Random(1))
    times = [reply.when for reply in replies]
    assert times == sorted(times)
    assert begun <= times[0] <= times[-1] <= NOW


def test_posts_come_in_the_order_of_their_dates():
    dates = [schedule.published(i, 100, NOW, schedule.SPAN, Random(i)) for i in range(100)]
    assert dates == sorted(dates)
    assert dates[-1] < NOW


def test_no_comments_is_a_choice():
    assert schedule.thread(0, NOW - schedule.SPAN, NOW, 10, Random(1)) == []
