"""How long the partner takes and how often it fails: drawn anew for every request."""

from random import Random

from partner.config import Config

SPREAD = 0.35  # sigma of the log-normal: one request in twenty takes 1.8 times the median or more
WORST = 5  # times the median; a tail, but not one that holds a thread for ever


class Temper:
    def __init__(self, config: Config, random: Random) -> None:
        self._config = config
        self._random = random

    def delay(self) -> float:
        """Seconds to wait before this answer."""
        factor = min(self._random.lognormvariate(0, SPREAD), WORST)
        return self._config.delay_ms / 1000 * factor

    def fails(self) -> bool:
        return self._random.uniform(0, 100) < self._config.fail_percent
