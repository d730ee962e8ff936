"""What the server is told by its container: addresses, folders, and the toggles it was started with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path("/srv/console")


@dataclass(frozen=True, slots=True)
class Settings:
    """site: the page's files. shared: what the host tells. requests: where the host is asked for switches.
    kept: what only this server writes. results: the benchmark's results. declared: the file that declares the
    toggles. port: the site's on the host, which is in every page's key. toggles: in force when this container
    was started."""

    site: Path = HERE / "site"
    shared: Path = Path("/shared")
    requests: Path = Path("/requests")
    kept: Path = Path("/kept")
    results: Path = Path("/results")
    declared: Path = Path("/etc/lab/toggles")
    prometheus: str = "http://prometheus:9090"
    varnish: str = "http://varnish:8080"
    sampler: str = "http://sampler:9140"
    port: int = 8080
    toggles: Mapping[str, str] = field(default_factory=dict)


def read(environ: Mapping[str, str], names: Mapping[str, object]) -> Settings:
    """From the container's environment; only the toggles of these names are taken."""
    given = {name: environ[name] for name in names if environ.get(name)}
    return Settings(port=int(environ.get("LAB_PORT") or 8080), toggles=given)
