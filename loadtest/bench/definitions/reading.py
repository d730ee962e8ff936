"""A file made into a definition, or all that is wrong with it, line by line."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from bench.definitions import lines, schema
from bench.definitions.accepted import ROUND_TRIPS, override_problem
from bench.definitions.factors import half_problem, variant_names
from bench.definitions.problems import BadDefinition, unknown
from bench.definitions.schema import Definition

MOST_BYTES = 1_000_000
"""More is no experiment."""

Problem = tuple[lines.Path, str]
"""Where, and what."""


def read(path: Path) -> Definition:
    """The experiment in the file. Raises BadDefinition with a line for each problem, as `FILE:LINE: ...`."""
    return parse(_text(path), str(path))


def parse(text: str, name: str) -> Definition:
    """The experiment in a text; `name` is what problems call it. Raises BadDefinition."""
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadDefinition([_syntax(str(error), text, name)]) from None
    try:
        definition = Definition.model_validate(values)
    except ValidationError as error:
        found = [_typed(details) for details in error.errors(include_url=False)]
    else:
        found = list(_checked(definition))
        if not found:
            return definition
    places = lines.lines(text)
    told = sorted((lines.line_of(path, places), what) for path, what in found)
    raise BadDefinition([f"{name}:{line}: {what}" for line, what in dict.fromkeys(told)])


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > MOST_BYTES:
            raise BadDefinition(
                [f"{path}: over {MOST_BYTES:,} bytes: accepted is a small TOML file"]
            )
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise BadDefinition([f"{path}: {error.strerror}"]) from None
    except UnicodeDecodeError:
        raise BadDefinition([f"{path}: it is no UTF-8: accepted is a TOML file"]) from None


def _syntax(said: str, text: str, name: str) -> str:
    place = re.search(r"\(at line (\d+), column (\d+)\)", said)
    line = int(place[1]) if place else text.count("\n") + 1
    what = re.sub(r" \(at .*\)$", "", said)
    return f"{name}:{line}: it is no TOML: {what}"


def _typed(error: ErrorDetails) -> Problem:
    """What pydantic found, said with what is accepted there."""
    path = tuple(part for part in error["loc"] if part != "[key]")
    if error["type"] == "accepted":
        return path, error["msg"]
    # A bad value within a table of values, such as toggles, is its key's.
    above = next(i for i in range(len(path) - 1, -1, -1) if _is_field(path[: i + 1]))
    key = str(path[above])
    model = schema.model_at(path[:above])
    if error["type"] == "extra_forbidden":
        return path, unknown("key", key, model.model_fields)
    description = model.model_fields[key].description
    if error["type"] == "missing":
        return path, f"{key} is missing: accepted are {description}"
    spelled = _spelled(error["input"])
    return path, f"{'.'.join(map(str, path[above:]))} = {spelled}: accepted are {description}"


def _is_field(path: lines.Path) -> bool:
    """Whether the path ends with a key of the schema, known or not, and not within a table of values."""
    *above, last = path
    if isinstance(last, int):
        return False
    tables = {"toggles", "mix", "rtt", "off", "on"}
    return not any(part in tables for part in above)


def _spelled(value: object) -> str:
    """As it stands in the file, and short."""
    text = str(value).lower() if isinstance(value, bool) else repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def _checked(definition: Definition) -> Iterator[Problem]:
    """What is wrong though every value by itself is of its type."""
    yield from _structure(definition)
    yield from _loads(definition)
    yield from _overrides(definition)
    names = variant_names(definition)
    yield from _doubles(names, "variants", "variant")
    yield from _doubles([each.name for each in definition.factors], "factors", "factor")
    yield from _references(definition, names)
    for service in definition.rtt:
        if service not in ROUND_TRIPS:
            yield ("rtt", service), unknown("round trip", service, ROUND_TRIPS)


def _structure(definition: Definition) -> Iterator[Problem]:
    if definition.variants and definition.factors:
        yield ("factors",), "variants and factors exclude each other: accepted is one of them"
    if not definition.variants and not definition.factors:
        yield (), "nothing is compared: accepted are [[variants]] or [[factors]] tables"
    if definition.factors and (problem := half_problem(definition)):
        yield ("fraction",) if definition.fraction == "half" else ("factors",), problem
    if not definition.factors and definition.fraction == "half":
        yield (
            ("fraction",),
            'fraction = "half" without factors: accepted are [[factors]] tables beside it',
        )


def _loads(definition: Definition) -> Iterator[Problem]:
    loads = {("visits",): definition.visits} | {
        ("variants", number, "visits"): each.visits
        for number, each in enumerate(definition.variants)
    }
    for path, load in loads.items():
        if load.users is not None and load.rate is not None:
            yield (*path, "rate"), "users and rate exclude each other: accepted is one of them"


def _overrides(definition: Definition) -> Iterator[Problem]:
    levels: dict[lines.Path, dict[str, str]] = {("toggles",): definition.toggles}
    for number, each in enumerate(definition.variants):
        levels["variants", number, "toggles"] = each.toggles
    for number, factor in enumerate(definition.factors):
        levels["factors", number, "off"] = factor.off
        levels["factors", number, "on"] = factor.on
        if factor.off.keys() != factor.on.keys():
            yield (
                ("factors", number),
                f"{factor.name}: accepted are the same toggles for off and on",
            )
    for path, toggles in levels.items():
        for name, value in toggles.items():
            if problem := override_problem(name, value):
                yield (*path, name), problem


def _doubles(names: Iterable[str], table: str, what: str) -> Iterator[Problem]:
    seen: Counter[str] = Counter()
    for number, name in enumerate(names):
        seen[name] += 1
        if seen[name] == 2:
            yield (
                (table, number, "name"),
                f"two {what}s are called {name!r}: accepted is a name for each",
            )


def _references(definition: Definition, names: list[str]) -> Iterator[Problem]:
    asked: dict[lines.Path, str] = {("baseline",): definition.baseline}
    for number, each in enumerate(definition.variants):
        if each.against is not None:
            asked["variants", number, "against"] = each.against
        if each.against == each.name:
            yield ("variants", number, "against"), f"{each.name} is compared with itself"
    for number, pair in enumerate(definition.pairs):
        asked["pairs", number, "ours"] = pair.ours
        asked["pairs", number, "against"] = pair.against
        if pair.ours == pair.against:
            yield ("pairs", number, "against"), f"{pair.ours} is compared with itself"
    for path, name in asked.items():
        if names and name not in names:
            yield path, unknown("variant", name, dict.fromkeys(names))
