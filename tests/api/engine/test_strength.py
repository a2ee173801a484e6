"""What each kind of link is worth, in a world where every statement is as old as the moment asked about."""

from pathlib import Path
from typing import Any

import pytest

from api.engine.strength import strength
from graph.model import KINDS
from graph.moment import Moment
from graph.snapshot import Snapshot
from tests.api.world import Book, day, instant

A, B = "r:a", "r:b"


def of(folder: Path, relation: str, *, known_at: str = "2020-01-01", **values: Any) -> float:
    book = Book(folder / "columns")
    facts = [(relation, {"from": A, "to": B, **values})]
    book.load({A: "Company", B: "Company"}, facts, closed_at=instant("2020-01-01"))
    snapshot = Snapshot.build(book.facts, Moment(day("2020-01-01"), instant(known_at)))
    (found,) = strength(snapshot, snapshot.links(KINDS[relation])).tolist()
    return float(found)


@pytest.mark.parametrize(
    ("relation", "values", "expected"),
    [
        ("OWNS", {"share": 0.3}, 0.3),
        ("OWNS", {"share": (0.5, 0.75, 1)}, 0.625),
        ("OWNS", {}, 0.5),
        ("OWNS", {"share": 0.3, "confidence": 0.5}, 0.15),
        ("CONTROLS", {"basis": "board"}, 1.0),
        ("HOLDS_OFFICE", {"role": "董事"}, 0.5),
        ("RELATED_TO", {"kind": "phone"}, 0.5),
        ("RELATED_TO", {"kind": "spouse"}, 1.0),
        ("GUARANTEES", {"amount": 5.0, "currency": "CNY"}, 1.0),
        ("GUARANTEES", {"currency": "CNY"}, 0.5),
        ("LENDS", {"kind": "loan", "undrawn": 5.0, "currency": "CNY"}, 1.0),
        ("LENDS", {"kind": "loan"}, 0.5),
    ],
)
def test_a_link_is_worth_its_share_its_part_or_what_such_a_link_ties(
    relation: str, values: dict[str, Any], expected: float, tmp_path: Path
) -> None:
    assert of(tmp_path, relation, **values) == pytest.approx(expected, rel=1e-12)


def test_ten_years_later_a_statement_is_worth_half(tmp_path: Path) -> None:
    assert of(tmp_path, "OWNS", share=0.8, known_at="2030-01-01") == pytest.approx(0.4, rel=1e-3)
