"""Results from disk, and what can't be read said in one line."""

from __future__ import annotations

from pathlib import Path

import msgspec

from bench.result import VERSION, Result, read

FILE = "result.json"


class Unreadable(ValueError):
    """The text is one line: which file, and what is wrong with it."""


class _Version(msgspec.Struct):
    version: int


def load(path: Path) -> Result:
    """A result, by its folder or its `result.json`. Raises Unreadable."""
    file = path / FILE if path.is_dir() else path
    try:
        found = msgspec.json.decode(file.read_bytes(), type=_Version).version
        if found != VERSION:
            raise Unreadable(
                f"{file}: a result of version {found}, which can't be read any more; measure again "
                f"(this is version {VERSION})"
            )
        return read(file)
    except FileNotFoundError:
        raise Unreadable(
            f"{file}: no such file; accepted are a result's folder or its {FILE}"
        ) from None
    except OSError as error:
        raise Unreadable(f"{file}: can't be read: {error.strerror}") from None
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise Unreadable(f"{file}: not a result: {' '.join(str(error).split())}") from None


def series(folder: Path) -> tuple[list[tuple[str, Result]], list[str]]:
    """The results in a folder's folders, oldest first, by their folder's name; and a line for each that
    can't be read. Raises Unreadable where there is none that can."""
    found, left_out = [], []
    for file in sorted(folder.glob(f"*/{FILE}")):
        try:
            found.append((file.parent.name, load(file)))
        except Unreadable as error:
            left_out.append(str(error))
    if not found and not left_out:
        raise Unreadable(f"{folder}: no */{FILE} in it")
    if not found:
        raise Unreadable(f"{folder}: none of its results can be read; {left_out[0]}")
    return sorted(found, key=lambda each: (each[1].created, each[0])), left_out
