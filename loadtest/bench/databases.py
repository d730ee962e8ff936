"""Databases of other sizes than the site's own, in the same server; and each left as it was found.

Nothing of the site's own is touched to measure a larger one: every size gets a database of its own, is
filled once, and is there for all rounds.
"""

from __future__ import annotations

from typing import Protocol

from bench.schedule import seeding_seconds
from users.markers import WRITTEN

SITE = "lab"
"""The site's own database, and the role that owns all of them."""

TAKEN_BACK = {
    "magazine_comment": ("body", ", %"),
    "magazine_message": ("body", ", %"),
    "magazine_post": ("standfirst", ".%"),
}
"""The tables that the load writes new rows to, the column that says so, and how it goes on after WRITTEN."""


class Say(Protocol):
    def __call__(self, sentence: str, /) -> None: ...


class Exec(Protocol):
    """Runs a command in a service's container; its output. Raises bench.stack.StackFailed."""

    def __call__(self, service: str, *command: str) -> str: ...


class Fill(Protocol):
    """Fills an empty database with so many posts. Raises bench.stack.StackFailed."""

    def __call__(self, database: str, posts: int, /) -> None: ...


def name_of(posts: int) -> str:
    """The database of so many posts; 0 is the site's own."""
    return f"{SITE}_posts_{posts}" if posts else SITE


class Databases:
    """Which databases there are, and which one is in use. All methods raise
    bench.stack.StackFailed."""

    def __init__(self, run: Exec, fill: Fill, keep: bool = False) -> None:
        self._run = run
        self._fill = fill
        self._keep = keep
        self._made: list[str] = []
        self._used = SITE
        # What is the load's and has a larger number is taken back: in the site's own database all of it, in
        # a large one only what that did not have when it was first used.
        self._floors = {SITE: dict.fromkeys(TAKEN_BACK, 0)}

    @property
    def toggles(self) -> dict[str, str]:
        """What tells the site which one is in use."""
        return {"LAB_DATABASE_NAME": self._used}

    def ensure(self, posts: int, say: Say) -> None:
        """Make the database of so many posts, unless a whole one is there."""
        name = name_of(posts)
        self._made.append(name)
        if self._is_whole(name, posts):
            return
        say(
            f"seeding {posts:,} posts into a database of their own, {about(seeding_seconds(posts))}"
        )
        self._drop(name)
        self._run("postgres", "createdb", f"--username={SITE}", f"--maintenance-db={SITE}", name)
        self._fill(name, posts)

    def use(self, posts: int) -> None:
        """From the next start of the replicas on."""
        self._used = name_of(posts)
        if self._used not in self._floors:
            self._floors[self._used] = {
                table: int(self._ask(self._used, f"SELECT coalesce(max(id), 0) FROM {table}"))  # noqa: S608
                for table in TAKEN_BACK
            }

    def take_back(self) -> None:
        """What the load wrote in the database in use: its comments, letters, drafts and posts, with what
        readers made of these. Who answers faster was also asked to write more, and must not leave longer
        pages, or more of them, to whoever comes next: visitors choose among the posts there are."""
        floors = self._floors[self._used]
        comments, letters, posts = (
            f"id > {floors[table]} AND {column} LIKE '{WRITTEN}{rest}'"
            for table, (column, rest) in TAKEN_BACK.items()
        )
        theirs = f"post_id IN (SELECT id FROM magazine_post WHERE {posts})"  # noqa: S608 (ours)
        self._ask(
            self._used,
            "; ".join(  # one transaction
                f"DELETE FROM {table} WHERE {which}"  # noqa: S608 (ours)
                for table, which in (
                    ("magazine_comment", f"({comments}) OR {theirs}"),
                    ("magazine_message", letters),
                    ("magazine_vote", theirs),
                    ("magazine_post_tags", theirs),
                    ("magazine_post", posts),
                )
            ),
        )

    def remove(self) -> None:
        """Back to the site's own; the others go, unless they are to be kept."""
        self._used = SITE
        for name in () if self._keep else self._made:
            self._drop(name)
        self._made.clear()

    def _is_whole(self, name: str, posts: int) -> bool:
        """A seed is one transaction: what has its posts has all of it."""
        there = self._ask(SITE, f"SELECT 1 FROM pg_database WHERE datname = '{name}'")  # noqa: S608
        if not there:
            return False
        if not self._ask(name, "SELECT to_regclass('magazine_post')"):
            return False
        return int(self._ask(name, "SELECT count(*) FROM magazine_post")) >= posts

    def _drop(self, name: str) -> None:
        self._ask(SITE, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def _ask(self, database: str, sql: str) -> str:
        return self._run(
            *("postgres", "psql", f"--username={SITE}", f"--dbname={database}"),
            *("--quiet", "--no-psqlrc", "--tuples-only", "--no-align", "-c", sql),
        ).strip()


def about(seconds: float) -> str:
    """`about 40 s`, `about 12 minutes`, `about 2.5 hours`."""
    if seconds < 90:
        return f"about {seconds:.0f} s"
    if seconds < 5400:
        return f"about {seconds / 60:.0f} minutes"
    return f"about {seconds / 3600:.1f} hours"
