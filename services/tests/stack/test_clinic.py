"""The clinic's bad ideas go wrong on the real servers, their cures hold, and nothing stays behind."""

import json
import re
from typing import Any

import pytest

from checks import stack
from checks.visitor import Visitor, member

CASES = ("rarely", "volatile", "durable", "orm", "personal", "admin")
STORES = ("redis", "memcached")


def run(name: str, store: str) -> dict[str, Any]:
    toggles = {"LAB_UPSTREAM": store}
    done = stack.attempt("./scripts/lab", "clinic", name, "--json", toggles=toggles)
    assert done.returncode == 0, f"./scripts/lab clinic {name}: {done.stdout}\n{done.stderr}"
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.mark.usefixtures("put_back_at_last")
@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("store", STORES)  # outermost: each change of it recreates the replicas
def test_it_goes_wrong_and_the_cure_holds(store: str, name: str) -> None:
    outcome = run(name, store)
    assert outcome["store"] == store
    assert outcome["as_it_should"], f"{name} on {store}: {outcome}"
    assert bool(outcome["refusals"]) == (name in ("orm", "personal", "admin"))


def test_it_leaves_nothing_of_its_own_behind() -> None:
    left = "Post.objects.filter(slug__startswith='clinic-').count() + "
    left += "Message.objects.filter(recipient__username__startswith='clinic-').count()"
    assert stack.in_django(left) == "0"


def test_a_case_that_there_is_not_is_refused_in_one_line() -> None:
    done = stack.attempt("./scripts/lab", "clinic", "rare")
    assert done.returncode == 2
    assert len(done.stderr.strip().splitlines()) == 1
    assert "accepted values are admin, durable, orm, personal, rarely, volatile" in done.stderr


@pytest.mark.parametrize("name", CASES)
def test_a_page_runs_its_case_and_is_never_kept(name: str) -> None:
    page = f"/clinic/{name}/"
    for visitor in (Visitor(), member()):
        answer = visitor.post(page, page)
        assert answer.status == 200, f"{page} answered {answer.status}"
        assert "The bad idea went wrong, and the cure held." in answer.text
        assert not visitor.get(page).is_hit
        assert not visitor.get(page).is_hit, f"{page} must not be kept: it holds a form's token"


def test_two_open_pages_can_both_be_used() -> None:
    """A second form must not take the first one's token back."""
    visitor = Visitor()
    first = token(visitor.get("/clinic/orm/").text)
    visitor.get("/clinic/durable/")
    body = f"csrfmiddlewaretoken={first}".encode()
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    assert visitor.send("/clinic/orm/", "POST", body, kind).status == 200


def test_no_member_can_put_data_into_a_bad_view() -> None:
    assert member().get("/clinic/bad/hello/").status == 404


def token(text: str) -> str:
    found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', text)
    assert found, "the page holds no form"
    return found[1]
