"""What is not known around an application is told: relatives who may unite clients refer it."""

from pathlib import Path

import pytest

from api.answer import Answer
from api.engine import Engine, Place
from api.questions.applications import Asked, Request
from api.questions.credit_check import CreditCheck, credit_check
from tests.api.test_limits import BANK, A, B, Fact, P, Q, fact, item, lender, loan, owns
from tests.api.world import Book, instant

STAKES = (loan(A, "LA", 90.0), loan(B, "LB", 70.0), owns(P, A, 0.9), owns(Q, B, 0.7))


def check(folder: Path, *facts: Fact) -> Answer[CreditCheck]:
    """10 more asked for a, of 15 % of 1,000."""
    parties = dict.fromkeys([BANK, A, B], "Company") | {P: "Person", Q: "Person"}
    capital = (item("tier1", 2000.0), item("net_capital", 1000.0))
    Book(folder / "columns").load(parties, [lender(), *capital, *STAKES, *facts], closed_at=instant("2024-01-15"))
    engine = Engine(Place(folder), Place(folder).facts(), clock=lambda: instant("2024-02-28"))
    asked = Request(applicant=A, lender=BANK, facility=Asked(amount=10.0, currency="CNY", kind="loan"))
    return credit_check(engine, asked, moment=engine.moment(currency="CNY"))


@pytest.mark.parametrize(
    ("said", "verdict", "told"),
    [
        ({"kind": "kin", "line": "direct", "generations": 1}, "decline", False),
        ({"kind": "kin", "line": "direct", "generations": 4}, "approve", False),
        ({"kind": "kin"}, "refer", True),
        ({"kind": "concert"}, "refer", True),
    ],
)
def test_what_may_unite_two_clients_refers_and_what_does_declines(
    tmp_path: Path, said: dict[str, object], verdict: str, told: bool
) -> None:
    answer = check(tmp_path, fact("RELATED_TO", P, Q, **said))
    assert answer.answer.verdict == verdict
    gaps = [gap for gap in answer.answer.gaps if gap.kind == "relatives"]
    assert bool(gaps) is told
    if told:
        assert (gaps[0].en[:16], gaps[0].zh[:4]) == ("1 tie may unite ", "一致行动")
        group = next(group for group in answer.answer.groups if group.page.total == 4)
        assert not group.certain
        assert {(one.kind, one.tail.id, one.head.id) for one in group.steps[0].facts} >= {("RELATED_TO", P, Q)}
