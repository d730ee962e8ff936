"""What people with an account do: and that nobody else sees what is theirs."""

from collections.abc import Callable

from conftest import Complaints, Visitor
from members import Member, greeting, labelled, log_in, log_out, open_a_post, register, unique
from playwright.sync_api import Page, expect

Picture = Callable[[Page, str], None]


def test_log_out_and_in_again(page: Page, member: Member) -> None:
    log_out(page)
    log_in(page, member.username, member.password)
    expect(greeting(page)).to_contain_text(member.username)


def test_a_wrong_password_is_told(page: Page, member: Member) -> None:
    log_out(page)
    page.goto("/accounts/login/")
    page.get_by_label("Username").fill(member.username)
    labelled(page, "Password").fill("not this")
    page.get_by_role("main").get_by_role("button", name="Log in").click()
    expect(page.get_by_text("Please enter a correct")).to_be_visible()


def test_a_comment_is_there_at_once_for_everybody(
    page: Page, member: Member, visitor: Visitor, picture: Picture
) -> None:
    stranger = visitor()
    address = open_a_post(page)
    stranger.goto(address)  # so that the page was kept before the comment
    text = unique("A thought on this")
    page.get_by_label("Your comment").fill(text)
    page.get_by_role("button", name="Comment").click()
    expect(page.get_by_role("article").filter(has_text=text).last).to_be_visible()
    stranger.goto(address)
    expect(stranger.get_by_role("article").filter(has_text=text).last).to_be_visible()
    expect(stranger.get_by_text("Hello,")).to_have_count(0)
    picture(page, "comment")


def test_taking_part_needs_no_script(visitor: Visitor) -> None:
    page = visitor(java_script_enabled=False)
    member = register(page)
    open_a_post(page)
    expect(greeting(page)).to_contain_text(member.username)
    text = unique("Without a script")
    page.get_by_label("Your comment").fill(text)
    page.get_by_role("button", name="Comment").click()
    expect(page.get_by_role("article").filter(has_text=text).last).to_be_visible()
    page.get_by_role("region", name="Have your say").get_by_role("button", name="Up").click()
    expect(page.get_by_role("button", name="Take back")).to_be_visible()
    log_out(page)


def test_a_notice_is_shown_on_the_next_page_and_once(page: Page, member: Member) -> None:
    page.goto("/inbox/new")
    labelled(page, "To").fill(member.username)
    page.get_by_label("Subject").fill(unique("To myself"))
    labelled(page, "Message").fill("Remember.")
    page.get_by_role("button", name="Send").click()
    notice = page.get_by_role("status").filter(has_text="is sent")
    expect(notice).to_be_visible()
    page.goto("/")
    expect(greeting(page)).to_be_visible()
    expect(notice).to_have_count(0)


def test_a_reply_names_whom_it_answers(page: Page, member: Member) -> None:
    open_a_post(page)
    page.get_by_label("Your comment").fill(unique("First"))
    page.get_by_role("button", name="Comment").click()
    page.get_by_role("link", name=f"Reply to {member.username}").last.click()
    text = unique("An answer")
    page.get_by_label("Your comment").fill(text)
    page.get_by_role("main").get_by_role("button", name="Reply").click()
    reply = page.get_by_role("article").filter(has_text=text).last
    expect(reply).to_contain_text(f"answers {member.username}")


def test_a_vote_counts_and_can_be_taken_back(page: Page, member: Member) -> None:
    open_a_post(page)
    votes = page.get_by_role("region", name="Have your say")
    before = votes.get_by_role("strong").inner_text()
    votes.get_by_role("button", name="Up").click()
    expect(votes.get_by_role("button", name="Up")).to_have_attribute("aria-pressed", "true")
    expect(votes.get_by_role("strong")).to_have_text(str(int(before) + 1))
    votes.get_by_role("button", name="Take back").click()
    expect(votes.get_by_role("strong")).to_have_text(before)


def test_a_draft_is_private_until_an_editor_publishes_it(
    page: Page, member: Member, visitor: Visitor, complaints: Complaints, picture: Picture
) -> None:
    title = unique("Notes from a browser")
    page.goto("/write/")
    page.get_by_label("Title").fill(title)
    page.get_by_label("Standfirst").fill("Written by a test.")
    page.get_by_label("Body").fill("A paragraph with *emphasis*.\n\n> And a quotation.")
    page.get_by_label("Tags").fill("testing")
    page.get_by_role("button", name="Save").click()
    page.wait_for_url("**/preview")
    expect(page.get_by_role("heading", level=1, name=title)).to_be_visible()
    expect(page.locator("em", has_text="emphasis")).to_be_visible()
    picture(page, "draft-preview")
    public = page.url.replace("/preview", "/")

    stranger = visitor()
    complaints.expected_statuses.add(404)
    answer = stranger.goto(public)
    assert answer is not None
    assert answer.status == 404, "a stranger can read a draft"

    editor = visitor()
    log_in(editor, "editor", "lab-editor")
    editor.goto(public.removesuffix("/") + "/edit")
    editor.get_by_role("button", name="Publish").click()
    editor.wait_for_url(public)

    answer = stranger.goto(public)
    assert answer is not None
    assert answer.status == 200, "the 404 was kept although the post is published"
    expect(stranger.get_by_role("heading", level=1, name=title)).to_be_visible()
    stranger.goto("/")
    expect(stranger.get_by_role("main").get_by_role("link", name=title).first).to_be_visible()


def test_a_topic_on_the_board(page: Page, member: Member, visitor: Visitor) -> None:
    stranger = visitor()
    stranger.goto("/board/")
    title = unique("What do you cache")
    page.goto("/board/new")
    page.get_by_label("Title").fill(title)
    page.get_by_label("Body").fill("And for how long?")
    page.get_by_role("button", name="Open the topic").click()
    expect(page.get_by_role("heading", level=1, name=title)).to_be_visible()
    stranger.goto("/board/")
    expect(stranger.get_by_role("link", name=title).first).to_be_visible()


def test_a_message_reaches_its_reader_and_nobody_else(
    page: Page, member: Member, visitor: Visitor, complaints: Complaints, picture: Picture
) -> None:
    friend_page, other_page = visitor(), visitor()
    friend, _ = register(friend_page, "friend"), register(other_page, "other")
    subject = unique("A word between us")
    page.goto("/inbox/new")
    labelled(page, "To").fill(friend.username)
    page.get_by_label("Subject").fill(subject)
    labelled(page, "Message").fill("Only you should read this.")
    page.get_by_role("button", name="Send").click()
    page.wait_for_url("**/inbox/**")

    friend_page.goto("/inbox/")
    expect(friend_page.get_by_role("listitem").filter(has_text=subject)).to_contain_text("New")
    friend_page.get_by_role("link", name=subject).click()
    expect(friend_page.get_by_text("Only you should read this.")).to_be_visible()
    picture(friend_page, "message")

    complaints.expected_statuses.update({403, 404})
    answer = other_page.goto(friend_page.url)
    assert answer is not None
    assert answer.status in (403, 404), "somebody else can read the message"


def test_an_unknown_recipient_is_told(page: Page, member: Member, complaints: Complaints) -> None:
    complaints.expected_statuses.add(400)
    page.goto("/inbox/new")
    labelled(page, "To").fill("nobody-of-this-name")
    page.get_by_label("Subject").fill("Hello?")
    labelled(page, "Message").fill("Is there anybody?")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("There is no member of this name.")).to_be_visible()
