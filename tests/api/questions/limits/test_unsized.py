"""What is of unknown amount is named, so that somebody can be asked for the figure."""

from pathlib import Path

import pytest

from tests.api.limits.test_standing import BANK, A, B, C, D, fact, lender, loan, owns
from tests.api.questions.limits.test_doubts import CAPITAL, Fact, ask, engine


def silent(head: str, number: str | None) -> Fact:
    return fact("LENDS", BANK, head, facility_id=number, kind="loan", drawn=None, currency="CNY")


def amounts(folder: Path, *facts: Fact) -> set[tuple[str, str]]:
    """Gaps about unknown amounts that an application of a has."""
    value = ask(engine(folder, lender(), *CAPITAL, *facts), 10.0)
    assert value.verdict == "refer"
    return {(gap.en.partition(": ")[2], gap.zh.partition("：")[2]) for gap in value.gaps if gap.kind == "amounts"}


def test_a_facility_of_unknown_amount_is_named_with_its_parties(tmp_path: Path) -> None:
    assert amounts(tmp_path, silent(A, "H7"), loan(A, "1", 5.0)) == {
        (f"1 (facility H7 of {BANK} to {A})", f"1（{BANK}对{A}的授信H7）")
    }


def test_one_of_a_member_of_its_group_is_named_and_one_of_a_stranger_is_not(tmp_path: Path) -> None:
    """a holds 60 % of b: what b owes counts in the limits on the group, what d owes in none."""
    found = amounts(tmp_path, silent(B, None), silent(D, "H9"), owns(A, B, 0.6))
    assert found == {(f"1 (facility of {BANK} to {B})", f"1（{BANK}对{B}的授信）")}


def test_of_many_the_first_few_are_named_and_the_rest_counted(tmp_path: Path) -> None:
    ((en, zh),) = amounts(tmp_path, *(silent(A, f"H{k}") for k in range(7)))
    assert (en.partition(" ")[0], en.count("facility"), en.endswith(" and 2 more)")) == ("7", 5, True)
    assert (zh.partition("（")[0], zh.count("授信"), zh.endswith("等7笔）")) == ("7", 5, True)


@pytest.mark.parametrize(("tied", "told"), [(None, ""), ("2", " for facility 2")])
def test_a_guarantee_of_unknown_amount_is_named(tmp_path: Path, tied: str | None, told: str) -> None:
    """A bank's guarantee of unknown amount protects what c owes, and so counts with the bank: nobody knows how much."""
    other = lender(kind="commercial bank", party=A)
    given = fact("GUARANTEES", A, C, creditor=BANK, facility_id=tied, amount=None, currency="CNY")
    found = amounts(tmp_path, other, given, loan(C, "2", 50.0))
    assert {en for en, _ in found} == {f"1 (guarantee of {A} for {C}{told})"}
