"""What a visitor's answers tell of the edge."""

from types import SimpleNamespace

import pytest

from users.recorder import Recorder


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
    headers = {"Cache-Status": said} if said else {}
    recorder.on_request(
        "GET", "page/post", 1.0, 100, None, response=SimpleNamespace(headers=headers)
    )
    assert recorder.kinds["page/post"].edge_hits == hits


def test_no_answer_is_no_hit() -> None:
    recorder = Recorder()
    recorder.on_request("GET", "page/post", 1.0, 100, None, response=None)
    assert recorder.kinds["page/post"].edge_hits == 0
