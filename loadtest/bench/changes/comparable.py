"""Whether two results measured the same thing in the same way on the same machine."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from bench.levelling import doubt, usual_ms
from bench.result import Plan, Result, Variant

WORTH_SAYING = 0.1
"""Percent."""

Difference = tuple[str, object, object]
"""What differs, and how it is in the earlier and in the later result."""


def obstacles(before: Result, after: Result) -> list[str]:
    """What makes a comparison meaningless; one line each, and none where there is nothing."""
    if not _common(before.plan, after.plan):
        old, new = (", ".join(plan.variant_names) for plan in (before.plan, after.plan))
        return [_said(("no variant is in both", old, new))]
    spoilt = [
        f"the {when} one is INVALID: {reason}"
        for when, result in (("earlier", before), ("later", after))
        for reason in result.spoilt
    ]
    if spoilt:
        return spoilt
    return [_said(each) for each in (*_machine(before, after), *_plan(before, after))]


def remarks(before: Result, after: Result) -> list[str]:
    """What differs and may be the very thing that is looked for."""
    differences: list[Difference] = []
    first, second = before.revision, after.revision
    if first.commit != second.commit:
        differences.append(("revision", first.commit[:12], second.commit[:12]))
    for name in sorted(before.versions.keys() | after.versions.keys()):
        old, new = before.versions.get(name, "unknown"), after.versions.get(name, "unknown")
        if old != new:
            differences.append((f"version of {name}", old, new))
    for name in ("kernel", "system", "engine"):
        old, new = getattr(before.machine, name), getattr(after.machine, name)
        if old != new:
            differences.append((name, old, new))
    if before.plan.seed != after.plan.seed:
        differences.append(("seed", before.plan.seed, after.plan.seed))
    said = [*(_said(each) for each in differences), *_speeds(before, after)]
    if first.dirty or second.dirty:
        said.append("a revision held changes that its commit does not")
    for name in _common(before.plan, after.plan):
        old_toggles, new_toggles = _toggles(before, name), _toggles(after, name)
        only = sorted(old_toggles.keys() ^ new_toggles.keys())
        if only and old_toggles and new_toggles:
            said.append(f"toggles that only one of them has: {', '.join(only)}")
            break
    return said


def _speeds(before: Result, after: Result) -> Iterator[str]:
    """What the yardstick told, and what became of it."""
    old, new = usual_ms(before.runs), usual_ms(after.runs)
    if old and new and usual_ms([*before.runs, *after.runs]) is not None:
        said = f"the machine's speed, a piece of work in {old:.3g} / {new:.3g} ms: CPU is taken at one speed"
        off = 100 * doubt(before.runs, after.runs)
        widened = f", and its intervals are wider by the {off:.2g} % by which that may be off"
        yield said + (widened if off >= WORTH_SAYING else "")
    elif old is not None or new is not None:
        said = "the machine's speed, which is not known of both by one yardstick: CPU is as it was booked, "
        yield said + "and no mean over all variants is told"


def _common(before: Plan, after: Plan) -> list[str]:
    return [name for name in before.variant_names if name in after.variant_names]


def _machine(before: Result, after: Result) -> Iterator[Difference]:
    for name in ("cpu", "cores", "memory_mib", "architecture"):
        old, new = getattr(before.machine, name), getattr(after.machine, name)
        if old != new:
            yield f"machine's {name}", old, new


def _plan(before: Result, after: Result) -> Iterator[Difference]:
    for name in ("warm", "measure", "workers", "rtt_ms"):
        old, new = getattr(before.plan, name), getattr(after.plan, name)
        if old != new:
            yield name, old, new
    for name in _common(before.plan, after.plan):
        yield from _variant(before.plan.variant(name), after.plan.variant(name))
        yield from _differing(name, _toggles(before, name), _toggles(after, name))


def _variant(before: Variant, after: Variant) -> Iterator[Difference]:
    if before.visits != after.visits:
        yield f"{before.name}: visits", before.visits.sentence, after.visits.sentence
    if before.posts != after.posts:
        yield f"{before.name}: posts", before.posts, after.posts


def _differing(
    name: str, before: Mapping[str, str], after: Mapping[str, str]
) -> Iterator[Difference]:
    """Toggles that both have: one that came later is not a difference in what was asked for."""
    for toggle in sorted(before.keys() & after.keys()):
        if before[toggle] != after[toggle]:
            yield f"{name}: {toggle}", before[toggle], after[toggle]


def _toggles(result: Result, name: str) -> dict[str, str]:
    """As they were in force, without the ports, which change nothing."""
    run = next((run for run in result.runs if run.variant == name), None)
    toggles = run.toggles if run else {}
    return {key: value for key, value in toggles.items() if not key.endswith("_PORT")}


def _said(difference: Difference) -> str:
    what, old, new = difference
    return f"{what}: {_plain(old)} / {_plain(new)}"


def _plain(value: object) -> str:
    """Seconds as they were asked for: 12, and not 12.0."""
    return f"{value:g}" if isinstance(value, float) else str(value)
