"""The console: shows the traffic there is, in figures a screen reader reads too."""

import re
from collections.abc import Callable

import pytest
from conftest import BASE_URL, CONSOLE_URL, Complaints, Visitor
from playwright.sync_api import APIRequestContext, Locator, Page, expect

Picture = Callable[[Page, str], None]


def cell(page: Page, service: str, column: int) -> Locator:
    return (
        page.get_by_role("row")
        .filter(has=page.get_by_role("rowheader", name=service))
        .get_by_role("cell")
        .nth(column)
    )


def above_zero(locator: Locator) -> None:
    expect(locator).to_have_text(re.compile(r"[1-9]"), timeout=20_000)


def a_little_traffic(request: APIRequestContext, requests: int = 40) -> None:
    for _ in range(requests):
        request.get(BASE_URL + "/")


@pytest.mark.parametrize(
    ("device", "width", "scheme"),
    [("desk", 1280, "light"), ("dark", 1280, "dark"), ("phone", 390, "light")],
)
def test_the_figures_are_alive(
    device: str, width: int, scheme: str, visitor: Visitor, picture: Picture
) -> None:
    page = visitor(CONSOLE_URL, width, color_scheme=scheme)
    page.goto("/")
    for _ in range(3):
        a_little_traffic(page.request)
        page.wait_for_timeout(1500)
    above_zero(cell(page, "Varnish", 1))
    expect(cell(page, "Varnish", 2)).to_contain_text("%")
    above_zero(cell(page, "Varnish", 3))
    for service in ("nginx", "Django", "Redis", "Postgres", "MinIO"):
        expect(cell(page, service, 0)).to_have_text(re.compile("up|off"), timeout=20_000)
    scrolls = page.evaluate("document.documentElement.scrollWidth > innerWidth")
    assert not scrolls, f"the console scrolls sideways at {width} px"
    picture(page, f"console-{device}")


def test_the_layers_that_are_on_are_named(visitor: Visitor) -> None:
    page = visitor(CONSOLE_URL)
    page.goto("/")
    layers = page.get_by_role("region", name="Layers switched on").get_by_role("listitem")
    expect(layers.filter(has_text="edge pages")).to_have_text(re.compile("on|off"))
    expect(layers.filter(has_text="upstream")).to_have_text(re.compile("redis|memcached|local|off"))
    expect(layers.filter(has_text=re.compile("token|password", re.IGNORECASE))).to_have_count(0)


def test_a_lost_prometheus_is_said_once_and_clearly(
    visitor: Visitor, complaints: Complaints, picture: Picture
) -> None:
    complaints.expected_statuses.add(502)
    page = visitor(CONSOLE_URL)
    page.route("**/api/v1/**", lambda route: route.fulfill(status=502, body=""))
    page.goto("/")
    expect(page.get_by_role("alert")).to_contain_text("Prometheus can't be reached")
    expect(page.get_by_role("status")).to_have_text("No connection")
    picture(page, "console-lost")
    page.unroute("**/api/v1/**")
    expect(page.get_by_role("status")).to_contain_text("Live", timeout=20_000)
    expect(page.get_by_text("Prometheus can't be reached")).to_be_hidden()


def test_it_can_be_paused(visitor: Visitor) -> None:
    page = visitor(CONSOLE_URL)
    page.goto("/")
    expect(page.get_by_role("status")).to_contain_text("Live", timeout=20_000)
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_role("button", name="Pause")).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_role("status")).to_have_text("Paused")


def test_the_page_talks_to_nobody_else(visitor: Visitor) -> None:
    page = visitor(CONSOLE_URL)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    answer = page.goto("/")
    page.wait_for_timeout(2500)
    assert answer is not None
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert [url for url in asked if not url.startswith(CONSOLE_URL)] == []


@pytest.mark.parametrize("path", ["/api/v1/targets", "/api/v1/admin/tsdb/snapshot", "/-/quit"])
def test_only_two_questions_are_passed_on(path: str, visitor: Visitor) -> None:
    page = visitor(CONSOLE_URL)
    assert page.request.get(CONSOLE_URL + path).status == 404
    assert page.request.post(CONSOLE_URL + "/api/v1/query", data="query=up").status == 405
