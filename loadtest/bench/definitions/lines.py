"""Where things are in a TOML file. Its values are `tomllib`'s, which keeps no places; tree-sitter's grammar
keeps those of every key."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping

import tree_sitter_toml
from tree_sitter import Language, Node, Parser

Path = tuple[str | int, ...]
"""Keys and numbers in arrays, from the top: `("variants", 0, "name")`."""

KEYS = ("bare_key", "quoted_key", "dotted_key")


def lines(text: str) -> dict[Path, int]:
    """The line of each key, table and entry of an array, counted from 1. For text that is TOML."""
    found: dict[Path, int] = {(): 1}
    root = Parser(Language(tree_sitter_toml.language())).parse(text.encode()).root_node
    entries: dict[Path, int] = {}
    for node in root.children:
        if node.type == "pair":
            _note_pair(node, (), found)
        elif node.type in ("table", "table_array_element"):
            _note_table(node, entries, found)
    return found


def line_of(path: Path, found: Mapping[Path, int]) -> int:
    """The line of what is at the path, or of the nearest thing that holds it."""
    while path not in found:
        path = path[:-1]
    return found[path]


def _note_table(node: Node, entries: dict[Path, int], found: dict[Path, int]) -> None:
    path = _within(_keys(next(c for c in node.children if c.type in KEYS)), entries)
    if node.type == "table_array_element":
        number = entries.get(path, -1) + 1
        entries[path] = number
        found.setdefault(path, _line(node))
        path = (*path, number)
    found[path] = _line(node)
    for child in node.children:
        if child.type == "pair":
            _note_pair(child, path, found)


def _within(keys: Path, entries: Mapping[Path, int]) -> Path:
    """The keys with the number of the newest entry after each array of tables on the way."""
    path: Path = ()
    for place, key in enumerate(keys, 1):
        path = (*path, key)
        if path in entries and place < len(keys):
            path = (*path, entries[path])
    return path


def _note_pair(node: Node, above: Path, found: dict[Path, int]) -> None:
    key, value = node.named_children[0], node.named_children[-1]
    path = above
    for part in _keys(key):
        path = (*path, part)
        found.setdefault(path, _line(key))
    _note_value(value, path, found)


def _note_value(node: Node, path: Path, found: dict[Path, int]) -> None:
    if node.type == "inline_table":
        for child in node.named_children:
            if child.type == "pair":
                _note_pair(child, path, found)
    elif node.type == "array":
        values = (child for child in node.named_children if child.type != "comment")
        for number, child in enumerate(values):
            found[(*path, number)] = _line(child)
            _note_value(child, (*path, number), found)


def _keys(node: Node) -> Path:
    return tuple(_leaves(node))


def _leaves(node: Node) -> Iterator[str]:
    if node.type == "dotted_key":
        for child in node.named_children:
            yield from _leaves(child)
        return
    spelled = (node.text or b"").decode()
    # TOML's own rules for quotes and escapes.
    yield next(iter(tomllib.loads(f"{spelled} = 0"))) if node.type == "quoted_key" else spelled


def _line(node: Node) -> int:
    return node.start_point.row + 1
