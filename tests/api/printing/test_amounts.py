"""What exposures show in print: by kind no less than in all, and limits by the group they are held against."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from rich.table import Table

from api.answers.frame import Answer
from api.engine import Engine
from api.printing import amounts
from api.printing.paper import Cited
from api.questions import exposure
from api.questions.limits.exposure import ExposureTo
from tests.api.questions.groups.test_concerts import BANK, HELD, LENT, TIE, V, engine
from tests.api.questions.limits.test_exposure import small

Row = tuple[str, ...]


def lent(number: str, kind: str, **more: object) -> tuple[str, dict[str, object]]:
    return "LENDS", {"from": "r:a", "to": "r:g", "facility_id": number, "kind": kind, **more}


def rows(answer: Answer[ExposureTo], title: str) -> Iterator[Row]:
    """Rows of the first table whose title begins like this."""
    parts = amounts.exposure(answer.answer, Cited(answer))
    found = next(x for x in parts if isinstance(x, Table) and str(x.title).startswith(title))
    return zip(*([str(cell) for cell in column.cells] for column in found.columns), strict=True)


def stake(asked: Engine, limit: int = 20) -> dict[str, str]:
    """What is at stake with g, by what is counted."""
    answer = exposure(asked, "r:g", lender="r:a", limit=limit, moment=asked.moment())
    return {row[0].strip(): row[1] for row in rows(answer, "at stake")}


LOANS = tuple(lent(str(k), "loan", drawn=100.0 + k, undrawn=0.0) for k in range(25))
DARK = (*(lent(f"h{k}", "loan") for k in range(3)), *(lent(f"b{k}", "bond") for k in range(2)))


@pytest.mark.parametrize(
    ("facts", "told"),
    [
        ((*LOANS, *DARK), {"directly": "2,800 and 5 undisclosed", "as loan": "2,800 and 3 undisclosed",
                           "as bond": "not disclosed"}),
        ((lent("1", "loan", undrawn=50.0),), {"directly": "50 and 1 undisclosed", "as loan": "50 and 1 undisclosed"}),
        ((lent("1", "bond"),), {"directly": "not disclosed", "as bond": "not disclosed"}),
        (LOANS, {"directly": "2,800", "as loan": "2,800"}),
    ],
    ids=["more than a page", "drawn unknown", "unknown", "known"],
)  # fmt: skip
@pytest.mark.parametrize("limit", [1, 20])
def test_what_is_not_disclosed_is_told_by_kind_as_in_all(
    tmp_path: Path, facts: Sequence[tuple[str, dict[str, object]]], told: dict[str, str], limit: int
) -> None:
    """25 loans of 100 to 124, which sum to 2,800."""
    said = stake(small(tmp_path, *facts), limit)
    assert {name: said[name] for name in told} == told
    assert {name for name in said if name.startswith("as ")} == {name for name in told if name.startswith("as ")}


def test_a_limit_says_which_group_it_is_held_against(tmp_path: Path) -> None:
    """v may fall to h, which owes 120, with ca, and to ca and cb in concert, of whom cb owes 60; v itself owes 70."""
    asked = engine(tmp_path, *HELD, TIE, *LENT)
    answer = exposure(asked, V, lender=BANK, moment=asked.moment())
    found = {(row[1], row[2]) for row in rows(answer, "limits") if row[0].startswith("CN_GROUP_CREDIT_15")}
    assert found == {
        ("group of r:h (4 parties, wide reading)\ngroup client, by control", "CNY 190"),
        ("group of r:v (4 parties, wide reading)\ngroup client, by control", "CNY 130"),
        ("group of r:v (2 parties)\ngroup client, by control", "CNY 70"),
    }
