"""Values in this process' own memory: no server, no round trip, and no way for another process
to be told of a write. So what would die by invalidation dies by age too (conf.lifetime)."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Mapping, Sequence


class LocalStore:
    """The most recently used `capacity` values."""

    def __init__(self, capacity: int = 10_000) -> None:
        self._capacity = capacity
        self._values: OrderedDict[str, tuple[float, bytes]] = OrderedDict()
        self._lock = threading.Lock()

    def get_many(self, keys: Sequence[str]) -> dict[str, bytes]:
        now = time.monotonic()
        found = {}
        with self._lock:
            for key in keys:
                value = self._alive(key, now)
                if value is not None:
                    found[key] = value
        return found

    def set_many(self, values: Mapping[str, bytes], seconds: int) -> None:
        with self._lock:
            for key, value in values.items():
                self._put(key, value, seconds)

    def put(self, values: Mapping[str, bytes], seconds: int) -> bool:
        self.set_many(values, seconds)
        return True

    def add(self, key: str, value: bytes, seconds: int) -> bool:
        with self._lock:
            if self._alive(key, time.monotonic()) is not None:
                return False
            self._put(key, value, seconds)
            return True

    def delete(self, key: str) -> None:
        with self._lock:
            self._values.pop(key, None)

    def clear(self) -> bool:
        with self._lock:
            self._values.clear()
        return True

    def _alive(self, key: str, now: float) -> bytes | None:
        held = self._values.get(key)
        if held is None or held[0] <= now:
            return None
        self._values.move_to_end(key)
        return held[1]

    def _put(self, key: str, value: bytes, seconds: int) -> None:
        self._values[key] = (time.monotonic() + seconds, value)
        self._values.move_to_end(key)
        while len(self._values) > self._capacity:
            self._values.popitem(last=False)
