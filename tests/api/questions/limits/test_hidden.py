"""Votes that nobody is known to hold: a credit check tells them, and refers where they would break a limit."""

from pathlib import Path

import pytest

from api.engine import Engine
from api.questions import book_limits
from api.questions.limits.applications import Guarantee
from api.questions.limits.checked import CreditCheck
from tests.api.limits.test_standing import BANK, OTHER, A, B, C, D, P, Q, fact, item, lender, loan, owns
from tests.api.questions.limits.test_doubts import ask
from tests.api.questions.limits.test_doubts import engine as engine_of

STAKES = (item("tier1", 1000.0), item("net_capital", 1200.0), loan(A, "1", 10.0), loan(B, "2", 170.0))


def engine(folder: Path, *facts: tuple[str, dict[str, object]]) -> Engine:
    return engine_of(folder, lender(), *STAKES, *facts)


def told(value: CreditCheck, kind: str) -> list[str]:
    return [gap.en for gap in value.gaps if gap.kind == kind]


def test_a_holder_who_would_control_it_with_what_is_not_disclosed_refers(tmp_path: Path) -> None:
    """P holds 45 % of a and controls b: of 180 (15 % of net capital) and 200 a's 10 and b's 170 leave nothing."""
    asked = engine(tmp_path, owns(P, A, 0.45), owns(P, B, 0.6))
    value = ask(asked, 30)
    assert (value.verdict, value.headroom, value.headroom_certain) == ("refer", 0.0, 140.0)  # bonds: 150 of one client
    assert told(value, "undisclosed") == [
        f"55% of the votes of {A} are not disclosed; with them {P} (45%) would control it"
    ]
    assert {gap.rules for gap in value.gaps if gap.kind == "untested"} == {("CN_GROUP_CREDIT_15",), ("CN_LE_GROUP_20",)}
    assert {line.rule.id: line.after for line in value.lines if line.state.endswith("cannot be tested holds")} == {
        "CN_GROUP_CREDIT_15": 210.0, "CN_LE_GROUP_20": 210.0,
    }  # fmt: skip


def test_who_would_control_another_with_what_is_not_disclosed_of_it_refers_too(tmp_path: Path) -> None:
    """a holds 45 % of b: the same 210 as above, asked for by the holder."""
    value = ask(engine(tmp_path, owns(A, B, 0.45), owns(P, A, 1.0)), 30)
    assert (value.verdict, value.headroom, value.headroom_certain) == ("refer", 0.0, 140.0)
    assert {gap.rules for gap in value.gaps if gap.kind == "untested"} == {("CN_GROUP_CREDIT_15",), ("CN_LE_GROUP_20",)}
    assert told(value, "undisclosed") == [
        f"55% of the votes of {B} are not disclosed; with them {A} (45%) would control it"
    ]


@pytest.mark.parametrize(
    ("held", "verdict", "gap"),
    [
        ((owns(P, A, 0.5001),), "decline", False),  # P controls it for certain
        ((owns(P, A, 0.2), owns(Q, A, 0.5)), "approve", True),  # only Q could, and Q has nothing else
        ((owns(P, A, 0.2), owns(Q, A, 0.51)), "approve", False),
        ((owns(P, A, 0.2), owns(Q, A, 0.4), owns(C, A, 0.4)), "approve", False),  # all is disclosed
        ((owns(P, D, 0.6), owns(D, A, 0.2)), "refer", True),  # by what P controls
        ((owns(P, A, 0.01),), "refer", True),
        ((), "approve", True),
    ],
)
def test_only_who_could_have_a_majority_refers(
    tmp_path: Path, held: tuple[tuple[str, dict[str, object]], ...], verdict: str, *, gap: bool
) -> None:
    value = ask(engine(tmp_path, owns(P, B, 0.6), *held), 30)
    assert (value.verdict, bool(told(value, "undisclosed"))) == (verdict, gap)


def test_where_no_limit_would_break_it_is_a_gap_alone(tmp_path: Path) -> None:
    """Group clients may have 180: a and b have 110, so that 70 are left."""
    asked = engine_of(tmp_path, lender(), *STAKES[:3], loan(B, "2", 100.0), owns(P, A, 0.45), owns(P, B, 0.6))
    value = ask(asked, 30)
    assert (value.verdict, value.headroom) == ("approve", 70.0)
    assert len(told(value, "undisclosed")) == 1


def test_a_company_of_whose_holders_nothing_is_known_is_told_and_a_person_has_none(tmp_path: Path) -> None:
    asked = engine(tmp_path, loan(P, "3", 1.0))
    assert told(ask(asked, 30), "undisclosed") == [
        f"nobody is known to hold or to control {A}: who controls it is not known"
    ]
    assert told(ask(asked, 30, P), "undisclosed") == []


def test_control_on_another_basis_is_known_whoever_votes(tmp_path: Path) -> None:
    asked = engine(tmp_path, fact("CONTROLS", Q, A, basis="board"))
    assert told(ask(asked, 30), "undisclosed") == []


def test_half_each_is_told_and_joins_neither_group(tmp_path: Path) -> None:
    """A deadlock is no joint control: b's 170 count with P's, and not with a's 10."""
    asked = engine(tmp_path, owns(P, A, 0.5), owns(Q, A, 0.5), owns(P, B, 0.6))
    value = ask(asked, 30)
    assert value.verdict == "approve"
    assert told(value, "deadlock") == [
        f"{P} and {Q} hold half of the votes of {A} each: neither controls it, and it is counted in the group of "
        "neither"
    ]


RICH = (item("tier1", 2000.0), item("net_capital", 1000.0), loan(A, "1", 40.0))


def fence(company: str, controller: str) -> tuple[str, dict[str, object]]:
    return fact("DEPENDS_ON", company, controller, criterion="control", verdict="rejected")


@pytest.mark.parametrize("fences", [(), (fence(C, B),)])
def test_group_clients_below_a_ring_fence_come_along(
    tmp_path: Path, fences: tuple[tuple[str, dict[str, object]], ...]
) -> None:
    """a has 45 % of b, whose c owes 100: with 40 and 20 they are above 150, fenced or not."""
    held = (owns(P, A, 1.0), owns(A, B, 0.45), owns(B, C, 1.0))
    value = ask(engine_of(tmp_path, lender(), *RICH, loan(C, "2", 100.0), *held, *fences), 20.0, kind="loan")
    assert (value.verdict, value.headroom) == ("refer", 10.0)


@pytest.mark.parametrize(
    "held", [(owns(P, A, 0.6), fence(A, P)), (owns(P, A, 0.45), fence(A, P)), (owns(A, C, 1.0), fence(A, P))]
)
def test_a_ring_fence_reaches_votes_that_are_not_disclosed(
    tmp_path: Path, held: tuple[tuple[str, dict[str, object]], ...]
) -> None:
    """p's b owes 370 of 400: behind the fence a is none of it, whether p has 60 % for certain or perhaps."""
    capital = (item("tier1", 2000.0), item("net_capital", 10000.0), loan(A, "1", 40.0))
    value = ask(engine_of(tmp_path, lender(), *capital, loan(B, "2", 370.0), owns(P, B, 1.0), *held), 20.0, kind="loan")
    assert (value.verdict, value.headroom) == ("approve", 260.0)


def test_the_guarantor_by_whom_it_refers_is_named(tmp_path: Path) -> None:
    banker = ("Profile", {"party": OTHER, "name": "Other", "lender_class": "commercial bank"})
    facts = (item("tier1", 2000.0), item("net_capital", 10000.0), loan(OTHER, "1", 40.0), loan(C, "2", 370.0))
    asked = engine_of(tmp_path, lender(), *facts, banker, owns(OTHER, C, 0.45), owns(P, A, 1.0), owns(P, OTHER, 1.0))
    value = ask(asked, 200.0, guarantors=(Guarantee(party=OTHER, amount=200.0),))
    assert value.verdict == "refer"
    assert any(C in gap for gap in told(value, "undisclosed"))


def test_the_book_refers_what_votes_that_are_not_disclosed_would_break(tmp_path: Path) -> None:
    """p holds 45 % of a, which owes 100, and all of b, which owes 370: above 450 (15 %) and 400 (20 %) together."""
    facts = (item("tier1", 2000.0), item("net_capital", 3000.0), loan(A, "1", 100.0), loan(B, "2", 370.0))
    asked = engine_of(tmp_path, lender(), *facts, owns(P, A, 0.45), owns(P, B, 1.0))
    value = book_limits(asked, BANK, moment=asked.moment(currency="CNY")).answer
    states = {rule.rule: rule.state for rule in value.rules}
    assert (states["CN_GROUP_CREDIT_15"], states["CN_LE_GROUP_20"]) == ("refer", "refer")
    assert {(one.rule, one.client.id, one.exposure) for one in value.possible} == {
        ("CN_GROUP_CREDIT_15", A, 470.0), ("CN_LE_GROUP_20", A, 470.0),
    }  # fmt: skip
    assert ask(asked, 1.0, kind="loan").verdict == "refer"


def test_an_approval_that_votes_not_disclosed_bind_says_whose(tmp_path: Path) -> None:
    """a has 45 % of b, which owes 100: group clients may have 150, with a's 40 and 5 more 145, and 10 could be lent."""
    held = (owns(P, A, 1.0), owns(A, B, 0.45))
    value = ask(engine_of(tmp_path, lender(), *RICH, loan(B, "2", 100.0), *held), 5.0, kind="loan")
    assert (value.verdict, value.headroom) == ("approve", 10.0)
    assert value.binding is not None
    assert (value.binding.rule.id, value.binding.tested) == ("CN_GROUP_CREDIT_15", False)
    assert [gap.rules for gap in value.gaps if gap.kind == "bound"] == [("CN_GROUP_CREDIT_15",)]
    assert f"55% of the votes of {B} are not disclosed; with them {A} (45%) would control it" in told(
        value, "undisclosed"
    )
