"""The editor: drafts, previews, publishes. Nothing leaks before, and it is seen at once after."""

from __future__ import annotations

from uuid import uuid4

from locust.env import Environment

from users.commenter import Onlooker
from users.markers import WRITTEN
from users.member import Member


class Editor(Member):
    password = "lab-editor"
    username = "editor"

    def __init__(self, environment: Environment) -> None:
        super().__init__(environment)
        self.onlooker = Onlooker(environment)

    def spend_time(self) -> None:
        page = self.see("personal/write", "/write/")
        if not page:
            return
        title = f"From the load test {uuid4().hex}"
        typed = {"title": title, "standfirst": f"{WRITTEN}.", "body": "A *short* piece."}
        sent = self.send("draft", page, "/write/", typed)
        if sent:
            self._preview_and_publish(sent.headers.get("location", ""), title)

    def _preview_and_publish(self, location: str, title: str) -> None:
        post = "/posts/" + location.removeprefix("/posts/").split("/")[0] + "/"
        self.get("personal/preview", post + "preview", marker=title.encode())
        # A draft is not there for anybody else.
        self.onlooker.ask("GET", "check/draft-hidden", post, accept=(404,))
        edit = self.see("personal/edit", post + "edit")
        if edit and self.send("publish", edit, post + "edit", {"action": "publish"}):
            self.onlooker.get("check/after-publish", post, marker=title.encode())
