"""`python -m console`: serves the page until it is told to stop."""

from __future__ import annotations

import os

import httpx2
import uvicorn

import switches

from . import settings
from .app import application
from .reader import PATIENCE


def main() -> None:
    # Asked are a handful of servers, each second and over kept connections. No proxy of the environment
    # stands between: all are on the inner network.
    client = httpx2.AsyncClient(
        timeout=PATIENCE,
        trust_env=False,
        limits=httpx2.Limits(max_connections=64, max_keepalive_connections=32, keepalive_expiry=10),
    )
    uvicorn.run(
        application(settings.read(os.environ, switches.LAYERS), client),
        host="0.0.0.0",  # noqa: S104 (in the container; published on loopback only)
        port=8080,
        access_log=False,
        log_level="warning",
        server_header=False,
        # A browser's stream of events never ends by itself.
        timeout_graceful_shutdown=1,
        proxy_headers=False,
        # Nothing here is that long; what is waits in no buffer.
        h11_max_incomplete_event_size=16384,
        ws="none",
    )


if __name__ == "__main__":
    main()
