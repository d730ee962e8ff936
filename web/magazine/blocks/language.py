"""What an editor may write: Jinja2 in its sandbox, of which only what can't run away is let in.

The sandbox keeps a template from Python's insides. It bounds no work: `{% set x = x ~ x %}` forty
times, `"a" * 10**9` or a format of a huge width would take the server's memory. So a template may
hold no call, no assignment, no arithmetic and no loop within a loop, and no filter makes text that
is much longer than what it is given. Its work is then bounded by the length of its source and of
its values. What is not bounded is time by the clock: a loop over a source's worth of text that
shows nothing runs to its end, some milliseconds.

The result is cleaned like a reader's Markdown: an editor's word can't become a script.
"""

from __future__ import annotations

import importlib.util
import marshal
import sys
import traceback
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

import jinja2
from django.utils.safestring import SafeString
from jinja2 import nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from ..markdown import sanitised

SOURCE_LENGTH = 4_000
# Levels of a template's tree. CPython takes seconds to compile 200 parentheses in each other.
DEEPEST = 25
OUTPUT_LENGTH = 20_000  # characters, before cleaning
KEPT = 64  # templates loaded in one process

# Bytecode is good for the Python and the Jinja that made it. The magic number tells apart what
# the name of a Python does not (CPython changes it with its bytecode).
RUNTIME = (
    f"{sys.implementation.cache_tag}-{importlib.util.MAGIC_NUMBER.hex()}-jinja-{jinja2.__version__}"
)

FILTERS = (
    *("capitalize", "default", "e", "escape", "first", "last", "length", "lower", "trim"),
    *("truncate", "upper", "wordcount"),
)
TESTS = ("defined", "divisibleby", "even", "odd", "undefined")
NODES = (
    *(nodes.Template, nodes.Output, nodes.TemplateData, nodes.If, nodes.For),
    *(nodes.Name, nodes.Const, nodes.Getattr, nodes.Getitem, nodes.Slice),
    *(nodes.Compare, nodes.Operand, nodes.And, nodes.Or, nodes.Not, nodes.CondExpr),
    *(nodes.Filter, nodes.Test, nodes.Keyword),
)

Values = Mapping[str, Any]
"""What a template is given: text, numbers, lists and dicts of these; never a model's instance."""


def printable(value: Any) -> Any:
    """Text and numbers are shown; a list or a method by mistake is an error that says so."""
    if isinstance(value, str | int | jinja2.Undefined):
        return value
    raise jinja2.TemplateRuntimeError(f"a {type(value).__name__} can’t be shown as it is")


def _environment() -> ImmutableSandboxedEnvironment:
    made = ImmutableSandboxedEnvironment(
        autoescape=True, undefined=jinja2.StrictUndefined, finalize=printable
    )
    made.globals.clear()
    made.filters = {name: made.filters[name] for name in FILTERS}
    made.tests = {name: made.tests[name] for name in TESTS}
    return made


environment = _environment()


def code_of(source: str) -> bytes:
    """Marshalled bytecode of a template, of this RUNTIME.

    Raises jinja2.TemplateSyntaxError for what is no template, or none that an editor may write.
    """
    if len(source) > SOURCE_LENGTH:
        raise jinja2.TemplateSyntaxError(f"it is longer than {SOURCE_LENGTH:,} characters", 1)
    tree = environment.parse(source)
    _refuse_any(tree, DEEPEST)
    return marshal.dumps(environment.compile(tree))


def _refuse_any(node: nodes.Node, room: int) -> None:
    """room: levels that may still be under this one."""
    _refuse(node)
    if not room:
        raise jinja2.TemplateAssertionError("it is nested too deeply", node.lineno)
    for child in node.iter_child_nodes():
        _refuse_any(child, room - 1)


def _refuse(node: nodes.Node) -> None:
    if not isinstance(node, NODES):
        problem = f"“{type(node).__name__.lower()}” is not among what a block may hold"
    elif isinstance(node, nodes.Filter) and node.name not in FILTERS:
        problem = f"there is no filter “{node.name}” here; there are {', '.join(FILTERS)}"
    elif isinstance(node, nodes.Test) and node.name not in TESTS:
        problem = f"there is no test “{node.name}” here; there are {', '.join(TESTS)}"
    elif isinstance(node, nodes.For) and (node.recursive or node.find(nodes.For)):
        problem = "a loop can’t hold another loop"
    else:
        return
    raise jinja2.TemplateAssertionError(problem, node.lineno)


@lru_cache(maxsize=KEPT)
def _loaded(code: bytes) -> jinja2.Template:
    """The template, made ready once in each process. It is found by its code, not by its source,
    so that this saves the loading only: what compiling costs is for the upstream cache to save."""
    return jinja2.Template.from_code(environment, marshal.loads(code), {})  # noqa: S302  signed


def render(code: bytes, values: Values) -> SafeString:
    """Clean HTML. Raises what the template raises, and TemplateRuntimeError if it says too much.

    code: from `code_of`, or from a cache that vouches for it; it is run.
    """
    return sanitised(_bounded(_loaded(code).generate(values)), link_rel=None)


def _bounded(pieces: Iterable[str]) -> str:
    text, room = [], OUTPUT_LENGTH
    for piece in pieces:
        room -= len(piece)
        if room < 0:
            raise jinja2.TemplateRuntimeError(f"it shows more than {OUTPUT_LENGTH:,} characters")
        text.append(piece)
    return "".join(text)


def reason(failure: Exception) -> str:
    """One line on what is wrong, and in which line of the template where that is known."""
    if isinstance(failure, RecursionError):
        return "it is nested too deeply"
    words = " ".join(str(failure).split()) or type(failure).__name__
    if isinstance(failure, jinja2.TemplateSyntaxError):
        return f"line {failure.lineno}: {' '.join((failure.message or words).split())}"
    frames = traceback.extract_tb(failure.__traceback__)
    lines = [frame.lineno for frame in frames if frame.filename == "<template>"]
    return f"line {lines[-1]}: {words}" if lines else words
