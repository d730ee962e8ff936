"""The correspondent: logged in, reads one post and comments on it. The write in a mix of few writes."""

from __future__ import annotations

from http.cookiejar import Cookie
from typing import ClassVar
from uuid import uuid4

from locust.env import Environment

from users import markers
from users.member import Member
from users.site import NothingToVisit

SESSIONS = 4
"""So many log in. A password takes a third of a second of CPU to check, on purpose: with one for
each seat it would be most of what a short warm-up, or worse the measurement, consists of."""


class Correspondent(Member):
    sessions: ClassVar[list[list[Cookie]]] = []

    @classmethod
    def arrive(cls, environment: Environment) -> None:
        """Logs in, once for all seats. Raises NothingToVisit where that is refused."""
        cls.sessions = []
        for _ in range(SESSIONS):
            first = Member(environment)
            if not first.log_in():
                raise NothingToVisit(f"{first.username} can't log in; is the site seeded?")
            cls.sessions.append(list(first.client.cookiejar))

    def __init__(self, environment: Environment) -> None:
        super().__init__(environment)
        for cookie in self.sessions[self.number % len(self.sessions)]:
            self.client.cookiejar.set_cookie(cookie)

    def visit(self) -> None:
        path = self.ground.site.posts.draw(self.random)
        page = self.get("member/post", path, marker=markers.GREETING)
        if page is None:
            return
        words = f"{markers.WRITTEN}, {uuid4().hex}."
        if self.send("comment", page, path + "comment", {"body": words}):
            self.ground.acknowledged.wrote(path, words.encode())
