"""What the policies of the upstream cache did, as each replica counts it and Prometheus reads it."""

import re

from checks import stack
from checks.visitor import Visitor, first_post

ASK = (
    "import urllib.request as r; print(r.urlopen('http://localhost:8000/metrics').read().decode())"
)


def counted(metric: str) -> float:
    """The sum of a metric over policies and replicas."""
    total = 0.0
    for container in stack.containers()["web"]:
        text = stack.run("docker", "exec", container["Id"], "python", "-c", ASK)
        found = re.findall(rf"^caching_{metric}(?:{{[^}}]*}})? (\S+)$", text, re.MULTILINE)
        total += sum(map(float, found))
    return total


def test_a_warm_page_adds_hits_and_no_miss(visitor: Visitor) -> None:
    post = first_post(visitor)
    for attempt in range(2):  # parameters of its own: Varnish has no copy of this
        visitor.get(f"{post}?warm={attempt}")
    hits, misses = counted("hits_total"), counted("misses_total")
    for attempt in range(4):
        assert visitor.get(f"{post}?asked={attempt}").status == 200
    assert counted("hits_total") - hits >= 4, "the pages were not made of kept values"
    assert counted("misses_total") == misses


def test_figures_are_not_for_the_public(visitor: Visitor) -> None:
    assert visitor.get("/metrics").status == 404
