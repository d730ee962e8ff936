"""What a load says against itself."""

from __future__ import annotations

from bench.result import Flag, Load

GENERATOR_LIMIT = 0.8
"""Above this share of its core Locust, not the stack, may be what is measured."""

MISSED_LIMIT = 0.001
"""Of the visits that were due; more, and the latencies are those of the lucky ones."""


def flags(load: Load) -> list[Flag]:
    return [*_generator(load), *_failures(load), *_missed(load), *_cut_short(load)]


def _generator(load: Load) -> list[Flag]:
    """A remark: throughput is a lower bound then, CPU per request is what it was."""
    if load.core_share <= GENERATOR_LIMIT:
        return []
    used = (
        f"It used {load.core_share:.0%} of its core, so the throughput is “at least” what is shown"
    )
    advice = (
        "compare the CPU per request, which Locust doesn't limit, or give it more cores: --workers with"
        " as many cores for them, or workers on other machines"
    )
    return [Flag("generator", used, advice, fatal=False)]


def _failures(load: Load) -> list[Flag]:
    if not load.failures and load.requests:
        return []
    worst = next(iter(load.reasons), "nothing was answered")
    said = f"{load.failures:,} of {load.failures + load.requests:,} requests failed, most of all {worst}"
    return [Flag("failures", said, "look at ./scripts/lab logs, or use fewer --users")]


def _missed(load: Load) -> list[Flag]:
    if load.rate is None or load.missed <= MISSED_LIMIT * load.starts:
        return []
    said = f"{load.missed:,} of {load.starts:,} visits that were due had not begun at the end"
    advice = "ask for a lower --rate: the stack, or Locust, can't keep up with this one"
    return [Flag("missed-starts", said, advice)]


def _cut_short(load: Load) -> list[Flag]:
    if load.drained and not load.interrupted:
        return []
    said = f"it ended after {load.elapsed:.1f} s, or with requests still under way"
    return [Flag("cut-short", said, "measure again")]
