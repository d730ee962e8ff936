"""A form is sent as a browser would send it."""

from __future__ import annotations

from users.forms import fields_of

PAGE = b"""
<form action="/search/"><input name="q"></form>
<form method="post" action="/posts/a/comment">
  <input type="hidden" name="csrfmiddlewaretoken" value="t&amp;k"><textarea name="body">Hm</textarea>
  <select name="status"><option value="draft"><option value="published" selected></select>
  <input type="checkbox" name="off"><input type="checkbox" name="on" checked>
  <input type="file" name="photo"><input type="submit" name="go" value="Go">
</form>
<form method="post" action="/posts/a/vote"><input name="value" value="1"></form>
"""


def test_the_wanted_forms_fields_and_no_others() -> None:
    assert fields_of(PAGE, "/posts/a/comment") == {
        "csrfmiddlewaretoken": "t&k",
        "body": "Hm",
        "status": "published",
        "on": "on",
    }


def test_a_page_without_the_form() -> None:
    assert fields_of(PAGE, "/posts/b/comment") is None
