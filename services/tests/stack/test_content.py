"""The seed is all there, and the parts behind the pages do their work."""

import json
import re

import pytest

from checks import stack
from checks.visitor import Visitor

PATHS = ("/", "/board/", "/trending/", "/photos/", "/clips/", "/wire/", "/archive/", "/feed.atom")


def test_the_seed_holds_the_posts_that_were_asked_for() -> None:
    asked = int(stack.setting("LAB_POSTS"))
    posts = int(stack.in_django("Post.objects.filter(status='published').count()"))
    comments = int(stack.in_django("Comment.objects.count()"))
    assert posts >= asked, f"{posts} posts of {asked}: ./scripts/lab reset, then ./scripts/lab up"
    assert comments >= asked * 20, f"{comments} comments are too few for {asked} posts"


def test_every_published_post_is_in_the_sitemap(visitor: Visitor) -> None:
    pages = [visitor.get("/sitemap.xml").text]
    pages += [visitor.get(path).text for path in re.findall(r"/sitemap-\d+\.xml", pages[0])]
    listed = {path for page in pages for path in re.findall(r"/posts/[^/<]+/", page)}
    posts = int(stack.in_django("Post.objects.filter(status='published').count()"))
    assert len(listed) == posts


@pytest.mark.parametrize("path", PATHS)
def test_a_page_answers(path: str, visitor: Visitor) -> None:
    assert visitor.get(path).status == 200


def test_the_databases_are_reached(visitor: Visitor) -> None:
    assert visitor.get("/up").status == 200
    assert visitor.get("/up/databases").status == 200


def test_the_partner_is_asked_less_often_than_the_wire_is_read() -> None:
    before = _fetches()
    for reader in range(10):  # parameters of its own, so that Varnish has no copy
        assert Visitor().get(f"/wire/?reader={reader}").status == 200
    assert _fetches() - before <= 2, "each reader's request went to the partner: LAB_SYNDICATED"


def _fetches() -> int:
    script = (
        "exec 3<>/dev/tcp/127.0.0.1/8000; printf 'GET /stats HTTP/1.0\\r\\n\\r\\n' >&3; cat <&3"
    )
    answer = stack.inside("partner", "bash", "-c", script)
    return int(json.loads(answer.splitlines()[-1])["requests"])


def test_prometheus_hears_from_every_part() -> None:
    script = (
        "exec 3<>/dev/tcp/127.0.0.1/9090; "
        "printf 'GET /api/v1/query?query=up HTTP/1.0\\r\\n\\r\\n' >&3; cat <&3"
    )
    answer = stack.inside("prometheus", "bash", "-c", script)
    found = json.loads(answer.splitlines()[-1])["data"]["result"]
    silent = [each["metric"]["job"] for each in found if each["value"][1] != "1"]
    assert len(found) >= 8, f"only {len(found)} targets: see services/prometheus/prometheus.yml"
    assert not silent, f"no figures from {silent}: ./scripts/lab status"
