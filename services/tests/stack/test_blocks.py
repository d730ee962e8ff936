"""An editors' template reaches every replica and every kept page as soon as it is saved."""

from collections.abc import Iterator
from uuid import uuid4

import pytest

from checks import stack
from checks.visitor import Visitor, first_post

ADD = "/admin/magazine/block/add/"
PLACE = "masthead-notice"  # the seed leaves it empty
REMOVE = f"Block.objects.filter(name='{PLACE}').delete()"


@pytest.fixture(autouse=True)
def _as_it_was() -> Iterator[None]:
    stack.in_django(REMOVE)
    yield
    stack.in_django(REMOVE)


@pytest.fixture
def editor() -> Visitor:
    return Visitor().log_in("editor", "lab-editor")


def kept_pages(visitor: Visitor) -> list[str]:
    """Paths of pages that the edge keeps."""
    paths = ["/", first_post(visitor)]
    for path in paths:
        visitor.get(path)
        assert visitor.get(path).is_hit, f"{path} must be kept for this to prove something"
    return paths


def test_a_template_that_is_saved_is_on_the_next_page(visitor: Visitor, editor: Visitor) -> None:
    text = f"Closed on Sunday {uuid4()}"
    paths = kept_pages(visitor)
    answer = editor.post(ADD, ADD, name=PLACE, source=f"<p>{text}, says {{{{ site }}}}</p>")
    assert answer.status == 302, f"the admin refused it: {answer.status}"
    for path in paths:
        assert f"{text}, says The Cached Gazette" in visitor.get(path).text, (
            f"{path} was not made anew: is Varnish purged? ./scripts/lab logs relay web"
        )


def test_one_that_a_command_takes_away_is_gone_from_the_next_page(
    visitor: Visitor, editor: Visitor
) -> None:
    text = f"Soon gone {uuid4()}"
    editor.post(ADD, ADD, name=PLACE, source=text)
    for path in kept_pages(visitor):
        assert text in visitor.get(path).text
    stack.in_django(REMOVE)
    for path in ("/", first_post(visitor)):
        assert text not in visitor.get(path).text


def test_saving_one_leaves_pages_without_it_alone(visitor: Visitor, editor: Visitor) -> None:
    visitor.get("/photos/")
    assert visitor.get("/photos/").is_hit
    editor.post(ADD, ADD, name=PLACE, source=f"Elsewhere {uuid4()}")
    assert visitor.get("/photos/").is_hit, "a notice must not empty the whole cache"


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("{% if site %}", "line 1: Unexpected end of template"),
        ("{{ site.__class__ }}", "line 1: access to attribute"),
        ("{% for n in range(10**9) %}x{% endfor %}", "line 1: “call” is not among"),
    ],
)
def test_the_admin_refuses_what_would_not_show(
    visitor: Visitor, editor: Visitor, source: str, words: str
) -> None:
    answer = editor.post(ADD, ADD, name=PLACE, source=source)
    assert answer.status == 200
    assert words in answer.text
    assert stack.in_django(f"Block.objects.filter(name='{PLACE}').exists()") == "False"
