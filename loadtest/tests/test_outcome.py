"""What a run tells of its processes."""

from __future__ import annotations

from typing import Any

import pytest

from users import wire
from users.outcome import outcome
from users.recorder import Recorder
from users.truth.summary import merged


def part(busy: float, cores: int) -> dict[str, Any]:
    """What a process counted in ten seconds in which nobody asked for anything."""
    return {
        "record": Recorder().dump(),
        "truth": merged([]),
        "unprimed": 0,
        "due": 0,
        "begun": 0,
        "late": {},
        "elapsed": 10.0,
        "cpu_seconds": busy,
        "cores": cores,
        "drained": True,
        "interrupted": False,
    }


@pytest.mark.parametrize(
    ("parts", "share"),
    [
        ({"local-1": part(4, 1)}, 0.4),
        # Two on one core: neither comes near a whole one, and together they are the limit.
        ({"local-1": part(5, 1), "local-2": part(4.9, 1)}, 0.99),
        ({"local-1": part(9, 2), "local-2": part(5, 2)}, 0.9),
        ({"local-1": part(6, 2), "local-2": part(6, 2), "local-3": part(6, 2)}, 0.9),
        # Another machine's cores are its own.
        ({"local-1": part(5, 1), "elsewhere": part(7, 4)}, 0.7),
    ],
)
def test_the_generator_is_as_busy_as_its_busiest_process_or_as_the_cores_they_share(
    parts: dict[str, Any], share: float
) -> None:
    assert outcome(parts, None)["core_share"] == pytest.approx(share)


def test_the_whole_package_tells_whether_two_workers_do_the_same(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "truth").mkdir()
    (tmp_path / "wire.py").write_text("")
    monkeypatch.setattr(wire, "__file__", str(tmp_path / "wire.py"))
    digests = []
    for rule in ("one", "other"):
        (tmp_path / "truth" / "sampler.py").write_text(rule)
        digests.append(wire.code.__wrapped__())
    assert digests[0] != digests[1]
