"""When requests came: the time that a log spans, and its busiest minute, in bounded memory."""

from __future__ import annotations

from collections.abc import Sequence

MOST_MINUTES = 1 << 17
"""Three months of them."""

DAY = 86_400
GAP_DAYS = 30
STRAY = 0.001


class Minutes:
    """Requests by minute. With more than MOST_MINUTES the quieter half is forgotten, which the busiest
    minute of a log that is roughly in order is never among."""

    def __init__(self) -> None:
        self.counts: dict[int, int] = {}

    def add(self, at: float) -> None:
        minute = int(at // 60)
        counts = self.counts
        if minute in counts:
            counts[minute] += 1
            return
        counts[minute] = 1
        if len(counts) > MOST_MINUTES:
            busy = sorted(counts, key=lambda minute: (counts[minute], minute))[MOST_MINUTES // 2 :]
            self.counts = {minute: counts[minute] for minute in busy}

    @property
    def peak(self) -> tuple[int, int]:
        """The minute's beginning, in seconds since 1970, and the requests in it."""
        minute = max(self.counts, key=lambda minute: (self.counts[minute], -minute))
        return minute * 60, self.counts[minute]


class Span:
    """From the first request to the last, without those of a wrong clock."""

    def __init__(self) -> None:
        self.days: dict[int, list[float]] = {}
        """By day: requests, the first and the last time."""

    def add(self, at: float) -> None:
        day = self.days.get(int(at // DAY))
        if day is None:
            self.days[int(at // DAY)] = [1, at, at]
            return
        day[0] += 1
        if at < day[1]:
            day[1] = at
        elif at > day[2]:
            day[2] = at

    def between(self) -> tuple[float, float, int]:
        """The first time, the last, and how many requests are left out: those that stand alone before or
        after a gap of a month and are fewer than one in a thousand."""
        groups = _groups(sorted(self.days))
        sizes = [sum(self.days[day][0] for day in group) for group in groups]
        most = STRAY * sum(sizes)
        kept = [group for group, size in zip(groups, sizes, strict=True) if size >= most]
        stray = int(sum(size for size in sizes if size < most))
        return self.days[kept[0][0]][1], self.days[kept[-1][-1]][2], stray


def _groups(days: Sequence[int]) -> list[list[int]]:
    """Days with less than a month between one and the next."""
    groups: list[list[int]] = []
    for day in days:
        if groups and day - groups[-1][-1] <= GAP_DAYS:
            groups[-1].append(day)
        else:
            groups.append([day])
    return groups
