"""Sends the request, and reads what the servers wrote about it. Reading disturbs none of them."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from http.client import HTTPConnection
from typing import Any, TypeVar

from checks import stack
from checks.visitor import PATIENCE, Answer

from . import tags, varnish_log, way
from .account import session_of
from .address import Address

# Seconds for which the logs are looked at: nginx writes its lines in blocks, a second apart at most.
LOGS = 5.0
READ_VARNISH = """
varnishadm param.show vsl_reclen &&
exec varnishlog -d -g request -q "RespHeader:X-Request-ID eq '$0'"
"""

T = TypeVar("T")


def trace(address: Address, user: str | None = None) -> way.Way:
    """One GET request, and its way. Raises account.UnknownUser, and stack.CommandError where the
    stack or its logs don't answer."""
    if user is None:
        answer, seconds = send(address)
        return explain(address, "", answer, seconds)
    with session_of(user) as session:
        answer, seconds = send(address, f"sessionid={session}")
        return explain(address, user, answer, seconds)


def send(address: Address, cookie: str = "") -> tuple[Answer, float]:
    """The answer, and the seconds until it was there as a whole."""
    headers = {"Host": address.host, "Accept": "text/html,*/*", "User-Agent": "cachelab-trace"}
    if cookie:
        headers["Cookie"] = cookie
    connection = HTTPConnection("127.0.0.1", int(stack.setting("LAB_PORT")), timeout=PATIENCE)
    began = time.monotonic()
    try:
        connection.request("GET", address.target, headers=headers)
        response = connection.getresponse()
        body = response.read()
    except OSError as error:
        raise stack.CommandError(f"{address} does not answer: {error}") from error
    finally:
        connection.close()
    return Answer(response.status, response.headers, body), time.monotonic() - began


def explain(address: Address, user: str, answer: Answer, seconds: float) -> way.Way:
    request = answer.headers.get("X-Request-ID", "")
    visit, longest = _patiently("Varnish", lambda: in_varnish(request))
    containers = stack.containers()
    origin = way.origin_of(visit)
    if origin and origin.place == way.SITE and origin.status is not None:
        line = _patiently("nginx", lambda: _nginx(request))
        origin = way.balanced(origin, line, replicas(containers))
    edge = way.edge_of(visit, longest)
    return way.Way(
        address=str(address),
        user=user,
        status=answer.status,
        request=request,
        bytes=len(answer.body),
        seconds=seconds,
        place=origin.place if origin else way.place_of(address.target),
        edge=edge,
        origin=origin,
        store=_store(containers),
        uses=way.uses_of(answer.cache_status),
        kinds=tuple(tags.kinds(edge.tags, tags.declared())),
    )


def in_varnish(request: str) -> tuple[varnish_log.Visit, int] | None:
    """The visit of this name, and bytes of a record that the log keeps; None where it has not got it as
    a whole. The name must be of Varnish's own form."""
    text = stack.inside("varnish", "sh", "-c", READ_VARNISH, request)
    visit = varnish_log.visit(varnish_log.parse(text))
    return (visit, varnish_log.longest_record(text)) if visit else None


def _nginx(request: str) -> dict[str, Any] | None:
    text = stack.compose("logs", "--no-log-prefix", "--since", "15s", "nginx")
    return way.logged(text.splitlines(), request)


def _patiently(server: str, look: Callable[[], T | None]) -> T:
    ends = time.monotonic() + LOGS
    while (found := look()) is None:
        if time.monotonic() > ends:
            raise stack.CommandError(
                f"{server}'s log has not got the request: is the stack under load? Try again"
            )
        time.sleep(0.1)
    return found


Containers = Mapping[str, list[dict[str, Any]]]


def replicas(containers: Containers) -> dict[str, str]:
    """Names of the replicas, as Compose numbers them, by address."""
    names: dict[str, str] = {}
    for container in containers.get("web", []):
        number = container["Config"]["Labels"]["com.docker.compose.container-number"]
        for network in container["NetworkSettings"]["Networks"].values():
            names[network["IPAddress"]] = f"web-{number}"
    return names


def _store(containers: Containers) -> str:
    """LAB_UPSTREAM of the running replicas, which may have been started under another .env."""
    for container in containers.get("web", []):
        for pair in container["Config"]["Env"]:
            name, _, value = pair.partition("=")
            if name == "LAB_UPSTREAM":
                return str(value)
    return ""
