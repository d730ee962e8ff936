"""What people write is shown as they meant it, and can do no harm."""

from __future__ import annotations

import pytest

from magazine.markdown import compile_markdown


@pytest.mark.parametrize(
    ("source", "html"),
    [
        ("*a* **b** ~~c~~", "<p><em>a</em> <strong>b</strong> <s>c</s></p>"),
        ("# Title", "<h2>Title</h2>"),
        ("###### Small", "<h6>Small</h6>"),
        ("> said", "<blockquote>\n<p>said</p>\n</blockquote>"),
        ("`a < b`", "<p><code>a &lt; b</code></p>"),
        ("[a](/posts/x/)", '<p><a href="/posts/x/" rel="nofollow noopener">a</a></p>'),
        ("", ""),
    ],
)
def test_markdown_becomes_html(source: str, html: str) -> None:
    assert compile_markdown(source).strip() == html


@pytest.mark.parametrize(
    "source",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[a](javascript:alert(1))",
        "[a](JaVaScRiPt:alert(1))",
        "![a](data:text/html,x)",
        "<a href='javascript:alert(1)'>a</a>",
        "<iframe src=//evil.example></iframe>",
        "<svg/onload=alert(1)>",
    ],
)
def test_nothing_that_runs_gets_through(source: str) -> None:
    html = compile_markdown(source).lower()
    assert "<script" not in html
    assert "<iframe" not in html
    assert "<svg" not in html
    assert "<img src=x" not in html
    assert 'href="javascript' not in html
    assert 'src="data' not in html


@pytest.mark.timeout(5)
@pytest.mark.parametrize("hostile", ["[" * 5_000, "*a " * 5_000, "> " * 3_000, "`" * 9_999])
def test_hostile_nesting_ends_soon(hostile: str) -> None:
    compile_markdown(hostile)
