"""Quantities as people write them: `50M/day`, `20%`, `30:1`, `70kB`, `0.5ms`.

Every reader takes a text and returns a number in the unit that its docstring names. All raise BadQuantity,
whose text is one line that says what is accepted.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta

DAY = timedelta(days=1).total_seconds()

PER = {"s": 1.0, "min": 60.0, "h": 3600.0, "day": DAY, "month": DAY * 365.25 / 12}
"""Seconds in each unit of time that a rate may be given in; a month is a twelfth of a year."""

THOUSANDS = {"": 1.0, "k": 1e3, "M": 1e6, "G": 1e9}

DECIMAL = {"B": 1.0, "kB": 1e3, "MB": 1e6, "GB": 1e9, "TB": 1e12}

BYTES = DECIMAL | {"KiB": 2.0**10, "MiB": 2.0**20, "GiB": 2.0**30, "TiB": 2.0**40}

SECONDS = {"us": 1e-6, "ms": 1e-3, "s": 1.0}

NUMBER = r"([0-9]{1,15}(?:\.[0-9]{1,9})?)"


class BadQuantity(ValueError):
    """A text that is no such quantity; one line that says what is accepted."""


def rate(text: str) -> float:
    """Events a second."""
    found = re.fullmatch(rf"{NUMBER}([kMG]?)/({'|'.join(PER)})", text)
    value = float(found[1]) * THOUSANDS[found[2]] / PER[found[3]] if found else 0.0
    if not 0 < value <= 1e9:
        raise BadQuantity(
            f"{text!r}: accepted are rates above 0 such as 50M/day, 1.5k/min or 600/s"
            f" (k, M, G; per {', '.join(PER)})"
        )
    return value


def share(text: str) -> float:
    """A part of one, from `20%`."""
    found = re.fullmatch(rf"{NUMBER}%", text)
    if not found or float(found[1]) > 100:
        raise BadQuantity(f"{text!r}: accepted are shares from 0% to 100%, such as 20%")
    return float(found[1]) / 100


def utilisation(text: str) -> float:
    """A share above 0 and below 1: a server that is always busy has a queue without end."""
    found = re.fullmatch(rf"{NUMBER}%", text)
    if not found or not 0 < float(found[1]) < 100:
        raise BadQuantity(f"{text!r}: accepted are shares above 0% and below 100%, such as 60%")
    return float(found[1]) / 100


def writes(text: str) -> float:
    """Writes for each page view, from `30:1` (page views to writes) or `none`."""
    if text == "none":
        return 0.0
    found = re.fullmatch(rf"{NUMBER}:{NUMBER}", text)
    if not found or float(found[1]) == 0 or float(found[2]) == 0:
        raise BadQuantity(f"{text!r}: accepted are page views to writes, such as 30:1, or none")
    return float(found[2]) / float(found[1])


def size(text: str) -> float:
    """Bytes. kB, MB, GB, TB count in thousands; KiB, MiB, GiB, TiB in 1024s."""
    found = re.fullmatch(rf"{NUMBER}({'|'.join(BYTES)})", text)
    value = float(found[1]) * BYTES[found[2]] if found else 0.0
    if not 0 < value <= 1e18:
        raise BadQuantity(
            f"{text!r}: accepted are sizes above 0 such as 70kB or 2GiB ({', '.join(BYTES)})"
        )
    return value


def duration(text: str) -> float:
    """Seconds."""
    found = re.fullmatch(rf"{NUMBER}({'|'.join(SECONDS)})", text)
    if not found or float(found[1]) == 0:
        raise BadQuantity(
            f"{text!r}: accepted are times above 0 such as 0.5ms ({', '.join(SECONDS)})"
        )
    return float(found[1]) * SECONDS[found[2]]


@dataclass(frozen=True)
class Number:
    """A plain number within bounds."""

    least: float
    most: float

    def __call__(self, text: str) -> float:
        if re.fullmatch(NUMBER, text) and self.least <= float(text) <= self.most:
            return float(text)
        raise BadQuantity(f"{text!r}: accepted are numbers from {self.least:g} to {self.most:g}")


@dataclass(frozen=True)
class Whole:
    """A whole number within bounds."""

    least: int
    most: int

    def __call__(self, text: str) -> int:
        if re.fullmatch(r"[0-9]{1,12}", text) and self.least <= int(text) <= self.most:
            return int(text)
        raise BadQuantity(f"{text!r}: accepted are whole numbers from {self.least} to {self.most}")
