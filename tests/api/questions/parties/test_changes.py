import sys
from datetime import date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from api.answers.frame import Answer
from api.engine import Engine, Place
from api.questions import changes
from api.questions.parties.changes import ChangesOf, earlier, in_words
from graph.errors import InvalidQuestion
from graph.facts import Facts
from graph.field import Kind
from graph.records import statements
from tests.api.conftest import BUYER, SHOP, B, owns
from tests.api.world import Book, day, instant


def asked(
    engine: Engine, party: str, *, valid_at: date | None = None, known_at: datetime | None = None, **page: int
) -> Answer[ChangesOf]:
    moment = engine.moment()
    return changes(engine, party, since=earlier(moment, valid_at=valid_at, known_at=known_at), moment=moment, **page)


def test_a_correction_is_a_change_of_what_was_known(engine: Engine) -> None:
    answer = asked(engine, B, known_at=instant("2024-12-31"))
    (change,) = answer.answer.changes
    assert (change.what, change.fields) == ("changed", ("share",))
    assert change.before is not None
    assert change.after is not None
    assert (change.before.text, change.after.text) == ("51%", "49%")
    assert {source.fact_id for source in answer.sources} == {change.before.fact_id, change.after.fact_id}


def test_a_later_moment_is_no_since(engine: Engine) -> None:
    with pytest.raises(InvalidQuestion, match="comes after"):
        asked(engine, B, valid_at=date(2030, 1, 1))


def test_what_began_has_entered_and_what_ended_has_left(engine: Engine) -> None:
    (began,) = asked(engine, B, valid_at=date(2023, 12, 31)).answer.changes
    assert (began.what, began.tail.id) == ("entered", "register:soe")
    (ended,) = asked(engine, SHOP, valid_at=date(2024, 6, 30)).answer.changes
    assert (ended.what, ended.tail.id) == ("left", "register:mine")


def two_loads(folder: Path, before: list[Any], after: list[Any], end: list[Any]) -> Engine:
    """What is known from January on, and what from February on instead."""
    book = Book(folder / "columns")
    book.load({"r:a": "Company", "r:b": "Company"}, before, closed_at=instant("2024-01-01"))
    book.load({}, after, end=end, closed_at=instant("2024-02-01"))
    return Engine.open(Place(folder))


def test_what_is_no_longer_known_has_not_left_the_world(tmp_path: Path) -> None:
    tie = owns("r:a", "r:b", 0.6)
    engine = two_loads(tmp_path, [tie], [], [tie])
    answer = asked(engine, "r:b", known_at=instant("2024-01-15"))
    assert answer.answer.of_knowledge
    assert answer.reasons == ("1 fact about r:b: 1 no longer held.", "r:a → r:b, holds shares of (60%) no longer held.")
    both = asked(engine, "r:b", valid_at=day("2024-01-01"), known_at=instant("2024-01-15"))
    assert not both.answer.of_knowledge


def test_a_changed_profile_names_its_fields_and_what_each_said(tmp_path: Path) -> None:
    was = {"party": "r:a", "name": "Sample Ltd", "status": "active", "registered_capital": 5e6, "currency": "CNY"}
    said = was | {"status": "dissolved", "registered_capital": None, "currency": None, "size": "small", "revision": 1}
    engine = two_loads(tmp_path, [("Profile", was)], [("Profile", said)], [("Profile", was)])
    answer = asked(engine, "r:a", known_at=instant("2024-01-15"))
    (change,) = answer.answer.changes
    assert change.before is not None
    assert change.after is not None
    assert change.before.text == "no size, status active, registered capital 5,000,000, currency CNY"
    assert change.after.text == "size small, status dissolved, no registered capital, no currency"
    assert answer.reasons[1] == f"Sample Ltd, profile: {change.before.text} became {change.after.text}."


def test_a_tie_that_reads_as_before_names_what_is_different(tmp_path: Path) -> None:
    was = owns("r:a", "r:b", 0.6, confidence=0.9)
    said = owns("r:a", "r:b", 0.6, confidence=0.5, note="doubted", revision=1)
    engine = two_loads(tmp_path, [was], [said], [was])
    (change,) = asked(engine, "r:b", known_at=instant("2024-01-15")).answer.changes
    assert in_words(change, of_knowledge=True).endswith("confidence 90%, no note became confidence 50%, note doubted")


def test_nothing_changed_between_a_moment_and_itself(engine: Engine) -> None:
    answer = asked(engine, B, valid_at=engine.moment().valid_at)
    assert answer.answer.changes == ()
    assert "Nothing" in answer.reasons[0]
    assert answer.reasons[0].endswith("as of 2025-06-30, known by 2025-01-15 00:00 UTC.")


def test_a_party_that_was_not_there_has_entered_with_all_it_has(engine: Engine) -> None:
    value = asked(engine, B, known_at=instant("2023-01-01")).answer
    assert value.changed == value.left == 0
    assert value.entered == len(value.changes) > 5


def test_joining_two_records_is_told(tmp_path: Path) -> None:
    book = Book(tmp_path / "columns")
    same = ("SAME_AS", {"from": "a:1", "to": "b:1", "verdict": "confirmed", "valid_from": day("2024-01-01")})
    book.load({"a:1": "Company", "b:1": "Company"}, [same], closed_at=instant("2024-02-01"))
    place = Place(tmp_path)
    engine = Engine(place, place.facts(), clock=lambda: instant("2024-03-01"))
    assert asked(engine, "b:1", known_at=instant("2024-01-01")).answer.party.id == "a:1"
    assert asked(engine, "a:1", valid_at=date(2023, 1, 1)).answer.joined == ("b:1",)


def test_only_what_is_shown_is_read(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """The buyer entered with 302 links and a name."""
    read: list[int] = []

    def counted(facts: Facts, kind: Kind, rows: np.ndarray) -> list[dict[str, Any]]:
        read.append(len(rows))
        return statements(facts, kind, rows)

    monkeypatch.setattr(sys.modules[changes.__module__], "statements", counted)
    answer = asked(engine, BUYER, known_at=instant("2023-01-01"), limit=7, offset=3)
    assert (answer.answer.entered, len(answer.answer.changes)) == (303, 7)
    assert sum(read) == 7


def test_pages_of_changes_are_disjoint_and_complete(engine: Engine) -> None:
    whole = asked(engine, B, known_at=instant("2023-01-01")).answer.changes
    pages = [
        asked(engine, B, known_at=instant("2023-01-01"), limit=2, offset=k).answer.changes for k in range(0, 10, 2)
    ]
    assert tuple(change for page in pages for change in page) == whole
