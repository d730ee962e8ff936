"""What an editor may write, and what is refused in one line before it can do harm."""

from __future__ import annotations

import sys

import jinja2
import pytest

from magazine.blocks import language
from magazine.blocks.places import SAMPLES, problem

VALUES = SAMPLES["post-footer"]

ACCEPTED = [
    ("plain <b>text</b>", "plain text"),  # <b> is not among the site's elements
    ("{{ title }}", "On &lt;caches&gt;"),
    ("{{ author|upper }}", "ADA &amp; CO."),
    ("{% if comments > 3 %}{{ comments }} comments{% endif %}", "12 comments"),
    ("{% for tag in tags %}{{ loop.index }} {{ tag.name }}{% endfor %}", "1 Linux"),
    ("{{ tags[0].slug }} {{ tags|length }} {{ title[:2] }}", "linux 1 On"),
    ("{{ 'some' if comments is even else 'odd' }}", "some"),
    ("{{ tags|first is defined and not comments == 0 }}", "True"),
    ("{# a remark #}{{ kind|default('post') }}", "article"),
]

# (source, words of the one line that refuses it)
REFUSED = {
    # Into Python's insides.
    "a class": ("{{ title.__class__ }}", "unsafe"),
    "a class by subscript": ("{{ title['__class__'] }}", "unsafe"),
    "the mro": ("{{ title.__class__.mro() }}", "call"),
    "subclasses": ("{{ ''.__class__.__mro__[1].__subclasses__() }}", "call"),
    "a loop's class": ("{% for t in tags %}{{ loop.__init__ }}{% endfor %}", "unsafe"),
    "a method's own object": ("{{ title.upper.__self__ }}", "unsafe"),
    "format": ("{{ '{0.__class__}'.format(title) }}", "call"),
    "format_map": ("{{ '{title.__class__}'.format_map(tags[0]) }}", "call"),
    "the filter format": ("{{ '%s'|format(title) }}", "no filter “format”"),
    "the filter attr": ("{{ title|attr('__class__') }}", "no filter “attr”"),
    "the filter map": ("{{ tags|map(attribute='__class__')|first }}", "no filter “map”"),
    "changing a value": ("{{ tags.append(1) }}", "call"),
    # Other files.
    "import": ("{% import 'os' as os %}", "import"),
    "from import": ("{% from 'os' import path %}", "fromimport"),
    "include": ("{% include '/etc/passwd' %}", "include"),
    "extends": ("{% extends 'magazine/base.html' %}", "extends"),
    # Work without an end.
    "a range": ("{% for n in range(10**9) %}x{% endfor %}", "call"),
    "loops in loops": ("{% for a in tags %}{% for b in tags %}{% endfor %}{% endfor %}", "loop"),
    "recursion": ("{% for a in tags recursive %}{{ a.name }}{% endfor %}", "loop"),
    "a large power": ("{{ 10**10**10 }}", "pow"),
    "a large text": ("{{ 'a' * 10000000000 }}", "mul"),
    "a wide format": ("{{ '%9999999999d' % 1 }}", "mod"),
    "doubling": ("{% set a = title ~ title %}", "assign"),
    "joining": ("{{ title ~ title }}", "concat"),
    "lists": ("{% for a in [1, 2] %}{% endfor %}", "list"),
    "macros": ("{% macro m() %}{{ m() }}{% endmacro %}", "macro"),
    "wide centring": ("{{ title|center(10000000000) }}", "no filter “center”"),
    "growing by replacement": ("{{ title|replace('a', title) }}", "no filter “replace”"),
    "a long condition": (f"{{{{ {' and '.join(['kind'] * 40)} }}}}", "nested too deeply"),
    "too deep": (f"{{{{ {'(' * 1_500}1{')' * 1_500} }}}}", "nested too deeply"),
    "a number too large": (f"{{{{ {'9' * 3_900}|length }}}}", "len()"),
    "too long": ("x" * 4_001, "longer than 4,000"),
    # Unescaped values.
    "safe": ("{{ title|safe }}", "no filter “safe”"),
    "autoescape": ("{% autoescape false %}{{ title }}{% endautoescape %}", "not among"),
    # Mistakes.
    "an open tag": ("one\ntwo {% if title %}", "line 2: "),
    "an unclosed value": ("{{ title", "line 1: "),
    "a name with an error": ("\n{{ titel }}", "line 2: there is no “titel” here; there are site"),
    "the same in a branch not taken": ("{% if comments > 99 %}{{ titel }}{% endif %}", "“titel”"),
    "a missing key": ("\n\n{{ tags[0].colour }}", "line 3: "),
    "what fails without tags": ("{{ tags[0].name }}", "line 1: "),
    "a list as text": ("{{ tags }}", "list"),
    "a method as text": ("{{ title.upper }}", "can’t be shown"),
    "an unknown test": ("{% if title is mapping %}{% endif %}", "no test “mapping”"),
}


def shown(source: str) -> str:
    return language.render(language.code_of(source), VALUES)


@pytest.mark.parametrize(("source", "expected"), ACCEPTED)
def test_what_an_editor_may_write(source: str, expected: str) -> None:
    assert shown(source) == expected


@pytest.mark.parametrize(("source", "words"), REFUSED.values(), ids=REFUSED)
def test_what_is_refused_is_refused_in_one_line(source: str, words: str) -> None:
    refusal = problem("post-footer", source)
    assert words in refusal
    assert "\n" not in refusal
    assert len(refusal) < 250


@pytest.mark.parametrize("place", SAMPLES)
def test_a_plain_text_is_fine_everywhere(place: str) -> None:
    assert problem(place, "<p>Welcome to {{ site }}.</p>") == ""


@pytest.mark.parametrize(
    "source",
    [
        "<script>alert(1)</script>",
        '<img src=x onerror="alert(1)">',
        '<a href="javascript:alert(1)">x</a>',
        "<p onclick={{ title }}>x</p>",
        '<iframe src="//elsewhere.example"></iframe>',
    ],
)
def test_an_editors_html_holds_no_script(source: str) -> None:
    html = shown(source)
    for word in ("script", "onerror", "onclick", "iframe"):
        assert word not in html


def test_an_element_left_open_ends_with_its_block() -> None:
    assert shown("<ul><li>one") == "<ul><li>one</li></ul>"


def test_too_much_output_is_an_error_and_not_a_page_without_end() -> None:
    values = {"tags": [{"name": "x" * 5_000}] * 5}
    with pytest.raises(jinja2.TemplateRuntimeError, match="more than 20,000 characters"):
        language.render(language.code_of("{% for t in tags %}{{ t.name }}{% endfor %}"), values)


def test_code_is_loaded_once_in_a_process() -> None:
    code = language.code_of("{{ title }} once")
    before = language._loaded.cache_info()
    for _ in range(3):
        language.render(code, VALUES)
    after = language._loaded.cache_info()
    assert (after.misses - before.misses, after.hits - before.hits) == (1, 2)


def test_no_more_templates_are_held_than_there_is_room_for() -> None:
    for number in range(language.KEPT + 10):
        language.render(language.code_of(f"number {number}"), VALUES)
    assert language._loaded.cache_info().currsize == language.KEPT


def test_the_runtime_names_this_python_and_this_jinja() -> None:
    assert sys.implementation.cache_tag in language.RUNTIME
    assert jinja2.__version__ in language.RUNTIME
