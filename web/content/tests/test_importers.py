"""What people have comes in whole and once; what is broken or hostile comes in not at all."""

import io
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from content.addresses import web_address
from content.importing import wordpress
from content.importing.feeds import parse_feed
from content.importing.items import BadImport
from content.importing.markdown import markdown, plain
from content.importing.xml import moment
from content.management.commands import import_feed
from magazine.models import Comment, Post, Tag, User

HERE = Path(__file__).parent
EXPORTS = HERE / "exports"
HOSTILE = sorted((HERE / "hostile").glob("*.xml"))

pytestmark = pytest.mark.django_db


def imported(command: str, path: Path) -> str:
    out = io.StringIO()
    call_command(command, str(path), stdout=out)
    return out.getvalue()


def test_an_atom_feed_becomes_posts():
    assert "2 posts added" in imported("import_feed", EXPORTS / "atom.xml")
    first = Post.objects.get(title="A first note")
    assert first.body == "## Why\n\nBecause it is **first**."
    assert first.standfirst == "What a first note says."
    assert first.published_at.isoformat() == "2026-02-01T08:30:00+00:00"
    assert first.author.name == "Grace Example"
    assert [tag.slug for tag in first.tags.all()] == ["caching"]
    assert first.is_public
    second = Post.objects.get(title="A second note & more")
    assert second.body == "In *XHTML*.\n\n- one\n- two"
    assert second.author.name == "Notes from the lab"


def test_an_rss_feed_becomes_posts_whatever_its_encoding():
    imported("import_feed", EXPORTS / "rss.xml")
    post = Post.objects.get()
    assert post.title == "Café reopens"
    assert post.standfirst == "Short words."
    assert "Long words." in post.body
    assert "```\nx = 1\n```" in post.body
    assert post.author.username == "feed-jo-writer"


def test_an_rss_1_feed_is_read_too():
    imported("import_feed", EXPORTS / "rss1.xml")
    assert Post.objects.get().published_at.year == 2005


def test_a_wordpress_export_becomes_posts_drafts_and_threads():
    assert "2 posts and 3 comments added" in imported("import_wordpress", EXPORTS / "wordpress.xml")
    post = Post.objects.get(title="By train to the sea")
    assert post.body == "We left *early*.\n\n> Mind the gap."
    assert post.standfirst == "A journey."
    assert post.author.name == "Wanda Blogger"
    assert {tag.name for tag in post.tags.all()} == {"Travel", "Sea"}
    answer = Comment.objects.get(body="The 7:15.")
    assert answer.parent.body == "Which train?"
    assert answer.author == post.author
    assert Comment.objects.get(body="I answer myself.").parent is None
    draft = Post.objects.get(title="Not yet")
    assert not draft.is_public
    assert draft.published_at is None
    assert draft.body == "First paragraph,\nof the older editor.\n\nSecond paragraph."


def test_an_export_cannot_write_in_the_name_of_the_sites_own_accounts():
    User.objects.create_user("admin", password="x")
    imported("import_wordpress", EXPORTS / "wordpress.xml")
    assert not User.objects.get(username="admin").posts.exists()


@pytest.mark.parametrize(
    ("command", "file"),
    [
        ("import_feed", "atom.xml"),
        ("import_feed", "rss.xml"),
        ("import_wordpress", "wordpress.xml"),
    ],
)
def test_a_second_import_adds_nothing_and_says_so(command, file):
    imported(command, EXPORTS / file)
    before = [model.objects.count() for model in (Post, Comment, Tag, User)]
    said = imported(command, EXPORTS / file)
    assert "0 posts" in said
    assert "were already there" in said
    assert [model.objects.count() for model in (Post, Comment, Tag, User)] == before


@pytest.mark.parametrize("path", HOSTILE, ids=lambda path: path.stem)
@pytest.mark.parametrize("command", ["import_feed", "import_wordpress"])
def test_what_is_broken_or_hostile_is_one_line_and_changes_nothing(command, path):
    with pytest.raises(CommandError) as failure:
        imported(command, path)
    line = str(failure.value)
    assert "\n" not in line
    assert path.name in line
    assert "root:" not in line
    assert not Post.objects.exists()
    assert not User.objects.exists()


@pytest.mark.parametrize("command", ["import_feed", "import_wordpress"])
def test_a_file_that_is_not_there_is_one_line(command):
    with pytest.raises(CommandError, match="can't be read"):
        imported(command, HERE / "nowhere.xml")


def test_a_feed_is_no_wordpress_export():
    with pytest.raises(CommandError, match="use import_feed"):
        imported("import_wordpress", EXPORTS / "rss.xml")


def test_an_export_that_is_cut_short_in_its_last_post_adds_none(tmp_path):
    whole = (EXPORTS / "wordpress.xml").read_text()
    path = tmp_path / "cut.xml"
    path.write_text(whole[: whole.index("Thrown away")])
    with pytest.raises(CommandError, match="cut short"):
        imported("import_wordpress", path)
    assert not Post.objects.exists()


@pytest.mark.parametrize("command", ["import_feed", "import_wordpress"])
def test_what_is_too_large_is_refused(command, monkeypatch):
    module = import_feed if command == "import_feed" else wordpress
    monkeypatch.setattr(module, "MOST_BYTES", 100)
    with pytest.raises(CommandError, match="is larger than"):
        imported(command, EXPORTS / "wordpress.xml")


def test_a_post_that_is_too_long_stops_the_import(tmp_path):
    path = tmp_path / "long.xml"
    path.write_text(
        '<rss version="2.0"><channel><title>T</title><item><title>Long</title>'
        f"<description>{'word ' * 25_000}</description></item></channel></rss>"
    )
    with pytest.raises(CommandError, match="more than 100,000 characters"):
        imported("import_feed", path)


def test_absurd_nesting_is_refused():
    with pytest.raises(BadImport, match="nests more than"):
        markdown("<div>" * 5_000)


def test_paragraphs_and_lists_that_nobody_closes_are_no_nesting():
    assert markdown("<p>one" * 300).count("one") == 300


def test_scripts_are_no_prose():
    assert markdown("<p>Hello</p><script>alert(1)</script><style>p{}</style>") == "Hello"
    assert plain("<b>a</b><script>b</script> &amp; c") == "a & c"


def test_an_undated_nameless_entry_is_still_a_post():
    items = parse_feed(
        b"<rss><channel><item><description>x</description></item></channel></rss>", "f"
    )
    assert items[0].title == "Untitled"
    assert items[0].published is None


@pytest.mark.parametrize(
    "written", ["", "soon", "0000-00-00 00:00:00", "0001-01-01", "9999-12-31", "Mon, 99 Feb 2026"]
)
def test_what_is_no_date_is_none(written):
    assert moment(written) is None


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "data:text/html,x", "//x", "http://[", ""]
)
def test_only_web_addresses_are_kept(address):
    assert web_address(address) == ""
