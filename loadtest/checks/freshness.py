"""`./scripts/lab check freshness`: is anybody ever shown less than was acknowledged before they asked?

Writers and readers in many processes, on each store, under what happens to caches: slow transactions,
workers that die between commit and invalidation, restarts, flushes, evictions, pauses. The promise: no
stale read; after a kill, none that begins more than 2 s later. Django's own cache used the way most
sites do goes through the same mixes, and must be caught.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryFile

from bench import revision
from bench.stack import ComposeStack
from terminal import LineParser, output

from . import stack
from ._disturbances import going_on
from ._findings import Finding, as_json, problems, table
from ._freshness_page import page
from ._scenarios import CAREFUL, FULL, FULL_NAIVE, SHORT, SHORT_NAIVE, Scenario

STORES = ("redis", "memcached")
MILLION = 1_000_000
RUN = ("docker", "compose", "run", "--rm", "--no-deps", "-T", "web", "python", "manage.py")


def parser() -> LineParser:
    made = LineParser(prog="check freshness", description=str(__doc__).partition("\n")[0])
    add = made.add_argument
    add("--full", action="store_true", help="a million reads on each store, about 10 minutes each")
    add("--store", choices=STORES, help="one only")
    add("--subject", default=CAREFUL, help="what is put to the test (see check_freshness --help)")
    names = list(dict.fromkeys(each.name for each in FULL))
    add("--scenario", choices=names, action="append", metavar="NAME", help=_listed(names))
    add("--write", type=Path, metavar="FILE", help="write the result as Markdown, too")
    return made


def _listed(names: Iterable[str]) -> str:
    return "; ".join(names).replace("%", "%%")  # argparse formats its help


def main(arguments: Sequence[str]) -> int:
    asked = parser().parse_args(arguments)
    console = output()
    chosen = scenarios(asked.full, asked.scenario, asked.subject)
    findings: list[Finding] = []
    broken: list[str] = []
    try:
        for store in [asked.store] if asked.store else STORES:
            for finding in run(store, chosen, asked.subject):
                findings.append(finding)
                console.print("  ".join(finding.cells()), highlight=False, style="dim")
    except stack.CommandError as error:  # what was found before is kept
        broken = [str(error)]
    finally:
        stack.up()
    console.print(table(findings))
    wrong = broken + problems(findings, least=MILLION if asked.full and not asked.scenario else 0)
    for line in wrong:
        console.print(f"[red]✗[/] {line}", highlight=False, soft_wrap=True)
    if asked.full or asked.write:
        keep(findings, asked.write, " ".join(arguments))
    return 1 if wrong else 0


def scenarios(full: bool, named: Sequence[str] | None, subject: str) -> list[Scenario]:
    """Those of the form that was asked for, or the full form's of these names. Where the lab's own
    library is put to the test, the naive way goes through the form's mixes, too."""
    if named:
        return [each for each in FULL if each.name in named]
    naive = FULL_NAIVE if full else SHORT_NAIVE
    return [*(FULL if full else SHORT), *(naive if subject == CAREFUL else ())]


def run(store: str, chosen: Iterable[Scenario], subject: str = CAREFUL) -> Iterable[Finding]:
    """Each scenario's finding, on the stack switched to this store. The stack stays so."""
    stack.up(LAB_UPSTREAM=store)
    for scenario in chosen:
        stack.forget_kept()
        yield carry_out(store, scenario, subject)


def carry_out(store: str, scenario: Scenario, subject: str) -> Finding:
    """Runs the checker in a container of its own, and disturbs the store while it runs."""
    command = [*RUN, "check_freshness", "--json", *scenario.arguments(subject)]
    tested = scenario.subject or subject
    environ = {**os.environ, "LAB_UPSTREAM": store}
    with (
        TemporaryFile("w+") as complaints,
        subprocess.Popen(
            command,
            cwd=stack.TOP,
            env=environ,
            stdout=subprocess.PIPE,
            stderr=complaints,
            text=True,
        ) as checker,
    ):
        said = iter(checker.stdout or ())
        started = next(said, "")
        with going_on(scenario.disturbance if started else "", store) as rounds:
            last = list(said)[-1:]
            completed = rounds()
        checker.wait()
        complaints.seek(0)
        words = complaints.read().strip().splitlines()[-1:]
    try:
        outcome = json.loads(last[0])
    except (IndexError, ValueError):
        problem = (words or last or ["the checker said nothing"])[0].strip()
        return Finding(store, scenario, tested, problem=problem[:300])
    return Finding(store, scenario, tested, outcome, completed)


def keep(findings: list[Finding], written: Path | None, arguments: str) -> None:
    """Writes results/freshness.json and results/freshness.md, and the page that was asked for."""
    lab = ComposeStack(stack.TOP, int(stack.setting("LAB_PORT")))
    machine, made, now = lab.machine(), revision.current(stack.TOP), datetime.now(UTC)
    versions = ", ".join(f"{name} {version}" for name, version in lab.versions().items())
    which = made.commit[:12] + (" with changes" if made.dirty else "")
    conditions = [
        f"`./scripts/lab check freshness {arguments}`, {now:%d %B %Y}, revision {which};",
        f"{machine.cores} cores of {machine.cpu}, shared by the checker, the servers and whatever",
        f"else ran; {versions}.",
    ]
    text = page(findings, conditions)
    results = stack.TOP / "results"
    kept = {"at": now.isoformat(), "conditions": conditions, "findings": as_json(findings)}
    write(results / "freshness.json", json.dumps(kept, indent=1) + "\n")
    for each in filter(None, (results / "freshness.md", written)):
        write(each, text)


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
