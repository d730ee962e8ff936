"""Makes the corpus from unpacked Debian packages: python3 -m content.corpus.extract ROOT RESULT

Runs while the image is built, on what is installed there only: Python, Pillow, ffmpeg. The result
is read-only data. Nothing in it depends on a clock or on chance.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from . import dictionaries, pages, pictures, quotations, sources


def main(root: Path, result: Path) -> None:
    prose = [*_prose(root), *_entries(root)]
    quotes = [quote for name in sources.FORTUNES for quote in quotations.read(root / name)]
    _write(result / "prose.jsonl", prose)
    _write(result / "quotations.jsonl", quotes)
    photos = pictures.photos(root, result / "photos")
    videos = pictures.videos(root, result / "videos")
    sys.stdout.write(
        f"{len(prose)} paragraphs, {len(quotes)} quotations, {photos} photos, {videos} videos\n"
    )


def _prose(root: Path) -> Iterator[dict[str, str]]:
    """Each block once: some manuals come in pieces and, beside them, as one page."""
    seen: set[str] = set()
    for work in sources.WORKS:
        for path in sorted(root.glob(work.pages)):
            for block in pages.blocks(path.read_text("utf-8", errors="replace")):
                if block["text"] not in seen:
                    seen.add(block["text"])
                    yield block | work.caption()


def _entries(root: Path) -> Iterator[dict[str, str]]:
    for dictionary in sources.DICTIONARIES:
        for entry in dictionaries.read(root / "usr/share/dictd", dictionary.pages):
            yield entry | dictionary.caption()


def _write(path: Path, records: Iterable[dict[str, str]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8") as file:
        for record in records:
            file.write(json.dumps(record, ensure_ascii=False, sort_keys=True) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
