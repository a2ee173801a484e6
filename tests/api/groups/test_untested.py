"""What cannot be tested is asked of the applicant, of whom it falls with, of who falls with it and of who answers."""

from pathlib import Path

import pytest

from api.questions.limits.applications import Guarantee
from tests.api.limits.test_standing import OTHER, A, B, C, D, P, fact, item, lender, loan, owns
from tests.api.questions.limits.test_doubts import CAPITAL, Fact, ask, debts, engine, kinds

KNOWN = tuple(item("net_assets", 1e6, party=x) for x in (A, B, C, D, OTHER))
BANKER: Fact = ("Profile", {"party": OTHER, "name": "Other", "lender_class": "commercial bank"})
OWES = loan(B, "1", 149.0, kind="bond")


def sells(seller: str, buyer: str) -> Fact:
    """It states no income, so that nobody can tell what part of it this is."""
    return fact("SUPPLIES", seller, buyer, amount=50.0, currency="CNY")


NEAR: dict[str, tuple[tuple[Fact, ...], float]] = {
    "its parent may depend on b": ((owns(C, A, 1.0), sells(C, B)), 51.0),
    "b may depend on what it controls": ((owns(A, C, 1.0), sells(B, C)), 51.0),
    "b may depend on who depends on it": (
        (fact("DEPENDS_ON", C, A, criterion="cn-annex1-1", verdict="confirmed"), loan(C, "2", 10.0, kind="bond"),
         sells(B, C)), 41.0,
    ),
    "its parent's votes are not disclosed": ((owns(C, A, 1.0), owns(B, C, 0.4)), 51.0),
    "b may depend on its parent": ((owns(C, A, 1.0), sells(B, C)), 51.0),
    "b's votes are not disclosed, of which it has 40 %": ((owns(A, B, 0.4),), 51.0),
    "and of which what it controls has 40 %": ((owns(A, C, 1.0), owns(C, B, 0.4)), 51.0),
    "and of which its parent has 40 %": ((owns(C, A, 1.0), owns(C, B, 0.4)), 51.0),
    "and of which who depends on it has 40 %": (
        (fact("DEPENDS_ON", C, A, criterion="cn-annex1-1", verdict="confirmed"), owns(C, B, 0.4)), 51.0,
    ),
    "and of which it and what it controls have 40 %": ((owns(A, C, 1.0), owns(A, B, 0.2), owns(C, B, 0.2)), 51.0),
}  # fmt: skip


@pytest.mark.parametrize(("facts", "headroom"), NEAR.values(), ids=NEAR)
def test_what_cannot_be_tested_one_step_away_refers(tmp_path: Path, facts: tuple[Fact, ...], headroom: float) -> None:
    """b owes 149 of 200; of what is left 60 more are asked for, and 50 fit."""
    asked = engine(tmp_path, lender(), *CAPITAL, *KNOWN, *debts((A, 1e6), (B, 1e6), (C, 1e6)), OWES, *facts)
    value = ask(asked, 60.0)
    assert (value.verdict, value.headroom) == ("refer", headroom)
    assert kinds(value)["untested"] == ("CN_LE_GROUP_20",)
    assert ask(asked, 40.0).verdict == "approve"


@pytest.mark.parametrize(
    "facts", [(owns(A, B, 0.4), owns(P, B, 0.55)), (owns(A, B, 0.4), owns(C, B, 0.6)), (owns(P, A, 1.0),)]
)
def test_what_somebody_else_has_makes_no_group(tmp_path: Path, facts: tuple[Fact, ...]) -> None:
    asked = engine(tmp_path, lender(), *CAPITAL, *KNOWN, *debts((A, 1e6), (B, 1e6), (C, 1e6)), OWES, *facts)
    assert ask(asked, 60.0).verdict == "approve"


def test_a_guarantor_that_may_depend_on_somebody_is_asked_too(tmp_path: Path) -> None:
    """A bank guarantees all of it, and may depend on b, who owes 149: with more than 101 they pass 250 together."""
    asked = engine(tmp_path, lender(), *CAPITAL, *KNOWN, *debts((A, 1e6), (B, 1e6)), OWES, BANKER, sells(OTHER, B))
    given = {"guarantors": (Guarantee(party=OTHER, amount=190.0),)}
    assert ask(asked, 40.0, **given).verdict == "approve"
    assert kinds(ask(asked, 150.0, **given)).get("untested")
    assert ask(asked, 150.0, **given).verdict == "refer"


def test_whose_debts_are_not_known_may_come_to_depend_on_the_lender(tmp_path: Path) -> None:
    """b and c owe the lender most of their debts, 80 each: with 40 more of a they come to 200."""
    lent = (loan(B, "1", 80.0, kind="bond"), loan(C, "2", 80.0, kind="bond"))
    asked = engine(tmp_path, lender(), *CAPITAL, *KNOWN, *lent, *debts((B, 100.0), (C, 100.0)))
    value = ask(asked, 60.0, kind="loan")
    assert (value.verdict, value.headroom, "funding" in kinds(value)) == ("refer", 40.0, True)


@pytest.mark.parametrize("amount", [60.0, 99.0, 101.0, 120.0])
def test_headroom_does_not_hang_on_what_is_asked(tmp_path: Path, amount: float) -> None:
    """Up to 100, half of its debts of 200, a stands alone; above it counts with b, who owes 149."""
    facts = (lender(), *CAPITAL, *KNOWN, OWES, *debts((A, 200.0), (B, 200.0)))
    value = ask(engine(tmp_path, *facts), amount, kind="loan")
    assert (value.headroom, value.verdict) == (100.0, "approve" if amount <= 100 else "refer")
    assert not any("would be broken" in held.state for held in value.lines)
    assert "funding" in kinds(value)


def test_who_guarantees_already_is_asked_for_more(tmp_path: Path) -> None:
    asked = engine(tmp_path, lender(), *CAPITAL, *KNOWN, *debts((A, 1e6)), BANKER, owns(P, A, 1.0))
    value = ask(asked, 250.0, guarantors=(Guarantee(party=OTHER, amount=20.0),))
    more = next(one for one in value.remedies if one.kind == "guarantor_added")
    assert "a further CNY 80, CNY 100 in all" in more.text
    whole = (Guarantee(party=OTHER, amount=100.0),)
    assert not any(line.state == "broken" for line in ask(asked, 250.0, guarantors=whole).lines)
