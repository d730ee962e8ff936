"""The sampler against a site that is true, one that is stale and one that leaks: it counts exactly."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from fakes.magazine import Magazine, little_magazine
from users.truth.summary import merged

LOADTEST = Path(__file__).resolve().parents[1]

# Locust changes the standard library as it is imported: in a process of its own. It samples without
# a load until so many writes are acknowledged; then, as in a measurement, stale pages are followed.
SAMPLE = """
import json, sys, gevent
from locust.env import Environment
from users.recorder import Recorder
from users.truth.sampler import Sampler
from users.visitor import prepare
host, writes, rate = sys.argv[1], int(sys.argv[2]), float(sys.argv[3])
ground = prepare(host, 0.8, 1)
env, recorder = Environment(host=host), Recorder()
env.events.request.add_listener(recorder.on_request)
sampler = Sampler(env, rate)
sampler.start()
with gevent.Timeout(20, exception=False):
    while ground.acknowledged.writes < writes and not sampler.problem:
        gevent.sleep(0.01)
sampler.settle(10)
gevent.sleep(0.3)
with gevent.Timeout(5, exception=False):
    while ground.acknowledged.summary()["still_stale"]:
        gevent.sleep(0.01)
ground.gate.shut(10)
sampler.end()
print(json.dumps({**recorder.summary(1), "truth": sampler.summary()}))
"""


def sampled(magazine: Magazine, writes: int = 8, rate: float = 10) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-c", SAMPLE, magazine.address, str(writes), str(rate)],
        env={**os.environ, "PYTHONPATH": str(LOADTEST)},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def of_people(magazine: Magazine) -> list[tuple[str, str, str]]:
    """What the sampler's people asked: all from the first log-in on. Before it the site was learned."""
    first = next(i for i, ask in enumerate(magazine.asked) if ask[1] == "/accounts/login/")
    return magazine.asked[first:]


def test_a_site_that_is_true_shows_nothing_stale_and_nothing_of_anybody_elses() -> None:
    with little_magazine() as magazine:
        truth = sampled(magazine)["truth"]
    assert truth["writes"] == sum(map(len, magazine.comments.values())) >= 8
    assert truth["checked"] == magazine.reads >= 2 * truth["writes"]
    assert (truth["stale"], truth["stalest"], truth["still_stale"]) == (0, 0.0, 0)
    assert truth["leak_checks"] == len(of_people(magazine))
    assert (truth["leaks"], truth["first_leak"], truth["problem"]) == (0, "", "")


def test_every_private_page_is_opened_by_its_owner_before_others_ask_for_it() -> None:
    with little_magazine() as magazine:
        sampled(magazine)
    for path in magazine.pages:
        askers = [person for _, asked, person in magazine.asked if asked == path]
        (owner, _) = magazine.pages[path]
        assert askers[0] == owner
        assert len(set(askers)) == 3


# Slowly enough that each page is fresh again before it is written to anew.
@pytest.mark.parametrize(("reads", "rate"), [(1, 10), (3, 2)])
def test_stale_reads_are_counted_and_the_page_is_read_until_it_is_fresh(
    reads: int, rate: float
) -> None:
    with little_magazine(stale_reads=reads) as magazine:
        truth = sampled(magazine, 5, rate)["truth"]
    assert magazine.stale == reads * truth["writes"]
    # Both readers look once after each write. Further looks are made because the page was stale:
    # they tell for how long, and not how often.
    assert truth["stale"] == min(reads, 2) * truth["writes"]
    # The writer's own look at a page that it has written to before counts as well.
    assert truth["checked"] == 3 * truth["writes"] - len(magazine.comments)
    assert truth["stalest"] > 0
    assert truth["still_stale"] == 0


def test_what_stays_stale_is_followed_to_the_end_and_said_to_be_a_least_figure() -> None:
    with little_magazine(stale_reads=10**6) as magazine:
        truth = sampled(magazine)["truth"]
    assert truth["still_stale"] == len(magazine.comments) == 6
    # Its page was looked at again and again, long after the last write.
    assert truth["stalest"] > 3


@pytest.mark.parametrize(
    ("leaks", "said"),
    [
        ("greeting", r"the greeting of member-\d+ shown to an anonymous reader"),
        ("letters", r"the (letter|draft) of member-0 shown to "),
    ],
)
def test_what_is_shown_to_others_is_a_leak(leaks: str, said: str) -> None:
    with little_magazine(leaks=leaks) as magazine:
        found = sampled(magazine)
    truth = found["truth"]
    assert truth["leaks"] == magazine.leaked > 0
    assert re.search(said, truth["first_leak"])
    # A leak is a failure of the request, too.
    assert found["failures"] >= truth["leaks"]


def test_a_site_that_nobody_can_log_in_to_is_not_sampled_and_says_so() -> None:
    with little_magazine(log_in=False) as magazine:
        truth = sampled(magazine)["truth"]
    assert truth["problem"] == "member-0 can't log in"
    assert (truth["writes"], truth["checked"]) == (0, 0)


def test_the_truths_of_several_processes_are_one() -> None:
    one = {"checked": 3, "stale": 1, "stalest": 2.0, "first_leak": "", "problem": ""}
    other = {"checked": 4, "stale": 0, "stalest": 0.5, "first_leak": "x", "problem": ""}
    total = {"checked": 7, "stale": 1, "stalest": 2.0, "first_leak": "x", "problem": ""}
    assert merged([one, other]) == merged([other, one]) == total
    assert merged([]) == {}
