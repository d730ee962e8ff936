"""One request of one person, with the cookies that the person has and keeping none."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import quote

from checks.visitor import Answer, Visitor

Cookies = Mapping[str, str]
SESSION = "sessionid"


@dataclass(frozen=True)
class Probe:
    """What is asked. cookie: what is sent in place of the person's cookies; `{session}` is the
    person's session in it."""

    path: str
    method: str = "GET"
    headers: tuple[tuple[str, str], ...] = ()
    cookie: str = ""

    def __str__(self) -> str:
        sent = [f"{name}: {value}" for name, value in self.headers]
        sent += [f"Cookie: {self.cookie}"] if self.cookie else []
        return " ".join([self.method, self.path, *(f"[{line}]" for line in sent)])

    def says(self, word: str) -> bool:
        """Whether the request itself holds the word: an answer that repeats it tells nothing."""
        return word in str(self) or quote(word) in str(self)


Ask = Callable[[Cookies, Probe], Answer]


def ask(cookies: Cookies, probe: Probe) -> Answer:
    """The answer, unpacked. Nothing of it is kept, so that any number of these can run at once."""
    headers = dict(probe.headers)
    if probe.cookie:
        headers["Cookie"] = probe.cookie.format(session=cookies.get(SESSION, "none"))
        cookies = {}
    answer = Visitor(dict(cookies)).send(probe.path, probe.method, headers=headers)
    if answer.headers.get("Content-Encoding") == "gzip" and answer.body:
        return Answer(answer.status, answer.headers, gzip.decompress(answer.body))
    return answer
