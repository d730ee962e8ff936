"""A reader's browser: Debian's Chromium, headless, that complains of what goes wrong in a page.

BASE_URL and CONSOLE_AT say where the site and the console are; RESULTS where pictures go.
"""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from console_fake import Fake, serving
from members import Member, register
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, FloatRect, Page, Response

BASE_URL = os.environ.get("BASE_URL", "http://varnish:8080")
CONSOLE_URL = "http://localhost:8081"
CONSOLE_AT = os.environ.get("CONSOLE_AT", "console:8080")
TALLEST = 3000  # pixels of a screenshot
PICTURES = Path(os.environ.get("RESULTS", "/results")) / "screenshots"

Visitor = Callable[..., Page]


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    return {
        "executable_path": os.environ.get("CHROMIUM", "/usr/bin/chromium"),
        "args": [
            # The container has no capabilities, so no sandbox can be made in it; only our own pages
            # are opened.
            "--no-sandbox",
            # Readers come by localhost, which browsers trust without TLS: so must this name be.
            f"--unsafely-treat-insecure-origin-as-secure={BASE_URL}",
            # The console answers to loopback names alone.
            f"--host-resolver-rules=MAP {CONSOLE_URL.removeprefix('http://')} {CONSOLE_AT}",
        ],
    }


class Complaints:
    """What a browser says went wrong, in all of a visitor's pages."""

    def __init__(self) -> None:
        self.found: list[str] = []
        self.expected_statuses: set[int] = set()

    def listen(self, page: Page) -> None:
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.found.append(f"{page.url}: {error}"))
        page.on("response", self._response)

    def _console(self, message: ConsoleMessage) -> None:
        # Failed requests are told better by their response.
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.found.append(f"{message.location.get('url', '')}: {message.text}")

    def _response(self, response: Response) -> None:
        if response.status >= 400 and response.status not in self.expected_statuses:
            self.found.append(f"{response.url}: answered {response.status}")


@pytest.fixture
def complaints() -> Iterator[Complaints]:
    complaints = Complaints()
    yield complaints
    assert not complaints.found, "the browser complained:\n  " + "\n  ".join(complaints.found)


@pytest.fixture
def visitor(browser: Browser, complaints: Complaints) -> Iterator[Visitor]:
    """Opens a browser window of a new visitor, with cookies of its own: `visitor(width=390)`."""
    contexts: list[BrowserContext] = []

    def come(url: str = BASE_URL, width: int = 1280, **options: Any) -> Page:
        size = {"width": width, "height": 900}
        context = browser.new_context(base_url=url, viewport=size, **options)
        context.set_default_timeout(10_000)
        contexts.append(context)
        page = context.new_page()
        complaints.listen(page)
        return page

    yield come
    for context in contexts:
        context.close()


@pytest.fixture
def page(visitor: Visitor) -> Page:
    return visitor()


@pytest.fixture
def member(page: Page) -> Member:
    """Somebody who has just registered; `page` is theirs."""
    return register(page)


@pytest.fixture
def picture() -> Callable[[Page, str], None]:
    """Keeps a screenshot for people to look at."""

    def take(page: Page, name: str) -> None:
        PICTURES.mkdir(parents=True, exist_ok=True)
        # The top of a long page tells enough; all of it takes seconds to draw.
        height = min(page.evaluate("document.documentElement.scrollHeight"), TALLEST)
        width = page.evaluate("innerWidth")
        area: FloatRect = {"x": 0, "y": 0, "width": width, "height": height}
        page.screenshot(path=PICTURES / f"{name}.png", full_page=True, clip=area)

    return take


@pytest.fixture
def console() -> Iterator[Fake]:
    """Stands in for the console's server; what it answers is the test's to decide."""
    with serving() as fake:
        yield fake
