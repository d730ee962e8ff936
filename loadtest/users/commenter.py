"""The commenter: writes, and checks that everyone sees it. Freshness under writes."""

from __future__ import annotations

from uuid import uuid4

from locust.env import Environment

from users import markers
from users.member import Member
from users.visitor import Visitor


class Onlooker(Visitor):
    """Somebody without an account, looking whether the comment is there."""

    abstract = True


class Commenter(Member):
    def __init__(self, environment: Environment) -> None:
        super().__init__(environment)
        self.onlooker = Onlooker(environment)

    def spend_time(self) -> None:
        post = self.ground.site.posts.draw(self.random)
        page = self.see("member/post", post)
        if not page:
            return
        # New in every run: one that is there from an earlier run would hide a stale answer.
        words = f"{markers.WRITTEN}, {uuid4().hex}."
        if self.send("comment", page, post + "comment", {"body": words}):
            # From now on an answer without it is stale: counted as such, and not as a failure.
            self.ground.acknowledged.wrote(post, words.encode())
            self.onlooker.get("page/after-write", post, marker=markers.post(post))
