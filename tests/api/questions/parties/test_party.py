from datetime import date
from pathlib import Path

import pytest

from api.engine import Engine, Place
from api.questions import party
from graph.errors import UnknownParty
from tests.api.conftest import BUYER, HOLD, B
from tests.api.world import Book, instant


def test_everything_shown_names_its_source(engine: Engine) -> None:
    answer = party(engine, B, moment=engine.moment())
    cited = {source.fact_id for source in answer.sources}
    shown = {fact.fact_id for relations in answer.answer.relations for fact in relations.facts}
    shown |= {record.fact_id for records in answer.answer.records for record in records.records}
    assert shown <= cited
    assert len(shown) == 8  # a name, a number, a statement, five holdings


def test_a_rival_is_shown_and_does_not_count(engine: Engine) -> None:
    said = party(engine, HOLD, moment=engine.moment())
    value = said.answer
    assert (
        "1 statement of other sources does not count: of the same pairs, other statements are believed." in said.reasons
    )
    (held,) = [r for r in value.relations if (r.kind, r.direction) == ("OWNS", "in")]
    assert [fact.text for fact in held.facts] == ["60%"]
    assert [fact.text for fact in value.rivals] == ["55%"]


def test_a_flood_is_paged_and_the_rest_counted(engine: Engine) -> None:
    seen: list[str] = []
    for offset in (0, 100, 200, 300):
        answer = party(engine, BUYER, limit=100, offset=offset, moment=engine.moment())
        (sold,) = [r for r in answer.answer.relations if r.kind == "SUPPLIES"]
        assert sold.page.total == 301
        assert sold.page.left == max(0, 201 - offset)
        seen += [fact.fact_id for fact in sold.facts]
    assert len(set(seen)) == len(seen) == 301


def test_before_a_correction_the_old_value_is_given(engine: Engine) -> None:
    def share(known: str) -> list[str]:
        value = party(engine, B, moment=engine.moment(valid_at=date(2024, 6, 1), known_at=instant(known))).answer
        held = next(r for r in value.relations if (r.kind, r.direction) == ("OWNS", "in"))
        return [fact.text for fact in held.facts if fact.tail.id == "register:person"]

    assert share("2025-01-14") == ["51%"]
    assert share("2025-01-15") == ["49%"]


def test_an_unknown_party_is_named(engine: Engine) -> None:
    with pytest.raises(UnknownParty, match="register:nobody"):
        party(engine, "register:nobody", moment=engine.moment())


def test_records_joined_by_a_number_are_told_as_one_party_by_that_number(tmp_path: Path) -> None:
    number = {"scheme": "XI-LEI", "value": "5299000J2N45DDNE4Y28", "verified": True}
    facts = [("Identifier", {"party": one, **number}) for one in ("a:1", "b:1")]
    book = Book(tmp_path / "columns")
    book.load(dict.fromkeys(["a:1", "b:1", "c:1"], "Company"), facts, closed_at=instant("2024-01-01"))
    asked = Engine(Place(tmp_path), book.facts, clock=lambda: instant("2024-06-30"))
    told = party(asked, "b:1", moment=asked.moment())
    said = "a:1 is one party of 2 records (a:1, b:1), by the verified identifier XI-LEI 5299000J2N45DDNE4Y28."
    assert said in told.reasons
    assert len([one for one in told.sources if one.kind == "Identifier"]) == 2
    assert not any("one party" in reason for reason in party(asked, "c:1", moment=asked.moment()).reasons)
