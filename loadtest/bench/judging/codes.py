"""Every reason there is, by the code of its flag, in the words of a heading."""

from bench import truth

CODES = {
    "generator": "Locust was the limit",
    "failures": "requests failed",
    "missed-starts": "visits began too late or not at all",
    "cut-short": "the measurement was cut short",
    "idle-layer": "a layer did not serve what it should",
    "busy-layer": "a layer served although it was off",
    "cold": "the warm-up was too short for all pages",
    "drift": "the hit ratio was still moving",
    "books": "the servers' counts do not agree",
    "stolen": "the machine was taken away from under it",
    "foreign": "something else used the processors",
    "restarted": "a service was started anew",
    "throttled": "a limit on CPU held a service back",
    "clock": "the clock was set meanwhile",
    "memory": "memory was short",
    "disk": "a disk is nearly full",
    "cpu-spread": "the rounds' CPU differs too much",
    "rate-spread": "the rounds' requests/s differ too much",
    "rounds": "too few valid rounds to compare",
    **truth.CODES,
}
