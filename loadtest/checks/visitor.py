"""A visitor of the site: plain HTTP requests to the one port that is published."""

import re
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPMessage
from http.cookies import SimpleCookie
from urllib.parse import urlencode

from . import stack

PATIENCE = 75  # seconds: longer than the edge has (varnish/backends.vcl)


@dataclass(frozen=True)
class Answer:
    status: int
    headers: HTTPMessage
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")

    @property
    def cache_status(self) -> str:
        return self.headers.get("Cache-Status", "")

    @property
    def is_hit(self) -> bool:
        return "varnish; hit" in self.cache_status


@dataclass
class Visitor:
    """Keeps its cookies, follows no redirect."""

    cookies: dict[str, str] = field(default_factory=dict)

    def send(
        self,
        path: str,
        method: str = "GET",
        body: bytes | None = None,
        headers: dict[str, str] | None = None,
    ) -> Answer:
        port = int(stack.setting("LAB_PORT"))
        connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        sent = dict(headers or {})
        if self.cookies:
            pairs = [f"{name}={value}" for name, value in self.cookies.items()]
            sent["Cookie"] = "; ".join(pairs)
        try:
            connection.request(method, path, body, sent)
            response = connection.getresponse()
            answer = Answer(response.status, response.headers, response.read())
        finally:
            connection.close()
        for header in answer.headers.get_all("Set-Cookie", []):
            self._keep(SimpleCookie(header))
        return answer

    def _keep(self, cookies: SimpleCookie) -> None:
        for name, cookie in cookies.items():
            if cookie.value:
                self.cookies[name] = cookie.value
            else:  # the site takes it back
                self.cookies.pop(name, None)

    def get(self, path: str) -> Answer:
        return self.send(path)

    def post(self, form_page: str, path: str, **fields: str) -> Answer:
        """Sends a form with the token that its page gave."""
        page = self.get(form_page).text
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        if not token:
            raise stack.CommandError(f"{form_page} holds no form: is the visitor logged in?")
        body = urlencode({"csrfmiddlewaretoken": token[1], **fields}).encode()
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        return self.send(path, "POST", body, kind)

    def log_in(self, username: str, password: str) -> "Visitor":
        page = "/accounts/login/"
        answer = self.post(page, page, username=username, password=password)
        if "sessionid" not in self.cookies:
            raise stack.CommandError(
                f"{username} can't log in ({answer.status}): is the seed in place? ./scripts/lab reset"
            )
        return self


def first_post(visitor: Visitor) -> str:
    """The address of the front page's first post."""
    found = re.search(r'href="(/posts/[^"/]+/)"', visitor.get("/").text)
    if not found:
        raise stack.CommandError(
            "the front page shows no post: is the seed in place? ./scripts/lab reset"
        )
    return found[1]


def first_asset(visitor: Visitor) -> str:
    """The address of the front page's style sheet, in the bucket."""
    found = re.search(r'href="(/static/[^"]+\.css)"', visitor.get("/").text)
    if not found:
        raise stack.CommandError("the front page names no style sheet under /static/")
    return found[1]


def member() -> Visitor:
    """Somebody with an account: what is theirs is asked of the site each time, for a page or a part of it."""
    return Visitor().log_in("member", "lab-member")
