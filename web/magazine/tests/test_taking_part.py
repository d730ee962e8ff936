"""What members do, and what they may not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from magazine.models import Comment, Message, Photo, Post, User, Vote

from . import factories as make

pytestmark = pytest.mark.django_db

LogIn = Callable[[User], Client]
PASSWORD = "correct horse battery"


def test_registering_logs_in_and_goes_on_to_where_one_was_going(client: Client) -> None:
    given = {
        "username": "new",
        "display_name": "New Here",
        "password1": PASSWORD,
        "password2": PASSWORD,
        "next": "/board/new",
    }
    response = client.post("/accounts/register/", given)
    assert response.status_code == 302
    assert response["Location"] == "/board/new"
    assert "Hello, <a" in client.get("/").content.decode()


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example/", "javascript:x"])
def test_neither_registering_nor_logging_in_leads_to_another_site(
    client: Client, elsewhere: str
) -> None:
    given = {"username": "new", "password1": PASSWORD, "password2": PASSWORD, "next": elsewhere}
    assert client.post("/accounts/register/", given)["Location"] == "/"
    client.post("/accounts/logout/")
    given = {"username": "new", "password": PASSWORD, "next": elsewhere}
    assert client.post("/accounts/login/", given)["Location"] == "/"


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"username": ""}, "This field is required"),
        ({"username": "mary"}, "already exists"),
        ({"username": "a b"}, "Enter a valid username"),
        ({"password2": "other"}, "didn’t match"),
        ({"password1": "1", "password2": "1"}, "too short"),
    ],
)
def test_a_registration_that_is_wrong_says_what_is(
    client: Client, member: User, changed: dict[str, str], said: str
) -> None:
    given = {"username": "new", "password1": PASSWORD, "password2": PASSWORD, **changed}
    response = client.post("/accounts/register/", given)
    assert response.status_code == 400
    assert said in response.content.decode()
    assert User.objects.count() == 1


def test_logging_in_and_out(client: Client, member: User) -> None:
    member.set_password(PASSWORD)
    member.save()
    wrong = client.post("/accounts/login/", {"username": "mary", "password": "no"})
    assert "correct username and password" in wrong.content.decode()
    client.post("/accounts/login/", {"username": "mary", "password": PASSWORD})
    assert "Log out" in client.get("/").content.decode()
    assert client.get("/accounts/logout/").status_code == 405
    client.post("/accounts/logout/")
    assert not client.cookies["sessionid"].value
    assert "Log in" in client.get("/").content.decode()


@pytest.mark.parametrize(
    "path",
    [
        *("/write/", "/drafts/", "/inbox/", "/inbox/new", "/inbox/1/", "/board/new"),
        *("/photos/new", "/posts/any/edit", "/posts/any/preview", "/posts/any/comment"),
    ],
)
def test_members_pages_send_others_to_the_login(client: Client, path: str) -> None:
    response = client.get(path)
    assert response.status_code == 302
    assert response["Location"] == f"/accounts/login/?next={path}"
    assert response["Cache-Control"] == "private, no-store"


def test_forms_need_their_token(member: User) -> None:
    post = make.article()
    client = Client(enforce_csrf_checks=True)
    client.force_login(member)
    assert client.post(f"/posts/{post.slug}/comment", {"body": "x"}).status_code == 403
    assert client.post(f"/posts/{post.slug}/vote", {"value": "1"}).status_code == 403
    page = client.get(f"/posts/{post.slug}/")
    token = page.context["csrf_token"]
    given = {"body": "x", "csrfmiddlewaretoken": str(token)}
    assert client.post(f"/posts/{post.slug}/comment", given).status_code == 302


def test_a_comment_and_an_answer_are_kept(member: User, logged_in: LogIn) -> None:
    post = make.article()
    client = logged_in(member)
    response = client.post(f"/posts/{post.slug}/comment", {"body": "Well."})
    comment = Comment.objects.get()
    assert response["Location"] == f"/posts/{post.slug}/#comment-{comment.pk}"
    form = client.get(f"/posts/{post.slug}/comment?parent={comment.pk}").content.decode()
    assert "Reply to Mary" in form
    client.post(f"/posts/{post.slug}/comment", {"body": "Indeed.", "parent": comment.pk})
    assert Comment.objects.get(body="Indeed.").parent == comment
    post.refresh_from_db()
    assert post.last_activity_at == Comment.objects.get(body="Indeed.").created_at


@pytest.mark.parametrize("body", ["", "   ", "x" * 10_001, "nul\x00"])
def test_a_comment_that_is_no_good_is_given_back_with_the_reason(
    member: User, logged_in: LogIn, body: str
) -> None:
    post = make.article()
    response = logged_in(member).post(f"/posts/{post.slug}/comment", {"body": body})
    assert response.status_code == 400
    assert "errorlist" in response.content.decode()
    assert not Comment.objects.exists()


@pytest.mark.parametrize("parent", ["0", "x", "-1", "9" * 30, "{other}"])
def test_a_comment_answers_only_what_is_on_the_same_post(
    member: User, logged_in: LogIn, parent: str
) -> None:
    other = make.comment(make.article())
    post = make.article()
    given = {"body": "Yes.", "parent": parent.format(other=other.pk)}
    assert logged_in(member).post(f"/posts/{post.slug}/comment", given).status_code == 404
    assert Comment.objects.count() == 1


def test_nobody_comments_or_votes_on_a_draft(editor: User, logged_in: LogIn) -> None:
    post = make.draft()
    client = logged_in(editor)
    assert client.post(f"/posts/{post.slug}/comment", {"body": "x"}).status_code == 404
    assert client.post(f"/posts/{post.slug}/vote", {"value": "1"}).status_code == 404


def test_a_vote_is_one_per_person_and_can_be_taken_back(member: User, logged_in: LogIn) -> None:
    post = make.article()
    client = logged_in(member)
    for value in ("1", "1", "-1"):
        response = client.post(f"/posts/{post.slug}/vote", {"value": value})
        assert response["Location"] == f"/posts/{post.slug}/#votes"
    assert Vote.objects.get().value == -1
    page = client.get(f"/posts/{post.slug}/").content.decode()
    assert 'value="-1" aria-pressed="true"' in page
    client.post(f"/posts/{post.slug}/vote", {"value": "0"})
    assert not Vote.objects.exists()
    assert client.get(f"/posts/{post.slug}/vote").status_code == 405


@pytest.mark.parametrize("value", ["", "2", "x", "1e9"])
def test_a_vote_of_another_value_is_refused(member: User, logged_in: LogIn, value: str) -> None:
    post = make.article()
    assert logged_in(member).post(f"/posts/{post.slug}/vote", {"value": value}).status_code == 400
    assert not Vote.objects.exists()


ARTICLE: dict[str, Any] = {
    "title": "On knots",
    "standfirst": "A short history.",
    "body": "# Knots\n\nThey hold.",
    "tags": "Sailing, Craft, sailing",
}


def test_a_member_writes_a_draft_that_only_writer_and_editors_see(
    member: User, editor: User, logged_in: LogIn
) -> None:
    response = logged_in(member).post("/write/", {**ARTICLE, "action": "publish"})
    assert response["Location"] == "/posts/on-knots/preview"
    post = Post.objects.get()
    assert not post.is_public  # publishing is the editors'
    assert {tag.name for tag in post.tags.all()} == {"sailing", "Craft"}
    for person, status in ((member, 200), (editor, 200), (make.person(), 404)):
        for page in ("preview", "edit"):
            response = logged_in(person).get(f"/posts/on-knots/{page}")
            assert response.status_code == status
            assert response["Cache-Control"] == "private, no-store"
    assert Client().get("/posts/on-knots/").status_code == 404
    assert "On knots" in logged_in(member).get("/drafts/").content.decode()
    assert "On knots" in logged_in(editor).get("/drafts/").content.decode()
    assert "On knots" not in logged_in(make.person()).get("/drafts/").content.decode()


@pytest.mark.django_db(transaction=True)
def test_an_editor_publishes_and_withdraws(client: Client, editor: User, logged_in: LogIn) -> None:
    make.draft(slug="on-knots")
    assert "On knots" not in client.get("/").content.decode()
    desk = logged_in(editor)
    assert desk.post("/posts/on-knots/edit", {**ARTICLE, "action": "publish"}).status_code == 302
    first_date = Post.objects.get().published_at
    assert "On knots" in client.get("/").content.decode()
    desk.post("/posts/on-knots/edit", {**ARTICLE, "action": "withdraw"})
    assert client.get("/posts/on-knots/").status_code == 404
    desk.post("/posts/on-knots/edit", {**ARTICLE, "action": "publish"})
    assert Post.objects.get().published_at == first_date


def test_others_do_not_edit_what_is_published(member: User, logged_in: LogIn) -> None:
    post = make.article()
    response = logged_in(member).post(f"/posts/{post.slug}/edit", ARTICLE)
    assert response.status_code == 404
    post.refresh_from_db()
    assert post.title != "On knots"


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"title": ""}, "This field is required"),
        ({"title": "x" * 141}, "at most 140"),
        ({"body": ""}, "This field is required"),
        ({"body": "x" * 100_001}, "at most 100000"),
        ({"tags": "a,b,c,d,e,f,g,h,i"}, "At most 8 tags"),
        ({"tags": "!!!"}, "can’t be a tag"),
        ({"photo": "/photos/77/"}, "no such photo"),
        ({"photo": "nonsense"}, "no such photo"),
    ],
)
def test_an_article_that_is_no_good_is_given_back_with_the_reason(
    member: User, logged_in: LogIn, changed: dict[str, str], said: str
) -> None:
    response = logged_in(member).post("/write/", {**ARTICLE, **changed})
    assert response.status_code == 400
    assert said in response.content.decode()
    assert not Post.objects.exists()


def test_the_edit_form_holds_what_is_there(member: User, logged_in: LogIn) -> None:
    photo = make.photo()
    post = make.article(author=member, tags=["Craft"], photo=photo)
    html = logged_in(member).get(f"/posts/{post.slug}/edit").content.decode()
    assert 'value="Craft"' in html
    assert f'value="/photos/{photo.pk}/"' in html
    given = {**ARTICLE, "photo": f"http://testserver/photos/{photo.pk}/"}
    assert logged_in(member).post(f"/posts/{post.slug}/edit", given).status_code == 302
    post.refresh_from_db()
    assert (post.title, post.photo, post.is_public) == ("On knots", photo, True)


def test_equal_titles_get_different_addresses(member: User, logged_in: LogIn) -> None:
    client = logged_in(member)
    for _ in range(3):
        client.post("/board/new", {"title": "Hello", "body": "Hi."})
    client.post("/board/new", {"title": "日本", "body": "Hi."})
    slugs = {post.slug for post in Post.objects.all()}
    assert slugs == {"hello", "hello-2", "hello-3", "post"}
    assert "Hello" in Client().get("/board/").content.decode()


def test_a_topic_is_public_at_once_and_its_writer_edits_it(member: User, logged_in: LogIn) -> None:
    client = logged_in(member)
    assert client.post("/board/new", {"title": "", "body": "x"}).status_code == 400
    response = client.post("/board/new", {"title": "Hello", "body": "Hi."})
    assert response["Location"] == "/posts/hello/"
    client.post("/posts/hello/edit", {"title": "Hello!", "body": "Hi."})
    assert Post.objects.get().title == "Hello!"


def test_a_message_is_read_by_its_two_people_only(
    member: User, editor: User, logged_in: LogIn
) -> None:
    given = {"to": "edith", "subject": "Knots", "body": "*Dear* Edith"}
    assert logged_in(member).post("/inbox/new", given).status_code == 302
    message = Message.objects.get()
    assert '1 unread">1<' in logged_in(editor).get("/").content.decode()
    assert logged_in(make.person()).get(f"/inbox/{message.pk}/").status_code == 404
    logged_in(member).get(f"/inbox/{message.pk}/")
    message.refresh_from_db()
    assert message.read_at is None  # the sender's reading does not count
    html = logged_in(editor).get(f"/inbox/{message.pk}/").content.decode()
    assert "<em>Dear</em>" in html
    assert "subject=Re%3A%20Knots" in html
    assert "unread" not in logged_in(editor).get("/").content.decode()
    assert "Knots" in logged_in(member).get("/inbox/?box=sent").content.decode()
    assert "Knots" not in logged_in(member).get("/inbox/").content.decode()


def test_the_admin_does_not_tell_what_two_people_wrote(member: User, logged_in: LogIn) -> None:
    root = make.person("root", is_staff=True, is_superuser=True)
    message = Message.objects.create(sender=member, recipient=member, subject="Knots", body="Dear")
    back_room = logged_in(root)
    for page in ("", f"{message.pk}/change/", f"{message.pk}/delete/", f"{message.pk}/history/"):
        html = back_room.get(f"/admin/magazine/message/{page}").content.decode()
        assert f"/admin/magazine/message/{message.pk}/" in html
        assert "Knots" not in html
        assert "Dear" not in html


@pytest.mark.parametrize("changed", [{"to": "nobody"}, {"to": ""}, {"body": ""}, {"subject": ""}])
def test_a_message_that_is_no_good_is_not_sent(
    member: User, logged_in: LogIn, changed: dict[str, str]
) -> None:
    given = {"to": "mary", "subject": "Hello", "body": "You", **changed}
    assert logged_in(member).post("/inbox/new", given).status_code == 400
    assert not Message.objects.exists()


def test_a_photo_is_added(member: User, logged_in: LogIn) -> None:
    given = {"title": "A lighthouse", "credit": "Mary", "file": make.picture()}
    response = logged_in(member).post("/photos/new", given)
    photo = Photo.objects.get()
    assert response["Location"] == photo.get_absolute_url()
    assert photo.uploader == member


@pytest.mark.parametrize(
    "content", [b"", b"I am a text.", b"\x89PNG\r\n\x1a\n and then nothing", b"<svg/>"]
)
def test_what_is_not_a_picture_is_refused_with_one_reason(
    member: User, logged_in: LogIn, content: bytes
) -> None:
    given = {"title": "A lighthouse", "file": SimpleUploadedFile("a.png", content)}
    response = logged_in(member).post("/photos/new", given)
    assert response.status_code == 400
    assert response.content.decode().count('class="errorlist"') == 1
    assert not Photo.objects.exists()
