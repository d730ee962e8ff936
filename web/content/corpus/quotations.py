"""fortune(6)'s files: quotations between lines of one %."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

LICENCE = "BSD-4-clause (the collection)"
BY = re.compile(r"\n\s+--\s*(.+)$", re.DOTALL)


def read(path: Path) -> Iterator[dict[str, str]]:
    """{"text", "by", "source", "licence"} of those with an author and of a length to quote."""
    for entry in path.read_text("utf-8", errors="replace").split("\n%\n"):
        found = BY.search(entry)
        if not found:
            continue
        text = " ".join(entry[: found.start()].split())
        by = " ".join(found[1].split()).strip("[]")
        if 40 <= len(text) <= 420 and 3 <= len(by) <= 80:
            yield {
                "text": re.sub(r"([\\`*_<\[\]])", r"\\\1", text),
                "by": re.sub(r"([\\`*_<\[\]])", r"\\\1", by),
                "source": f"fortunes: {path.name}",
                "licence": LICENCE,
            }
