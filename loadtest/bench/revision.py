"""Which version of the repository was measured."""

from __future__ import annotations

import subprocess
from pathlib import Path

from bench.result import Revision


def current(root: Path) -> Revision:
    """The commit checked out; `unknown` where there is no git or no repository."""
    commit = _git(root, "rev-parse", "HEAD")
    return Revision(commit or "unknown", bool(_git(root, "status", "--porcelain")))


def _git(root: Path, *command: str) -> str:
    try:
        done = subprocess.run(
            ["git", *command], cwd=root, capture_output=True, text=True, timeout=30, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""
