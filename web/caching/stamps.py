"""Tags and their stamps: how an entry learns that its data changed.

Every tag has a stamp in the store, a fresh random value. An entry carries the stamps it was made
under and is believed only while all of them are the current ones. A write gives its tags new
stamps; what a slow reader puts back later carries the old ones and is never believed.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable

from . import keys
from .conf import conf
from .stores import Store
from .values import STAMP

# Longer than any entry is kept; an evicted or expired stamp only makes its entries misses.
MARGIN = 3_600


def fresh() -> tuple[bytes, int]:
    """A new stamp with its lifetime in seconds."""
    return secrets.token_bytes(STAMP), conf().keep + MARGIN


def renew(store: Store, tags: Iterable[str]) -> bool:
    """New stamps for these tags: every entry made under the old ones is dead.

    Whether the store holds them; it does not where it can't be reached. It is asked twice, for it
    may have closed the connection while that was idle, and each time with *other* stamps. The
    first may have arrived all the same, and later still than the second: were they the same, an
    entry made under it before another write could be believed again after that write.
    """
    wanted = [keys.stamp(tag) for tag in tags]
    seconds = conf().keep + MARGIN
    return any(
        store.tell({key: secrets.token_bytes(STAMP) for key in wanted}, seconds) for _ in range(2)
    )
