"""The reports of a result, as texts to compare with what they were, as pages to be opened and read aloud.

What they were is in `golden/`. To take what they are now for right, look at it and write it down:

    LAB_GOLDEN=write python -m pytest -n0 loadtest/tests/test_report.py
"""

from __future__ import annotations

import io
import os
import re
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

import msgspec
import pytest
from rich.console import Console
from tinyhtml5.parser import HTMLParser

from bench.reporting import markdown, page
from bench.result import Flag, Result, Second, Truth
from bench.table import conclude
from fakes.results import STATES, result

GOLDEN = Path(__file__).parent / "golden"
SMALL = ("none", "upstream-redis", "everything", "everything-by-age")
HTML = "{http://www.w3.org/1999/xhtml}"
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def whole() -> str:
    return page.render(result())


@pytest.fixture(scope="module")
def tree(whole: str) -> Element:
    return parsed(whole)


def parsed(text: str) -> Element:
    """The page as a browser reads it, which must not have to mend it."""
    parser = HTMLParser()
    root: Element = parser.parse(text)
    assert parser.errors == []
    return root


def normalised(text: str) -> str:
    """One element a line, and no insides of charts: where the plotting library puts a tick is its own
    affair. The style sheet is a file that can be read as such."""
    text = re.sub(r"<style>.*?</style>", "<style/>", text, flags=re.DOTALL)
    text = re.sub(
        r'(<svg role="img"[^>]*?aria-label="[^"]*")[^>]*>.*?</svg>', r"\1/>", text, flags=re.DOTALL
    )
    text = re.sub(r">\s*<", ">\n<", text)
    return "\n".join(" ".join(line.split()) for line in text.splitlines() if line.strip()) + "\n"


def printed(found: Result) -> str:
    out = io.StringIO()
    conclude(Console(file=out, width=120), found)
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines()) + "\n"


@pytest.mark.parametrize(
    ("name", "render"),
    [
        ("report.html", lambda found: normalised(page.render(found))),
        ("report.md", markdown.render),
        ("report.txt", printed),
    ],
)
def test_a_report_is_what_it_was(name: str, render: Any) -> None:
    said = render(result(SMALL, rounds=2))
    file = GOLDEN / name
    if os.environ.get("LAB_GOLDEN") == "write":
        file.write_text(said, encoding="utf-8")
    assert said == file.read_text(encoding="utf-8")


def test_the_page_is_valid_html_whatever_is_in_the_result(whole: str) -> None:
    parsed(whole)
    for rounds in (1, 3):
        for names in (("none",), SMALL):
            parsed(page.render(result(names, rounds=rounds)))


def test_a_result_without_a_run_or_with_bare_runs_has_a_page(tmp_path: Path) -> None:
    empty = result()
    empty.runs = []
    assert "nothing to compare yet" in page.render(empty)
    assert "Nothing was measured." in markdown.render(empty)
    bare = result(("none", "everything"))
    bare.runs = [
        msgspec.structs.replace(
            run,
            per_request={},
            accounts=[],
            load=msgspec.structs.replace(run.load, seconds=[], truth=Truth()),
        )
        for run in bare.runs
    ]
    text = page.render(bare)
    parsed(text)
    assert "Second by second" not in text
    assert "nothing here speaks of staleness" in text
    assert "not counted" in text


def seconds_replaced(found: Result, seconds: Any) -> Result:
    """The result, with each run's seconds made anew from what they were."""
    found.runs = [
        msgspec.structs.replace(
            run, load=msgspec.structs.replace(run.load, seconds=seconds(run.load.seconds))
        )
        for run in found.runs
    ]
    return found


def test_cores_that_nobody_looked_at_have_no_panel_and_no_column() -> None:
    known = page.render(result(("none",)))
    assert known.count(">cores</text>") == 1
    assert '<th scope="col">cores</th>' in known
    unknown = page.render(
        seconds_replaced(
            result(("none",)),
            lambda seconds: [msgspec.structs.replace(second, cpu={}) for second in seconds],
        )
    )
    parsed(unknown)
    assert "Second by second" in unknown
    assert ">edge hits, %</text>" in unknown
    assert ">cores</text>" not in unknown
    assert '<th scope="col">cores</th>' not in unknown
    assert "Cores are those" not in unknown


def test_the_table_of_capacity_holds_those_that_took_part() -> None:
    found = result(("none", "everything"))
    found.runs = [
        msgspec.structs.replace(run, cpu_ms={**run.cpu_ms, "relay": 0.001, "memcached": 0.002})
        for run in found.runs
    ]
    tables = {
        "".join(table.find(f"{HTML}caption").itertext()): table  # type: ignore[union-attr]
        for table in parsed(page.render(found)).iter(f"{HTML}table")
    }
    (capacity,) = [table for caption, table in tables.items() if caption.startswith("Capacity")]
    rows = [["".join(cell.itertext()) for cell in row] for row in capacity.iter(f"{HTML}tr")]
    assert rows[0][2:] == ["varnish", "nginx", "web", "postgres", "redis", "minio"]
    none = dict(zip(rows[0], rows[1], strict=True))
    assert none["redis"] == "–"
    assert none["minio"] != "–"
    # What a request cost is told of all of them, so that the sum is the sum.
    (cost,) = [table for caption, table in tables.items() if caption.startswith("CPU millisec")]
    assert {"relay", "memcached"} <= {"".join(head.itertext()) for head in cost.iter(f"{HTML}th")}


def test_a_last_second_that_is_left_out_is_spoken_of() -> None:
    said = "The last second is left out"
    assert said not in page.render(result(("none",)))
    longer = seconds_replaced(result(("none",)), lambda seconds: [*seconds, Second(12, 3)])
    assert page.render(longer).count(said) == 1
    assert longer.runs[0].load.seconds[-1].at == 12


def test_nothing_is_fetched_and_no_script_is_run(whole: str) -> None:
    # Names of XML's vocabularies are no addresses that anything is loaded from.
    addresses = set(re.findall(r"https?://[^\"' <)]+", whole))
    assert all(address.startswith("http://www.w3.org/") for address in addresses)
    assert not re.search(r"<(script|link|img|iframe|object)\b|@import|url\((?!#)|\son\w+=", whole)
    assert "default-src 'none'; style-src 'unsafe-inline'" in whole


def test_text_from_outside_stays_text() -> None:
    hostile = "<script>alert(1)</script> | [a](http://x) @all"
    found = result(SMALL)
    found.notes.append(hostile)
    found.runs[0] = msgspec.structs.replace(
        found.runs[0], flags=[Flag("failures", hostile, "look at the logs")]
    )
    text = page.render(found)
    assert "<script" not in text
    assert "&lt;script&gt;" in text
    short = markdown.render(found)
    assert "<script>" not in short.replace("\\<", "")
    assert "[a](" not in short.replace("\\[", "")
    assert "@all" not in short
    assert "[red]" not in printed(found)


def test_every_id_is_there_once_and_every_reference_leads_somewhere(tree: Element) -> None:
    ids = [element.get("id") for element in tree.iter() if element.get("id")]
    assert len(ids) == len(set(ids))
    names = ("href", "{http://www.w3.org/1999/xlink}href")
    for element in tree.iter():
        for name in names:
            target = element.get(name)
            assert target is None or target.removeprefix("#") in ids


def test_every_drawing_is_named_and_has_a_table_beside_it(tree: Element) -> None:
    body = tree.find(f"{HTML}body")
    assert body is not None
    order = [e for e in body.iter() if e.tag in (f"{SVG}svg", f"{HTML}table", f"{HTML}h2")]
    drawings = [element for element in order if element.tag == f"{SVG}svg"]
    assert len(drawings) == 4 + 1 + 2 * len(STATES)
    labels = [drawing.get("aria-label") for drawing in drawings]
    assert all(labels)
    assert len(labels) == len(set(labels))
    assert {drawing.get("role") for drawing in drawings} == {"img"}
    sections: list[list[str]] = [[]]
    for element in order:
        if element.tag == f"{HTML}h2":
            sections.append([])
        sections[-1].append(element.tag)
    for number, section in enumerate(sections):
        if f"{SVG}svg" in section:
            # Speed against truth is drawn from the table right above it.
            assert f"{HTML}table" in section or f"{HTML}table" in sections[number - 1]


def test_tables_are_named_and_headed_and_their_boxes_reached_by_keyboard(tree: Element) -> None:
    tables = list(tree.iter(f"{HTML}table"))
    assert len(tables) > 10
    for table in tables:
        assert "".join(table.find(f"{HTML}caption").itertext())  # type: ignore[union-attr]
        heads = table.findall(f"{HTML}thead/{HTML}tr/{HTML}th")
        assert {head.get("scope") for head in heads} == {"col"}
        for row in table.findall(f"{HTML}tbody/{HTML}tr"):
            assert len(row) == len(heads)
            assert row[0].get("scope") == "row"
    boxes = [e for e in tree.iter(f"{HTML}div") if e.get("class") == "scroll"]
    assert len(boxes) >= len(tables)
    assert all(b.get("tabindex") == "0" and b.get("aria-label") for b in boxes)


def themes() -> dict[str, dict[str, str]]:
    sheet = (Path(page.__file__).parent / "style.css").read_text()
    light, dark = re.findall(r":root \{([^}]*--paper[^}]*)\}", sheet)
    colours = [dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", block)) for block in (light, dark)]
    return {"light": colours[0], "dark": {**colours[0], **colours[1]}}


def luminance(colour: str) -> float:
    """WCAG 2's relative luminance."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("ground", ["paper", "card"])
def test_letters_and_lines_stand_out_in_both_themes(theme: str, ground: str) -> None:
    colours = themes()[theme]
    for name in ("ink", "soft", "warn", "good"):
        assert contrast(colours[name], colours[ground]) >= 4.5, name
    for number in range(10):
        assert contrast(colours[f"series-{number}"], colours[ground]) >= 3, number
    # The letters on what is kept are of the paper's colour.
    assert contrast(colours["paper"], colours["series-0"]) >= 4.5


def test_the_terminals_table_fits_its_columns() -> None:
    lines = printed(result()).splitlines()
    assert max(map(len, lines)) <= 120
    row = next(line for line in lines if line.lstrip().startswith("everything-by-age"))
    assert re.search(r"≥ 1,\d{3} +\d\d\.\d× .* 42 s +0 of \d,\d{3} +VALID$", row)
