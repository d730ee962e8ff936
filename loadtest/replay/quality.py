"""How much of the logs could be read, and what the rest looked like."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from replay.request import Broken

SAMPLES = 5
WIDTH = 100


@dataclass
class Quality:
    """Counts over all files. `samples`: the shapes of the first few broken lines, with the reason."""

    read: int = 0
    broken: Counter[Broken] = field(default_factory=Counter)
    samples: list[tuple[Broken, str]] = field(default_factory=list)
    damaged: list[str] = field(default_factory=list)
    """Names of compressed files that end early or are broken; what came before that is counted."""

    def skip(self, reason: Broken, line: bytes) -> None:
        self.broken[reason] += 1
        if len(self.samples) < SAMPLES:
            self.samples.append((reason, shape(line)))

    @property
    def skipped(self) -> int:
        return self.broken.total()

    @property
    def readable_share(self) -> float:
        return self.read / (self.read + self.skipped) if self.read + self.skipped else 0.0


def _masked(byte: int) -> str:
    character = chr(byte)
    if not 0x20 <= byte < 0x7F:
        return "·"
    return "9" if character.isdigit() else "a" if character.isalpha() else character


MASK = [_masked(byte) for byte in range(256)]


def shape(line: bytes) -> str:
    """What a line looks like, and nothing of what it says: letters are `a`, digits `9`, and what isn't
    printable ASCII a dot. A broken line may hold an address, a cookie or a terminal's control sequence."""
    shown = "".join(MASK[byte] for byte in line[:WIDTH])
    return shown + "…" if len(line) > WIDTH else shown
