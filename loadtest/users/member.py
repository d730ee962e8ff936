"""The member: logged in, reads, looks into the inbox, votes. What a personal page does to each layer."""

from __future__ import annotations

from http.cookiejar import Cookie
from typing import ClassVar

from users import markers
from users.forms import fields_of
from users.visitor import Reply, Visitor

LOGIN = "/accounts/login/"
ACCOUNTS = 20
"""The seeded accounts member-0 to member-19."""

PAGES = {"front": 20, "post": 60, "inbox": 10, "vote": 10}


class Member(Visitor):
    password = "lab-member"
    forbidden = b""

    signed_in: ClassVar[dict[str, list[Cookie]]] = {}
    """The cookies of each account, as soon as one seat has logged in: a password takes a third of a second
    of CPU to check, on purpose, and an open loop has many seats of which a burst may need a new one."""

    @property
    def username(self) -> str:
        return f"member-{self.number % ACCOUNTS}"

    def on_start(self) -> None:
        self.logged_in = False

    def visit(self) -> None:
        if not self.logged_in and not self._resume():
            self.logged_in = self.log_in()
            if self.logged_in:
                self.signed_in[self.username] = list(self.client.cookiejar)
        else:
            self.spend_time()

    def _resume(self) -> bool:
        """As in another window of the same browser, where this account has logged in already."""
        for cookie in self.signed_in.get(self.username, ()):
            self.client.cookiejar.set_cookie(cookie)
            self.logged_in = True
        return self.logged_in

    def log_in(self) -> bool:
        page = self.get("personal/login", LOGIN, marker=markers.FORM_TOKEN)
        fields = page and fields_of(page.body, LOGIN)
        if not fields:
            return False
        fields |= {"username": self.username, "password": self.password}
        return self.post("write/login", LOGIN, fields) is not None

    def spend_time(self) -> None:
        (what,) = self.random.choices(list(PAGES), weights=list(PAGES.values()))
        if what == "inbox":
            self.see("personal/inbox", "/inbox/")
        elif what == "front":
            self.see("member/front", "/")
        else:
            post = self.ground.site.posts.draw(self.random)
            page = self.see("member/post", post)
            if page and what == "vote":
                self.send("vote", page, post + "vote", {"value": self.random.choice(["1", "-1"])})

    def see(self, name: str, path: str) -> Reply | None:
        """A page for this person: it greets them by name, or it is somebody else's."""
        return self.get(name, path, marker=markers.greeting(self.username))

    def send(self, what: str, page: Reply, action: str, typed: dict[str, str]) -> Reply | None:
        """Fill in the page's form for `action` and send it."""
        fields = fields_of(page.body, action)
        if fields is None:
            return None
        return self.post(f"write/{what}", action, fields | typed)
