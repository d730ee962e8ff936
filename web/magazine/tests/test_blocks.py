"""Editors' templates on the pages: fresh, contained, and what is kept of them."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.test import Client

from magazine.blocks import language, policies
from magazine.blocks.places import SAMPLES
from magazine.models import Block, User

from . import factories as make

# Invalidations take effect when a transaction commits, so these tests need real ones.
pytestmark = pytest.mark.django_db(transaction=True)

NOTICE, INTRO, FOOTER = Block.Place.values
FRAMED = ("/", "/posts/subject/", "/tags/linux/", "/authors/ann/", "/archive/2024/03/")


@pytest.fixture(autouse=True)
def _subject() -> None:
    make.article(
        "Sub<ject>",
        slug="subject",
        tags=["Linux"],
        author=make.person("ann"),
        body="word " * 500,
        published_at=make.START,
    )


@pytest.fixture
def page(client: Client) -> Callable[[str], str]:
    return lambda path: client.get(path).content.decode()


@pytest.fixture
def compiled(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Sources, as often as each was compiled."""
    sources: list[str] = []
    compile_source = language.code_of

    def noted(source: str) -> bytes:
        sources.append(source)
        return compile_source(source)

    monkeypatch.setattr(language, "code_of", noted)
    return sources


Read = Callable[[str], str]


def test_each_place_has_samples_and_the_pages_give_values_like_them() -> None:
    assert set(SAMPLES) == set(Block.Place.values)
    for place, values in (
        (INTRO, policies.front_values()),
        (FOOTER, policies.post_values("subject")),
    ):
        assert shape(values) == shape(SAMPLES[place])


def shape(value: Any) -> Any:
    """What a value is made of. A model's instance or a date has no place in a template."""
    if isinstance(value, dict):
        return {name: shape(each) for name, each in value.items()}
    if isinstance(value, list):
        return [shape(each) for each in value[:1]]
    assert type(value) in (str, int)
    return type(value)


def test_a_footer_shows_what_is_true_of_its_post(page: Read) -> None:
    make.block(
        FOOTER,
        "<p>{{ title }} by {{ author }} ({{ username }}), {{ minutes }} min, {{ published }},"
        " {{ comments }} comments, {{ tags[0].name }}, {{ kind }}</p>",
    )
    html = page("/posts/subject/")
    assert "Sub&lt;ject&gt; by Ann (ann), 2 min, 1 March 2024, 0 comments, Linux, article" in html


def test_a_saved_template_is_on_the_next_page(page: Read) -> None:
    for place, paths in ((NOTICE, FRAMED), (INTRO, ("/",)), (FOOTER, ("/posts/subject/",))):
        for path in paths:
            assert "First words" not in page(path)
        block = make.block(place, "<p>First words</p>")
        for path in paths:
            assert "First words" in page(path)
        block.source = "<p>Second words</p>"
        block.save()
        for path in paths:
            assert "Second words" in page(path)
            assert "First words" not in page(path)
        block.delete()
        for path in paths:
            assert "Second words" not in page(path)


def test_a_template_that_moves_leaves_its_old_place(page: Read) -> None:
    block = make.block(INTRO, "<p>On the move</p>")
    assert "On the move" in page("/")
    assert "On the move" not in page("/posts/subject/")
    block.name = FOOTER
    block.save()
    assert "On the move" not in page("/")
    assert "On the move" in page("/posts/subject/")


def test_only_the_first_of_the_front_pages_has_an_introduction(page: Read) -> None:
    make.block(INTRO, "<p>Welcome in</p>")
    for _ in range(20):
        make.article()
    client = Client()
    older = client.get("/").context["older"]
    response = client.get(f"/?before={older}")
    assert "Welcome in" not in response.content.decode()
    assert "block:front-intro" not in response["Surrogate-Key"].split()


def test_a_new_comment_is_counted_in_the_footer(page: Read) -> None:
    make.block(FOOTER, "{{ comments }} so far")
    assert "0 so far" in page("/posts/subject/")
    make.comment(User.objects.get(username="ann").posts.get())
    assert "1 so far" in page("/posts/subject/")


def test_a_new_article_is_counted_in_the_introduction(page: Read) -> None:
    make.block(INTRO, "{{ articles }} to read{% for tag in tags %}, {{ tag.name }}{% endfor %}")
    assert "1 to read, Linux" in page("/")
    for _ in range(2):
        make.article(tags=["Tea"])
    assert "3 to read, Tea, Linux" in page("/")  # the most used first


def test_saving_a_template_ends_only_the_pages_that_show_it(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended: list[str] = []
    monkeypatch.setattr("magazine.invalidation.invalidate", lambda *tags: ended.extend(tags))
    block = make.block(FOOTER, "one")
    block.source = "two"
    block.save()
    assert set(ended) == {"block:post-footer"}
    ended.clear()
    block.save()  # nothing changed
    assert ended == []
    assert "block:post-footer" in client.get("/posts/subject/")["Surrogate-Key"].split()
    for path in ("/", "/board/", "/tags/linux/"):
        assert "block:post-footer" not in client.get(path)["Surrogate-Key"].split()


@pytest.mark.parametrize("source", ["{% if %}", "{{ tags[7].name }}", "{{ title.__class__ }}"])
def test_a_template_that_fails_shows_nothing_and_is_logged_in_one_line(
    page: Read, caplog: pytest.LogCaptureFixture, source: str
) -> None:
    """Saved by a script, which asks no form."""
    whole = page("/posts/subject/")
    make.block(FOOTER, source)
    with caplog.at_level(logging.WARNING, "magazine.blocks"):
        html = page("/posts/subject/")
    assert html == whole
    [line] = [record.getMessage() for record in caplog.records if record.name == "magazine.blocks"]
    assert line.startswith("the block post-footer shows nothing: line 1: ")
    assert "\n" not in line


def test_a_post_that_is_not_public_has_no_footer(client: Client) -> None:
    make.block(FOOTER, "{{ title }}")
    make.draft("Secret", slug="secret")
    assert client.get("/posts/secret/").status_code == 404
    assert client.get("/posts/none/").status_code == 404


# What is kept


def test_one_source_is_compiled_once_however_many_posts_show_it(
    page: Read, compiled: list[str]
) -> None:
    make.article(slug="other")
    make.block(FOOTER, "compiled {{ title }} once")
    page("/posts/subject/")
    page("/posts/other/")
    assert compiled == ["compiled {{ title }} once"]


def test_with_the_switch_off_it_is_compiled_each_time(
    page: Read, compiled: list[str], settings: Any
) -> None:
    make.article(slug="other")
    make.block(FOOTER, "compiled {{ title }} twice")
    settings.CACHING = {**settings.CACHING, "uses": settings.CACHING["uses"] - {"compiled"}}
    page("/posts/subject/")
    page("/posts/other/")
    assert len(compiled) == 2


def test_bytecode_of_another_python_or_jinja_is_a_miss(
    compiled: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(2):
        policies.template_code("{{ title }}", language.RUNTIME)
    assert len(compiled) == 1
    for other in ("cpython-310-jinja-3.1.6", f"{language.RUNTIME}.1"):
        policies.template_code("{{ title }}", other)
    assert len(compiled) == 3


def test_bytecode_that_was_kept_runs_in_another_process() -> None:
    kept = policies.template_code("{{ title }}!", language.RUNTIME)
    language._loaded.cache_clear()  # as in a replica that has just started
    again = policies.template_code("{{ title }}!", language.RUNTIME)
    assert again == kept
    assert language.render(again, {"title": "Read"}) == "Read!"


# In the admin


@pytest.fixture
def editing(editor: User, logged_in: Callable[[User], Client]) -> Callable[..., Any]:
    editor.groups.add(Group.objects.get_or_create(name="editors")[0])
    from magazine.apps import make_editors

    make_editors(using="default")
    client = logged_in(editor)

    def send(**fields: str) -> Any:
        return client.post("/admin/magazine/block/add/", fields)

    return send


def test_an_editor_puts_a_template_on_the_page(editing: Callable[..., Any], page: Read) -> None:
    assert "Closed on" not in page("/")
    assert editing(name=NOTICE, source="<p>Closed on Sunday</p>").status_code == 302
    assert "<p>Closed on Sunday</p>" in page("/")


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("one\n{% if title %}", "line 2: Unexpected end of template."),
        ("{{ titel }}", "line 1: there is no “titel” here"),
        ("{{ title.__class__ }}", "line 1: access to attribute"),
        ("{{ title.__class__.mro() }}", "line 1: “call” is not among"),
    ],
)
def test_the_form_says_what_is_wrong_and_keeps_nothing(
    editing: Callable[..., Any], source: str, words: str
) -> None:
    response = editing(name=FOOTER, source=source)
    assert response.status_code == 200
    [line] = response.context["adminform"].form.errors["source"]
    assert words in line
    assert not Block.objects.exists()


def test_the_form_refuses_a_place_that_there_is_not_or_that_is_taken(
    editing: Callable[..., Any],
) -> None:
    make.block(NOTICE, "Taken")
    for name in ("elsewhere", NOTICE, ""):
        errors = editing(name=name, source="x").context["adminform"].form.errors
        assert list(errors) == ["name"]


def test_the_form_tells_what_each_place_has_to_offer(
    editor: User, logged_in: Callable[[User], Client]
) -> None:
    editor.is_superuser = True
    editor.save()
    html = logged_in(editor).get("/admin/magazine/block/add/").content.decode()
    assert "post-footer: site, title, slug" in html


def test_bytecode_that_another_secret_signed_is_a_miss(compiled: list[str], settings: Any) -> None:
    policies.template_code("{{ title }}", language.RUNTIME)
    settings.SECRET_KEY = "another site's"
    policies.template_code("{{ title }}", language.RUNTIME)
    assert len(compiled) == 2
