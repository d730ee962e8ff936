"""The mixes hold what they promise, and the host knows them by name."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from bench.definitions.accepted import KINDS, MIXES

# Locust changes the standard library as it is imported: in a process of its own.
SHARES = """
from users.mixes import KINDS, MIXES
from users.member import PAGES
print(*sorted(MIXES))
print(*sorted(kind.__name__.lower() for kind in KINDS))
community = {kind.__name__: share / 100 for kind, share in MIXES["community"].items()}
# Requests of one visit: a reader's page brings a third of a file with it, a commenter reads, writes
# and looks, an editor asks seven times of which two write; a member's vote is a page and a write.
votes = community["Member"] * PAGES["vote"] / sum(PAGES.values())
writes = votes + community["Commenter"] + 2 * community["Editor"]
reads = (
    community["Reader"] * 4 / 3 + community["FeedReader"] + community["Member"]
    + 2 * community["Commenter"] + 5 * community["Editor"]
)
print(reads / writes)
few = {kind.__name__: share for kind, share in MIXES["thirty-to-one"].items()}
print((few["Witness"] + few["Correspondent"]) / few["Correspondent"])
"""


def test_the_host_knows_every_mix_and_community_reads_thirty_times_for_each_write() -> None:
    loadtest = Path(__file__).resolve().parents[1]
    done = subprocess.run(
        [sys.executable, "-c", SHARES], cwd=loadtest, capture_output=True, text=True, check=True
    )
    names, kinds, ratio, exact = done.stdout.splitlines()
    assert names.split() == sorted(MIXES)
    assert kinds.split() == sorted(KINDS)
    assert 25 < float(ratio) < 35
    assert float(exact) == 30
