"""The server with everything behind it made up: exporters, Prometheus, Varnish, folders."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
from console_fakes import ENV, TOGGLES, Behind
from starlette.testclient import TestClient

from console.app import Console, application
from console.settings import Settings


@pytest.fixture
def behind() -> Behind:
    return Behind()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    for name in ("site", "shared", "requests", "kept", "results"):
        (tmp_path / name).mkdir()
    (tmp_path / "site" / "index.html").write_text("<title>The layers</title>")
    (tmp_path / "env").write_text(ENV)
    (tmp_path / "secret").write_text("not for browsers")
    return Settings(
        site=tmp_path / "site",
        shared=tmp_path / "shared",
        requests=tmp_path / "requests",
        kept=tmp_path / "kept",
        results=tmp_path / "results",
        declared=tmp_path / "env",
        toggles=TOGGLES,
    )


@pytest.fixture
def client(settings: Settings, behind: Behind) -> Iterator[TestClient]:
    made = httpx2.AsyncClient(transport=httpx2.MockTransport(behind))
    with TestClient(application(settings, made), base_url="http://localhost:8081") as client:
        yield client


@pytest.fixture
def console(client: TestClient) -> Console:
    found: Console = client.app.state.console  # type: ignore[attr-defined]
    return found
