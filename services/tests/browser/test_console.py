"""The live page, before a server whose events the test decides: what it shows, and how it is used."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from conftest import Complaints, Visitor
from console_fake import Fake, live, service
from playwright.sync_api import Locator, Page, expect

Picture = Callable[[Page, str], None]

BENCH_ROW = {"requests_per_second": 1540.0, "cpu_ms": 0.9, "hit_ratio": 0.94, "stale": 2, "done": 1}
BENCH = {
    "running": True,
    "experiment": "quick",
    "phase": "round 1 of 2: edge, warming",
    "began": 1795600000,
    "rows": [{"variant": "edge", **BENCH_ROW}],
}


@pytest.fixture
def come(visitor: Visitor, console: Fake) -> Iterator[Callable[..., Page]]:
    """Opens the page and waits for its first figures; it must ask nobody else, whatever happens."""
    asked: list[str] = []

    def open_page(width: int = 1280, **options: Any) -> Page:
        page = visitor(console.address, width, **options)
        page.on("request", lambda request: asked.append(request.url))
        page.goto("/")
        expect(page.get_by_text("figures of this second")).to_be_visible()
        return page

    yield open_page
    assert asked
    assert [url for url in asked if not url.startswith(console.address)] == []


def node(page: Page, name: str) -> Locator:
    return page.get_by_role("button", name=re.compile(f"^{name},"))


def hop(page: Page, source: str, to: str) -> Locator:
    return page.locator(f'[data-hop="{source} {to}"]')


def cells(page: Page, row: str) -> Locator:
    return page.locator(f'[data-row="{row}"] td')


def status(page: Page) -> Locator:
    return page.locator("#status")


@pytest.mark.parametrize(
    ("device", "width", "options"),
    [
        ("desk", 1280, {"color_scheme": "light"}),
        ("dark", 1280, {"color_scheme": "dark"}),
        ("phone", 360, {"color_scheme": "light"}),
        ("phone-dark", 360, {"color_scheme": "dark"}),
        ("forced", 1280, {"forced_colors": "active"}),
    ],
)
def test_nothing_is_wider_than_the_screen(
    device: str,
    width: int,
    options: dict[str, Any],
    come: Callable[..., Page],
    console: Fake,
    picture: Picture,
) -> None:
    console.greeting[1] = ("bench", BENCH)
    console.answers["GET /api/switching"] = (200, {"allowed": True, "how": ""})
    page = come(width, **options)
    page.get_by_text("The same figures as a table").click()
    page.get_by_text("What happened, as a list").click()
    page.get_by_role("button", name="Follow").click()
    node(page, "Varnish").click()
    expect(page.get_by_role("heading", name="Pages asked most")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    beyond = page.evaluate(
        """[...document.querySelectorAll("main table, main button, main li, main dl")].filter((each) => {
             const card = each.parentElement.closest(".card") ?? document.documentElement;
             const padding = parseFloat(getComputedStyle(card).paddingRight);
             return each.getBoundingClientRect().right > card.getBoundingClientRect().right - padding + 1;
           }).map((each) => each.outerHTML.slice(0, 120))"""
    )
    assert beyond == [], "these stick out of their cards"
    picture(page, f"console-{device}")


def test_what_the_page_shows_is_what_it_was_told(come: Callable[..., Page], console: Fake) -> None:
    page = come()
    page.get_by_text("The same figures as a table").click()
    for told in console.figures["services"]:
        row = cells(page, told["name"])
        expect(row.nth(0)).to_have_text(told["state"])
        for column, figure in enumerate(("requests", "hit_ratio", "cpu"), start=1):
            value = "" if told[figure] is None else f"{told[figure]:g}"
            expect(row.nth(column).locator("data")).to_have_attribute("value", value)
    for told in console.figures["hops"]:
        rate = cells(page, f"{told['from']} {told['to']}").first.locator("data")
        expect(rate).to_have_attribute("value", f"{told['rate']:g}")


def test_an_arrow_is_as_wide_as_its_rate_and_coloured_by_its_cache(
    come: Callable[..., Page], console: Fake
) -> None:
    page = come()
    wide, narrow = (
        float(
            hop(page, *pair)
            .locator(".line")
            .evaluate("(line) => parseFloat(line.style.strokeWidth)")
        )
        for pair in (("readers", "varnish"), ("nginx", "web"))
    )
    assert wide > narrow > 0
    expect(hop(page, "readers", "varnish")).to_have_attribute("data-shade", "4")
    expect(hop(page, "readers", "varnish")).to_contain_text("95.0 % hits")
    console.figures = live(varnish={"hits": 10.0, "misses": 90.0, "hit_ratio": 0.1})
    expect(hop(page, "readers", "varnish")).to_have_attribute("data-shade", "0")
    expect(hop(page, "readers", "varnish")).to_contain_text("10.0 % hits")
    assert hop(page, "nginx", "web").get_attribute("data-shade") is None


def test_a_layer_that_is_off_is_drawn_open_and_says_so(come: Callable[..., Page]) -> None:
    page = come()
    memcached = node(page, "Memcached")
    expect(memcached).to_contain_text("off")
    expect(memcached).to_have_css("border-top-style", "dashed")
    arrow = hop(page, "web", "memcached")
    expect(arrow).to_contain_text("off")
    assert arrow.locator(".hollow").evaluate("(path) => getComputedStyle(path).display") != "none"
    assert (
        arrow.locator(".line").evaluate("(path) => getComputedStyle(path).strokeDasharray")
        != "none"
    )
    assert (
        hop(page, "web", "redis").locator(".hollow").evaluate("(p) => getComputedStyle(p).display")
        == "none"
    )


def test_half_a_layer_that_is_off_is_named(come: Callable[..., Page], console: Fake) -> None:
    page = come()
    console.tell(
        "toggles", {"LAB_EDGE_PAGES": "off", "LAB_EDGE_ASSETS": "on", "LAB_FRAGMENTS": "off"}
    )
    expect(node(page, "Varnish")).to_contain_text("pages off")
    expect(node(page, "Django")).to_contain_text("fragments off")


def test_a_dead_service_is_clearly_dead(
    come: Callable[..., Page], console: Fake, picture: Picture
) -> None:
    page = come()
    console.figures = live(redis={"state": "down", "requests": None, "hit_ratio": None})
    expect(node(page, "Redis")).to_contain_text("does not answer")
    expect(page.get_by_role("alert").filter(has_text="No answer from Redis")).to_be_visible()
    expect(status(page)).to_have_text("Live, in part")
    picture(page, "console-down")
    console.figures = live()
    expect(status(page)).to_have_text("Live")
    expect(page.locator("#notice")).to_be_hidden()


def test_the_picture_is_walked_through_by_keyboard(
    come: Callable[..., Page], complaints: Complaints
) -> None:
    complaints.expected_statuses.add(404)
    page = come()
    node(page, "Varnish").focus()
    for key, name in (
        ("ArrowRight", "nginx"), ("ArrowDown", "MinIO"), ("ArrowUp", "nginx"), ("ArrowRight", "Django"),
        ("ArrowRight", "Memcached"), ("ArrowUp", "Redis"),
    ):  # fmt: skip
        page.keyboard.press(key)
        expect(node(page, name)).to_be_focused()
    page.keyboard.press("Enter")
    panel = page.get_by_role("region", name="Redis")
    expect(panel).to_be_focused()
    expect(node(page, "Redis")).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    expect(node(page, "Redis")).to_be_focused()
    # One stop of Tab for the whole picture.
    page.keyboard.press("Tab")
    expect(page.locator("#table summary")).to_be_focused()


def test_a_node_opens_its_panel(come: Callable[..., Page]) -> None:
    page = come()
    node(page, "Varnish").click()
    panel = page.get_by_role("region", name="Varnish")
    expect(panel).to_contain_text("64.0 MiB")
    expect(panel).to_contain_text("kept objects")
    expect(panel.get_by_role("img")).to_have_count(3)
    expect(panel.get_by_role("row").filter(has_text="/posts/a-post/")).to_contain_text("90.0 %")


def test_a_service_without_a_list_shows_none(
    come: Callable[..., Page], console: Fake, complaints: Complaints
) -> None:
    complaints.expected_statuses.add(404)
    page = come()
    node(page, "nginx").click()
    panel = page.get_by_role("region", name="nginx")
    expect(panel.get_by_text("containers")).to_be_visible()
    expect(panel.get_by_role("table")).to_have_count(0)
    expect(panel.locator(".error")).to_have_count(0)


def test_what_happened_is_told_by_shape_and_word(come: Callable[..., Page], console: Fake) -> None:
    page = come()
    shapes = page.locator("#charts .markers .shape")
    expect(shapes).to_have_count(5)  # two purges close to each other are one
    assert len({shape.get_attribute("d") for shape in shapes.all()}) == 5
    page.get_by_text("What happened, as a list").click()
    events = page.locator("#event-list li")
    expect(events.filter(has_text="5 purged downstream")).to_have_count(1)
    for word, text in (
        ("fault", "redis is stopped"),
        ("toggle", "LAB_EDGE_PAGES=off"),
        ("alert", "does not answer"),
    ):
        expect(events.filter(has_text=word).filter(has_text=text)).to_have_count(1)
    console.tell(
        "marker",
        {"id": 1, "at": live()["at"], "kind": "fault", "text": "redis is back", "count": None},
    )
    expect(events.first).to_contain_text("redis is back")


def test_a_request_is_followed(come: Callable[..., Page], console: Fake) -> None:
    page = come()
    page.get_by_role("textbox", name="Path").fill("/posts/a-post/")
    follow = page.get_by_role("button", name="Follow")
    follow.focus()
    page.keyboard.press("Enter")
    way = page.locator("#trace-answer .way > li")
    expect(way).to_have_count(4)
    expect(way.nth(1)).to_contain_text("Varnish keeps no pages, for LAB_EDGE_PAGES is off.")
    expect(way.nth(2)).to_contain_text("post_card, 20 times")
    expect(way.nth(3)).to_contain_text("has changed, so it was made anew")
    expect(follow).to_be_focused()
    assert console.posted == [("/api/trace", {"path": "/posts/a-post/"})]


@pytest.mark.parametrize(
    ("path", "answer", "line"),
    [
        ("posts", None, "A path of this site is needed"),
        (
            "//elsewhere",
            (400, {"error": "path: accepted is a path of this site"}),
            "accepted is a path of this site",
        ),
        ("/", (502, {"error": "Varnish gives no answer"}), "Varnish gives no answer"),
    ],
)
def test_a_request_that_can_not_be_followed_is_one_line(
    path: str,
    answer: Any,
    line: str,
    come: Callable[..., Page],
    console: Fake,
    complaints: Complaints,
) -> None:
    complaints.expected_statuses |= {400, 502}
    if answer:
        console.answers["POST /api/trace"] = answer
    page = come()
    page.get_by_role("textbox", name="Path").fill(path)
    page.get_by_role("button", name="Follow").click()
    expect(page.get_by_role("alert").filter(has_text=line)).to_be_visible()
    expect(page.get_by_role("textbox", name="Path")).to_be_focused()
    assert len(console.posted) == (1 if answer else 0)


def test_what_a_path_brings_is_never_markup(come: Callable[..., Page], console: Fake) -> None:
    text = "<img src=x onerror=alert(1)>"
    answer = {**console.answers["POST /api/trace"][1], "headers": [["X", text]]}
    console.answers["POST /api/trace"] = (200, answer)
    page = come()
    page.get_by_role("button", name="Follow").click()
    expect(page.locator("#trace-answer")).to_contain_text(text)
    assert page.locator("#trace-answer img").count() == 0


def test_a_command_is_copied_and_announced(come: Callable[..., Page]) -> None:
    page = come(permissions=["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy the command for LAB_EDGE_PAGES").click()
    expect(page.locator("#said")).to_have_text("Copied: LAB_EDGE_PAGES=off docker compose up -d")
    assert (
        page.evaluate("navigator.clipboard.readText()") == "LAB_EDGE_PAGES=off docker compose up -d"
    )
    assert page.get_by_role("switch").count() == 0, "a switch is shown that may not be used"


def test_a_switch_shows_its_progress(come: Callable[..., Page], console: Fake) -> None:
    console.answers["GET /api/switching"] = (200, {"allowed": True, "how": ""})
    page = come()
    switch = page.get_by_role("switch", name="edge pages")
    expect(switch).to_be_checked()
    switch.click()
    row = page.locator('[data-toggle="LAB_EDGE_PAGES"]')
    expect(row).to_have_attribute("aria-busy", "true")
    expect(switch).to_be_focused()
    page.keyboard.press("Space")  # it is under way: not asked for twice
    assert console.posted == [("/api/switch", {"toggle": "LAB_EDGE_PAGES", "value": "off"})]
    state = {
        "id": "s1",
        "toggle": "LAB_EDGE_PAGES",
        "value": "off",
        "state": "running",
        "text": "docker compose up -d",
    }
    console.tell("switching", state)
    expect(row).to_contain_text("running: docker compose up -d")
    toggles = console.answers["GET /api/toggles"][1]
    console.answers["GET /api/toggles"] = (200, [{**toggles[0], "value": "off"}, *toggles[1:]])
    console.tell("switching", {**state, "state": "done", "text": "switched"})
    expect(switch).not_to_be_checked()
    expect(row).not_to_have_attribute("aria-busy", "true")
    expect(page.locator("#said")).to_contain_text("edge pages to off: done")


def test_a_switch_that_nobody_takes_up_has_failed(come: Callable[..., Page], console: Fake) -> None:
    console.answers["GET /api/switching"] = (200, {"allowed": True, "how": ""})
    page = come()
    page.get_by_role("switch", name="edge pages").click()
    row = page.locator('[data-toggle="LAB_EDGE_PAGES"]')
    expect(row).to_have_attribute("aria-busy", "true")
    console.answers["GET /api/switching"] = (
        200,
        {"allowed": False, "how": "./scripts/lab console"},
    )
    console.tell("toggles", {"LAB_EDGE_PAGES": "on"})
    expect(row).to_contain_text("failed: switching was ended on the host")
    expect(row).not_to_have_attribute("aria-busy", "true")


def test_a_refused_switch_says_why(
    come: Callable[..., Page], console: Fake, complaints: Complaints
) -> None:
    complaints.expected_statuses.add(403)
    console.answers["GET /api/switching"] = (200, {"allowed": True, "how": ""})
    console.answers["POST /api/switch"] = (403, {"error": "switching is not allowed"})
    page = come()
    row = page.locator('[data-toggle="LAB_UPSTREAM"]')
    row.get_by_role("combobox").select_option("off")
    row.get_by_role("button", name="Switch").click()
    expect(row).to_contain_text("failed: switching is not allowed")


def test_it_outlives_its_server(
    come: Callable[..., Page], console: Fake, complaints: Complaints
) -> None:
    complaints.expected_statuses.add(503)
    page = come()
    page.get_by_role("textbox", name="Path").fill("/photos/")
    node(page, "Varnish").click()
    console.accepting = False
    console.drop()
    expect(status(page)).to_have_text("Reconnecting …")
    expect(page.get_by_text(re.compile(r"figures \d+ s old"))).to_be_visible()
    console.accepting = True
    expect(status(page)).to_have_text("Live")
    expect(page.get_by_role("region", name="Varnish")).to_be_visible()
    expect(page.get_by_role("textbox", name="Path")).to_have_value("/photos/")


def test_a_pause_lets_the_server_rest(come: Callable[..., Page], console: Fake) -> None:
    page = come()
    pause = page.get_by_role("button", name="Pause")
    pause.click()
    expect(pause).to_have_attribute("aria-pressed", "true")
    expect(status(page)).to_have_text("Paused")
    console.figures = live(varnish={"requests": 7.0})
    page.wait_for_timeout(1500)
    assert console.listeners == 0
    expect(node(page, "Varnish")).to_contain_text("413")
    pause.click()
    expect(status(page)).to_have_text("Live")
    expect(node(page, "Varnish")).to_contain_text("7.0")


def test_a_lost_prometheus_is_said_and_the_figures_go_on(
    come: Callable[..., Page], console: Fake, complaints: Complaints
) -> None:
    complaints.expected_statuses.add(502)
    console.answers["GET /api/history"] = (
        502,
        {"error": "Prometheus gives no answer (ConnectError)"},
    )
    page = come()
    expect(page.get_by_role("alert").filter(has_text="Prometheus gives no answer")).to_be_visible()
    expect(page.get_by_text("What was before this page was opened is missing.")).to_be_visible()
    expect(node(page, "Varnish")).to_contain_text("413")


def test_missing_figures_are_named(come: Callable[..., Page], console: Fake) -> None:
    console.figures = live(varnish={"requests": None, "hits": None, "hit_ratio": None})
    page = come()
    expect(node(page, "Varnish")).to_contain_text("–")
    expect(page.get_by_text("No figures for Varnish.")).to_be_visible(timeout=15_000)


def test_a_benchmark_is_followed(come: Callable[..., Page], console: Fake) -> None:
    page = come()
    expect(page.get_by_text("None is running.")).to_be_visible()
    console.tell("bench", BENCH)
    bench = page.get_by_role("region", name="Benchmark")
    expect(bench).to_contain_text("quick: round 1 of 2: edge, warming")
    expect(bench.get_by_role("row").filter(has_text="edge")).to_contain_text("1,540")
    reports = page.locator("#reports li")
    expect(reports.nth(0)).to_contain_text("VALID")
    expect(reports.nth(1)).to_contain_text("INVALID")
    expect(reports.nth(0).get_by_role("link")).to_have_attribute("href", "/reports/a/report.html")


def test_locust_is_shown_while_it_runs(come: Callable[..., Page], console: Fake) -> None:
    page = come()
    expect(node(page, "Locust")).to_be_hidden()
    console.figures["services"].append(service("locust", "Locust", "makes load", 400.0))
    expect(node(page, "Locust")).to_be_visible()


def test_when_locust_goes_the_picture_can_still_be_entered_and_its_panel_says_so(
    come: Callable[..., Page], console: Fake, complaints: Complaints
) -> None:
    complaints.expected_statuses.add(404)
    page = come()
    console.figures["services"].append(service("locust", "Locust", "makes load", 400.0))
    node(page, "Locust").click()
    panel = page.get_by_role("region", name="Locust")
    expect(panel).to_contain_text("400")
    console.figures["services"].pop()
    expect(node(page, "Locust")).to_be_hidden()
    expect(panel).to_contain_text("it does not run")
    expect(panel).not_to_contain_text("400")
    expect(node(page, "Varnish")).to_have_attribute("tabindex", "0")


def test_nothing_moves_for_who_wants_it_still(come: Callable[..., Page]) -> None:
    moving = "document.getAnimations().filter((each) => each.playState === 'running').length"
    assert come(reduced_motion="no-preference").evaluate(moving) > 0
    assert come(reduced_motion="reduce").evaluate(moving) == 0
