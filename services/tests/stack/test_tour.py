"""The whole tour on the running stack: what it shows, what it promises, and what it leaves behind."""

import re
import signal
import time

import pytest
import tasks

from checks import stack
from checks.visitor import Visitor, first_post
from tour.steps import STEPS

PATIENCE = 600
COMMENTS = "Comment.objects.filter(body__startswith='Written in the load test').count()"


def environs() -> dict[str, list[str]]:
    """The toggles that each running container was started with."""
    found = {}
    for service, containers in stack.containers().items():
        pairs = [pair for each in containers for pair in each["Config"]["Env"]]
        found[service] = sorted(pair for pair in pairs if pair.startswith("LAB_"))
    return found


@pytest.fixture
def before() -> dict[str, list[str]]:
    stack.up()
    return environs()


@pytest.mark.usefixtures("put_back")
@pytest.mark.timeout(PATIENCE + 60)
def test_it_walks_through_every_step_and_leaves_nothing_behind(
    before: dict[str, list[str]],
) -> None:
    tour = tasks.start("tour", "--unattended")
    said, wrong = tour.communicate(timeout=PATIENCE)
    assert tour.returncode == 0, f"{wrong}\n{said[-3000:]}"
    places = [said.index(step.title) for step in STEPS]
    assert places == sorted(places)
    text = " ".join(said.split())  # however wide the terminal is
    assert re.search(r"Of (\d+) readers who asked after that, \1 saw it", text)
    assert "varnish; hit" in text
    rates = [
        float(each.replace(",", ""))
        for each in re.findall(r"requests/s (?:≥ )?([\d.]+(?:,\d{3})*)", text)
    ]
    assert max(rates) > 3 * rates[0], "all caches are worth more than a few times"
    assert environs() == before
    assert stack.in_django(COMMENTS) == "0"
    answers = [Visitor().get(first_post(Visitor())) for _ in range(2)]
    assert answers[-1].is_hit


@pytest.mark.usefixtures("put_back")
@pytest.mark.timeout(PATIENCE)
def test_ctrl_c_in_the_middle_puts_everything_back(before: dict[str, list[str]]) -> None:
    tour = tasks.start("tour", "--unattended")
    assert tour.stdout is not None
    for line in tour.stdout:
        if "readers visit" in line:
            break
    time.sleep(1)
    tour.send_signal(signal.SIGINT)
    tour.communicate(timeout=PATIENCE / 2)
    assert tour.returncode == 130
    assert environs() == before
    assert not stack.run("docker", "ps", "--quiet", "--filter", "name=lab-load-").split()


def test_without_a_terminal_it_says_so() -> None:
    tour = tasks.start("tour")
    _, wrong = tour.communicate(timeout=stack.PATIENCE)
    assert tour.returncode == 2
    assert "accepted is --unattended" in wrong.splitlines()[-1]
