"""Requests by which somebody outside might empty the cache, or look inside."""

from __future__ import annotations

from .attack import Attack

# The lab's own, which is in the repository: knowing it must not be enough on the public port.
TOKEN = "X-Purge-Token: lab-only-purge"
ALL = "Surrogate-Key: everything"

OUTSIDERS = [
    *(
        Attack(f"{method} from outside", method=method, headers=(TOKEN, ALL))
        for method in ("PURGE", "BAN", "REFRESH", "PURGEKEYS", "XKEY", "INVALIDATE", "purge")
    ),
    Attack("PURGE without a token", method="PURGE"),
    Attack(
        "PURGE of the purge socket's name",
        method="PURGE",
        host="Host: varnish:8079",
        headers=(TOKEN, ALL),
    ),
    Attack(
        "PURGE by override", method="POST", headers=("X-HTTP-Method-Override: PURGE", TOKEN, ALL)
    ),
    Attack("PURGE by X-HTTP-Method", headers=("X-HTTP-Method: PURGE", TOKEN, ALL)),
    Attack("PURGE by parameter", target="{path}?_method=PURGE", headers=(TOKEN, ALL)),
    Attack(
        "PURGE in an absolute address",
        method="PURGE",
        target="http://varnish:8079/",
        headers=(TOKEN, ALL),
    ),
    Attack("xkey-purge", method="PURGE", headers=(TOKEN, "xkey-purge: everything")),
    Attack("Fastly-Key", method="PURGE", headers=("Fastly-Key: x", "Surrogate-Key: everything")),
    Attack("no-cache from a visitor", headers=("Cache-Control: no-cache", "Pragma: no-cache")),
    Attack("a visitor's shift-reload", headers=("Cache-Control: max-age=0",)),
]
