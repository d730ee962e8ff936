"""What a policy is: the declaration from which everything else is derived."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cached_property, update_wrapper
from typing import Any, Generic, ParamSpec, TypeVar, cast, get_type_hints

from . import keys, metrics
from .errors import BadPolicy

P = ParamSpec("P")
T = TypeVar("T")

MOST_TAGS = 64

# A parameter of such a name says that the value depends on who asks.
WHO_ASKS = frozenset({"request", "session", "user", "user_id", "member", "member_id"})


class Use(Enum):
    """The good uses of an upstream cache; each has a switch."""

    PROPERTIES = "properties"
    COMPILED = "compiled"
    FRAGMENTS = "fragments"
    GENERATED = "generated"
    AGGREGATES = "aggregates"
    SYNDICATED = "syndicated"


class Audience(Enum):
    """Who may be shown the value. Only what is PUBLIC enters a cache that is shared."""

    PUBLIC = "public"
    USER = "one user"
    STAFF = "staff"


class Dies(Enum):
    """How an entry ends."""

    DEFAULT = "the site's default"
    INVALIDATION = "when its data changes"
    TTL = "by age"
    NEVER = "never: its key is made of its source"


@dataclass(frozen=True, slots=True)
class Lookup(Generic[T]):
    """One value asked of one policy."""

    policy: Policy[..., T]
    arguments: tuple[Any, ...]

    @property
    def key(self) -> str:
        return keys.entry(self.policy.name, self.policy.version, self.arguments)

    @property
    def tags(self) -> tuple[str, ...]:
        return self.policy.tags_of(self.arguments)

    def compute(self) -> T:
        return self.policy.compute(*self.arguments)


class Policy(Generic[P, T]):
    """A function whose results are kept. Call it like the function it was."""

    def __init__(
        self,
        compute: Callable[P, T],
        use: Use,
        tags: Callable[..., Iterable[str]] | None,
        audience: Audience,
        dies: Dies,
        ttl: int | None,
        version: int,
    ) -> None:
        self.name = compute.__name__
        self.compute = compute
        self.use = use
        self.audience = audience
        self.dies = dies
        self.ttl = ttl
        self.version = version
        self._tags = tags
        self.compute_many: Callable[[list[Any]], dict[Any, T]] | None = None
        update_wrapper(cast(Any, self), compute)

    @cached_property
    def shape(self) -> Any:
        """The type that values must have to be believed: what the function says it returns. Raises
        BadPolicy for one that can't be checked."""
        from .values import unpacker

        try:
            shape = get_type_hints(self.compute).get("return", Any)
        except (NameError, AttributeError):  # it names what is imported for type checkers only
            return Any
        try:
            unpacker(shape)
        except TypeError as error:
            raise BadPolicy(
                f"policy {self.name}: what it returns can't be checked: {error}"
            ) from error
        return shape

    def of(self, *arguments: P.args, **named: P.kwargs) -> Lookup[T]:
        """One lookup, for `load`. Arguments are positional: they are the key."""
        if named:
            raise TypeError(f"{self.name}: arguments of a policy are positional, they are its key")
        return Lookup(self, arguments)

    def __call__(self, *arguments: P.args, **named: P.kwargs) -> T:
        from .engine import resolve  # the engine knows policies, and a policy calls the engine

        return cast(T, resolve([self.of(*arguments, **named)])[0])

    def many(self, arguments: Iterable[Any]) -> dict[Any, T]:
        """Several values in one round trip, by argument; a tuple stands for several arguments."""
        from .engine import resolve

        wanted = list(dict.fromkeys(arguments))
        values = resolve([Lookup(self, _as_tuple(argument)) for argument in wanted])
        return dict(zip(wanted, values, strict=True))

    def bulk(self, compute_many: Callable[[list[Any]], dict[Any, T]]) -> Callable[..., Any]:
        """Decorates the function that computes all misses of `many` in one call."""
        self.compute_many = compute_many
        return compute_many

    def tags_of(self, arguments: tuple[Any, ...]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(self._tags(*arguments))) if self._tags else ()


_declared: dict[str, Policy[..., Any]] = {}


def declared() -> Sequence[Policy[..., Any]]:
    """Every policy there is, in the order of declaration."""
    return tuple(_declared.values())


@dataclass(frozen=True, slots=True)
class _Declaration:
    use: Use
    tags: Callable[..., Iterable[str]] | None
    audience: Audience
    dies: Dies
    ttl: int | None
    version: int

    def __call__(self, compute: Callable[P, T]) -> Policy[P, T]:
        problem = self._problem(compute)
        if problem:
            raise BadPolicy(f"policy {compute.__name__}: {problem}")
        made = Policy(
            compute, self.use, self.tags, self.audience, self.dies, self.ttl, self.version
        )
        _declared[made.name] = made
        metrics.begin(made.name)
        return made

    def _problem(self, compute: Callable[..., Any]) -> str:
        """What contradicts itself, and what to do; "" for nothing."""
        if compute.__name__ in _declared:
            return "declared twice: a policy's name is part of its keys, so give this one another"
        if self.dies is Dies.NEVER and self.tags:
            return "it never dies, so nothing can invalidate its tags: drop them"
        if self.ttl is not None and self.dies is not Dies.TTL:
            return "a ttl is for what dies by age: add dies=Dies.TTL, or drop the ttl"
        if self.audience is Audience.PUBLIC:
            return _asks_who(compute)
        if self.tags or self.dies is not Dies.DEFAULT:
            return (
                f"what is for {self.audience.value} never enters a shared cache, so it can't die "
                "there: drop tags, dies and ttl, or declare it Audience.PUBLIC if everybody may "
                "see it"
            )
        return ""


def _asks_who(compute: Callable[..., Any]) -> str:
    """Why a public policy of this function would keep something private; "" if it would not."""
    for name in inspect.signature(compute).parameters:
        if name in WHO_ASKS:
            return (
                f"it is public and takes {name!r}, which says that it depends on who asks: a "
                "private value under a public key is shown to the next person. Declare "
                "audience=Audience.USER, or take out of it what is the person's."
            )
    return ""


def policy(
    *,
    use: Use,
    tags: Callable[..., Iterable[str]] | None = None,
    audience: Audience = Audience.PUBLIC,
    dies: Dies = Dies.DEFAULT,
    ttl: int | None = None,
    version: int = 1,
) -> _Declaration:
    """Declares how the decorated function's results are kept. Raises BadPolicy.

    tags: what the result depends on, from the same arguments and nothing else. ttl: seconds, where
    it dies by age; None is the site's. version: raise it when a result of the same type means
    something else; a result of another type is told apart by the function's return annotation.
    """
    return _Declaration(use, tags, audience, dies, ttl, version)


def _as_tuple(argument: Any) -> tuple[Any, ...]:
    return argument if isinstance(argument, tuple) else (argument,)
