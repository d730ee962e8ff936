"""Files of any kind, size and malice: what is read, what is skipped, and how little is held."""

from __future__ import annotations

import gzip
import io
import os
import random
import tracemalloc
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread

import pytest
from hypothesis import given
from hypothesis import strategies as st

from replay import logs as module
from replay.kinds import hashed
from replay.lines import BLOCK, LONGEST, Unreadable, lines
from replay.logs import Logs
from replay.quality import SAMPLES, shape
from replay.rates import MOST_MINUTES, Minutes, Span
from replay.request import Broken, Request
from replay.tally import Tally

NOW = datetime(2026, 11, 1, tzinfo=UTC).timestamp()
MIB = 1 << 20


def line(minute: int, path: str = "/", day: str = "10/Oct/2026") -> str:
    time = f"[{day}:{minute // 60:02d}:{minute % 60:02d}:00 +0000]"
    return f'203.0.113.7 - - {time} "GET {path} HTTP/1.1" 200 10 "-" "-"'


def written(folder: Path, name: str, *text: str | bytes) -> str:
    whole = b"".join((part.encode() if isinstance(part, str) else part) + b"\n" for part in text)
    (folder / name).write_bytes(gzip.compress(whole) if name.endswith(".gz") else whole)
    return str(folder / name)


def paths(logs: Logs) -> list[str]:
    return [request.path.decode() for request in logs.requests()]


def logs_of(*names: str) -> Logs:
    return Logs(names, clock=lambda: NOW)


class Trickle:
    """Gives out what it has in pieces of the sizes told, and never more than was asked for."""

    def __init__(self, whole: bytes, sizes: list[int]) -> None:
        self.stream, self.sizes = io.BytesIO(whole), sizes

    def read(self, size: int, /) -> bytes:
        return self.stream.read(min(size, self.sizes.pop()) if self.sizes else size)


@given(
    parts=st.lists(
        st.one_of(
            st.binary(max_size=40).map(lambda text: text.replace(b"\n", b"")),
            st.integers(LONGEST - 1, LONGEST + 2).map(lambda size: b"x" * size),
            st.integers(BLOCK - 1, 2 * BLOCK + 1).map(lambda size: b"y" * size),
        ),
        max_size=6,
    ),
    sizes=st.lists(st.integers(1, BLOCK), max_size=20),
)
def test_lines_are_what_lies_between_their_ends_unless_too_long(
    parts: list[bytes], sizes: list[int]
) -> None:
    whole = b"".join(part + b"\n" for part in parts)
    expected = [part if len(part) <= LONGEST else None for part in parts]
    assert list(lines(Trickle(whole, sizes))) == expected


def test_the_last_line_needs_no_end() -> None:
    assert list(lines(io.BytesIO(b"a\n\nb"))) == [b"a", b"", b"b"]
    assert list(lines(io.BytesIO(b"a\n" + b"b" * (LONGEST + 1)))) == [b"a", None]


def test_files_are_merged_by_time_in_whatever_order_they_come(tmp_path: Path) -> None:
    newest = written(tmp_path, "access.log", line(500, "/e"), line(501, "/f"))
    oldest = written(tmp_path, "access.log.2.gz", line(1, "/a"), line(300, "/c"))
    other = written(tmp_path, "other-server.log", line(100, "/b"), line(400, "/d"), line(600, "/g"))
    assert paths(logs_of(newest, other, oldest)) == ["/a", "/b", "/c", "/d", "/e", "/f", "/g"]


def test_files_may_be_in_different_formats(tmp_path: Path) -> None:
    record = '{"time": "2026-10-10T00:30:00Z", "method": "GET", "uri": "/json", "status": 200}'
    one, two = written(tmp_path, "a", line(1, "/a"), line(60, "/b")), written(tmp_path, "b", record)
    logs = logs_of(one, two)
    assert paths(logs) == ["/a", "/json", "/b"]
    assert {log.format for log in logs.logs} == {"combined", "json"}


def test_gzip_is_told_by_its_content_and_may_have_several_members(tmp_path: Path) -> None:
    (tmp_path / "log").write_bytes(
        gzip.compress(line(1, "/a").encode() + b"\n") + gzip.compress(line(2, "/b").encode())
    )
    assert paths(logs_of(str(tmp_path / "log"))) == ["/a", "/b"]


def test_standard_input_is_read_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "\n".join(line(minute % 1440, f"/{minute}") for minute in range(1000))
    for content in (text.encode(), gzip.compress(text.encode())):
        stream = io.BufferedReader(io.BytesIO(content))  # type: ignore[arg-type]
        monkeypatch.setattr(module, "stdin", lambda stream=stream: stream)
        logs = logs_of("-")
        assert len(paths(logs)) == logs.quality.read == 1000


def test_a_named_pipe_is_read_whole(tmp_path: Path) -> None:
    """As in `replay <(ssh server cat access.log)`: opened twice, it would lack what was looked at first."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    text = "\n".join(line(minute % 1440, f"/{minute}") for minute in range(10_000))
    assert len(text) > 2 * BLOCK
    writer = Thread(target=pipe.write_text, args=(text,), daemon=True)
    writer.start()
    logs = logs_of(str(pipe))
    assert len(paths(logs)) == logs.quality.read == 10_000
    writer.join()


@pytest.mark.parametrize("cut", [20, 5000, 30_000])
def test_a_file_that_ends_early_is_read_to_there(tmp_path: Path, cut: int) -> None:
    noise = random.Random(1)
    text = "\n".join(line(1, f"/{noise.random()}") for _ in range(3000))
    (tmp_path / "log.gz").write_bytes(gzip.compress(text.encode())[:cut])
    if cut == 20:
        with pytest.raises(Unreadable, match=r"log\.gz is damaged: no line of it"):
            logs_of(str(tmp_path / "log.gz"))
        return
    logs = logs_of(str(tmp_path / "log.gz"))
    assert 0 < len(paths(logs)) < 3000
    assert logs.quality.damaged == [str(tmp_path / "log.gz")]


def test_a_broken_file_is_read_to_there(tmp_path: Path) -> None:
    packed = bytearray(gzip.compress("\n".join(line(1, f"/{n}") for n in range(50)).encode()))
    packed[-6] ^= 0xFF  # the checksum
    (tmp_path / "log.gz").write_bytes(packed)
    logs = logs_of(str(tmp_path / "log.gz"))
    list(logs.requests())
    assert len(logs.quality.damaged) == 1


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (b"\n\n", "is empty"),
        (
            b"hello\nworld\n",
            "none of its first 2 lines is in a format known here; accepted are combined",
        ),
        (
            b"\x28\xb5\x2f\xfd....",
            "compressed with Zstandard; accepted are plain text and gzip: zstdcat",
        ),
        (b"PK\x03\x04....", "compressed with ZIP"),
    ],
)
def test_what_is_no_log_is_refused_in_a_line(tmp_path: Path, content: bytes, said: str) -> None:
    (tmp_path / "log").write_bytes(content)
    with pytest.raises(Unreadable, match=said) as refused:
        logs_of(str(tmp_path / "log"))
    assert "\n" not in str(refused.value)


def test_standard_input_comes_alone(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="can't be read together"):
        logs_of("-", written(tmp_path, "a", line(1)))


def test_broken_lines_are_counted_by_reason_and_shown_without_their_content(tmp_path: Path) -> None:
    secret = b"203.0.113.99 session=hunter2 \x1b[2J\x9b\x00\xff /reset/ada@example.org"
    name = written(
        tmp_path, "log", line(1), *[secret] * 10, b"x" * (LONGEST + 1),
        line(1, day="10/Oct/1970"), line(1, day="10/Oct/2036"), line(2),
    )  # fmt: skip
    logs = logs_of(name)
    assert len(paths(logs)) == 2
    assert logs.quality.broken == {Broken.FORMAT: 10, Broken.LONG: 1, Broken.ERA: 2}
    assert logs.quality.readable_share == pytest.approx(2 / 15)
    assert len(logs.quality.samples) == SAMPLES
    shown = " ".join(text for _, text in logs.quality.samples)
    assert shown.startswith("999.9.999.99 aaaaaaa=aaaaaa9 ·[9a··· /aaaaa/aaa@aaaaaaa.aaa")


@given(st.binary(max_size=300))
def test_a_shape_holds_nothing_that_a_terminal_obeys(text: bytes) -> None:
    assert all(c in "·…a9" or (c.isascii() and c.isprintable()) for c in shape(text))


class Zeros:
    """An endless line, or endless lines, as a bomb unpacks to; so many blocks of it."""

    def __init__(self, block: bytes, blocks: int) -> None:
        self.block, self.left = block, blocks

    def read(self, size: int, /) -> bytes:
        self.left -= 1
        return self.block[:size] if self.left >= 0 else b""


def peak_of(stream: Iterator[object]) -> int:
    """Bytes that were held at most while the stream was read to its end."""
    tracemalloc.start()
    try:
        for _ in stream:
            pass
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("filler", [b"\x00", b"ab\n"])
def test_a_gigabyte_is_read_in_little_memory(filler: bytes) -> None:
    blocks = (
        4096 if filler == b"\x00" else 20
    )  # the lines of the latter are many, and take their time
    stream = Zeros((filler * BLOCK)[:BLOCK], blocks)
    assert peak_of(lines(stream)) < 16 * MIB


def test_a_bomb_is_unpacked_piece_by_piece(tmp_path: Path) -> None:
    with gzip.open(tmp_path / "bomb.gz", "wb", compresslevel=1) as file:
        file.write(line(1).encode() + b"\n")
        for _ in range(128):
            file.write(b"\x00" * MIB)
    logs = logs_of(str(tmp_path / "bomb.gz"))
    assert peak_of(logs.requests()) < 16 * MIB
    assert logs.quality.broken == {Broken.LONG: 1}


def test_counting_takes_no_more_memory_for_a_longer_log() -> None:
    """Every request is for another thing, of another minute: the worst for whatever keeps a record."""
    tally = Tally(most=200)

    def count(start: int, end: int) -> Iterator[None]:
        for number in range(start, end):
            path = b"/" + b"x" * 3000 + b"%d" % number
            tally.add(Request(NOW + 60 * number, b"GET", b"", path, b"", 200, 1, b"sessionid=1"))
            yield

    peaks = [peak_of(count(start, start + 20_000)) for start in (0, 20_000)]
    assert len(tally.pages.sample.things) == 200
    assert len(tally.pages.top.counts) <= 2 * tally.pages.top.kept
    assert max(peaks) < 24 * MIB


def test_minutes_are_bounded_and_the_busiest_is_kept() -> None:
    minutes = Minutes()
    for _ in range(50):
        minutes.add(60.0 * 1000)
    for minute in range(2 * MOST_MINUTES):
        minutes.add(60.0 * minute)
    assert len(minutes.counts) <= MOST_MINUTES
    assert minutes.peak == (60_000, 51)


def test_a_wrong_clock_does_not_stretch_the_span() -> None:
    span = Span()
    for second in range(5000):
        span.add(NOW + second)
    span.add(NOW - 4e8)
    span.add(NOW + 4e8)
    assert span.between() == (NOW, NOW + 4999, 2)


def test_a_gap_between_two_honest_parts_is_part_of_the_span() -> None:
    span = Span()
    for second in range(100):
        span.add(NOW + second)
        span.add(NOW + 9e6 + second)
    assert span.between() == (NOW, NOW + 9e6 + 99, 0)


def test_a_hash_is_the_same_in_every_run() -> None:
    assert hashed(b"/posts/1/") == 0x5FB2_E60E_454B_E683
