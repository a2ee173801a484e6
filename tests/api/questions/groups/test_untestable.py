"""What cannot be tested is told by name, direction and criterion, with what is missing and what ends it."""

from pathlib import Path

import pytest

from api.engine import Engine
from api.questions import groups
from api.questions.groups.groups import GroupsOf
from api.questions.groups.untestable import Untestable, untestable_said
from tests.api.limits.test_standing import BANK, OTHER, A, B, C, P, fact, item, lender, loan, owns
from tests.api.questions.limits.test_doubts import CAPITAL, OWED, SELLS, ask, engine, verdict, year
from tests.api.world import day

RATE = ("Rate", {"base": "USD", "quote": "CNY", "day": day("2024-06-28"), "rate": 8.0})


def asked(of: Engine, party: str = A, currency: str | None = None) -> GroupsOf:
    return groups(of, party, moment=of.moment(currency=currency)).answer


def pairs(found: tuple[Untestable, ...]) -> list[tuple[str, str, str]]:
    return [(one.dependant.id, one.other.id, one.criteria[0].missing) for one in found]


def test_a_sale_without_statements_is_told_once_in_each_direction(tmp_path: Path) -> None:
    """a sells to b: of a its income and output are not stated, of b its costs."""
    found = asked(engine(tmp_path, SELLS)).untestable
    assert pairs(found.listed) == [
        (A, B, f"no statement of {A} gives its income; no statement of {A} gives its output"),
        (B, A, f"no statement of {B} gives its costs"),
    ]
    assert [(one.judgement.party, one.judgement.other) for one in found.listed] == [(A, B), (B, A)]
    assert found.page.total == 2


@pytest.mark.parametrize("said", ["confirmed", "rejected"])
def test_the_judgement_it_names_ends_it_and_the_other_direction_stays(tmp_path: Path, said: str) -> None:
    first = asked(engine(tmp_path / "1", SELLS)).untestable.listed[0].judgement
    criterion = first.confirmed if said == "confirmed" else first.rejected[0]
    later = engine(tmp_path / "2", SELLS, verdict(first.party, first.other, said, criterion))
    assert [pair[:2] for pair in pairs(asked(later).untestable.listed)] == [(B, A)]


def test_one_rejection_ends_several_criteria(tmp_path: Path) -> None:
    """a sells to b and guarantees for it, and states nothing: by both criteria, and `any` rejects both."""
    given = fact("GUARANTEES", A, B, amount=5.0, currency="CNY")
    one = asked(engine(tmp_path / "1", SELLS, given)).untestable.listed[0]
    assert ([each.criterion for each in one.criteria], one.judgement.rejected) == (
        ["cn-annex1-1", "cn-annex1-2"],
        ("any",),
    )
    later = engine(tmp_path / "2", SELLS, given, verdict(A, B, "rejected", *one.judgement.rejected))
    assert A not in {one.dependant.id for one in asked(later).untestable.listed}


def test_what_ends_the_untestable_leaves_what_is_suspected(tmp_path: Path) -> None:
    """a sells b 60 of its 100 of income, so it is suspected to depend on b; whether it does by its guarantee and its
    loan is not known. b states no costs. With both judged b's 100 still count with a's 90 and 20: 210 of 200."""
    ties = (
        SELLS,
        year(A, "revenue", 100.0),
        fact("GUARANTEES", A, B, amount=5.0, currency="CNY"),
        fact("LENDS", A, B, facility_id="q", kind="loan", drawn=3.0, currency="CNY"),
    )
    facts = (lender(), *CAPITAL, *OWED, *ties)
    before = ask(engine(tmp_path / "1", *facts), 20)
    assert (before.verdict, before.headroom) == ("refer", 10.0)
    ends = [one.judgement for one in before.untestable.listed if BANK not in (one.dependant.id, one.other.id)]
    assert [end.rejected for end in ends if end.party == A] == [("cn-annex1-2", "cn-annex1-3")]
    given = [verdict(end.party, end.other, "rejected", criterion) for end in ends for criterion in end.rejected]
    judged = engine(tmp_path / "2", *facts, *given)
    assert {A, B} not in [{one.dependant.id, one.other.id} for one in asked(judged).untestable.listed]
    after = ask(judged, 20)
    assert (after.verdict, after.headroom) == ("refer", 10.0)
    assert [one.value for one in asked(judged).dependences] == [0.6]
    swept = ask(engine(tmp_path / "3", *facts, verdict(A, B, "rejected", "any"), verdict(B, A, "rejected", "any")), 20)
    assert swept.verdict == "approve"  # so `any` would have said more than was asked


def test_each_language_ends_its_sentence_in_its_own_way(tmp_path: Path) -> None:
    lines = list(untestable_said(asked(engine(tmp_path, SELLS)).untestable, most=1))
    assert [line[-1] for line in lines] == ["。", "。", "。"]


@pytest.mark.parametrize(
    ("facts", "currency", "missing"),
    [
        ((year(A, "revenue", 100.0), SELLS, fact("SUPPLIES", A, B, amount=None, product="x")), None,
         None),  # 60 of 100 reach a half, whatever the rest
        ((year(A, "revenue", 200.0), SELLS, fact("SUPPLIES", A, B, amount=None, product="x")), None,
         "1 amount between them not stated"),
        ((year(A, "revenue", 200.0), SELLS, fact("SUPPLIES", A, B, amount=9.0, currency="USD", product="x")), None,
         "amounts between them stand in USD, and no rate near 2024-06-30 brings them into CNY: load a rate"),
        ((year(A, "revenue", 200.0), SELLS, fact("SUPPLIES", A, B, amount=9.0, currency="USD", product="x")), "CNY",
         "amounts between them stand in USD, and no rate near 2024-06-30 brings them into CNY: load a rate"),
        ((("Statement", {**year(A, "revenue", 200.0)[1], "unit": "USD"}), SELLS), "CNY",
         f"{A} states its income in USD, and no rate near 2024-06-30 brings them into the currency of the amounts"),
        ((("Statement", {**year(A, "revenue", 200.0)[1], "period_end": day("2021-12-31")}), SELLS), None,
         f"no statement of {A} after 2021-12-31 gives its income"),
        ((("Statement", {**year(A, "revenue", 200.0)[1], "unit": None}), SELLS), "CNY",
         f"{A} states its income without a currency: state it"),
        ((("Statement", {**year(A, "revenue", 200.0)[1], "unit": "tonnes"}), SELLS), "CNY",
         f"{A} states its income in tonnes, which is no currency: correct it"),
        ((year(A, "revenue", 200.0), fact("SUPPLIES", A, B, amount=60.0)), None,
         f"{A} states its income in CNY, and the amounts name no currency: state it"),
        ((year(A, "revenue", 200.0), SELLS, fact("SUPPLIES", A, B, amount=9.0, product="x")), None,
         "1 amount between them without a currency: state it"),
        ((("Statement", {**year(A, "revenue", 200.0)[1], "months": None}), SELLS), None,
         f"{A} states its income up to 2023-12-31, and not for how many months: state them"),
        ((("Statement", {**year(A, "revenue", 200.0)[1], "months": None}), SELLS,
          ("Statement", {**year(A, "revenue", 200.0)[1], "period_end": day("2021-12-31")})), None,
         f"{A} states its income up to 2023-12-31, and not for how many months: state them"),
    ],
    ids=["known enough", "an amount", "a rate", "a rate, asked in yuan", "a rate of what divides", "a newer one",
         "a unit", "a unit of money", "a currency of all amounts", "a currency of one", "a length",
         "a length of the newer"],
)  # fmt: skip
def test_it_says_what_is_missing(
    tmp_path: Path, facts: tuple[tuple[str, dict[str, object]], ...], currency: str | None, missing: str | None
) -> None:
    of_a = [
        one for one in asked(engine(tmp_path, *facts), currency=currency).untestable.listed if one.dependant.id == A
    ]
    assert [one.criteria[0].missing.partition("; ")[0] for one in of_a] == ([] if missing is None else [missing])


def test_with_the_rate_it_can_be_tested(tmp_path: Path) -> None:
    abroad = fact("SUPPLIES", A, B, amount=9.0, currency="USD", product="x")
    value = asked(engine(tmp_path, year(A, "revenue", 200.0), SELLS, abroad, RATE))
    assert [one.value for one in value.dependences] == [0.66]  # 60 + 9 × 8 = 132 of 200
    assert A not in {one.dependant.id for one in value.untestable.listed}


def test_a_check_tells_first_what_lies_within_the_group_that_would_break(tmp_path: Path) -> None:
    """c's parent a asks; c may depend on b, who owes 100: 10 more than 90 break 200 with them."""
    sells = fact("SUPPLIES", C, B, amount=50.0, currency="CNY")
    other = fact("SUPPLIES", A, OTHER, amount=50.0, currency="CNY")
    value = ask(engine(tmp_path, lender(), *CAPITAL, *OWED, owns(C, A, 1.0), sells, other), 20)
    assert value.verdict == "refer"
    told = [(one.dependant.id, one.other.id) for one in value.untestable.listed]
    assert told[:2] == [(B, C), (C, B)]
    assert set(told[2:]) == {(A, BANK), (A, OTHER), (OTHER, A)}  # no limit counts whether the lender would fall


def test_gaps_name_the_other_side_and_the_direction(tmp_path: Path) -> None:
    value = ask(engine(tmp_path, lender(), *CAPITAL, loan(B, "2", 100.0), item("total_debt", 1e6, party=B), SELLS), 10)
    told = [gap.en.partition("cannot be tested: ")[2] for gap in value.gaps if gap.kind == "criteria"]
    assert told == [f"whether {A} depends on {B}", f"dependence on {A} of {B}"]
    assert any(f"{B}是否依存于{A}" in gap.zh for gap in value.gaps)


def test_what_changes_nothing_where_votes_would_unite_all_the_same_is_told_last(tmp_path: Path) -> None:
    """p holds 45 % of a and controls b: with what is not disclosed of a their 190 and 30 break 200, whatever a sells b.

    Where p holds nothing of a, only by what a sells to b could they.
    """
    sales = (SELLS, *(fact("SUPPLIES", A, x, amount=50.0, currency="CNY") for x in (C, OTHER)))
    facts = (lender(), *CAPITAL, *OWED, *sales, owns(P, B, 0.6))
    ways = [(A, B), (B, A)]
    for name, held in (("votes", (owns(P, A, 0.45),)), ("sale", ())):
        value = ask(engine(tmp_path / name, *facts, *held), 30)
        told = [(one.dependant.id, one.other.id) for one in value.untestable.listed]
        assert (value.verdict, told[:2] == ways) == ("refer", not held)
        assert not held or not {*told[:4]} & {*ways}
        assert value.untestable.page.total == 7
