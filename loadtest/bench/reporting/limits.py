"""What a result does not prove: each sentence only where it is so."""

from __future__ import annotations

from bench.result import Result


def limits(result: Result) -> list[str]:
    plan = result.plan
    said = [_network(result)]
    said.append(
        "The caches are warm: before measuring, pages are asked for once each, for at most three quarters of "
        f"the warm-up's {plan.warm:g} s, the most popular first. A site that just started has misses that "
        "are not in here."
    )
    pages = sorted({visits.pages for visits in plan.visits if visits.pages})
    if pages:
        said.append(
            f"Visitors ask for {' or '.join(map(str, pages))} posts, the most popular, so that the caches "
            "can be warm within the warm-up. A site's long tail hits less."
        )
    if all(run.toggles.get("LAB_GENERATED") == "on" for run in result.runs):
        said.append(
            "Thumbnails and clips are kept in the bucket in every variant: making them anew for each request "
            "would make the baseline so slow that every ratio would flatter the caches."
        )
    if any(visits.rate is None for visits in plan.visits):
        said.append(
            "In a closed loop a slow answer delays the next question, so a stack that stalls is asked less: "
            "the latencies of its worst moments are kinder than visitors who come regardless would find them."
        )
    if not any(run.load.truth.checked for run in result.runs):
        said.append(
            "Whether the answers were true was not sampled: nothing here speaks of staleness."
        )
    else:
        checked = sum(run.load.truth.checked for run in result.runs)
        said.append(
            f"Truth was sampled, in {checked:,} checked reads in all: none stale among n of them leaves room "
            "for about 3 in n (95 %)."
        )
    said.append(
        f"{plan.rounds} {'round' if plan.rounds == 1 else 'rounds'}: an interval says how far the rounds "
        "agree on this machine, not what another one does."
    )
    return said


def _network(result: Result) -> str:
    added = result.plan.rtt_ms
    if added:
        spelled = ", ".join(f"{ms:g} ms to {name}" for name, ms in sorted(added.items()))
        return (
            "Everything runs on one machine, whose services share its cores; round trips were added "
            f"({spelled}), but neither loss nor a limit of bandwidth."
        )
    return (
        "Everything runs on one machine: no network's delay is in it, and the services share its cores. "
        "A cache that saves ten queries saves ten round trips as well, which cost next to nothing here."
    )
