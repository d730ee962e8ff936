"""Nobody sees what is another's: the oracle's short form."""

from checks import leaks


def test_no_canary_is_ever_seen_by_another() -> None:
    assert leaks.main(["--short"]) == 0, "its lines say who saw what where, and are shown below"
