"""Values in this process' own memory: no server, no round trip, and no way for another process
to be told of a write. So what would die by invalidation dies by age too (conf.lifetime)."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Mapping, Sequence

from .verbs import Adds, Claimed, Sets


class LocalStore:
    """The most recently used `capacity` values."""

    answers = True

    def __init__(self, capacity: int = 10_000) -> None:
        self._capacity = capacity
        self._values: OrderedDict[str, tuple[float, bytes]] = OrderedDict()
        self._lock = threading.Lock()

    def look_up(self) -> None:
        """It is here."""

    def get_many(self, keys: Sequence[str]) -> dict[str, bytes]:
        with self._lock:
            return self._get(keys)

    def claim(self, adds: Adds, read: Sequence[str]) -> Claimed:
        with self._lock:
            taken = self._get(list(adds))
            free = {key: value for key, value in adds.items() if key not in taken}
            self._put(free)
            return Claimed(frozenset(free), self._get(read))

    def finish(self, sets: Sets, deletes: Sequence[str]) -> bool:
        with self._lock:
            self._put(sets)
            for key in deletes:
                self._values.pop(key, None)
        return True

    def tell(self, values: Mapping[str, bytes], seconds: int) -> bool:
        return self.finish({key: (value, seconds) for key, value in values.items()}, ())

    def clear(self) -> bool:
        with self._lock:
            self._values.clear()
        return True

    def _get(self, keys: Sequence[str]) -> dict[str, bytes]:
        now = time.monotonic()
        found = {}
        for key in keys:
            held = self._values.get(key)
            if held is not None and held[0] > now:
                self._values.move_to_end(key)
                found[key] = held[1]
        return found

    def _put(self, sets: Sets) -> None:
        now = time.monotonic()
        for key, (value, seconds) in sets.items():
            self._values[key] = (now + seconds, value)
            self._values.move_to_end(key)
        while len(self._values) > self._capacity:
            self._values.popitem(last=False)
