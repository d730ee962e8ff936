"""The keys of an experiment's file, their types and bounds. Each description ends the sentence "accepted
are ...", for whoever got it wrong, and is a cell of the table in docs/experiments.md."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, PlainValidator
from pydantic_core import PydanticCustomError

from bench.definitions.accepted import mix_problem
from bench.network import LEAST_MS, MOST_MS

MOST_USERS = 1000
MOST_RATE = 100_000.0
MOST_POSTS = 1_000_000
MOST_WORKERS = 64
MOST_ROUNDS = 100
MOST_SECONDS = 3600


def _mix(value: object) -> object:
    problem = mix_problem(value)
    if problem:
        raise PydanticCustomError("accepted", "{problem}", {"problem": problem})
    return value


def _level(value: object) -> object:
    """`LAB_TTL = 60` is as good as `LAB_TTL = "60"`."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _filled(text: str) -> str:
    if not text.strip():
        raise ValueError("empty")
    return text


Name = Annotated[str, Field(pattern=r"^[a-z0-9]+(?:[-_+][a-z0-9]+)*$", max_length=60)]
Sentence = Annotated[str, AfterValidator(_filled)]
Levels = dict[str, Annotated[str, BeforeValidator(_level)]]
NAME = "names of lower-case letters and digits, with hyphens between them"
LEVELS = 'tables of toggles and their values, such as { LAB_UPSTREAM = "redis" }'


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Load(_Strict):
    """`[visits]`: who visits. In a variant only what differs."""

    mix: Annotated[str | dict[str, float] | None, PlainValidator(_mix)] = Field(
        default=None, description="the name of a mix, or weights by kind of visitor"
    )
    users: int | None = Field(
        default=None,
        ge=1,
        le=MOST_USERS,
        description=f"visits under way at once (closed loop): whole numbers from 1 to {MOST_USERS}",
    )
    rate: float | None = Field(
        default=None,
        gt=0,
        le=MOST_RATE,
        description=f"visits that begin each second (open loop), in place of users: up to {MOST_RATE:g}",
    )
    alpha: float | None = Field(
        default=None,
        ge=0,
        le=3,
        description="the Zipf exponent of the posts' popularity: from 0 to 3",
    )
    pages: int | None = Field(
        default=None,
        ge=0,
        le=MOST_POSTS,
        description="posts that are visited, the most popular; 0 is all: whole numbers from 0 to 1000000",
    )


class State(_Strict):
    """`[[variants]]`: one state of the stack."""

    name: Name = Field(description=NAME)
    sentence: Sentence = Field(description="a sentence that says what the variant is")
    title: str = Field(default="", description="a heading for what it adds, in the findings")
    toggles: Levels = Field(default={}, description=LEVELS)
    visits: Load = Field(default=Load(), description="a table of what differs in who visits")
    posts: int | None = Field(
        default=None,
        ge=1,
        le=MOST_POSTS,
        description="posts in the database: whole numbers from 1 to 1000000",
    )
    against: str | None = Field(
        default=None, description="the variant that it is compared with, if not the baseline"
    )
    what: str = Field(default="", description="words for what it has and the other hasn't")


class Beside(_Strict):
    """`[[pairs]]`: a comparison beside those of each variant with its baseline."""

    ours: str = Field(description="the name of a variant")
    against: str = Field(description="the name of another variant")
    what: Sentence = Field(description="words for what `ours` has and `against` hasn't")


class Dimension(_Strict):
    """`[[factors]]`: something that is off or on. Variants are made of all combinations."""

    name: Name = Field(description=NAME)
    what: Sentence = Field(description='words for it, such as "the upstream cache"')
    off: Levels = Field(description=LEVELS)
    on: Levels = Field(description=LEVELS)


class Definition(_Strict):
    """The whole file."""

    question: Sentence = Field(description="the question that the experiment answers")
    baseline: str = Field(description="the name of the variant that the others are compared with")
    rounds: int = Field(
        default=3,
        ge=1,
        le=MOST_ROUNDS,
        description="how often each variant is measured: from 1 to 100",
    )
    warm: float = Field(
        default=10,
        ge=1,
        le=MOST_SECONDS,
        description="seconds before each measurement: from 1 to 3600",
    )
    measure: float = Field(
        default=7,
        ge=1,
        le=MOST_SECONDS,
        description="seconds that each measurement takes: from 1 to 3600",
    )
    seed: int = Field(
        default=1,
        ge=0,
        le=2**31,
        description="fixes the order and the visitors: from 0 to 2147483648",
    )
    workers: int = Field(
        default=1, ge=1, le=MOST_WORKERS, description="processes that make the load: from 1 to 64"
    )
    rtt: dict[str, Annotated[float, Field(ge=LEAST_MS, le=MOST_MS)]] = Field(
        default={},
        description=f"milliseconds of round trip that are added, from {LEAST_MS:g} to {MOST_MS:g}, "
        "such as { cache = 0.5, db = 0.5 }",
    )
    low_hits: bool = Field(
        default=False,
        description="true where a low hit ratio is what is asked about, and no fault; or false",
    )
    fraction: Literal["full", "half"] = Field(
        default="full", description='"full" (all combinations of the factors) or "half" of them'
    )
    posts: int | None = Field(
        default=None,
        ge=1,
        le=MOST_POSTS,
        description="posts in the database: whole numbers from 1 to 1000000",
    )
    visits: Load = Field(description="a table of who visits: mix, users or rate, alpha, pages")
    toggles: Levels = Field(default={}, description=LEVELS)
    variants: list[State] = Field(default=[], description="tables, one for each variant")
    factors: list[Dimension] = Field(default=[], description="tables, one for each factor")
    pairs: list[Beside] = Field(default=[], description="tables, one for each comparison")


def model_at(path: tuple[str | int, ...]) -> type[_Strict]:
    """The model of the table at a path, such as `("variants", 0)`. For paths of this schema."""
    model: type[_Strict] = Definition
    nested: dict[str, Any] = {
        "variants": State,
        "factors": Dimension,
        "pairs": Beside,
        "visits": Load,
    }
    for part in path:
        model = nested.get(str(part), model)
    return model
