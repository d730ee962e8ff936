"""What members do again and again: register, log in, log out, open a post."""

import re
from dataclasses import dataclass
from itertools import count
from time import time_ns

from playwright.sync_api import Locator, Page, expect

_numbers = count(time_ns() // 1_000_000)


@dataclass(frozen=True)
class Member:
    username: str
    password: str


def unique(word: str) -> str:
    """Names must not meet those of an earlier run: the database is kept."""
    return f"{word}-{next(_numbers)}"


def labelled(page: Page, label: str) -> Locator:
    """The field of exactly this label; forms write a colon after it."""
    return page.get_by_label(re.compile(f"^{re.escape(label)}:?$"))


def register(page: Page, prefix: str = "tester") -> Member:
    member = Member(unique(prefix), "A-long-enough-Pass-phrase-7")
    page.goto("/accounts/register/")
    page.get_by_label("Username").fill(member.username)
    labelled(page, "Password").fill(member.password)
    page.get_by_label("Password confirmation").fill(member.password)
    page.get_by_role("main").get_by_role("button", name="Register").click()
    expect(greeting(page)).to_contain_text(member.username)
    return member


def log_in(page: Page, username: str, password: str) -> None:
    page.goto("/accounts/login/")
    page.get_by_label("Username").fill(username)
    labelled(page, "Password").fill(password)
    page.get_by_role("main").get_by_role("button", name="Log in").click()
    expect(greeting(page)).to_be_visible()


def log_out(page: Page) -> None:
    page.get_by_role("button", name="Log out").click()
    expect(page.get_by_role("link", name="Log in", exact=True).first).to_be_visible()


def greeting(page: Page) -> Locator:
    return page.get_by_role("navigation", name="Your pages").get_by_text("Hello")


def open_a_post(page: Page) -> str:
    """Opens the front page's first post, and tells its address."""
    page.goto("/")
    page.get_by_role("main").get_by_role("article").first.get_by_role("heading").get_by_role(
        "link"
    ).click()
    page.wait_for_url("**/posts/*/")
    return page.url
