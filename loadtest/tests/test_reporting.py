"""The arithmetic of the reports: flows, percentiles, truths, verdicts, and how figures are written."""

from __future__ import annotations

from random import Random

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.compare import Ratio
from bench.findings import findings
from bench.reporting import taking_part, words
from bench.reporting.charts import rarity
from bench.reporting.flow import flow
from bench.reporting.judgement import judge
from bench.reporting.lines import capacity, lines
from bench.reporting.path import THICKEST, THINNEST, busiest, described, drawing, thickness
from bench.reporting.timeline import timeline
from bench.result import Flag, Result, Second
from fakes.results import result, run, variant

FATAL = Flag("failures", "9 of 10 requests failed", "look at the logs")


def flagged(found: Result, name: str, *rounds: int, flag: Flag = FATAL) -> Result:
    """The result with these runs INVALID."""
    found.runs = [
        msgspec.structs.replace(r, flags=[flag]) if r.variant == name and r.round in rounds else r
        for r in found.runs
    ]
    return found


@given(st.floats(min_value=0.0001, max_value=1e4), st.floats(min_value=1e4, max_value=1e6))
def test_a_line_is_as_wide_as_the_root_of_its_rate(per_second: float, most: float) -> None:
    width = thickness(per_second, most)
    assert THINNEST <= width <= THICKEST
    # Four times the rate is twice the width, where both are wide enough to be seen.
    if width > THINNEST and 4 * per_second <= most:
        assert thickness(4 * per_second, most) == pytest.approx(2 * width)


@pytest.mark.parametrize(("per_second", "most"), [(None, 10.0), (0.0, 10.0), (0.0, 0.0)])
def test_what_nothing_went_over_is_thin(per_second: float | None, most: float) -> None:
    assert thickness(per_second, most) == THINNEST


@given(
    st.dictionaries(
        st.sampled_from(["varnish", "web", "postgres"]), st.floats(0.001, 1e3), min_size=1
    )
)
def test_the_bottleneck_carries_least(cpu: dict[str, float]) -> None:
    found = capacity(cpu)
    assert found.bottleneck is not None
    assert found.by_service[found.bottleneck] == min(found.by_service.values())
    for name, carried in found.by_service.items():
        assert carried * cpu[name] == pytest.approx(1000)


def test_watchers_and_idle_services_are_no_bottleneck() -> None:
    assert capacity({"prometheus": 9.0, "redis": 0.0}).bottleneck is None


def test_each_further_nine_is_one_step() -> None:
    assert [round(rarity(share), 9) for share in (0, 0.9, 0.99, 0.999)] == [0, 1, 2, 3]


@pytest.mark.parametrize(
    ("name", "hops"),
    [
        # Of 100 requests 75 are for pages and 25 for objects; 2 of 100 pages are misses.
        ("none", {"nginx": 0.75, "web": 0.75, "minio": 0.25, "postgres": 6.75}),
        ("edge-pages", {"nginx": 0.015, "web": 0.015, "minio": 0.25, "postgres": 0.135}),
        ("upstream-redis", {"nginx": 0.75, "minio": 0.25, "postgres": 1.35, "redis": 1.05}),
        ("everything", {"nginx": 0.015, "minio": 0.0, "postgres": 0.027, "redis": 0.021}),
    ],
)
def test_hops_are_what_the_servers_counted(name: str, hops: dict[str, float]) -> None:
    of = run(variant(name), 1, Random(1))
    found = {hop.target: hop for hop in flow([of]).hops}
    for target, each in hops.items():
        assert found[target].per_request == pytest.approx(each, rel=0.02)
        rate = each * of.load.requests_per_second
        assert found[target].per_second == pytest.approx(rate, rel=0.02)
    assert found["varnish"].per_second == of.load.requests_per_second
    assert ("redis" in found) == (of.toggles["LAB_UPSTREAM"] == "redis")


def test_a_hop_that_nobody_counted_has_no_rate() -> None:
    of = msgspec.structs.replace(run(variant("none"), 1, Random(1)), per_request={})
    hop = flow([of]).hop("web", "postgres")
    assert (hop.per_request, hop.per_second) == (None, None)


def test_a_layer_that_is_off_is_drawn_open_and_said_to_be_off() -> None:
    found = {line.name: line for line in lines(result(("none", "edge-pages")))}
    widest = busiest(list(found.values()))
    nothing = drawing(found["none"], widest)
    assert 'class="box open"' in nothing
    assert nothing.count('class="chip open"') == 2
    assert "upstream off" in nothing
    pages = drawing(found["edge-pages"], widest)
    assert pages.count('class="chip open"') == 1
    assert "pages hit 98.0 %" in described(found["edge-pages"])
    assert "objects off" in described(found["edge-pages"])


def test_percentiles_that_too_few_requests_tell_are_not_told() -> None:
    (line,) = lines(result(("none",), rounds=1))
    assert 1000 < line.row.requests < 10_000
    assert line.percentiles[0.99] is not None
    assert line.percentiles[0.999] is None


def test_invalid_rounds_are_left_out_of_figures_and_not_of_the_truth() -> None:
    found = flagged(result(("none", "upstream-redis")), "upstream-redis", 2)
    line = lines(found)[1]
    kept = {r.round: r for r in found.runs if r.variant == "upstream-redis" and r.round != 2}
    base = {r.round: r for r in found.runs if r.variant == "none"}
    ratios = [
        kept[n].load.requests_per_second / base[n].load.requests_per_second for n in sorted(kept)
    ]
    assert line.throughput is not None
    assert line.throughput.value == pytest.approx((ratios[0] * ratios[1]) ** 0.5)
    assert line.truth.checked == 3 * 480
    assert words.verdict(line) == "1 of 3 INVALID"
    judgement = judge(found)
    assert judgement.valid
    assert any("Left out of every ratio" in remark for remark in judgement.remarks)


def test_a_comparison_without_a_valid_round_is_invalid() -> None:
    judgement = judge(flagged(result(("none", "everything")), "everything", 1, 2, 3))
    assert judgement.word == "INVALID"
    assert "No round is valid for everything" in judgement.reasons[0]
    assert "9 of 10 requests failed" in judgement.reasons[1]


def test_nobody_has_a_valid_round_where_the_baseline_has_none() -> None:
    judgement = judge(flagged(result(("none", "everything")), "none", 1, 2, 3))
    assert "No round is valid for everything, none" in judgement.reasons[0]


def test_a_comparison_that_was_stopped_is_invalid() -> None:
    found = result()
    found.complete = False
    found.runs.pop()
    assert judge(found).reasons == ("23 of 24 runs were made: it was stopped before its last run.",)


def test_a_remark_leaves_it_valid() -> None:
    mild = Flag("generator", "It used 95% of its core", "compare the CPU", fatal=False)
    judgement = judge(flagged(result(("none", "everything")), "everything", 1, flag=mild))
    assert judgement.valid
    assert any("everything" in remark for remark in judgement.remarks)


def test_what_the_load_limited_on_both_sides_is_no_ratio() -> None:
    found = result(("everything", "everything-by-age"))
    found.plan = msgspec.structs.replace(found.plan, baseline="everything", pairs=())
    line = lines(found)[1]
    assert line.bound == "both"
    assert words.speedup(line) == words.NOT_ASKED
    assert "the load generator was the limit" in findings(found)[0].text


def test_stale_answers_are_part_of_the_answer() -> None:
    said = {finding.title: finding.text for finding in findings(result())}
    assert (
        "93 of 1,440 checked reads were stale, the worst by 42 s"
        in said["Everything, dying by age alone"]
    )
    assert "stale" not in said["Everything together"]


def test_seconds_are_put_together_by_what_was_asked() -> None:
    of = run(variant("none"), 1, Random(1))
    seconds = (
        [Second(0, 10, edge_hits=1, edge_asked=2)],
        [Second(0, 30, edge_hits=1, edge_asked=6)],
    )
    runs = [
        msgspec.structs.replace(of, load=msgspec.structs.replace(of.load, seconds=each))
        for each in seconds
    ]
    found = timeline(runs, 12)
    assert found is not None
    (moment,) = found.moments
    assert (moment.requests, moment.hit_ratio, moment.cores) == (20, 0.25, None)
    bare = msgspec.structs.replace(of, load=msgspec.structs.replace(of.load, seconds=[]))
    assert timeline([bare], 12) is None


@pytest.mark.parametrize(
    ("measure", "elapsed", "shown"),
    [
        (3.0, 3.02, [0, 1, 2]),  # what was under way at the end was answered in a fourth second
        (2.5, 2.52, [0, 1]),
        (2.5, 3.1, [0, 1]),  # nobody new came in the rest of the third
        (4.0, 4.0, [0, 1, 2, 3]),
        (9.0, 1.7, [0]),  # interrupted
    ],
)
def test_a_second_that_is_not_whole_is_not_drawn(
    measure: float, elapsed: float, shown: list[int]
) -> None:
    of = run(variant("none"), 1, Random(1))
    seconds = [Second(at, 100) for at in range(4)]
    load = msgspec.structs.replace(of.load, elapsed=elapsed, seconds=seconds)
    found = timeline([msgspec.structs.replace(of, load=load)], measure)
    assert found is not None
    assert [second.at for second in found.runs[0].seconds] == shown
    assert [moment.at for moment in found.moments] == shown
    assert found.cut == (len(shown) < 4)


def test_a_measurement_of_less_than_a_second_has_no_time_line() -> None:
    assert timeline([run(variant("none"), 1, Random(1))], 0.5) is None


def test_cores_are_those_of_the_path() -> None:
    of = run(variant("none"), 1, Random(1))
    seconds = [Second(0, 1, cpu={"web": 0.5, "varnish": 0.25, "prometheus": 9.0})]
    load = msgspec.structs.replace(of.load, seconds=seconds)
    found = timeline([msgspec.structs.replace(of, load=load)], 12)
    assert found is not None
    assert found.moments[0].cores == 0.75


@pytest.mark.parametrize(
    ("name", "taking"),
    [
        ("none", {"varnish", "nginx", "web", "postgres", "minio"}),
        ("upstream-redis", {"varnish", "nginx", "web", "postgres", "redis", "minio"}),
        # All that is asked for is kept here, but for 2 of 100 pages.
        ("everything", {"varnish", "nginx", "web", "postgres", "redis"}),
    ],
)
def test_idle_services_take_no_part(name: str, taking: set[str]) -> None:
    of = run(variant(name), 1, Random(1))
    # What they do by themselves: a hundredth of a core, which is much of a request that costs little.
    idle = dict.fromkeys(("relay", "memcached", "partner"), 10 / of.load.requests_per_second)
    found = result((name,), rounds=1)
    found.runs = [msgspec.structs.replace(of, cpu_ms={**idle, **of.cpu_ms, "prometheus": 9.0})]
    assert taking_part.services(lines(found)[0]) == taking


def test_a_service_that_nobody_counts_takes_part_when_it_works() -> None:
    of = run(variant("everything"), 1, Random(1))
    busy = 30 / of.load.requests_per_second
    found = result(("everything",), rounds=1)
    found.runs = [msgspec.structs.replace(of, cpu_ms={**of.cpu_ms, "relay": busy})]
    assert "relay" in taking_part.services(lines(found)[0])


@pytest.mark.parametrize(
    ("value", "said"),
    [(1.0, "100 %"), (0.99999, "99.9 %"), (0.5, "50.0 %"), (0.0001, "<0.1 %"), (0.0, "0 %")],
)
def test_all_and_nothing_are_said_only_where_they_are(value: float, said: str) -> None:
    assert words.share(value) == said


@pytest.mark.parametrize(
    ("value", "said"),
    [(1234.5, "1,234"), (2.5, "2.50"), (0.1, "0.10"), (0.0456, "0.046"), (0.0001, "0")],
)
def test_small_figures_keep_two_digits_and_have_no_exponent(value: float, said: str) -> None:
    assert words.small(value) == said


def test_a_part_has_its_intervals_ends_in_order() -> None:
    assert words.less(Ratio(0.25, 0.2, 0.5)) == "1/4.00 (2.00–5.00)"
    assert words.less(Ratio(0.25)) == "1/4.00"
