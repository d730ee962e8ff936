"""`./scripts/lab check edge-speed`: what the lab's VCL costs a hit, beside Varnish's built-in VCL."""

from __future__ import annotations

from collections.abc import Sequence

from .edge import cli


def main(arguments: Sequence[str]) -> int:
    """The same as `check edge --only speed`."""
    return cli.main(["--only", "speed", *arguments])
