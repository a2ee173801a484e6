from pathlib import Path

import pytest

from api.engine import Engine, Place
from api.questions.parties.differences import differences
from tests.api.world import Book, day, instant


@pytest.fixture
def book(tmp_path: Path) -> Book:
    """`r:1` owns 60 % of `r:2`."""
    book = Book(tmp_path / "columns")
    book.load({f"r:{n}": "Company" for n in range(4)}, [owned(1, 2, 0.6)], closed_at=instant("2024-01-01"))
    return book


def owned(holder: int, company: int, share: float, **more: object) -> tuple[str, dict[str, object]]:
    return "OWNS", {"from": f"r:{holder}", "to": f"r:{company}", "share": share, **more}


def found(tmp_path: Path, party: str) -> list[tuple[str, str]]:
    """What happened to the facts about a party since 1 June 2024."""
    engine = Engine(Place(tmp_path), Place(tmp_path).facts(), clock=lambda: instant("2025-01-01"))
    before, after = (
        engine.snapshot(engine.moment(known_at=instant(known), valid_at=day("2025-01-01")))
        for known in ("2024-06-01", "2025-01-01")
    )
    return [(one.what, one.kind.name) for one in differences(before, before.node(party), after, after.node(party))]


def test_what_was_said_again_in_the_same_words_is_no_difference(book: Book, tmp_path: Path) -> None:
    book.load({}, [owned(1, 2, 0.6, revision=1)], end=[owned(1, 2, 0.6)], closed_at=instant("2024-07-01"))
    assert found(tmp_path, "r:2") == []


def test_another_value_or_another_end_is_a_change_and_another_holder_enters(book: Book, tmp_path: Path) -> None:
    ended = owned(1, 2, 0.6, revision=1, valid_to=day("2026-01-01"))
    book.load({}, [ended, owned(3, 2, 0.1)], end=[owned(1, 2, 0.6)], closed_at=instant("2024-07-01"))
    assert found(tmp_path, "r:2") == [("changed", "OWNS"), ("entered", "OWNS")]


def test_two_facts_about_the_same_are_counted_apart(book: Book, tmp_path: Path) -> None:
    more = owned(1, 2, 0.2, valid_from=day("2024-02-01"))
    book.load({}, [more], closed_at=instant("2024-07-01"))
    assert found(tmp_path, "r:1") == [("entered", "OWNS")]
