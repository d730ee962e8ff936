"""The environment, read once into typed values; what is not accepted stops the start."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


class BadSettingError(ValueError):
    """A variable, its value and the accepted values, in one line."""


@dataclass(frozen=True, slots=True)
class Config:
    """How slow (the median, in ms), how broken (percent of the requests), and what to say."""

    delay_ms: float
    fail_percent: float
    sayings: Path
    port: int


def read(environ: Mapping[str, str]) -> Config:
    return Config(
        delay_ms=_number(environ, "PARTNER_DELAY_MS", "150", 60_000),
        fail_percent=_number(environ, "PARTNER_FAIL_PERCENT", "2", 100),
        sayings=Path(environ.get("PARTNER_SAYINGS", "/usr/share/games/fortunes")),
        port=int(_number(environ, "PARTNER_PORT", "8000", 65_535)),
    )


def _number(environ: Mapping[str, str], name: str, default: str, most: int) -> float:
    text = environ.get(name, default)
    try:
        value = float(text)
    except ValueError:
        value = -1
    if not 0 <= value <= most:
        raise BadSettingError(f"{name}={text}: accepted values are 0-{most}")
    return value
