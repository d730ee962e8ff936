"""Which entries the feed holds at a given time: a pure function of the clock.

A new entry appears at every multiple of PERIOD, so that two servers, or one that restarts, tell the
same story, and a test can say what the feed holds at a given second.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

PERIOD = 30  # seconds between two entries
KEPT = 20  # entries in the feed, the newest first
TITLE_LENGTH = 70  # characters
LONGEST = 600  # characters of a saying: a wire item, not an essay


@dataclass(frozen=True, slots=True)
class Entry:
    """`number` counts the periods since 1970; `published` is in seconds since 1970."""

    number: int
    published: int
    title: str
    text: str


def entries_at(now: float, sayings: Sequence[str]) -> list[Entry]:
    newest = int(now // PERIOD)
    oldest = max(newest - KEPT, -1)
    return [_entry(number, sayings) for number in range(newest, oldest, -1)]


def _entry(number: int, sayings: Sequence[str]) -> Entry:
    pick = int.from_bytes(sha256(str(number).encode()).digest()[:8]) % len(sayings)
    text = sayings[pick]
    return Entry(number, number * PERIOD, _title(text), text)


def _title(text: str) -> str:
    words = " ".join(text.split())
    if len(words) <= TITLE_LENGTH:
        return words
    return words[:TITLE_LENGTH].rsplit(" ", 1)[0] + " …"


def read_sayings(folder: Path) -> list[str]:
    """The fortunes of a folder, in the fortune(6) format: texts with a line `%` between them."""
    sayings: list[str] = []
    for path in sorted(folder.iterdir()):
        if path.suffix or not path.is_file():  # .dat and .u8 stand beside their text
            continue
        texts = path.read_text(encoding="utf-8", errors="replace").split("\n%\n")
        sayings += [
            clean for text in texts if (clean := _printable(text)) and len(clean) <= LONGEST
        ]
    if not sayings:
        raise FileNotFoundError(f"no sayings in {folder}: install Debian's fortunes-min")
    return sayings


def _printable(text: str) -> str:
    """XML 1.0 can't hold control characters, and old fortunes have backspaces in them."""
    kept = "".join(c for c in text.expandtabs() if c == "\n" or c.isprintable())
    return kept.strip().removesuffix("%").rstrip()
