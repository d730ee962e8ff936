"""The experiments that come with the lab."""

from __future__ import annotations

from pathlib import Path

from bench.definitions.problems import BadDefinition, unknown

FOLDER = Path(__file__).resolve().parents[2] / "experiments"


def shipped() -> dict[str, Path]:
    """The files by name, in the alphabet's order."""
    return {path.stem: path for path in sorted(FOLDER.glob("*.toml"))}


def find(asked: str) -> Path:
    """The file of a shipped experiment's name, or the file that is named. Raises BadDefinition."""
    found = shipped()
    if asked in found:
        return found[asked]
    if asked.endswith(".toml") or "/" in asked:
        return Path(asked)
    raise BadDefinition([unknown("experiment", asked, (*found, "a FILE.toml of your own"))])
