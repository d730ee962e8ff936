"""A switch that was asked for on the page: checked, and put where the host's helper takes it up."""

from __future__ import annotations

import json
import os
import secrets
import time
from pathlib import Path
from typing import Any

import switches
from toggles import BadToggle

from .host import Host
from .security import Refused

Json = dict[str, Any]

HOW = "./scripts/lab console --allow-switching"
MOST_WAITING = 8


def state(host: Host) -> Json:
    return {"allowed": host.allows_switching(), "how": HOW}


def ask(host: Host, requests: Path, declared: Path, asked: Json) -> Json:
    """Writes the request; its first state. Raises Refused."""
    if not host.allows_switching():
        raise Refused(f"switching is not allowed: {HOW} allows it", 403)
    try:
        name, value = switches.check(asked.get("toggle"), asked.get("value"), declared)
    except BadToggle as bad:
        raise Refused(str(bad)) from None
    number = secrets.token_hex(8)
    try:
        if len(os.listdir(requests)) > MOST_WAITING:
            raise Refused("too many switches wait: try again when they are done", 429)
        _write(requests / f"{number}.json", {"id": number, "toggle": name, "value": value})
    except OSError as error:
        raise Refused(f"the request can't be handed over ({error.strerror})", 503) from None
    return {
        "id": number,
        "toggle": name,
        "value": value,
        "state": "waiting",
        "text": f"{name}={value} was asked for",
        "at": time.time(),
    }


def _write(path: Path, what: Json) -> None:
    """In one step: the helper never sees half of it."""
    fresh = path.with_suffix(".new")
    with fresh.open("x", encoding="utf-8") as file:
        json.dump(what, file)
    fresh.chmod(0o644)
    fresh.rename(path)
