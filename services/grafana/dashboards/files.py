"""Dashboards as the files that Grafana provisions."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path

from grafana_foundation_sdk.builders.dashboard import Dashboard
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models.dashboard import Dashboard as Model


def texts(dashboards: Iterable[Dashboard]) -> Mapping[str, str]:
    """The files' texts by name."""
    return {f"{each.uid}.json": _text(each) for each in map(_built, dashboards)}


def _built(dashboard: Dashboard) -> Model:
    made = dashboard.build()
    # Where there are none Grafana counts for itself, and a link to one panel would not last.
    for number, panel in enumerate(made.panels or (), 1):
        panel.id_val = number
    return made


def _text(dashboard: Model) -> str:
    return json.dumps(dashboard, cls=JSONEncoder, indent=2, sort_keys=True) + "\n"


def write(dashboards: Iterable[Dashboard], folder: Path) -> None:
    """Makes the folder hold these dashboards and no other."""
    wanted = texts(dashboards)
    for old in folder.glob("*.json"):
        if old.name not in wanted:
            old.unlink()
    for name, text in wanted.items():
        (folder / name).write_text(text)
