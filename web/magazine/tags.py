"""Names of what can change: the tags that policies declare and `invalidation` invalidates.

A tag is also a surrogate key in a response's header, which is bounded (8 kB at the edge), so a
long slug is shortened to the same name everywhere.
"""

from __future__ import annotations

from hashlib import blake2s

LONGEST_NAME = 40

# Which articles are public, in what order, and what a listing says of them.
POSTS = "posts"
# Which tags public posts carry, and what a listing says of the posts that carry any: the tag cloud beside
# every page, and related posts.
TAGGED = "tagged"
# What the feed and the sitemap say: POSTS, and every later edit.
UPDATES = "updates"
# The order of the message board, which every comment on a topic changes.
BOARD = "board"
# Which topics there are.
TOPICS = "topics"
# What people, tags and photographs are called. Names stand on pages all over the site and
# hardly ever change: one tag for all of them costs less than it saves.
NAMES = "names"
PHOTOS = "photos"
CLIPS = "clips"


def short(name: str) -> str:
    """`name`, or its beginning and a hash of the whole."""
    if len(name) <= LONGEST_NAME:
        return name
    return f"{name[:31]}-{blake2s(name.encode(), digest_size=4).hexdigest()}"


def post(slug: str) -> str:
    return f"post:{short(slug)}"


def comments(slug: str) -> str:
    return f"{post(slug)}:comments"


def votes(slug: str) -> str:
    return f"{post(slug)}:votes"


def tag(slug: str) -> str:
    return f"tag:{short(slug)}"


def author(username: str) -> str:
    """The person's own words and list of posts."""
    return f"author:{ascii_name(username)}"


def standing(username: str) -> str:
    return f"{author(username)}:standing"


def ascii_name(username: str) -> str:
    """A header is ASCII; a user's name may be any letters."""
    return short(username) if username.isascii() else blake2s(username.encode()).hexdigest()[:24]


def photo(photo_id: int) -> str:
    return f"photo:{photo_id}"


def block(name: str) -> str:
    """An editors' template, by its place."""
    return f"block:{name}"


def clip(clip_id: int) -> str:
    return f"clip:{clip_id}"
