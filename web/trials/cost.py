"""What the upstream cache costs by itself, in CPU time of one thread of this process.

What is compared is measured in turn, block by block, so that a slow moment of the machine hits all.
"""

from __future__ import annotations

import io
import sys
import time
from collections.abc import Callable, Mapping
from statistics import median
from typing import Any

from django.conf import settings
from django.core.cache.backends.base import BaseCache
from django.core.handlers.wsgi import WSGIHandler

from caching import Lookup, bypass, load
from caching.asks import ask
from caching.stores import Store, current

BLOCKS = 9


def in_turn(calls: Mapping[str, Callable[[], object]], times: int) -> dict[str, float]:
    """Microseconds of CPU of each call: the median of blocks of so many times."""
    spent: dict[str, list[float]] = {name: [] for name in calls}
    for _ in range(BLOCKS):
        for name, call in calls.items():
            began = time.thread_time()
            for _ in range(times):
                call()
            spent[name].append((time.thread_time() - began) / times * 1e6)
    return {name: median(blocks) for name, blocks in spent.items()}


def lookups(wanted: Mapping[str, Lookup[Any]], times: int = 300) -> dict[str, float]:
    """Microseconds of CPU for the same values by three ways.

    load: by policies. get_many: by Django's own cache framework on the same server, with its client
    and serialiser. connection: only the bytes, by the library's own connection.
    """
    store = _store()
    load(**wanted)
    keys = list(dict.fromkeys(key for each in wanted.values() for key in ask(each).store_keys))
    framework = django_cache()
    framework.set_many({f"trial:{name}": each() for name, each in _values(wanted).items()}, 600)
    named = [f"trial:{name}" for name in wanted]
    found = in_turn(
        {
            "load": lambda: load(**wanted),
            "get_many": lambda: framework.get_many(named),
            "connection": lambda: store.get_many(keys),
        },
        times,
    )
    framework.delete_many(named)
    return found


def _values(wanted: Mapping[str, Lookup[Any]]) -> dict[str, Callable[[], Any]]:
    loaded = load(**wanted)
    return {name: lambda name=name: loaded[name] for name in wanted}  # type: ignore[misc]


def django_cache() -> BaseCache:
    """Django's own cache, on the store in force."""
    host = settings.CACHING["host"]
    if settings.CACHING["store"] == "memcached":
        from django.core.cache.backends.memcached import PyMemcacheCache

        return PyMemcacheCache(f"{host}:11211", {"OPTIONS": {"no_delay": True}})
    from django.core.cache.backends.redis import RedisCache

    return RedisCache(f"redis://{host}", {})


def cold(paths: list[str]) -> dict[str, float]:
    """Milliseconds of CPU for pages that nothing is kept of, and for the same without a cache."""
    handler = WSGIHandler()
    spent: dict[str, list[float]] = {"cold": [], "uncached": []}
    for path in paths:
        get(handler, path)  # queries planned, thumbnails made
        for _ in range(2):
            _store().clear()
            spent["cold"].append(_page(handler, path))
            with bypass():
                spent["uncached"].append(_page(handler, path))
    figures = {name: median(each) for name, each in spent.items()}
    pairs = zip(spent["cold"], spent["uncached"], strict=True)
    figures["ratio"] = median(with_cache / without for with_cache, without in pairs)
    return figures


def _page(handler: WSGIHandler, path: str) -> float:
    began = time.thread_time()
    get(handler, path)
    return (time.thread_time() - began) * 1e3


def get(handler: WSGIHandler, path: str) -> bytes:
    """The page by way of the whole site, as gunicorn asks for it."""
    environ = {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": path,
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": "localhost",
        "wsgi.input": io.BytesIO(),
        "wsgi.errors": sys.stderr,
        "wsgi.url_scheme": "http",
    }
    status: list[str] = []

    def start(code: str, *_: object) -> Callable[[bytes], object]:
        status.append(code)
        return lambda _: None

    response = handler(environ, start)
    body = b"".join(response)
    response.close()
    if not status[0].startswith("200"):
        raise RuntimeError(f"{path} answered {status[0]}")
    return body


def _store() -> Store:
    store = current()
    if store is None:
        raise RuntimeError("LAB_UPSTREAM=off keeps nothing: what a cache costs needs one")
    return store
