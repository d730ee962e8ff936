"""What is asked of Prometheus: what was before a browser came, and which alerts fire."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Mapping
from typing import Any

import httpx2

from .security import Refused

Json = dict[str, Any]

STEPS = (5, 10, 15, 30, 60)  # seconds
MOST_POINTS = 120
PATIENCE = 4.0  # seconds

RULES = (
    '{__name__=~"(layer:requests|backend:requests|cache:hit_ratio|service:cpu_cores|machine:cpu_cores)'
    ':rate[0-9]+s"}'
)
# Read every ten seconds: three readings, so that one that is missed is no gap.
DJANGO = "sum(rate(django_http_requests_total[30s]))"
PURGES = 'sum(increase(caching_purges_total{{outcome="done"}}[{step}s]))'
LEAST_PURGES_STEP = 30  # seconds, which hold three readings


def _belongs(metric: Mapping[str, str]) -> tuple[str, str] | None:
    """The part of the history, and the service, that a rule's series is of; None where it is not shown."""
    rule = metric["__name__"].rpartition(":")[0]
    match rule, metric.get("layer") or metric.get("backend"):
        case "layer:requests", str(layer) if layer != "nginx":
            return "requests", layer
        # What Varnish asked of it: nginx' own count has health checks in it.
        case "backend:requests", "site":
            return "requests", "nginx"
        case "cache:hit_ratio", _:
            return "hit_ratio", metric["cache"]
        case "service:cpu_cores", _:
            return "cpu", metric["service"]
        case "machine:cpu_cores", _:
            return "cpu", "machine"
    return None


class Lost(Exception):
    """Prometheus gave no answer; the text says in one line why."""


def minutes(text: str | None) -> int:
    """What was asked for as a number of minutes. Raises Refused."""
    text = "5" if text is None else text
    if text.isascii() and text.isdecimal() and len(text) < 9 and 1 <= int(text) <= 120:
        return int(text)
    raise Refused("minutes: accepted are whole numbers from 1 to 120")


def step_of(seconds: int) -> int:
    """Seconds between two points, so that they are not too many."""
    return next(step for step in STEPS if seconds / step <= MOST_POINTS)


class Prometheus:
    def __init__(self, client: httpx2.AsyncClient, address: str) -> None:
        self._client = client
        self._address = address

    async def history(self, minutes: int) -> Json:
        """The last minutes: {"from", "step", "series": {"requests": {service: [value or None]}, …}}. Raises
        Lost."""
        step = step_of(60 * minutes)
        end = int(time.time()) // step * step
        start = end - 60 * minutes
        rules, django = await asyncio.gather(
            self._range(RULES, start, end, step), self._range(DJANGO, start, end, step)
        )
        series: dict[str, dict[str, list[float | None]]] = {
            "requests": {},
            "hit_ratio": {},
            "cpu": {},
        }
        for each in rules:
            if belongs := _belongs(each["metric"]):
                part, name = belongs
                series[part][name] = _grid(each["values"], start, end, step)
        for each in django:
            series["requests"]["web"] = _grid(each["values"], start, end, step)
        return {"from": start, "step": step, "series": series}

    async def purges(self, minutes: int) -> list[tuple[float, int]]:
        """Moments, in seconds since 1970, and how many purges went downstream before each. Raises Lost."""
        step = max(LEAST_PURGES_STEP, step_of(60 * minutes))
        end = int(time.time()) // step * step
        found = await self._range(PURGES.format(step=step), end - 60 * minutes, end, step)
        counted = [(float(at), float(text)) for each in found for at, text in each["values"]]
        return [(at, round(count)) for at, count in counted if count >= 0.5]

    async def alerts(self) -> list[Json]:
        """Those that fire. Raises Lost."""
        found = (await self._ask("alerts", {}))["alerts"]
        return [alert for alert in found if alert.get("state") == "firing"]

    async def _range(self, query: str, start: float, end: float, step: int) -> list[Json]:
        asked = {"query": query, "start": start, "end": end, "step": step}
        result: list[Json] = (await self._ask("query_range", asked))["result"]
        return result

    async def _ask(self, what: str, parameters: Mapping[str, Any]) -> Json:
        try:
            answer = await self._client.get(
                f"{self._address}/api/v1/{what}", params=dict(parameters), timeout=PATIENCE
            )
            answer.raise_for_status()
            data: Json = answer.json()["data"]
        except httpx2.HTTPError as error:
            raise Lost(f"Prometheus gives no answer ({type(error).__name__})") from error
        except (ValueError, KeyError, TypeError) as error:
            raise Lost("Prometheus' answer is not understood") from error
        return data


def _grid(values: list[tuple[float, str]], start: int, end: int, step: int) -> list[float | None]:
    """A value for each step from start to end; None where there is none."""
    known = {round((at - start) / step): float(text) for at, text in values}
    found = (known.get(i) for i in range((end - start) // step + 1))
    return [round(v, 4) if v is not None and math.isfinite(v) else None for v in found]
