"""What the freshness check puts the stack through, as data."""

from __future__ import annotations

from dataclasses import dataclass

CAREFUL, NAIVE = "policies", "naive"


@dataclass(frozen=True)
class Scenario:
    """writes, kills: percent. pause, seconds: of time. keys: few, so that readers and writers meet.
    subject: "" is the one that the check was asked for. disturbance: a name in _disturbances.
    workers: processes. patience: seconds that it may take at the most."""

    name: str
    reads: int
    writes: float
    subject: str = ""
    keys: int = 16
    pause: float = 0.0
    kills: float = 0.0
    seconds: float = 0.0
    disturbance: str = ""
    workers: int = 6
    patience: float = 600.0

    def arguments(self, subject: str) -> list[str]:
        """For `manage.py check_freshness`."""
        given = {
            "subject": self.subject or subject,
            "reads": self.reads,
            "writes": self.writes,
            "keys": self.keys,
            "pause": self.pause,
            "kills": self.kills,
            "seconds": self.seconds,
            "workers": self.workers,
            "patience": self.patience,
        }
        return [part for name, value in given.items() for part in (f"--{name}", str(value))]


def mixes(reads: tuple[int, int, int], subject: str = "") -> list[Scenario]:
    """One read in a hundred, ten and two is a write instead. Writes take most of the time, so the
    mixes with many of them have fewer reads."""
    shares = zip((1, 10, 50), reads, strict=True)
    return [Scenario(f"{share} % writes", count, share, subject) for share, count in shares]


def slow(reads: int) -> Scenario:
    return Scenario("slow transactions", reads, 5, pause=0.05)


def killed(reads: int, seconds: float, subject: str = "") -> Scenario:
    """With many keys: a key that others write again at once would hide a lost invalidation."""
    return Scenario("workers killed", reads, 2, subject, keys=512, kills=10, seconds=seconds)


def disturbed(name: str, reads: int, seconds: float) -> Scenario:
    return Scenario(f"cache: {name}", reads, 5, seconds=seconds, disturbance=name)


def served(subject: str, reads: int) -> Scenario:
    """Over HTTP, through the servers before Django, by all replicas."""
    return Scenario(f"HTTP, {subject}", reads, 10, subject)


SHORT = [
    *mixes((8_000, 3_000, 800)),
    slow(2_000),
    killed(4_000, 3),
    disturbed("restart", 1_000, 4),
    disturbed("pause", 500, 6),
    served("origin", 1_000),
]

FULL = [
    *mixes((800_000, 100_000, 20_000)),
    slow(20_000),
    killed(40_000, 20),
    *(disturbed(name, 10_000, 20) for name in ("restart", "flush", "fill", "pause")),
    served("origin", 10_000),
]

# The way in which most sites do it. A checker that finds nothing there is blind.
SHORT_NAIVE = [Scenario("10 % writes", 5_000, 10, NAIVE), killed(4_000, 1, NAIVE)]
FULL_NAIVE = [*mixes((20_000, 5_000, 2_000), NAIVE), killed(10_000, 6, NAIVE)]
