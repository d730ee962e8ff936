"""Canaries planted through the site's own forms."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from checks import stack
from checks.visitor import Visitor

from .asking import SESSION
from .canaries import Canary, unspeakable_word, word
from .people import ACCOUNTS, ADMIN, EDITOR, STAFF, A, B, CantPlant, Person

# From whom to whom: everybody has sent one and has one that is unread.
LETTERS = ((A, B), (B, ADMIN), (ADMIN, EDITOR), (EDITOR, A))
WRITERS = (A, B, EDITOR)


@dataclass
class Planting:
    """canaries; the addresses of pages that hold them, and tags' pages that must not, each with
    one who may see them; a word that everybody may see."""

    canaries: list[Canary] = field(default_factory=list)
    addresses: dict[str, str] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    public: str = ""

    def add(
        self, kind: str, owner: str, needle: str, *readers: str, asked_for: bool = False
    ) -> None:
        self.canaries.append(Canary(kind, owner, needle, frozenset(readers), asked_for))


def plant(people: Mapping[str, Person], numbers: Mapping[str, int], *, withdraw: bool) -> Planting:
    """withdraw: also an article that was public, where what is kept dies with such a change."""
    planted = Planting()
    drafts = {draft(planted, people[name]): name for name in WRITERS}
    if withdraw:
        drafts[withdrawn(planted, people[EDITOR])] = EDITOR
    public = topic(planted, people[A])
    # Last, since any page would use up the notice that each of them leaves.
    letters = {letter(planted, people[sender], people[to]): sender for sender, to in LETTERS}
    for name in ACCOUNTS:
        personal(planted, people[name])
    planted.add("unread count", "a member", ' unread">', *ACCOUNTS)
    planted.add("log-out form", "a member", 'action="/accounts/logout/"', *ACCOUNTS)
    planted.add("back room", "the staff", 'action="/admin/logout/"', *STAFF)
    planted.addresses = {**addresses(letters, drafts, numbers), **planted.tags, public: A}
    return planted


def addresses(
    letters: Mapping[str, str], drafts: Mapping[str, str], numbers: Mapping[str, int]
) -> dict[str, str]:
    """The pages that hold canaries, each with one who may see it: first one of each kind, since
    only the first few are asked for in every disguise."""
    previews = {f"{post}preview": name for post, name in drafts.items()}
    edits = {f"{post}edit": name for post, name in drafts.items()}
    users = {f"/admin/magazine/user/{number}/change/": ADMIN for number in numbers.values()}
    admin = {f"/admin/magazine/message/{path.split('/')[2]}/change/": ADMIN for path in letters}
    kinds = [
        letters,
        previews,
        {"/drafts/": A, "/inbox/": A, "/my/masthead": A},
        users,
        edits,
        admin,
        drafts,
    ]
    first = dict(next(iter(kind.items())) for kind in kinds)
    return {**first, **dict(item for kind in kinds for item in kind.items())}


def personal(planted: Planting, person: Person) -> None:
    name = person.name
    greeting = f'Hello, <a href="/authors/{person.username}/">{person.display}'
    planted.add("greeting", name, greeting, name)
    planted.add("e-mail address", name, person.email, ADMIN)
    planted.add("session", name, person.visitor.cookies[SESSION], name)


def letter(planted: Planting, sender: Person, to: Person) -> str:
    """Sends one; its address."""
    subject, body = word(), word()
    sender.visitor.post(
        "/inbox/new", "/inbox/new", to=to.username, subject=subject, body=f"For you: {body}."
    )
    owner = f"{sender.name} and {to.name}"
    planted.add("subject of a message", owner, subject, sender.name, to.name)
    planted.add("text of a message", owner, body, sender.name, to.name)
    planted.add("notice", sender.name, f"Your message to {to.display} is sent", sender.name)
    # Any page of the sender's would show the notice, and so end it.
    number = stack.in_django(
        f"Message.objects.filter(subject='{subject}').values_list('pk', flat=True).first()"
    )
    if not number.isdigit():
        raise CantPlant(f"{sender.name} sent a message, and the site has none like it")
    return f"/inbox/{number}/"


def draft(planted: Planting, writer: Person) -> str:
    """Saves one with a tag that no other article has; its address."""
    public, secret = f"{writer.username.rpartition('-')[0]} {word()}", unspeakable_word()
    post, _ = article(planted, "draft", writer, "save", f"{public} {secret}")
    planted.add("tag of a draft", writer.name, secret, writer.name, *STAFF)
    planted.tags[f"/tags/{public.replace(' ', '-')}/"] = writer.name
    return post


def topic(planted: Planting, writer: Person) -> str:
    """The opposite of a canary: what is for everybody, and must be found wherever one looks."""
    planted.public = word()
    fields = {"title": word(), "body": planted.public}
    answer = writer.visitor.post("/board/new", "/board/new", **fields)
    if answer.status != 302:
        raise CantPlant(f"{writer.name} can't open a topic: the site answered {answer.status}")
    return answer.headers["Location"]


def withdrawn(planted: Planting, editor: Person) -> str:
    """Publishes one, has it read and kept, and takes it back; its address."""
    post, fields = article(planted, "withdrawn article", editor, "publish")
    for path in ("/", post, "/feed.atom", "/archive/", "/sitemap.xml"):
        Visitor().get(path)
    answer = editor.visitor.post(f"{post}edit", f"{post}edit", **fields, action="withdraw")
    if answer.status != 302:
        raise CantPlant(f"{post} could not be withdrawn: {answer.status}")
    return post


def article(
    planted: Planting, kind: str, writer: Person, action: str, tag: str = ""
) -> tuple[str, dict[str, str]]:
    """Saves or publishes it; its address and the form's fields. Only who may edit may read it."""
    address, title, body = word(), unspeakable_word(), word()
    fields = {
        "title": f"{address} {title}",
        "standfirst": f"In short: {body}.",
        "body": f"At length: {body}.",
        "tags": tag,
    }
    answer = writer.visitor.post("/write/", "/write/", **fields, action=action)
    found = re.match(r"/posts/[^/]+/", answer.headers.get("Location", ""))
    if not found:
        raise CantPlant(f"{writer.name} can't write: the site answered {answer.status}")
    readers = (writer.name, *STAFF)
    planted.add(f"address of a {kind}", writer.name, address, *readers, asked_for=True)
    planted.add(f"title of a {kind}", writer.name, title, *readers)
    planted.add(f"text of a {kind}", writer.name, body, *readers)
    return found[0], fields
