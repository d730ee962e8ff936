"""Photos and clips: made by the site, kept in the bucket, brought by Varnish."""

import struct
import zlib
from collections.abc import Callable
from random import randbytes

from conftest import Complaints
from members import Member, unique
from playwright.sync_api import Page, expect

Picture = Callable[[Page, str], None]


def png(width: int, height: int) -> bytes:
    """A picture of coarse coloured squares, never the same twice (PNG, ISO/IEC 15948)."""
    colours = [randbytes(3) for _ in range(16 * 16)]
    rows = b"".join(
        b"\0" + b"".join(colours[y * 16 // height * 16 + x * 16 // width] for x in range(width))
        for y in range(height)
    )
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )


def add_photo(page: Page, title: str, content: bytes, name: str) -> None:
    page.goto("/photos/new")
    page.get_by_label("Title").fill(title)
    page.get_by_label("Picture").set_input_files(
        {"name": name, "mimeType": "image/png", "buffer": content}
    )
    page.get_by_role("button", name="Add the photo").click()


def test_a_photo_gets_its_thumbnails(page: Page, member: Member, picture: Picture) -> None:
    title = unique("Sixteen by sixteen")
    add_photo(page, title, png(1200, 800), "squares.png")
    expect(page.get_by_role("heading", level=1, name=title)).to_be_visible()
    image = page.get_by_role("main").get_by_role("img", name=title)
    expect(image).to_have_js_property("complete", True)
    assert image.evaluate("image => image.naturalWidth") > 0, "the thumbnail did not load"
    assert image.evaluate("image => image.currentSrc").endswith(".webp")
    picture(page, "photo")
    page.goto("/photos/")
    expect(page.get_by_role("link", name=title)).to_be_visible()


def test_what_is_no_picture_is_refused(page: Page, member: Member, complaints: Complaints) -> None:
    complaints.expected_statuses.add(400)
    add_photo(page, unique("Not a picture"), b"GIF89a<script>alert(1)</script>", "x.png")
    expect(page.get_by_label("Picture")).to_be_visible()
    expect(page.get_by_role("main").get_by_role("list").first).to_be_visible()
    assert page.url.endswith("/photos/new")


def test_a_clip_plays_and_can_be_sought(page: Page, picture: Picture) -> None:
    page.goto("/clips/")
    page.get_by_role("main").get_by_role("listitem").first.get_by_role("link").click()
    page.wait_for_url("**/clips/*/")
    video = page.locator("video")
    video.evaluate("video => { video.muted = true; return video.play(); }")
    page.wait_for_function("document.querySelector('video').currentTime > 0.3", timeout=30_000)
    length = video.evaluate("video => video.duration")
    assert length > 1, "the clip has no length"
    target = length / 2
    video.evaluate("(video, at) => { video.pause(); video.currentTime = at; }", target)
    page.wait_for_function("!document.querySelector('video').seeking", timeout=30_000)
    at = video.evaluate("video => video.currentTime")
    assert abs(at - target) < 0.5, f"sought {target} s and came to {at} s: are ranges answered?"
    assert video.evaluate("video => video.readyState") >= 2
    picture(page, "clip")
