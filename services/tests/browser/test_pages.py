"""Every kind of page, as a reader without an account sees it, on a desk and on a phone."""

from collections.abc import Callable

import pytest
from conftest import Complaints, Visitor
from members import open_a_post
from playwright.sync_api import Page, expect

WIDTHS = {"desk": 1280, "phone": 390}
PAGES = {
    "front": "/",
    "board": "/board/",
    "trending": "/trending/",
    "photos": "/photos/",
    "clips": "/clips/",
    "wire": "/wire/",
    "archive": "/archive/",
    "search": "/search/?q=computer",
    "login": "/accounts/login/",
    "register": "/accounts/register/",
}

Picture = Callable[[Page, str], None]


def assert_readable(page: Page) -> None:
    """What any page owes its reader."""
    width = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    assert width[0] <= width[1], f"{page.url} scrolls sideways: {width[0]} px in {width[1]} px"
    expect(page.get_by_role("main")).to_have_count(1)
    expect(page.get_by_role("heading", level=1)).to_have_count(1)
    assert page.title(), f"{page.url} has no title"
    assert page.locator("html").get_attribute("lang"), f"{page.url} does not say its language"


@pytest.mark.parametrize("device", WIDTHS)
@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_readable(name: str, device: str, visitor: Visitor, picture: Picture) -> None:
    page = visitor(width=WIDTHS[device])
    page.goto(PAGES[name])
    assert_readable(page)
    picture(page, f"{name}-{device}")


@pytest.mark.parametrize("device", WIDTHS)
def test_a_post_is_readable(device: str, visitor: Visitor, picture: Picture) -> None:
    page = visitor(width=WIDTHS[device])
    open_a_post(page)
    assert_readable(page)
    expect(page.get_by_role("heading", name="comment").first).to_be_visible()
    picture(page, f"post-{device}")


def test_the_front_page_in_the_dark(visitor: Visitor, picture: Picture) -> None:
    page = visitor(color_scheme="dark")
    page.goto("/")
    red, green, blue = page.evaluate(
        "getComputedStyle(document.body).backgroundColor.match(/[0-9.]+/g).map(Number).slice(0, 3)"
    )
    assert max(red, green, blue) < 80, "the page stays light for a reader who asked for dark"
    picture(page, "front-dark")


def test_the_pictures_of_the_front_page_are_there(page: Page) -> None:
    page.goto("/")
    for image in page.get_by_role("main").locator("img").all():
        image.scroll_into_view_if_needed()
        expect(image).to_have_js_property("complete", True)
        assert image.evaluate("image => image.naturalWidth") > 0, "a thumbnail did not load"


def test_the_places_for_members_parts_change_nothing(page: Page) -> None:
    open_a_post(page)
    expect(page.get_by_role("navigation", name="Account").get_by_role("link")).to_have_count(2)
    part = page.get_by_role("region", name="Have your say")
    expect(part.get_by_role("link", name="Log in")).to_be_visible()
    places = page.locator("esi\\:remove")
    assert places.evaluate_all("all => all.map(one => getComputedStyle(one).display)") == [
        "contents",
        "contents",
    ]
    expect(page.locator("body > div > main")).to_have_count(1)


def addresses(page: Page) -> list[str]:
    """Of the articles on a page: titles may be the same, addresses never are."""
    headings = page.get_by_role("main").get_by_role("article").get_by_role("heading")
    found: list[str] = headings.get_by_role("link").evaluate_all(
        "links => links.map(link => link.pathname)"
    )
    return found


def test_older_pages_follow_one_another(page: Page) -> None:
    page.goto("/")
    first = addresses(page)
    page.get_by_role("navigation", name="More").get_by_role("link").first.click()
    page.wait_for_url("**before=**")
    then = addresses(page)
    assert first
    assert then
    assert not set(first) & set(then), "an article stands on two pages"


def test_search_finds_a_post_by_a_word_of_its_title(page: Page) -> None:
    open_a_post(page)
    title = page.get_by_role("main").get_by_role("heading", level=1).inner_text()
    page.get_by_label("Search the archive").first.fill(title)
    page.get_by_role("banner").get_by_role("button", name="Search").click()
    expect(page.get_by_role("main").get_by_role("link", name=title).first).to_be_visible()


def test_a_page_that_does_not_exist_says_so(page: Page, complaints: Complaints) -> None:
    complaints.expected_statuses.add(404)
    answer = page.goto("/posts/there-is-no-such-post/")
    assert answer is not None
    assert answer.status == 404
    expect(page.get_by_role("link", name="front page").first).to_be_visible()


def test_the_keyboard_reaches_the_content_first(page: Page, picture: Picture) -> None:
    page.goto("/")
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to the content")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.get_by_role("main")).to_be_focused()
    page.keyboard.press("Tab")
    focused = page.locator(":focus-visible")
    expect(focused).to_have_count(1)
    style = focused.evaluate(
        "e => getComputedStyle(e).outlineStyle + getComputedStyle(e).boxShadow"
    )
    assert style != "nonenone", "whoever uses the keyboard can't see where they are"
    picture(page, "keyboard-focus")
