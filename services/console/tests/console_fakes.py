"""What is behind the server, made up."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field

import httpx2

TOGGLES = {"LAB_EDGE_PAGES": "on", "LAB_EDGE_ASSETS": "on", "LAB_UPSTREAM": "redis"}
ENV = """\
# Varnish keeps anonymous pages (accepted: on | off)
LAB_EDGE_PAGES=on
# Where upstream values live (accepted: redis | memcached | local | off)
LAB_UPSTREAM=redis
# Seconds (accepted: 1-86400)
LAB_TTL=60
# Not to be switched (accepted: on | off)
LAB_DEBUG=off
"""

Answer = Callable[[httpx2.Request], httpx2.Response]


class Body(httpx2.AsyncByteStream):
    """Comes bit by bit, as it does from a network."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for start in range(0, len(self._content), 1000):
            yield self._content[start : start + 1000]


@dataclass
class Behind:
    """What is behind the server: an answer by host, and who was asked for what."""

    answers: dict[str, Answer] = field(default_factory=dict)
    asked: list[httpx2.Request] = field(default_factory=list)

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        self.asked.append(request)
        answer = self.answers.get(request.url.host)
        if answer is None:
            raise httpx2.ConnectError("nobody there", request=request)
        told = answer(request)
        return httpx2.Response(told.status_code, headers=told.headers, stream=Body(told.content))
