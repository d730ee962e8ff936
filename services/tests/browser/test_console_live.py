"""The live page before the real stack: the traffic there is, in figures a screen reader reads too."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from conftest import BASE_URL, CONSOLE_URL, Visitor
from playwright.sync_api import APIRequestContext, Locator, Page, expect

Picture = Callable[[Page, str], None]


def a_little_traffic(request: APIRequestContext, requests: int = 40) -> None:
    for _ in range(requests):
        request.get(BASE_URL + "/")


def cells(page: Page, service: str) -> Locator:
    return page.locator(f'[data-row="{service}"] td')


@pytest.fixture
def page(visitor: Visitor) -> Page:
    page = visitor(CONSOLE_URL)
    page.goto("/")
    expect(page.locator("#status")).to_have_text(re.compile("^Live"), timeout=20_000)
    return page


@pytest.mark.parametrize(
    ("device", "width", "scheme"),
    [("desk", 1280, "light"), ("dark", 1280, "dark"), ("phone", 360, "light")],
)
def test_the_figures_are_alive(
    device: str, width: int, scheme: str, visitor: Visitor, picture: Picture
) -> None:
    page = visitor(CONSOLE_URL, width, color_scheme=scheme)
    page.goto("/")
    page.get_by_text("The same figures as a table").click()
    for _ in range(4):
        a_little_traffic(page.request)
        page.wait_for_timeout(1000)
    expect(cells(page, "varnish").nth(1)).to_have_text(re.compile("[1-9]"))
    expect(cells(page, "varnish").nth(2)).to_contain_text("%")
    expect(cells(page, "varnish").nth(3)).to_have_text(re.compile("[0-9]"))
    for service in ("varnish", "nginx", "web", "redis", "memcached", "postgres", "minio"):
        expect(cells(page, service).nth(0)).to_have_text(re.compile("^(up|off)$"))
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    picture(page, f"console-live-{device}")


def test_what_is_shown_is_what_the_server_tells(page: Page) -> None:
    """Reads the same second's event as the page, and compares all of its figures with the table."""
    compared: dict[str, Any] = page.evaluate(
        """() => new Promise((done) => {
          const events = new EventSource("/events");
          const body = document.getElementById("service-rows");
          let told = null;
          const compare = () => {
            if (!told || Number(body.dataset.at) !== told.at) return;
            events.close();
            const shown = Object.fromEntries(told.services.map(({ name }) => [
              name, [...document.querySelectorAll(`[data-row="${name}"] data`)].map((each) => each.value)]));
            done({ told: told.services, shown });
          };
          new MutationObserver(compare).observe(body, { attributes: true });
          events.addEventListener("live", ({ data }) => { told = JSON.parse(data); compare(); });
        })"""
    )
    for service in compared["told"]:
        figures = [service[name] for name in ("requests", "hit_ratio", "cpu")]
        shown = [float(value) if value else None for value in compared["shown"][service["name"]]]
        assert shown == figures, service["name"]


def test_a_request_is_followed_through_the_stack(page: Page) -> None:
    page.get_by_role("textbox", name="Path").fill("/")
    page.get_by_role("button", name="Follow").click()
    expect(page.locator("#trace-answer")).to_contain_text("200 in")
    way = page.locator("#trace-answer .way").first.get_by_role("listitem")
    expect(way.nth(1)).to_contain_text("Varnish")
    expect(way.nth(1)).to_contain_text(re.compile("kept|asked|fetched"))


@pytest.mark.parametrize("path", ["//elsewhere.example/", "/../metrics", "/a b"])
def test_no_other_place_is_asked(path: str, page: Page, complaints: Any) -> None:
    complaints.expected_statuses.add(400)
    page.get_by_role("textbox", name="Path").fill(path)
    page.get_by_role("button", name="Follow").click()
    expect(page.locator("#trace-error")).to_contain_text("accepted is a path of this site")


def test_each_toggle_has_its_command(page: Page) -> None:
    for name in ("LAB_EDGE_PAGES", "LAB_EDGE_ASSETS", "LAB_UPSTREAM", "LAB_FRAGMENTS"):
        toggle = page.locator(f'[data-toggle="{name}"]')
        expect(toggle).to_contain_text(re.compile(f"{name}=\\w+ docker compose up -d"))
    expect(page.locator("#switches")).not_to_contain_text(
        re.compile("token|password", re.IGNORECASE)
    )


def test_the_past_is_there_at_once(page: Page) -> None:
    for name in ("Requests a second", "Hit ratio", "CPU, cores"):
        chart = page.get_by_role("img", name=f"{name} over time").first
        expect(chart.locator(".series.varnish, .series.redis").first).to_be_attached()


def test_the_page_talks_to_nobody_else(visitor: Visitor) -> None:
    page = visitor(CONSOLE_URL)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    answer = page.goto("/")
    page.wait_for_timeout(2500)
    assert answer is not None
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert [url for url in asked if not url.startswith(CONSOLE_URL)] == []
