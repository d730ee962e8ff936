"""Filling in a form as a browser does: what the page put into it, and what the visitor types."""

from __future__ import annotations

from html.parser import HTMLParser


class _Fields(HTMLParser):
    """Collects the fields of the forms whose action is the wanted one."""

    def __init__(self, action: str) -> None:
        super().__init__()
        self.action = action
        self.fields: dict[str, str] | None = None
        self._inside = False
        self._textarea: str | None = None
        self._select: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        got = {name: value or "" for name, value in attrs}
        if tag == "form":
            # A form without an action goes to the page's own address.
            self._inside = self.fields is None and got.get("action", "") in ("", self.action)
            if self._inside and got.get("method", "").lower() == "post":
                self.fields = {}
        elif self._inside and self.fields is not None:
            self._field(tag, got, self.fields)

    def _field(self, tag: str, got: dict[str, str], fields: dict[str, str]) -> None:
        name = got.get("name", "")
        if tag == "textarea" and name:
            self._textarea = name
            fields[name] = ""
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select and "selected" in got:
            fields[self._select] = got.get("value", "")
        elif tag == "input" and name and _is_sent(got):
            fields[name] = got.get("value", "on" if got.get("type") == "checkbox" else "")

    def handle_data(self, data: str) -> None:
        if self._textarea and self.fields is not None:
            self.fields[self._textarea] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._textarea = None
        elif tag == "select":
            self._select = None
        elif tag == "form":
            self._inside = False


def _is_sent(attributes: dict[str, str]) -> bool:
    """Whether a browser sends an input that nobody touched; buttons are sent only when pressed."""
    kind = attributes.get("type", "text")
    if kind in ("submit", "button", "reset", "image", "file"):
        return False
    return kind not in ("checkbox", "radio") or "checked" in attributes


def fields_of(page: bytes, action: str) -> dict[str, str] | None:
    """The fields that the page's form for `action` would send untouched; None without such a form."""
    parser = _Fields(action)
    parser.feed(page.decode("utf-8", "replace"))
    return parser.fields
