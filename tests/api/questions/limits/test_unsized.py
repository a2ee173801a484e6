"""What is of unknown amount is named, so that somebody can be asked for the figure."""

from pathlib import Path

import pytest

from api.questions import book_limits
from tests.api.limits.test_standing import BANK, OTHER, A, B, C, D, P, fact, lender, loan, owns
from tests.api.questions.limits.test_doubts import CAPITAL, Fact, ask, engine, verdict


def silent(head: str, number: str | None) -> Fact:
    return fact("LENDS", BANK, head, facility_id=number, kind="loan", drawn=None, currency="CNY")


def amounts(folder: Path, *facts: Fact, rules: str = "CN") -> set[tuple[str, str]]:
    """Gaps about unknown amounts that an application of a has."""
    value = ask(engine(folder, lender(rules), *CAPITAL, *facts), 10.0)
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


def test_a_companys_guarantee_moves_nothing_and_is_not_named(tmp_path: Path) -> None:
    """Nor is the facility of c for which it answers: at stake with a by itself is what a owes."""
    given = fact("GUARANTEES", A, C, creditor=BANK, amount=None, currency="CNY")
    found = amounts(tmp_path, silent(A, "L1"), silent(C, "L4"), given, rules="CN_LE_SINGLE_15")
    assert found == {(f"1 (facility L1 of {BANK} to {A})", f"1（{BANK}对{A}的授信L1）")}


def test_a_guarantee_whose_creditor_nobody_names_protects_nothing_and_is_not_named(tmp_path: Path) -> None:
    other = lender("", "commercial bank", A)
    given = fact("GUARANTEES", A, C, amount=None, currency="CNY")
    found = amounts(tmp_path, other, silent(A, "L1"), loan(C, "L4", 5.0), given, rules="CN")
    assert {en for en, _ in found} == {f"1 (facility L1 of {BANK} to {A})"}


def test_what_a_bank_guarantees_is_named_where_its_amount_is_not_known(tmp_path: Path) -> None:
    """Of two facilities of c the bank guarantees one with 30: how much of that moves to it hangs on what is drawn."""
    other = lender("", "commercial bank", A)
    given = fact("GUARANTEES", A, C, creditor=BANK, facility_id="L4", amount=30.0, currency="CNY")
    found = amounts(tmp_path, other, silent(C, "L4"), silent(C, "L5"), given)
    assert {en for en, _ in found} == {f"1 (facility L4 of {BANK} to {C})"}


def test_as_many_are_told_as_are_named_where_they_are_of_several_groups(tmp_path: Path) -> None:
    """a depends on b and on c, who owe one unknown amount each: one a group, two in all."""
    ties = (verdict(A, B, "confirmed"), verdict(A, C, "confirmed"))
    found = amounts(tmp_path, silent(B, "H1"), silent(C, "H2"), loan(A, "1", 5.0), *ties, rules="CN_LE_GROUP_20")
    assert {en for en, _ in found} == {f"2 (facility H1 of {BANK} to {B}, facility H2 of {BANK} to {C})"}


def test_a_guarantee_for_all_that_a_would_owe_is_named_though_it_owes_nothing_yet(tmp_path: Path) -> None:
    """How much of what is asked for moves to the other bank hangs on the guarantee."""
    other = lender("", "commercial bank", OTHER)
    given = fact("GUARANTEES", OTHER, A, creditor=BANK, amount=None, currency="CNY")
    assert {en for en, _ in amounts(tmp_path, other, given)} == {f"1 (guarantee of {OTHER} for {A})"}


def test_one_amount_that_is_not_known_counts_once_though_borrower_and_guarantor_are_of_one_group(
    tmp_path: Path,
) -> None:
    """p holds a and the bank that guarantees what a owes; nobody knows how much that is."""
    held = (owns(P, A, 0.6), owns(P, OTHER, 0.6), lender("", "commercial bank", OTHER))
    given = fact("GUARANTEES", OTHER, A, creditor=BANK, facility_id="H1", amount=30.0, currency="CNY")
    asked = engine(tmp_path, lender("CN_LE_GROUP_20"), *CAPITAL, *held, silent(A, "H1"), loan(B, "2", 5.0), given)
    assert {held.unknown_amounts for held in ask(asked, 10.0).lines} == {1}
    book = book_limits(asked, BANK, state="untold", moment=asked.moment(currency="CNY")).answer
    assert [(one.rule, one.unknown) for one in book.findings] == [("CN_LE_GROUP_20", 1)]
