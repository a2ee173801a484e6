"""What a limit counts of a group is told member by member, and why each would come in."""

from pathlib import Path

import pytest

from api.questions import exposure
from api.questions.group_report import group_report
from api.questions.limits.counted import Tally
from api.questions.limits.exposure import ExposureTo
from api.report import group_page
from tests.api.limits.test_standing import BANK, A, B, C, D, P, fact, item, lender, loan, owns
from tests.api.questions.limits.test_doubts import CAPITAL, SELLS, Fact, engine, verdict

DEPOSIT = fact("PLEDGES", A, BANK, facility_id="1", kind="deposit", value=10.0, currency="CNY")
HALF = {"undrawn": 40.0, "ccf": 0.5}


def asked(folder: Path, *facts: Fact) -> ExposureTo:
    found = engine(folder, lender(), *CAPITAL, *facts)
    return exposure(found, A, lender=BANK, moment=found.moment(currency="CNY")).answer


def tally(value: ExposureTo, rule: str) -> Tally:
    """The only sum of a rule over several parties."""
    lines = value.against.lines
    (one,) = [one for one in value.against.tallies if rule in {lines[k].rule.id for k in one.lines}]
    return one


def told(one: Tally) -> dict[str, tuple[float, float, float, float]]:
    return {row.party.id: (row.before, row.off, row.over, row.counted) for row in one.members}


def test_group_credit_counts_what_is_granted_and_large_exposures_what_is_converted_less_the_deposit(
    tmp_path: Path,
) -> None:
    """a owes 90 and may draw 40 at a factor of ½, with a deposit of 10; b, of the same parent, owes 100."""
    value = asked(tmp_path, owns(P, A, 1.0), owns(P, B, 1.0), loan(A, "1", 90.0, **HALF), loan(B, "2", 100.0), DEPOSIT)
    credit, exposed = tally(value, "CN_GROUP_CREDIT_15"), tally(value, "CN_LE_GROUP_20")
    assert told(credit) == {A: (130.0, 10.0, 0.0, 120.0), B: (100.0, 0.0, 0.0, 100.0)}
    assert told(exposed)[A] == (110.0, 10.0, 0.0, 100.0)
    assert told(exposed)[B] == (100.0, 0.0, 0.0, 100.0)
    assert (credit.total, exposed.total) == (220.0, 200.0)


def test_what_an_institution_guarantees_is_taken_over_from_who_owes_it(tmp_path: Path) -> None:
    """c, a bank of the same parent, guarantees 60 of what a owes; group credit moves nothing."""
    given = fact("GUARANTEES", C, A, creditor=BANK, facility_id="1", amount=60.0, currency="CNY")
    facts = (owns(P, A, 1.0), owns(P, C, 1.0), loan(A, "1", 90.0), given, lender(party=C))
    value = asked(tmp_path, *facts)
    assert told(tally(value, "CN_GROUP_CREDIT_15"))[A] == (90.0, 0.0, 0.0, 90.0)
    exposed = told(tally(value, "CN_LE_GROUP_20"))
    assert (exposed[A], exposed[C]) == ((90.0, 60.0, 0.0, 30.0), (0.0, 0.0, 60.0, 60.0))


@pytest.mark.parametrize("limit", [1, 2, 20])
def test_members_the_rest_and_promises_add_up_to_what_is_held_against_each_limit(tmp_path: Path, limit: int) -> None:
    holdings = (owns(P, x, 1.0) for x in (A, B, C))
    loans = (loan(A, "1", 90.0, **HALF), loan(B, "2", 100.0), loan(C, "3", 7.0))
    found = engine(tmp_path, lender(), *CAPITAL, *holdings, *loans, DEPOSIT)
    value = exposure(found, A, lender=BANK, limit=limit, moment=found.moment(currency="CNY")).answer.against
    assert value.tallies
    for one in value.tallies:
        assert len(one.members) <= limit
        assert sum(row.counted for row in one.members) + one.rest + one.promised == pytest.approx(one.total)
        assert {value.lines[k].before for k in one.lines} == {one.total}
        for row in one.members:
            assert row.before - row.off + row.over == pytest.approx(row.counted)


def test_of_a_group_that_only_might_arise_each_member_says_why_it_would_come_in(tmp_path: Path) -> None:
    """a sells to b and states no income; d is controlled by b, and c was judged to depend on d."""
    loans = [loan(x, x, 60.0) for x in (A, B, C, D)]
    value = asked(tmp_path, SELLS, owns(B, D, 1.0), verdict(C, D, "confirmed"), *loans)
    one = tally(value, "CN_LE_GROUP_20")
    coming = {row.party.id: row.coming for row in one.members}
    assert coming.keys() == {A, B, C, D}
    assert all(coming.values())
    steps = {x: (step.how, step.through and step.through.id, step.open) for x, step in coming.items() if step}
    assert steps == {
        A: ("asked about", None, False),
        B: ("may be depended on, which cannot be tested, by", A, True),
        D: ("in one group by control with", B, False),
        C: ("depends, as judged or suspected, on", D, False),
    }
    open_ = coming[B] and coming[B].untestable
    assert open_
    assert (open_.dependant.id, open_.other.id) == (A, B)


def test_a_holder_of_too_few_votes_comes_in_by_those_that_are_not_disclosed(tmp_path: Path) -> None:
    """b holds 45 % of a, and nobody is known to hold the rest."""
    value = asked(tmp_path, owns(B, A, 0.45), loan(A, "1", 100.0), loan(B, "2", 150.0))
    coming = {row.party.id: row.coming for row in tally(value, "CN_LE_GROUP_20").members}
    assert coming[B]
    assert coming[B].how == "would control, with votes that are not disclosed,"


def test_the_exposure_question_says_why_others_would_come_into_what_breaks(tmp_path: Path) -> None:
    found = engine(tmp_path, lender(), *CAPITAL, SELLS, loan(A, "1", 110.0), loan(B, "2", 100.0))
    said = " ".join(exposure(found, A, lender=BANK, moment=found.moment(currency="CNY")).reasons)
    assert f"{B} may be depended on, which cannot be tested, by {A} (no statement of {A} gives its" in said
    assert f"{B}可能被依存（无法检验），依存方为{A}" in said


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ("may be depended on, which cannot be tested, by r:a", "undrawn amounts whole", "Before protection")),
        ("zh", ("可能被依存（无法检验），依存方为r:a", "未用额度按授信全额计", "缓释前")),
    ],
)
def test_a_report_shows_the_sums_the_way_of_counting_and_why_others_come_in(
    tmp_path: Path, language: str, words: tuple[str, ...]
) -> None:
    facts = (SELLS, loan(A, "1", 110.0), loan(B, "2", 100.0), owns(A, C, 1.0), loan(C, "3", 5.0), DEPOSIT)
    found = engine(tmp_path, lender(), *CAPITAL, *facts)
    page = group_page(group_report(found, A, lender=BANK, moment=found.moment(currency="CNY")), language=language)
    for text in words:
        assert text in page
    row = '<td>r:a</td><td class="n">110</td><td class="n">10</td><td class="n">0</td><td class="n">100</td>'
    assert page.count(row) >= 2
    assert '<td class="n"><b>205</b></td>' in page  # 100 + 100 + 5, if a depends on b


def test_a_party_without_groups_has_no_sums(tmp_path: Path) -> None:
    value = asked(tmp_path, loan(A, "1", 10.0), item("total_debt", 100.0, party=A))
    assert value.against.tallies == ()
    assert {rule for way in value.against.ways for rule in way.rules} >= {"CN_LE_SINGLE_15", "CN_LOAN_SINGLE_10"}
