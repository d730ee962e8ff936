"""The whole comparison with a fake stack and a fake load: its files, its tables, its endings."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from rich.console import Console

from bench import cli, result
from bench.definitions.shipped import shipped
from bench.findings import findings
from bench.network import NetworkFailed
from bench.reporting import page
from bench.reporting.judgement import judge
from bench.result import Flag, Result, Run
from bench.table import conclude
from fakes.load import FakeLoad
from fakes.results import result as made_up
from fakes.stack import FakeStack

QUICK = ("none", "upstream-redis", "edge", "everything")


@pytest.fixture(autouse=True, scope="module")
def in_the_repository() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(Path(__file__).resolve().parents[2])
        yield


class Bench:
    """One comparison on fakes, with what it printed and wrote."""

    def __init__(self, out: Path, *options: str, **faults: Any) -> None:
        plan = cli.planned(cli.parser().parse_args(options))
        turns = cli.schedule(plan.variants, plan.rounds, plan.seed)
        broken = faults.get("broken")
        self.stack = FakeStack(plan.variant(broken).toggles if broken else None)
        self.load = FakeLoad(self.stack, faults.get("stops_at", 0))
        text = io.StringIO()
        console = Console(file=text, width=120, force_terminal=faults.get("live", False))
        self.code = cli.compare(console, plan, turns, self.stack, self.load, out)
        self.said = text.getvalue()
        (self.folder,) = out.iterdir()

    @property
    def result(self) -> Result:
        return result.read(self.folder / "result.json")


@pytest.fixture(scope="module")
def quick(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    """One quick comparison for all tests that only look at it."""
    return Bench(tmp_path_factory.mktemp("results"), "--quick", "--seed", "7")


def test_quick_measures_four_variants_twice_and_writes_everything_down(quick: Bench) -> None:
    bench = quick
    assert bench.code == 0
    assert re.fullmatch(r"\d{8}T\d{6}Z-quick", bench.folder.name)
    names = {path.name for path in bench.folder.iterdir()}
    assert names == {
        *("runs.jsonl", "result.json", "runs.csv", "report.html", "report.md", "summary.json")
    }
    assert len((bench.folder / "runs.jsonl").read_text().splitlines()) == 8
    with (bench.folder / "runs.csv").open(newline="") as file:
        lines = list(csv.DictReader(file))
    assert len(lines) == 8
    assert {line["variant"] for line in lines} == set(QUICK)
    assert float(lines[0]["cpu_ms_web"]) > 0
    assert bench.result.complete
    assert bench.stack.calls == ["open", *["switch"] * 8, "restore"]


def test_the_load_starts_while_the_stack_is_recreated(quick: Bench) -> None:
    assert quick.load.begun == list(range(8))
    assert quick.load.under_way is None


def test_a_load_that_began_ends_with_a_stack_that_did_not_start(tmp_path: Path) -> None:
    bench = Bench(tmp_path, "--quick", "--rounds", "1", broken="edge")
    assert len(bench.load.begun) == 4
    assert len(bench.result.runs) == 3
    assert bench.load.under_way is None


def test_every_second_says_what_its_cores_did(quick: Bench) -> None:
    for run in quick.result.runs:
        assert run.load.seconds
        for second in run.load.seconds:
            for service in ("varnish", "web"):
                used = run.spent.cpu_ns[service] / 1e9 / run.load.elapsed
                assert second.cpu[service] == pytest.approx(used, abs=2e-4)


def test_a_result_says_all_that_is_needed_to_repeat_it(quick: Bench) -> None:
    found = quick.result
    assert found.plan.seed == 7
    assert found.machine.cores == 2
    assert found.versions["varnish"] == "7.7.0"
    assert re.fullmatch(r"[0-9a-f]{40}|unknown", found.revision.commit)
    run = next(run for run in found.runs if run.variant == "none")
    assert run.toggles["LAB_UPSTREAM"] == "off"
    assert run.toggles["LAB_GENERATED"] == "on"
    assert "LAB_TTL" in run.toggles


def test_no_path_of_the_machine_is_in_a_result(quick: Bench) -> None:
    folder = quick.folder
    here = str(Path.cwd())
    for path in folder.iterdir():
        assert here not in path.read_text()
        assert str(folder) not in path.read_text()


def test_the_table_has_the_figures_and_what_stands_against_them(quick: Bench) -> None:
    said = quick.said
    assert re.search(r"none +1\d\d +1× ", said)
    assert re.search(r"everything +≥ 1,[89]\d\d +1\d\.\d×", said)
    assert re.search(r"none +6\.8 +1 +0\.07\d? +0\.2\d +6\.\d", said)
    assert re.search(r"everything +98\.0% +– +100\.0% +90\.0% +–", said)
    assert "Locust was the limit (edge, everything; 4 runs)" in " ".join(said.split())


def test_the_live_view_draws_without_a_fault(tmp_path: Path) -> None:
    assert Bench(tmp_path, "--quick", live=True).code == 0


@pytest.mark.parametrize("name", shipped())
def test_every_shipped_experiment_runs_and_is_told_of(name: str, tmp_path: Path) -> None:
    bench = Bench(tmp_path, name)
    found = bench.result
    assert bench.code == 0
    assert found.complete
    assert len(found.runs) == found.plan.rounds * len(found.plan.variants)
    assert {run.variant for run in found.runs} == set(found.plan.variant_names)
    titles = [finding.title for finding in findings(found)]
    for variant in found.plan.variants:
        if variant.title and variant.name != found.plan.baseline:
            assert variant.title in titles
    page = (bench.folder / "report.html").read_text()
    assert all(variant.name in page for variant in found.plan.variants)


def test_what_was_left_out_is_beside_what_has_it_all(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    said = {finding.title: finding.text for finding in findings(bench.result)}
    assert len(said) == 5 + 3
    assert "at least" in said["Varnish keeping pages"]
    assert "no difference seen" in said["Varnish keeping static files and media"]
    assert "cost 1.9" in said["Without the upstream cache"]


def test_every_use_gets_its_sentences(tmp_path: Path) -> None:
    titles = [each.title for each in findings(Bench(tmp_path, "uses").result)]
    assert titles.count("Upstream cache in Redis") == 1
    assert sum(title.startswith("Redis only for ") for title in titles) == 6
    assert sum(title.startswith("Without ") for title in titles) == 6


def test_a_variant_is_told_beside_its_own_base(tmp_path: Path) -> None:
    said = {each.title: each.text for each in findings(Bench(tmp_path, "members").result)}
    assert "the requests per second of No cache, members only" in said["Everything, members only"]


def test_a_cache_that_costs_more_than_it_saves_is_said_to(tmp_path: Path) -> None:
    bench = Bench(tmp_path, "lossy")
    found = bench.result
    for run in found.runs:
        if run.variant == "upstream-per-page":
            run.cpu_ms["web"] *= 10
    said = {each.title: each.text for each in findings(found)}
    assert "costs more than it saves" in said["Redis for a second, for what one page alone uses"]
    assert "costs more than it saves" not in said["Redis, until something changes"]


def test_factors_are_told_with_what_they_have_to_do_with_each_other(tmp_path: Path) -> None:
    said = {each.title: each.text for each in findings(Bench(tmp_path, "factorial").result)}
    text = said["The upstream cache and Varnish keeping pages"]
    assert re.search(r"once .* is on: [\d.]+× \([\d.]+–[\d.]+\) the CPU per request", text)
    assert "(interaction " in text


def scattered(found: Result, cpu: float, rate: float, variant: str = "upstream-redis") -> Result:
    """A variant's second round, its figures so many times what they were."""

    def other(run: Run) -> Run:
        load = replace(run.load, requests_per_second=rate * run.load.requests_per_second)
        return replace(run, load=load, cpu_ms={name: cpu * ms for name, ms in run.cpu_ms.items()})

    runs = [other(run) if (run.variant, run.round) == (variant, 2) else run for run in found.runs]
    return replace(found, runs=runs)


def said_of_redis(found: Result) -> str:
    return next(each.text for each in findings(found) if each.title == "Upstream cache in Redis")


def test_rounds_that_scatter_claim_neither_a_difference_nor_none(quick: Bench) -> None:
    text = said_of_redis(scattered(quick.result, cpu=3.0, rate=3.0))
    assert text.startswith("the rounds differ too much from one another to tell (")
    assert "no difference seen" not in text


def test_a_figure_that_scatters_claims_nothing_and_the_other_what_it_shows(quick: Bench) -> None:
    plain = said_of_redis(quick.result)
    speed, cost = plain.split("; ")
    text = said_of_redis(scattered(quick.result, cpu=1.0, rate=3.0))
    assert text.startswith("the rounds differ too much in requests/s to tell (")
    assert text.endswith(f"; {cost}")
    text = said_of_redis(scattered(quick.result, cpu=3.0, rate=1.0))
    assert text.startswith(f"{speed}; the rounds differ too much in CPU per request to tell (")


def test_what_stands_against_figures_is_said_once_for_each_kind(quick: Bench) -> None:
    (remark,) = (
        text
        for text in judge(scattered(quick.result, cpu=1.0, rate=3.0)).remarks
        if "VALID but for" in text
    )
    assert remark.startswith("VALID but for requests/s: upstream-redis beside none (the rounds'")
    # Of edge and of everything Locust was the limit, so nothing is left of them.
    moved = scattered(scattered(quick.result, 3.0, 1.0), 3.0, 1.0, "edge")
    moved = scattered(moved, 3.0, 3.0, "everything")
    said = [text for text in judge(moved).remarks if "from one another" in text]
    assert [text.partition(":")[0] for text in said] == [
        "VALID but for CPU per request",
        "INVALID by itself",
    ]
    assert [text.count(" beside none (") for text in said] == [1, 2]
    assert all(text.count("To try") == 1 for text in said)


def test_what_rounds_that_scatter_far_from_1_leave_open_is_how_much() -> None:
    found = made_up(("none", "upstream-redis"), rounds=6)
    for cpu, rate, said in (
        (2.0, 1.0, "; the rounds differ too much in CPU per request to tell how much (1/"),
        (1.0, 2.0, "the rounds differ too much in requests/s to tell how much ("),
        (2.0, 2.0, "the rounds differ too much from one another to tell how much ("),
    ):
        assert said in said_of_redis(scattered(found, cpu, rate))


def test_where_locust_was_the_limit_and_cpu_scatters_nothing_is_claimed(quick: Bench) -> None:
    busy = Flag("generator", "It used 90 % of its core", "more workers", fatal=False)
    found = scattered(quick.result, cpu=3.0, rate=1.0)
    runs = [
        replace(run, flags=[busy]) if run.variant == "upstream-redis" else run for run in found.runs
    ]
    text = said_of_redis(replace(found, runs=runs))
    assert text.startswith("the rounds differ too much from one another to tell (at least ")


def test_one_round_does_not_say_that_a_cache_costs_more_than_it_saves(quick: Bench) -> None:
    found = quick.result
    dear = [
        replace(run, cpu_ms={name: 3 * ms for name, ms in run.cpu_ms.items()})
        if run.variant == "upstream-redis"
        else run
        for run in found.runs
        if run.round == 1
    ]
    one = replace(found, runs=dear, plan=replace(found.plan, rounds=1))
    said = {each.title: each.text for each in findings(one)}["Upstream cache in Redis"]
    assert "the CPU" in said
    assert "costs more than it saves" not in said
    # Of two rounds that were asked for one is no answer.
    said = {each.title: each.text for each in findings(replace(found, runs=dear))}
    assert said["Upstream cache in Redis"].startswith("too few rounds are valid to tell (")


def test_a_title_is_text_and_no_markup(quick: Bench) -> None:
    title = "Varnish [/static and /media]"
    found = quick.result
    variants = tuple(
        replace(each, title=title) if each.name == "edge" else each for each in found.plan.variants
    )
    text = io.StringIO()
    console = Console(file=text, width=200)
    conclude(console, replace(found, plan=replace(found.plan, variants=variants)))
    assert title in text.getvalue()


def test_rounds_that_no_factor_is_judged_by_are_told(tmp_path: Path) -> None:
    found = Bench(tmp_path, "factorial").result
    assert "Factors" not in {each.title for each in findings(found)}
    spoilt = Flag("stolen", "the hypervisor", "another machine")
    for lost, said in ((1, "these are from 3 of 4 rounds"), (4, "nothing can be said of them")):
        runs = [
            replace(run, flags=[spoilt]) if run.variant == "none" and run.round <= lost else run
            for run in found.runs
        ]
        told = {each.title: each.text for each in findings(replace(found, runs=runs))}
        assert told["Factors"].startswith(said)
        assert ("The upstream cache and Varnish keeping pages" in told) == (lost < 4)


def test_growth_seeds_each_size_once_and_measures_on_it(tmp_path: Path) -> None:
    bench = Bench(tmp_path, "growth", "--rounds", "1")
    seeded = [f"seed {posts}" for posts in (1000, 10_000, 100_000, 1_000_000)]
    assert bench.stack.calls == ["open", *seeded, *["switch"] * 8, "restore"]
    assert sorted(bench.stack.posts) == [1000] * 2 + [10_000] * 2 + [100_000] * 2 + [1_000_000] * 2
    assert "seeding 1000000" in bench.said


def test_an_open_loop_is_in_the_plan_and_in_the_load(tmp_path: Path) -> None:
    bench = Bench(tmp_path, "quick", "--rounds", "1", "--rate", "50")
    assert {variant.visits.rate for variant in bench.result.plan.variants} == {50}
    assert {run.load.rate for run in bench.result.runs} == {50}


def test_ctrl_c_keeps_what_was_measured_and_puts_the_stack_back(tmp_path: Path) -> None:
    bench = Bench(tmp_path, "--quick", stops_at=4)
    assert bench.code == 130
    assert len(bench.result.runs) == 3
    assert not bench.result.complete
    assert bench.stack.calls[-1] == "restore"
    assert bench.load.under_way is None
    assert "requests/s" in bench.said
    assert "stopped before its last run" in (bench.folder / "report.html").read_text()


def test_ctrl_c_before_the_first_run_ended(tmp_path: Path) -> None:
    bench = Bench(tmp_path, "--quick", stops_at=1)
    assert bench.code == 130
    assert bench.result.runs == []
    assert "nothing to compare yet" in (bench.folder / "report.html").read_text()


def test_a_variant_that_does_not_start_is_said_and_the_others_go_on(tmp_path: Path) -> None:
    bench = Bench(tmp_path, "--quick", broken="edge")
    assert bench.code == 1
    assert {run.variant for run in bench.result.runs} == set(QUICK) - {"edge"}
    assert any(
        "edge: docker compose up failed" in warning for warning in judge(bench.result).remarks
    )
    assert judge(bench.result).reasons == ("6 of 8 runs were made: a run could not be made.",)


def test_a_run_that_was_not_made_shows_no_other_runs_figures(tmp_path: Path) -> None:
    said = Bench(tmp_path, "--quick", broken="edge").said
    failed = re.findall(r"\] round \d, edge, .*\n +(.*)", said)
    assert failed == ["it could not be measured"] * 2
    assert len(re.findall(r"requests/s, 0 failed", said)) == 6


def test_cores_that_cant_be_assigned_are_a_remark_and_no_failure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(FakeStack, "pin", lambda _: "one core only: Locust shares it")
    bench = Bench(tmp_path, "--quick")
    assert bench.result.notes == ["one core only: Locust shares it"]
    assert bench.code == 0


def test_who_reads_the_table_meanwhile_reads_a_whole_one(quick: Bench, tmp_path: Path) -> None:
    journal = result.Journal(tmp_path / "kept")
    journal.write(quick.result)
    before = (journal.folder / "runs.csv").read_bytes()
    with (journal.folder / "runs.csv").open("rb") as reading:
        journal.write(replace(quick.result, runs=[]))
        assert reading.read() == before
    assert (journal.folder / "runs.csv").read_bytes() != before


def test_the_report_begins_with_the_answer(quick: Bench) -> None:
    text = (quick.folder / "report.html").read_text()
    said = " ".join(re.sub(r"<[^>]+>", " ", text[text.index("<h1>") :]).split())
    first = (
        r"What each layer was worth here quick, \S+, 2 cores, 8 runs of 6 s .*?"
        r"Upstream cache in Redis: 4\.\d\d× \([\d.]+–[\d.]+\) the requests per second of no cache"
    )
    assert re.match(first, said)
    assert page.render(quick.result) == text


def test_the_json_is_read_by_others_too(quick: Bench) -> None:
    plain = json.loads((quick.folder / "result.json").read_bytes())
    assert plain["version"] == 2
    assert plain["runs"][0]["load"]["histogram_us"]


def test_round_trips_are_added_around_all_runs(tmp_path: Path) -> None:
    bench = Bench(tmp_path, "--quick", "--rounds", "1", "--rtt", "cache=0.5ms,db=1ms")
    assert bench.stack.calls == [
        "open",
        "further away {'cache': 0.5, 'db': 1.0}",
        *["switch"] * 4,
        "as near as before",
        "restore",
    ]
    assert bench.result.plan.rtt_ms == {"cache": 0.5, "db": 1.0}


def test_a_delay_that_got_lost_makes_all_of_it_invalid(tmp_path: Path) -> None:
    class Losing(FakeStack):
        @contextmanager
        def further_away(self, rtt_ms: Mapping[str, float]) -> Iterator[None]:
            yield
            raise NetworkFailed("postgres-1: the added delay was gone before the end")

    plan = cli.planned(cli.parser().parse_args(["--quick", "--rtt", "db=1ms"]))
    stack = Losing()
    turns = cli.schedule(plan.variants, plan.rounds, plan.seed)
    code = cli.compare(
        Console(file=io.StringIO()), plan, turns, stack, FakeLoad(stack), tmp_path / "results"
    )
    assert code == 1
    (folder,) = (tmp_path / "results").iterdir()
    judgement = judge(result.read(folder / "result.json"))
    assert not judgement.valid
    assert judgement.reasons[0].startswith("postgres-1: the added delay was gone")
    assert "quick: INVALID" in (folder / "report.md").read_text()


def test_round_trips_that_cant_be_had_end_it_in_one_line_and_measure_nothing(
    tmp_path: Path,
) -> None:
    plan = cli.planned(cli.parser().parse_args(["--quick", "--rtt", "db=1ms"]))
    stack, text = FakeStack(nearby=True), io.StringIO()
    turns = cli.schedule(plan.variants, plan.rounds, plan.seed)
    code = cli.compare(Console(file=text, width=80), plan, turns, stack, FakeLoad(stack), tmp_path)
    assert code == 1
    assert "bench: this kernel has no sch_netem" in text.getvalue()
    assert "switch" not in stack.calls
    assert stack.calls[-1] == "restore"
    assert not list(tmp_path.iterdir())
