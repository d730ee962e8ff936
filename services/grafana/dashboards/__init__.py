"""Grafana's dashboards, made by Python; what Grafana reads are the files that it writes to `json/`.

After a change: `PYTHONPATH=services/grafana .lab/venv/bin/python -m dashboards` writes them anew, and
a test holds the files to it.
"""

from __future__ import annotations

from grafana_foundation_sdk.builders.dashboard import Dashboard

from . import django, downstream, load, overview, upstream

ALL: tuple[Dashboard, ...] = (
    overview.dashboard(),
    downstream.dashboard(),
    upstream.dashboard(),
    django.dashboard(),
    load.dashboard(),
)
"""In the order in which a newcomer reads them."""
