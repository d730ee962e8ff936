"""What the requests tell: of the edge, of each second, and merged from several workers."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from users.recorder import Recorder


def answered(recorder: Recorder, name: str, said: str | None = None, **options: Any) -> None:
    headers = {"Cache-Status": said} if said else {}
    told = {"response_time": 1.0, "response_length": 100, "exception": None, **options}
    recorder.on_request("GET", name, response=SimpleNamespace(headers=headers), **told)


@pytest.mark.parametrize(
    ("said", "hits"),
    [
        ("varnish; hit; ttl=3599", 1),
        ("upstream; hit, varnish; hit; ttl=-3; detail=stale", 1),
        ("varnish; fwd=miss; stored", 0),
        # What another layer had kept, when the page was fetched.
        ("varnish; hit; ttl=1, upstream; hit", 0),
        (None, 0),
    ],
)
def test_the_last_line_is_the_edges(said: str | None, hits: int) -> None:
    recorder = Recorder()
    answered(recorder, "page/post", said)
    assert recorder.kinds["page/post"].edge_hits == hits


def test_no_answer_is_no_hit() -> None:
    recorder = Recorder()
    recorder.on_request("GET", "page/post", 1.0, 100, None, response=None)
    assert recorder.kinds["page/post"].edge_hits == 0


def test_a_latency_counts_from_when_the_visit_was_due() -> None:
    recorder = Recorder()
    answered(recorder, "page/post", response_time=20.0, context={"late": 1.0})
    answered(recorder, "asset/image", response_time=20.0, context={"late": 0.0})
    kinds = recorder.summary(1)["kinds"]
    assert kinds["page/post"]["latency_ms"]["max"] == pytest.approx(1020, rel=0.001)
    assert kinds["asset/image"]["latency_ms"]["max"] == pytest.approx(20, rel=0.001)


def test_a_hit_counts_in_its_second_only_where_a_miss_would() -> None:
    recorder = Recorder()
    answered(recorder, "check/after-write", "varnish; hit")
    answered(recorder, "page/post", "varnish; hit")
    (second,) = recorder.summary(1)["seconds"]
    assert (second["requests"], second["edge_hits"], second["edge_asked"]) == (2, 1, 1)


def test_each_second_has_its_counts_and_empty_ones_are_there(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = 1000.0
    monkeypatch.setattr("users.recorder.time.monotonic", lambda: now)
    recorder = Recorder()
    answered(recorder, "page/post", "varnish; hit", response_time=5.0)
    answered(recorder, "personal/inbox")
    now += 2.5
    answered(recorder, "asset/image")
    answered(recorder, "page/post", exception=OSError("broken"))
    empty = {"requests": 0, "failures": 0, "edge_hits": 0, "edge_asked": 0, "p99_ms": None}
    assert recorder.summary(4.2)["seconds"] == [
        # An inbox is nothing that the edge may answer.
        {"at": 0, "requests": 2, "failures": 0, "edge_hits": 1, "edge_asked": 1, "p99_ms": 5.0},
        {"at": 1, **empty},
        {"at": 2, "requests": 1, "failures": 1, "edge_hits": 0, "edge_asked": 1, "p99_ms": 1.0},
        {"at": 3, **empty},
    ]


requests = st.lists(
    st.fixed_dictionaries(
        {
            "name": st.sampled_from(["page/post", "asset/image", "write/comment"]),
            "said": st.sampled_from([None, "varnish; hit", "varnish; fwd=miss"]),
            "response_time": st.floats(0.01, 60_000),
            "response_length": st.integers(0, 10**6),
            "exception": st.sampled_from([None, OSError("broken")]),
            "context": st.sampled_from([{}, {"late": 0.5}]),
        }
    )
)


def recorded(told: list[dict[str, Any]]) -> Recorder:
    recorder = Recorder()
    for options in told:
        answered(recorder, **options)
    return recorder


@given(requests, requests)
def test_two_workers_tell_what_one_would_have_told(
    one: list[dict[str, Any]], other: list[dict[str, Any]]
) -> None:
    together = Recorder()
    for part in (one, other):
        # As it is after its way through a message: plain data, and nothing else.
        dumped = recorded(part).dump()
        assert json.loads(json.dumps(dumped))["kinds"].keys() == dumped["kinds"].keys()
        together.absorb(dumped)
    expected, found = recorded(one + other).summary(2), together.summary(2)
    assert found.pop("seconds")[0]["requests"] == found["requests"]
    expected.pop("seconds")
    assert found == expected


def test_nothing_asked_is_no_latency() -> None:
    told = Recorder().summary(1)
    assert told["latency_ms"] == told["histogram_us"] == {}
    assert told["seconds"] == [
        {"at": 0, "requests": 0, "failures": 0, "edge_hits": 0, "edge_asked": 0, "p99_ms": None}
    ]
