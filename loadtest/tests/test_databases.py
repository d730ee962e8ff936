"""Databases of other sizes: made once, left whole, and gone in the end."""

from __future__ import annotations

import pytest

from bench.databases import Databases, about, name_of


class Server:
    """Answers as `psql` does; `posts` by database."""

    def __init__(self, **posts: int) -> None:
        self.posts: dict[str, int] = {"lab": 1040, **posts}
        self.newest = 500
        self.deleted: list[tuple[str, str]] = []

    def run(self, service: str, *command: str) -> str:
        assert service == "postgres"
        if command[0] == "createdb":
            self.posts[command[-1]] = -1
            return ""
        database = command[2].removeprefix("--dbname=")
        return self._answer(database, command[-1])

    def _answer(self, database: str, sql: str) -> str:
        if "pg_database" in sql:
            return "1\n" if sql.split("'")[1] in self.posts else "\n"
        if "to_regclass" in sql:
            return "magazine_post\n" if self.posts[database] >= 0 else "\n"
        if sql.startswith("SELECT count"):
            return f"{self.posts[database]}\n"
        if "max(id)" in sql:
            return f"{self.newest}\n"
        if sql.startswith("DELETE"):
            self.deleted.append((database, sql))
        if sql.startswith("DROP"):
            self.posts.pop(sql.split()[4], None)
        return ""

    def fill(self, database: str, posts: int) -> None:
        assert self.posts[database] == -1, "only an empty database is filled"
        self.posts[database] = posts + 45


@pytest.mark.parametrize(
    ("there", "filled"),
    [
        ({}, True),
        ({"lab_posts_1000": 1045}, False),
        ({"lab_posts_1000": -1}, True),
        ({"lab_posts_1000": 0}, True),
    ],
)
def test_a_whole_database_is_used_again_and_any_other_made_anew(
    there: dict[str, int], filled: bool
) -> None:
    server, said = Server(**there), []
    Databases(server.run, server.fill).ensure(1000, said.append)
    assert server.posts["lab_posts_1000"] == 1045
    assert bool(said) == filled


@pytest.mark.parametrize("keep", [True, False])
def test_they_go_in_the_end_unless_they_are_kept_and_the_sites_own_stays(keep: bool) -> None:
    server = Server()
    databases = Databases(server.run, server.fill, keep)
    databases.ensure(1000, lambda sentence: None)
    databases.use(1000)
    assert databases.toggles == {"LAB_DATABASE_NAME": "lab_posts_1000"}
    databases.remove()
    assert ("lab_posts_1000" in server.posts) == keep
    assert "lab" in server.posts
    assert databases.toggles == {"LAB_DATABASE_NAME": "lab"}


def test_what_the_load_wrote_is_taken_back_and_nothing_else() -> None:
    server = Server()
    databases = Databases(server.run, server.fill)
    databases.ensure(1000, lambda sentence: None)
    databases.take_back()
    databases.use(1000)
    databases.take_back()
    (own, all_of_them), (large, later) = server.deleted
    assert (own, large) == ("lab", name_of(1000))
    for sql, floor in ((all_of_them, 0), (later, 500)):
        for of_the_load in (
            f"magazine_comment WHERE (id > {floor} AND body LIKE 'Written in the load test, %')",
            f"magazine_message WHERE id > {floor} AND body LIKE 'Written in the load test, %'",
            f"magazine_post WHERE id > {floor} AND standfirst LIKE 'Written in the load test.%'",
        ):
            assert f"FROM {of_the_load}" in sql


@pytest.mark.parametrize(
    ("seconds", "said"), [(40, "about 40 s"), (864, "about 14 minutes"), (9000, "about 2.5 hours")]
)
def test_times_are_told_in_their_unit(seconds: float, said: str) -> None:
    assert about(seconds) == said
