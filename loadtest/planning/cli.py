"""The command line of `./scripts/lab plan`.

Exit codes: 0 done, 1 the result can't be planned from or the plan not written, 2 asked for what is not
accepted, 130 stopped.
"""

from __future__ import annotations

import argparse
import datetime
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

import msgspec

from planning import prices, show, units
from planning.measured import NothingMeasured, newest, read
from planning.outcome import Asked, Outcome, plan
from planning.prices import BadPrices, Prices
from planning.sizing import GIB, Rules
from planning.traffic import NotMeasured, Traffic
from terminal import LineParser, output

Value = TypeVar("Value")


def accepting(reader: Callable[[str], Value]) -> Callable[[str], Value]:
    """A reader of quantities as argparse wants it: its own line is what is shown."""

    def taken(text: str) -> Value:
        try:
            return reader(text)
        except units.BadQuantity as error:
            raise argparse.ArgumentTypeError(str(error)) from None

    return taken


def parser() -> LineParser:
    made = LineParser(
        prog="./scripts/lab plan",
        description="Says what a measured result means in machines and money.",
        allow_abbrev=False,
    )
    made.add_argument(
        "--result",
        type=Path,
        help="a result's folder or its result.json (default: the newest in results/)",
    )
    spelled = made.add_mutually_exclusive_group()
    spelled.add_argument("--markdown", action="store_true", help="print Markdown")
    spelled.add_argument("--json", action="store_true", help="print the plan as JSON")
    made.add_argument(
        "--seed", type=accepting(units.Whole(0, 2**31)), default=1, help="fixes the simulation"
    )
    _add_traffic(made.add_argument_group("traffic"))
    _add_rules(made.add_argument_group("machines"))
    return made


def _add_traffic(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--pageviews", type=accepting(units.rate), required=True, help="on average: 50M/day, 600/s"
    )
    group.add_argument(
        "--peak",
        type=accepting(units.Number(1, 1000)),
        default=3.0,
        help="how many times the average the busiest time has (default: 3)",
    )
    group.add_argument(
        "--members", type=accepting(units.share), help="their share of page views: 20%%"
    )
    group.add_argument(
        "--writes", type=accepting(units.writes), help="page views to writes: 30:1, or none"
    )
    group.add_argument(
        "--objects", type=accepting(units.Number(0, 1000)), help="requested with each page view"
    )
    group.add_argument(
        "--weight", type=accepting(units.size), help="sent for a page view, with its objects: 70kB"
    )


def _add_rules(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--target-utilisation",
        type=accepting(units.utilisation),
        default=0.6,
        help="the most of their cores that the peak may take (default: 60%%)",
    )
    group.add_argument(
        "--spare",
        type=accepting(units.Whole(0, 100)),
        default=1,
        help="machines of each role beyond those needed (default: 1)",
    )
    group.add_argument(
        "--working-set",
        type=accepting(units.size),
        default=2 * GIB,
        help="values kept upstream (default: 2GiB)",
    )
    group.add_argument(
        "--edge-working-set",
        type=accepting(units.size),
        default=4 * GIB,
        help="pages and objects kept at the edge (default: 4GiB)",
    )
    group.add_argument(
        "--edge",
        choices=("machines", "cdn"),
        default="machines",
        help="Varnish on machines, or a CDN in its place (default: machines)",
    )
    group.add_argument("--prices", type=Path, default=prices.SHIPPED, help="a file of prices")
    group.add_argument(
        "--core-factor",
        type=accepting(units.Number(0.01, 100)),
        help="a vCPU's speed, in cores of the measuring machine (default: the price file's)",
    )
    group.add_argument(
        "--lookup",
        type=accepting(units.duration),
        default=50e-6,
        help="a web server's CPU for a round trip to the upstream cache (default: 0.05ms)",
    )
    group.add_argument(
        "--max-wait",
        type=accepting(units.duration),
        default=0.1,
        help="time in queues for 99 of 100 requests to the site, at most (default: 100ms)",
    )


def main(arguments: Sequence[str] | None = None, today: datetime.date | None = None) -> int:
    given = list(sys.argv[1:] if arguments is None else arguments)
    options = parser().parse_args(given)
    try:
        outcome = made(options, stated(given), today or datetime.datetime.now(datetime.UTC).date())
        write(outcome, options)
        sys.stdout.flush()
    except BadPrices as error:
        return _fail(str(error), 2)
    except BrokenPipeError:
        # Whoever read the plan has enough; Python would complain once more when it closes it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except OSError as error:
        return _fail(f"the plan could not be written: {error.strerror or error}", 1)
    except (NothingMeasured, NotMeasured) as error:
        return _fail(str(error), 1)
    except KeyboardInterrupt:
        return 130
    return 0


def made(options: argparse.Namespace, given: dict[str, str], today: datetime.date) -> Outcome:
    """Raises BadPrices, NothingMeasured, NotMeasured."""
    path: Path = options.result or newest(Path("results"))
    return plan(named(path), read(path), asked(options, given), priced(options), today)


def named(path: Path) -> str:
    """A result's own name: that of its folder, where it has the file's usual name."""
    whole = path.resolve()
    return whole.parent.name if whole.name == "result.json" and whole.parent.name else whole.name


def priced(options: argparse.Namespace) -> Prices:
    found = prices.load(options.prices)
    if options.core_factor is None:
        return found
    return msgspec.structs.replace(found, core_factor=options.core_factor)


def asked(options: argparse.Namespace, given: dict[str, str]) -> Asked:
    return Asked(
        traffic=Traffic(
            pageviews=options.pageviews,
            peak=options.peak,
            members=options.members,
            writes=options.writes,
            objects=options.objects,
            weight=options.weight,
        ),
        rules=Rules(
            utilisation=options.target_utilisation,
            spare=options.spare,
            working_set=options.working_set,
            edge_working_set=options.edge_working_set,
            edge=options.edge,
        ),
        lookup=options.lookup,
        longest_wait=options.max_wait,
        seed=options.seed,
        stated=given,
    )


def stated(arguments: Sequence[str]) -> dict[str, str]:
    """The options that were given, with their values as they were spelled."""
    found = {}
    for index, text in enumerate(arguments):
        name, equals, value = text.removeprefix("--").partition("=")
        if text.startswith("--"):
            following = arguments[index + 1] if index + 1 < len(arguments) else ""
            found[name] = value if equals else following
    return found


def write(outcome: Outcome, options: argparse.Namespace) -> None:
    if options.json:
        text = msgspec.json.format(msgspec.json.encode(outcome), indent=1)
        sys.stdout.write(text.decode() + "\n")
    elif options.markdown:
        sys.stdout.write(show.markdown(outcome))
    else:
        # Into a file or a pipe, the tables keep their columns.
        console = output()
        show.terminal(console, outcome)


def _fail(line: str, code: int) -> int:
    sys.stderr.write(f"plan: {line}\n")
    return code
