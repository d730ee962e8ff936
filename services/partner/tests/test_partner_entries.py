from pathlib import Path

import pytest

from partner.entries import KEPT, PERIOD, TITLE_LENGTH, entries_at, read_sayings

SAYINGS = [f"saying {n}" for n in range(50)]
NOON = 1_800_000_000  # a multiple of PERIOD


def test_the_same_second_always_gives_the_same_feed() -> None:
    assert entries_at(NOON + 7, SAYINGS) == entries_at(NOON + 7, SAYINGS)


def test_a_new_entry_appears_every_period_and_the_oldest_leaves() -> None:
    before, after = entries_at(NOON + PERIOD - 1, SAYINGS), entries_at(NOON + PERIOD, SAYINGS)
    assert after[1:] == before[:-1]
    assert after[0].published == NOON + PERIOD


def test_the_newest_comes_first_and_the_feed_keeps_its_length() -> None:
    numbers = [entry.number for entry in entries_at(NOON, SAYINGS)]
    assert numbers == sorted(numbers, reverse=True)
    assert len(numbers) == KEPT


def test_a_feed_younger_than_its_length_is_short() -> None:
    assert [entry.number for entry in entries_at(PERIOD * 2, SAYINGS)] == [2, 1, 0]


def test_a_long_saying_gets_a_short_title_cut_between_words() -> None:
    title = entries_at(NOON, ["word " * 100])[0].title
    assert len(title) <= TITLE_LENGTH + 2
    assert title.endswith("word …")


def test_sayings_come_from_fortune_files_without_what_xml_cannot_hold(tmp_path: Path) -> None:
    (tmp_path / "wise").write_text(
        "One.\n%\nT\bwo\x1b & <three>.\n%\n" + "x" * 601 + "\n%\nLast.\n%\n"
    )
    (tmp_path / "wise.dat").write_bytes(b"\0\0\0\2")
    assert read_sayings(tmp_path) == ["One.", "Two & <three>.", "Last."]


def test_a_folder_without_sayings_says_what_to_install(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="install Debian's fortunes-min"):
        read_sayings(tmp_path)
