"""The tables of docs/experiments.md, from the files and the schema themselves.

    PYTHONPATH=loadtest:scripts/lib python -m bench.definitions.document

writes them anew between their marks.
"""

from __future__ import annotations

import re
from pathlib import Path

from pydantic import BaseModel

from bench.databases import about
from bench.definitions import planning, schema
from bench.definitions.reading import read
from bench.definitions.shipped import shipped
from bench.schedule import duration

PAGE = Path(__file__).resolve().parents[3] / "docs" / "experiments.md"


def experiments() -> str:
    """Every shipped experiment, a row each."""
    rows = []
    for name, path in shipped().items():
        plan = planning.planned(name, read(path), planning.Asked())
        size = f"{len(plan.variants)} × {plan.rounds}"
        file = f"[`{name}`](../loadtest/experiments/{name}.toml)"
        rows.append(f"| {file} | {plan.question} | {size} | {about(duration(plan))} |")
    return "\n".join(["| name | question | variants × rounds | time |", "|---|---|---|---|", *rows])


def keys() -> str:
    """Every key of a file, by table, with what is accepted."""
    tables: dict[str, type[BaseModel]] = {
        "": schema.Definition,
        "[visits]": schema.Load,
        "[[variants]]": schema.State,
        "[[pairs]]": schema.Beside,
        "[[factors]]": schema.Dimension,
    }
    rows = [
        f"| {f'`{table}`' if table else ''} | `{key}` | {field.description} | "
        f"{'needed' if field.is_required() else ''} |"
        for table, model in tables.items()
        for key, field in model.model_fields.items()
    ]
    return "\n".join(["| table | key | accepted | |", "|---|---|---|---|", *rows])


def filled(page: str) -> str:
    """The page with its tables as they are now."""
    for name, table in (("experiments", experiments()), ("keys", keys())):
        mark = rf"(<!-- {name} -->\n).*?(<!-- end -->)"
        page = re.sub(mark, lambda m, t=table: f"{m[1]}{t}\n{m[2]}", page, flags=re.DOTALL)  # type: ignore[misc]
    return page


if __name__ == "__main__":
    PAGE.write_text(filled(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
