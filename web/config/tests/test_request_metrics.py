"""Requests are counted by closed sets of words, whatever strangers ask for."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.http import Http404, HttpRequest, HttpResponse
from django.test import Client
from django.urls import path
from prometheus_client import REGISTRY

from config import request_metrics


def fine(request: HttpRequest) -> HttpResponse:
    return HttpResponse("fine")


def moved(request: HttpRequest) -> HttpResponse:
    return HttpResponse(status=302)


def gone(request: HttpRequest) -> HttpResponse:
    raise Http404


def broken(request: HttpRequest) -> HttpResponse:
    raise ZeroDivisionError


def probe(request: HttpRequest) -> HttpResponse:
    return HttpResponse("up")


for view in (fine, moved, gone, broken):
    view.__module__ = "magazine.views.reading"

urlpatterns = [path(view.__name__, view) for view in (fine, moved, gone, broken)]
urlpatterns.append(path("up", probe))


@pytest.fixture
def site(settings: object) -> Client:
    settings.ROOT_URLCONF = __name__  # type: ignore[attr-defined]
    settings.MIDDLEWARE = ["config.request_metrics.RequestMetrics"]  # type: ignore[attr-defined]
    return Client(raise_request_exception=False)


def counted() -> dict[tuple[str, str], float]:
    return {
        (sample.labels["group"], sample.labels["status"]): sample.value
        for family in request_metrics.REQUESTS.collect()
        for sample in family.samples
        if sample.name.endswith("_total")
    }


def timed(group: str) -> float:
    return REGISTRY.get_sample_value("django_http_request_seconds_count", {"group": group}) or 0.0


@pytest.mark.parametrize(
    ("address", "group", "status"),
    [
        ("/fine", "reading", "2xx"),
        ("/moved", "reading", "3xx"),
        ("/gone", "reading", "4xx"),
        ("/broken", "reading", "5xx"),
        ("/what/nobody/has?q=1", "none", "4xx"),
    ],
)
def test_an_answer_is_counted_once_by_group_and_class(
    site: Client, address: str, group: str, status: str
) -> None:
    before, timed_before = counted().get((group, status), 0), timed(group)
    site.get(address)
    assert counted()[group, status] == before + 1
    assert timed(group) == timed_before + 1


def test_probes_are_no_traffic(site: Client) -> None:
    before = counted()
    assert site.get("/up").status_code == 200
    assert counted() == before


def test_strangers_make_no_new_series(site: Client) -> None:
    site.get("/a")
    before = set(counted())
    for number in range(20):
        site.get(f"/{number}")
    assert set(counted()) == before


@pytest.mark.parametrize(
    ("module", "group"),
    [
        ("magazine.views.reading", "reading"),
        ("magazine.views", "magazine"),
        ("clinic.cases.personal", "clinic"),
        ("django.contrib.admin.sites", "admin"),
        ("django.contrib.auth.views", "auth"),
        ("config.health", "config"),
    ],
)
def test_views_are_grouped_by_what_they_are_about(module: str, group: str) -> None:
    assert request_metrics.group_of_module(module) == group


WORKER = """
import os
from config.request_metrics import REQUESTS
for _ in range(2):
    if os.fork() == 0:
        REQUESTS.labels("reading", "2xx").inc(3)
        os._exit(0)
for _ in range(2):
    os.wait()
from prometheus_client import CollectorRegistry
from prometheus_client.multiprocess import MultiProcessCollector
registry = CollectorRegistry()
MultiProcessCollector(registry)
print(registry.get_sample_value("django_http_requests_total", {"group": "reading", "status": "2xx"}))
"""


def test_the_counts_of_workers_that_are_gone_stay_in_the_sum(tmp_path: Path) -> None:
    environ = {
        **os.environ,
        "PROMETHEUS_MULTIPROC_DIR": str(tmp_path),
        "PYTHONPATH": str(Path(__file__).parents[2]),
    }
    done = subprocess.run(
        [sys.executable, "-c", WORKER], env=environ, capture_output=True, text=True, check=True
    )
    assert float(done.stdout) == 6
