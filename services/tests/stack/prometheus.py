"""Prometheus' API, as the tests ask it."""

import json
import math
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode
from urllib.request import urlopen

from checks import stack

PATIENCE = 120  # seconds for a figure to come: the longest windows are a minute


def ask(path: str, **parameters: str) -> Any:
    """What `/api/v1/PATH` has under `data`."""
    port = stack.setting("LAB_PROMETHEUS_PORT")
    address = f"http://127.0.0.1:{port}/api/v1/{path}?{urlencode(parameters)}"
    with urlopen(address, timeout=10) as answer:
        return json.load(answer)["data"]


def figures(expr: str) -> list[float]:
    """The query's figures at this moment, without those that are not a number."""
    found = [float(each["value"][1]) for each in ask("query", query=expr)["result"]]
    return [figure for figure in found if not math.isnan(figure)]


def wait_until(holds: Callable[[], bool], patience: float = PATIENCE) -> bool:
    """Whether it held before the time was over. An answer that breaks off is asked for again."""
    until = time.monotonic() + patience
    while time.monotonic() < until:
        try:
            if holds():
                return True
        except OSError:
            pass
        time.sleep(1)
    return False
