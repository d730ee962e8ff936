"""The plan of a definition, with what the command line asks for instead."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bench.definitions.factors import combinations, states
from bench.definitions.problems import BadDefinition, unknown
from bench.definitions.schema import Definition, Load, State
from bench.result import Factor, Pair, Plan, Variant, Visits

USERS = 16
"""Visits under way at once, where nothing else is said: what saturates two cores."""

ALPHA = 0.8
"""Web documents have 0.60 to 1.03."""

DEFAULTS = {"mix": "readers", "alpha": ALPHA, "pages": 0}


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What the command line says; None and nothing leave it to the file."""

    rounds: int | None = None
    warm: float | None = None
    measure: float | None = None
    seed: int | None = None
    workers: int | None = None
    rtt: dict[str, float] | None = None
    mix: str | dict[str, float] | None = None
    users: int | None = None
    rate: float | None = None
    pages: int | None = None
    variants: Sequence[str] = ()


def planned(name: str, definition: Definition, asked: Asked) -> Plan:
    """Raises BadDefinition for variants there are not, and for what no variant would heed."""
    _heeded(name, definition, asked)
    every = states(definition)
    chosen = _chosen(every, asked.variants)
    names = [state.name for state in chosen]
    baseline = definition.baseline if definition.baseline in names else names[0]
    return Plan(
        name=name,
        question=definition.question,
        variants=tuple(_variant(definition, state, asked) for state in chosen),
        baseline=baseline,
        pairs=_pairs(definition, chosen, baseline),
        factors=_factors(definition, names) if len(chosen) == len(every) else (),
        rounds=_or(asked.rounds, definition.rounds),
        warm=_or(asked.warm, definition.warm),
        measure=_or(asked.measure, definition.measure),
        seed=_or(asked.seed, definition.seed),
        workers=_or(asked.workers, definition.workers),
        rtt_ms=_or(asked.rtt, definition.rtt),
        low_hits=definition.low_hits,
    )


def _or(asked: Any, otherwise: Any) -> Any:
    return otherwise if asked is None else asked


def _chosen(every: list[State], wanted: Sequence[str]) -> list[State]:
    by_name = {state.name: state for state in every}
    problems = [unknown("variant", name, by_name) for name in wanted if name not in by_name]
    if problems:
        raise BadDefinition(problems)
    return [by_name[name] for name in dict.fromkeys(wanted)] or every


def _heeded(name: str, definition: Definition, asked: Asked) -> None:
    """An option that every variant overrules would be a lie in the result."""
    own = {
        "--mix": ("mix", asked.mix),
        "--pages": ("pages", asked.pages),
        "--users": ("users", asked.users),
        "--rate": ("rate", asked.rate),
    }
    problems = [
        f"{option}: every variant of {name} has its own {field}; accepted is a file without them"
        for option, (field, value) in own.items()
        if value is not None
        and definition.variants
        and all(_has(state.visits, field) for state in definition.variants)
    ]
    if problems:
        raise BadDefinition(problems)


def _has(load: Load, field: str) -> bool:
    if field in ("users", "rate"):
        return load.users is not None or load.rate is not None
    return getattr(load, field) is not None


def _variant(definition: Definition, state: State, asked: Asked) -> Variant:
    return Variant(
        name=state.name,
        sentence=state.sentence,
        toggles=definition.toggles | state.toggles,
        visits=_visits(definition.visits, asked, state.visits),
        posts=state.posts or definition.posts or 0,
        title=state.title,
    )


def _visits(base: Load, asked: Asked, own: Load) -> Visits:
    """The variant's own beats the command line, which beats the file's."""
    told = {"mix": asked.mix, "users": asked.users, "rate": asked.rate, "pages": asked.pages}
    facts: dict[str, Any] = dict(DEFAULTS)
    pace: dict[str, Any] = {"users": USERS, "rate": None}
    loads: tuple[dict[str, Any], ...] = (dict(base), told, dict(own))
    for load in loads:
        given = {field: value for field, value in load.items() if value is not None}
        if "rate" in given:
            pace = {"users": 0, "rate": float(given.pop("rate"))}
        elif "users" in given:
            pace = {"users": given.pop("users"), "rate": None}
        facts |= given
    return Visits(**facts, **pace)


def _pairs(definition: Definition, chosen: list[State], baseline: str) -> tuple[Pair, ...]:
    """Each variant beside its own base, or the baseline; then what else the file asks for."""
    names = {state.name for state in chosen}
    found = []
    for state in chosen:
        against = state.against if state.against in names else baseline
        if state.name != against and (state.name != baseline or state.against in names):
            found.append(Pair(state.name, against, state.what or state.title or state.name))
    found += [
        Pair(pair.ours, pair.against, pair.what)
        for pair in definition.pairs
        if {pair.ours, pair.against} <= names
    ]
    return tuple(found)


def _factors(definition: Definition, names: list[str]) -> tuple[Factor, ...]:
    on = combinations(definition)
    return tuple(
        Factor(
            factor.name,
            factor.what,
            tuple(name for name, each in zip(names, on, strict=True) if each[number]),
        )
        for number, factor in enumerate(definition.factors)
    )
