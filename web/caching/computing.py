"""Computing values that the store does not have, and refusing what would leak by it."""

from __future__ import annotations

import logging
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404

from . import metrics
from .asks import Ask
from .errors import MissingTags, PrivateInPublic, ShortInLong
from .policies import Audience, Dies, Lookup, Policy

log = logging.getLogger("caching")

# These say what is true of the data; any other exception says that its source failed.
ANSWERS = (Http404, PermissionDenied)

Values = dict[Ask, Any]


@dataclass(frozen=True, slots=True)
class Outer:
    """The value being computed. tags: those that end it; of several at once, those in common."""

    policy: Policy[..., Any]
    tags: frozenset[str]


# None outside of a computation.
_inside: ContextVar[Outer | None] = ContextVar("inside", default=None)
# What this caller is making, by key, with where each value is put when it is made.
_making: ContextVar[Mapping[str, dict[str, Any]]] = ContextVar("making", default={})  # noqa: B039 (read only)
# Whether that, or something around it, is not for everybody.
_apart: ContextVar[bool] = ContextVar("apart", default=False)


def making() -> Mapping[str, dict[str, Any]]:
    """The keys of all that this caller holds now, each with the values that are made already. What is
    computed among them may look one of the others up, and must not wait for itself."""
    return _making.get()


def hoarding() -> bool:
    """Whether this caller holds values that it has not begun to make: more than the one under way, in
    any of the computations that are going on within one another."""
    unmade = Counter(id(made) for key, made in making().items() if key not in made)
    return any(held > 1 for held in unmade.values())


def inside() -> bool:
    """Whether a value is being computed now."""
    return _inside.get() is not None


def apart() -> bool:
    """Whether what is computed now is somebody's own, or the staff's: then nothing of it is kept or
    looked up, for the key of a draft's text is a trace of the draft."""
    return _apart.get()


@contextmanager
def bypass() -> Iterator[None]:
    """Within it every value is computed: nothing is looked up, and nothing is kept."""
    before = _apart.set(True)
    try:
        yield
    finally:
        _apart.reset(before)


def refuse_leaks(asks: Iterable[Ask]) -> None:
    """Raises where the value being computed around these may not hold one of them."""
    outer = _inside.get()
    if outer is None:
        return
    for ask in asks:
        _refuse_leak(ask.lookup, outer)


def _refuse_leak(inner: Lookup[Any], outer: Outer) -> None:
    names = f"{inner.policy.name} inside of {outer.policy.name}"
    if inner.policy.audience is not Audience.PUBLIC and outer.policy.audience is Audience.PUBLIC:
        raise PrivateInPublic(
            f"{names}: what is for {inner.policy.audience.value} would be shown to everybody. "
            "Load it beside the public value, not within it."
        )
    if inner.policy.dies is Dies.TTL and outer.policy.dies is not Dies.TTL:
        raise ShortInLong(
            f"{names}: it dies by age, and would live on in what dies only when its data changes. "
            "Load it beside the outer value, or let the outer one die by age too."
        )
    if outer.policy.audience is not Audience.PUBLIC or outer.policy.dies is Dies.TTL:
        return
    missing = set(inner.tags) - outer.tags
    if missing:
        raise MissingTags(
            f"{names}: {', '.join(sorted(missing))} ends the inner value and would not end the outer "
            f"one, which holds it. Give {outer.policy.name} these tags too."
        )


def refuse_private(what: str) -> None:
    """Raises PrivateInPublic where a public value is being computed: it must not hold `what`."""
    outer = _inside.get()
    if outer is not None and outer.policy.audience is Audience.PUBLIC:
        raise PrivateInPublic(
            f"{outer.policy.name} is public and reads {what}: everybody would be shown what is "
            "one person's. Give it what it needs as plain arguments, or declare "
            "audience=Audience.USER."
        )


def compute(
    asks: Iterable[Ask], aged: Mapping[Ask, Any], made: Values | None = None
) -> tuple[Values, set[Ask]]:
    """Computes each; what one policy can compute in bulk is computed in one call, policy by policy in
    the order of their first appearance.

    Where a source is down (a partner's feed) and its aged values are there, they are the best
    there is: the second result names them. made: is filled as they are made, so that it tells what
    was when another raises.
    """
    by_policy: defaultdict[str, list[Ask]] = defaultdict(list)
    for ask in asks:
        by_policy[ask.name].append(ask)
    made = {} if made is None else made
    old: set[Ask] = set()
    so_far: dict[str, Any] = {}
    keys = [ask.key for group in by_policy.values() for ask in group]
    for name, group in by_policy.items():
        try:
            with metrics.RECOMPUTES.labels(name).time(), _made_so_far(keys, so_far):
                found = _compute_group(group)
            made.update(found)
            so_far.update({ask.key: value for ask, value in found.items()})
        except ANSWERS:
            raise
        except Exception:
            if not all(ask in aged for ask in group):
                raise
            log.warning("%s could not be made anew, its aged value is shown", name, exc_info=True)
            made.update({ask: aged[ask] for ask in group})
            old.update(group)
    return made, old


def _compute_group(group: list[Ask]) -> Values:
    policy = group[0].lookup.policy
    bulk = policy.compute_many
    if bulk is None:
        found = {}
        for ask in group:
            with _computing(Outer(policy, frozenset(ask.tags))):
                found[ask] = ask.lookup.compute()
        return found
    arguments = {ask: _argument(ask.lookup.arguments) for ask in group}
    common = frozenset.intersection(*(frozenset(ask.tags) for ask in group))
    with _computing(Outer(policy, common)):
        made = bulk(list(arguments.values()))
    return {ask: made[argument] for ask, argument in arguments.items()}


def _argument(arguments: tuple[Any, ...]) -> Any:
    return arguments[0] if len(arguments) == 1 else arguments


@contextmanager
def _made_so_far(keys: Iterable[str], so_far: dict[str, Any]) -> Iterator[None]:
    before = _making.set({**_making.get(), **dict.fromkeys(keys, so_far)})
    try:
        yield
    finally:
        _making.reset(before)


@contextmanager
def _computing(outer: Outer) -> Iterator[None]:
    inside_before = _inside.set(outer)
    apart_before = _apart.set(_apart.get() or outer.policy.audience is not Audience.PUBLIC)
    try:
        yield
    except ANSWERS:
        raise
    except Exception:
        metrics.of(metrics.FAILURES, outer.policy.name).inc()
        raise
    finally:
        _apart.reset(apart_before)
        _inside.reset(inside_before)
