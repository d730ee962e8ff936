"""Prices: a dated file that anybody can replace, and what it comes to."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

SHIPPED = Path(__file__).with_name("prices.toml")

Role = Literal["edge", "balancer", "web", "cache", "database"]
"""What machines are bought for, in the order a request takes them."""

ROLES: tuple[Role, ...] = ("edge", "balancer", "web", "cache", "database")

Above = Annotated[float, Meta(gt=0, le=1e9)]
Price = Annotated[float, Meta(ge=0, le=1e9)]


class BadPrices(ValueError):
    """A file of prices that can't be used; one line that says where and what is accepted."""


class Size(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A machine that can be bought. `month`: its price for a month."""

    name: Annotated[str, Meta(min_length=1, max_length=40)]
    vcpu: Annotated[int, Meta(ge=1, le=10_000)]
    memory_gib: Above
    month: Price
    like: str = ""


class Tier(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The price of a GB (10^9 bytes) until so many a month have gone; None: without end."""

    per_gb: Price
    up_to_gb: Above | None = None


Tiers = Annotated[tuple[Tier, ...], Meta(min_length=1)]


class ObjectStore(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    per_million_gets: Price


class Cdn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    per_million_requests: Price
    egress: Tiers


Sizes = Annotated[tuple[Size, ...], Meta(min_length=1)]


class Prices(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`core_factor`: how fast a vCPU of these machines is, in cores of the machine that measured."""

    currency: Annotated[str, Meta(min_length=1, max_length=8)]
    date: datetime.date
    source: str
    core_factor: Annotated[float, Meta(gt=0, le=100)] = 1.0
    web: Sizes
    balancer: Sizes
    edge: Sizes
    cache: Sizes
    database: Sizes
    object_store: ObjectStore
    egress: Tiers
    cdn: Cdn

    def sizes(self, role: Role) -> tuple[Size, ...]:
        found: tuple[Size, ...] = getattr(self, role)
        return found


def load(path: Path = SHIPPED) -> Prices:
    """Raises BadPrices for what is no such file."""
    try:
        prices = msgspec.toml.decode(path.read_bytes(), type=Prices)
    except OSError as error:
        raise BadPrices(
            f"{path}: {error.strerror}; accepted is a file like {SHIPPED.name}"
        ) from None
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        said = str(error).splitlines()[0]
        raise BadPrices(
            f"{path}: {said}; accepted is what {SHIPPED.name} of this package holds"
        ) from None
    for name, tiers in (("egress", prices.egress), ("cdn.egress", prices.cdn.egress)):
        _check(tiers, f"{path}: {name}")
    return prices


def _check(tiers: tuple[Tier, ...], where: str) -> None:
    bounds = [tier.up_to_gb for tier in tiers]
    finite = [bound for bound in bounds if bound is not None]
    if bounds[-1] is not None or len(finite) != len(bounds) - 1 or finite != sorted(set(finite)):
        raise BadPrices(
            f"{where}: accepted are tiers of growing up_to_gb, of which only the last has none"
        )


def graded(gigabytes: float, tiers: tuple[Tier, ...]) -> float:
    """What so many GB of a month cost: each tier's part at that tier's price."""
    return sum(part * price for part, price in _parts(gigabytes, tiers))


def _parts(gigabytes: float, tiers: tuple[Tier, ...]) -> Iterator[tuple[float, float]]:
    begins = 0.0
    for tier in tiers:
        ends = gigabytes if tier.up_to_gb is None else min(gigabytes, tier.up_to_gb)
        yield max(0.0, ends - begins), tier.per_gb
        begins = max(begins, ends)
