"""A slowdown made on purpose: what the benchmark must notice, or it would notice nothing.

`LAB_SLOWDOWN=0.10` makes every view use a tenth more CPU than it did. Off unless asked for, and then
`./scripts/lab check instrument` is who asks.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpRequest, HttpResponse


class SlowdownMiddleware:
    """Innermost: it burns its share of the CPU time that the view itself took, in the same thread.

    Watchers' requests are left alone: they are no views of the site.
    """

    def __init__(
        self,
        get_response: Callable[[HttpRequest], HttpResponse],
        clock: Callable[[], float] = time.thread_time,
    ) -> None:
        self.share: float = settings.LAB.slowdown
        if not self.share:
            raise MiddlewareNotUsed
        self.get_response = get_response
        self.clock = clock

    def __call__(self, request: HttpRequest) -> HttpResponse:
        began = self.clock()
        try:
            return self.get_response(request)
        finally:
            ended = self.clock()
            until = ended + self.share * (ended - began)
            while self.clock() < until:
                pass
