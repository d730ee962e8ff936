"""What people write is seen at once by everybody it is for, and by nobody else."""

from uuid import uuid4

from checks.visitor import Visitor, first_post, member


def comment(writer: Visitor, post: str, text: str) -> None:
    answer = writer.post(post, f"{post}comment", body=text)
    assert answer.status == 302, f"the comment was not accepted: {answer.status}"


def test_a_comment_appears_at_once_for_anonymous_readers(visitor: Visitor) -> None:
    post, writer = first_post(visitor), member()
    for _ in range(3):
        text = f"A thought, {uuid4()}"
        visitor.get(post)
        assert visitor.get(post).is_hit, "the page must be kept for this to prove something"
        comment(writer, post, text)
        assert text in visitor.get(post).text, (
            "an acknowledged comment was not on the next reader's page: "
            "is Varnish purged? ./scripts/lab logs relay web"
        )


def test_the_page_is_kept_again_after_a_purge(visitor: Visitor) -> None:
    post = first_post(visitor)
    comment(member(), post, f"Another, {uuid4()}")
    visitor.get(post)
    assert visitor.get(post).is_hit, "a purged page must be kept again"


def test_a_purge_leaves_pages_of_others_alone(visitor: Visitor) -> None:
    post = first_post(visitor)
    visitor.get("/photos/")
    comment(member(), post, f"And another, {uuid4()}")
    assert visitor.get("/photos/").is_hit, "a comment must not empty the whole cache"


def test_a_members_page_is_never_anybody_elses(visitor: Visitor) -> None:
    reader = member()
    for path in ("/", first_post(visitor), "/board/"):
        visitor.get(path)
        personal = reader.get(path)
        assert personal.is_hit, f"{path}: a member must be given the page that is kept"
        assert "Hello, " in personal.text
        assert "<esi:" not in personal.text, f"{path}: a place was not filled"
        assert "private" in personal.headers.get("Cache-Control", "")
        assert "Hello, " not in visitor.get(path).text, f"{path}: a member's page was shared"


def test_an_inbox_is_its_owners(visitor: Visitor) -> None:
    subject = f"Between us, {uuid4()}"
    sender = Visitor().log_in("reader", "lab-reader")
    sender.post("/inbox/new", "/inbox/new", to="member", subject=subject, body="For you.")
    assert subject in member().get("/inbox/").text
    assert visitor.get("/inbox/").status == 302
    editor = Visitor().log_in("editor", "lab-editor")
    assert subject not in editor.get("/inbox/").text


def test_a_form_without_its_token_changes_nothing(visitor: Visitor) -> None:
    post, writer = first_post(visitor), member()
    text = f"Forged, {uuid4()}"
    body = f"body={text}".encode()
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    assert writer.send(f"{post}comment", "POST", body, kind).status == 403
    assert text not in visitor.get(post).text
