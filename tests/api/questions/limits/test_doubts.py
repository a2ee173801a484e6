"""What is not known around an application: it refers where it could turn the answer, and is told in any case."""

import re
from datetime import date
from pathlib import Path

import pytest

from api.answers.evidence import Evidence
from api.engine import Engine, Place
from api.groups.circles import WIDEST
from api.limits.protection import unable_said
from api.questions import book_limits, credit_check, groups
from api.questions.limits.applications import Asked, Guarantee, Request
from api.questions.limits.checked import CreditCheck
from api.questions.limits.doubts import BY_HAND
from api.questions.limits.limits import against
from api.questions.limits.memberships import belongs
from tests.api.limits.test_standing import BANK, OTHER, STATE, A, B, C, D, P, Q, fact, item, lender, loan, owns
from tests.api.world import Book, day, instant

Fact = tuple[str, dict[str, object]]
CITY = "r:city"
CAPITAL = (item("tier1", 1000.0), item("net_capital", 2000.0))
SELLS = fact("SUPPLIES", A, B, amount=60.0, currency="CNY")
OWED = (loan(A, "1", 90.0), loan(B, "2", 100.0))


def engine(folder: Path, *facts: Fact, more: tuple[str, ...] = (), states: tuple[str, ...] = ()) -> Engine:
    parties = dict.fromkeys([BANK, OTHER, A, B, C, D, *more], "Company") | {P: "Person", Q: "Person"}
    parties |= dict.fromkeys(states, "State")
    Book(folder / "columns").load(parties, facts, closed_at=instant("2024-01-15"))
    return Engine(Place(folder), Place(folder).facts(), clock=lambda: instant("2024-06-30"))


def ask(asked: Engine, amount: float, applicant: str = A, **more: object) -> CreditCheck:
    facility = Asked(amount=amount, currency="CNY", kind=str(more.pop("kind", "bond")), **more)  # type: ignore[arg-type]
    request = Request(applicant=applicant, lender=BANK, facility=facility)
    return credit_check(asked, request, moment=asked.moment()).answer


def verdict(dependant: str, other: str, said: str, criterion: str = "cn-annex1-1") -> Fact:
    return fact("DEPENDS_ON", dependant, other, criterion=criterion, verdict=said)


def kinds(value: CreditCheck) -> dict[str, tuple[str, ...]]:
    return {gap.kind: gap.rules for gap in value.gaps}


def year(party: str, name: str, value: float) -> Fact:
    kind, row = item(name, value, party=party)
    return kind, {**row, "months": 12}


def test_a_dependence_that_cannot_be_tested_refers_where_it_would_break_a_limit(tmp_path: Path) -> None:
    """a sells to b and states no income: with b's 100 its 90 leave 10 of 200."""
    asked = engine(tmp_path, lender(), *CAPITAL, *OWED, SELLS)
    assert (ask(asked, 10).verdict, kinds(ask(asked, 10)).get("untested")) == ("approve", None)
    value = ask(asked, 20)
    assert (value.verdict, value.headroom, value.headroom_certain) == ("refer", 10.0, 60.0)
    assert kinds(value)["untested"] == ("CN_LE_GROUP_20",)
    assert value.binding is not None
    assert (value.binding.state, value.binding.tested, value.binding.before, value.binding.after) == (
        "broken if what cannot be tested holds", False, 190.0, 210.0,
    )  # fmt: skip
    assert {gap.kind for gap in ask(asked, 10).gaps} >= {"criteria"}
    less = next(change for change in value.remedies if change.kind == "amount")
    assert (less.change, less.verdict) == (10.0, "approve")


def debts(*pairs: tuple[str, float]) -> tuple[Fact, ...]:
    return tuple(item("total_debt", amount, party=x) for x, amount in pairs)


def test_a_loan_that_makes_the_lender_the_main_source_of_funds_unites_who_shares_it(tmp_path: Path) -> None:
    """a owes the bank 90 of its 150, b 70 of its 150: 5 more are half, 60 more are most, and a and b 220 of 200."""
    facts = (lender(), *CAPITAL, loan(A, "1", 90.0), loan(B, "2", 70.0), *debts((A, 150.0), (B, 150.0)))
    asked = engine(tmp_path / "1", *facts)
    small = ask(asked, 5.0, B, kind="loan")
    assert (small.verdict, small.headroom, small.groups) == ("approve", 40.0, ())
    assert (small.binding, "funding" in kinds(small)) == (None, True)
    value = ask(asked, 60.0, B, kind="loan")
    assert (value.verdict, value.headroom, "funding" in kinds(value)) == ("refer", 40.0, True)
    assert (value.binding.rule.id, value.binding.after) == ("CN_LE_GROUP_20", 220.0)
    later = engine(tmp_path / "2", *facts, loan(B, "NEW", 60.0))
    found = book_limits(later, BANK, moment=later.moment()).answer.findings
    assert [one.exposure for one in found if one.state == "breach"] == [220.0]
    no = verdict(B, BANK, "rejected", "cn-annex1-4")
    assert ask(engine(tmp_path / "3", *facts, no), 60.0, B, kind="loan").verdict == "approve"


def test_a_new_loan_is_held_against_the_debts_that_are_stated(tmp_path: Path) -> None:
    """b owes the bank 70 of its 150 and asks for 10: 80 of 150 are most, as the book says once they are lent, though
    they would be half of 160. With the 140 of a they are 220 of 200."""
    facts = (lender(), *CAPITAL, loan(A, "1", 140.0), loan(B, "2", 70.0), *debts((A, 150.0), (B, 150.0)))
    value = ask(engine(tmp_path / "1", *facts), 10.0, B, kind="loan")
    said = next(gap for gap in value.gaps if gap.kind == "funding")
    assert (value.verdict, value.headroom) == ("refer", 5.0)
    assert "the debts that they state, the new one not among them" in said.en
    later = engine(tmp_path / "2", *facts, loan(B, "NEW", 10.0))
    found = book_limits(later, BANK, moment=later.moment()).answer.findings
    assert [one.exposure for one in found if one.state == "breach"] == [220.0]


def test_whether_the_lender_itself_would_fall_is_not_asked(tmp_path: Path) -> None:
    """The bank funds a and b, 90 each, and c, which owes it 130, holds some of its votes: nobody knows who has the
    others. Of a and b it is asked whether they fall with the bank, of the bank not whether it falls with c."""
    owed = (loan(A, "1", 90.0), loan(B, "2", 90.0), *debts((A, 150.0), (B, 150.0), (C, 1000.0)))
    facts = (lender(), *CAPITAL, *owed, loan(C, "3", 130.0), owns(C, BANK, 0.08))
    values = [ask(engine(tmp_path / x[-1], *facts), 5.0, x, kind="loan") for x in (A, C)]
    assert (values[0].verdict, [one.headroom for one in values]) == ("approve", [20.0, 20.0])
    assert all(line.tested for one in values for line in one.lines)


def test_a_smaller_loan_may_leave_its_borrower_other_sources(tmp_path: Path) -> None:
    """a owes the bank 140 of its 150, b 70 of its 150: together 210 of 200, so of 20 more b may have 5."""
    facts = (lender(), *CAPITAL, loan(A, "1", 140.0), loan(B, "2", 70.0), *debts((A, 150.0), (B, 150.0)))
    asked = engine(tmp_path, *facts)
    assert ask(asked, 4.0, B, kind="loan").headroom == pytest.approx(5.0)
    value = ask(asked, 20.0, B, kind="loan")
    less = next(one for one in value.remedies if one.kind == "amount")
    assert (value.verdict, less.change, less.verdict) == ("refer", 15.0, "approve")


def test_it_works_from_both_sides_and_through_groups(tmp_path: Path) -> None:
    """b asks: a may depend on it, with what a controls."""
    asked = engine(tmp_path, lender(), *CAPITAL, loan(A, "1", 20.0), loan(C, "2", 100.0), owns(A, C, 0.6), SELLS)
    value = ask(asked, 100, B)
    assert (value.verdict, value.headroom) == ("refer", 80.0)


@pytest.mark.parametrize(
    ("facts", "told"),
    [
        ((year(A, "revenue", 1000.0), year(B, "operating_cost", 1000.0)), "approve"),
        ((verdict(A, B, "rejected"), verdict(B, A, "rejected", "any")), "approve"),
        ((verdict(A, B, "rejected"),), "refer"),
        ((verdict(A, B, "rejected", "cn-annex1-3"), verdict(B, A, "rejected")), "refer"),
        ((verdict(A, B, "confirmed"),), "decline"),
    ],
    ids=["stated", "rejected both ways", "rejected one way", "another criterion", "confirmed"],
)
def test_what_was_stated_or_judged_is_open_no_more(tmp_path: Path, facts: tuple[Fact, ...], told: str) -> None:
    asked = engine(tmp_path, lender(), *CAPITAL, *OWED, SELLS, *facts)
    assert ask(asked, 20).verdict == told


def test_where_nobody_is_known_on_the_other_side_it_is_a_gap_alone(tmp_path: Path) -> None:
    value = ask(engine(tmp_path, lender(), *CAPITAL, *OWED), 60)
    assert (value.verdict, value.headroom) == ("approve", 60.0)
    assert "criteria_by_hand" in kinds(value)


def test_a_guarantor_of_unknown_net_assets_counts_where_it_would_break_a_limit(tmp_path: Path) -> None:
    asked = engine(tmp_path, lender(), *CAPITAL, *OWED)
    found = [ask(asked, amount, guarantors=(Guarantee(party=B, amount=5.0),)) for amount in (10.0, 11.0)]
    assert [value.verdict for value in found] == ["approve", "refer"]
    assert all("guarantors" in kinds(value) for value in found)


@pytest.mark.parametrize(("given", "offered", "has"), [(0.1, 0.2, 0.3), (10.0, 20.0, 30.0)])
def test_a_guarantor_may_promise_all_it_has_whatever_its_unit(
    tmp_path: Path, given: float, offered: float, has: float
) -> None:
    """0.1 + 0.2 is 0.3, though not in floats; a hair more is too much."""
    promise = fact("GUARANTEES", B, A, amount=given, currency="CNY", creditor=OTHER)
    asked = engine(tmp_path, lender(), *CAPITAL, *OWED, promise, item("net_assets", has, party=B))
    told = [kinds(ask(asked, 1.0, guarantors=(Guarantee(party=B, amount=offered * more),))) for more in (1, 1 + 1e-6)]
    assert ["guarantors" in one for one in told] == [False, True]


def guarantee(number: str, borrower: str = A, giver: str = OTHER, **more: object) -> Fact:
    said = {"creditor": BANK, "amount": 5.0, "currency": "CNY", "facility_id": number, **more}
    return fact("GUARANTEES", giver, borrower, **said)


def pledge(number: str, giver: str = A, kind: str = "deposit", head: str = BANK) -> Fact:
    return fact("PLEDGES", giver, head, facility_id=number, kind=kind, value=5.0, currency="CNY")


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (guarantee("1"), ""),
        (guarantee("7"), OTHER),
        (guarantee("2"), OTHER),
        (guarantee("7", C), OTHER),
        (guarantee("7", B), ""),
        (guarantee("7", giver=D), ""),
        (guarantee("7", creditor=OTHER), ""),
        (guarantee("7", due=day("2023-01-01"), signed=day("2022-01-01")), ""),
        (fact("GUARANTEES", OTHER, A, creditor=BANK, amount=5.0, currency="CNY"), ""),
        (pledge("1"), ""),
        (pledge("7"), A),
        (pledge("7", C), C),
        (pledge("7", B), ""),
        (pledge("7", kind="real estate"), ""),
        (pledge("7", head=OTHER), ""),
    ],
)
def test_protection_of_a_facility_nobody_knows_is_a_gap_of_its_group(tmp_path: Path, given: Fact, told: str) -> None:
    """a controls c; facility 2 is b's. Told is who gave what would protect, were the facility one of that party."""
    facts = (lender(), lender("", "bank", OTHER), *CAPITAL, *OWED, owns(A, C, 0.6), given)
    asked = engine(tmp_path, *facts)
    gaps = [gap for gap in ask(asked, 1.0).gaps if gap.kind == "strays"]
    assert len(gaps) == bool(told)
    book = [gap for gap in book_limits(asked, BANK, moment=asked.moment()).answer.gaps if "nobody knows" in gap]
    if told:
        number = given[1]["facility_id"]
        assert gaps[0].en == (
            f"a guarantee or pledge names a facility nobody knows: {told} ({number}); it protects nothing until its "
            "number is that of a facility"
        )
        assert f"{told}（{number}）" in gaps[0].zh
        assert book == [f"{gaps[0].en} · {gaps[0].zh}"]


def test_the_book_tells_stray_protection_of_all_its_clients(tmp_path: Path) -> None:
    many = [guarantee(str(n), B) for n in range(3, 10)]
    asked = engine(tmp_path, lender(), lender("", "bank", OTHER), *CAPITAL, *OWED, *many)
    (told,) = (gap for gap in book_limits(asked, BANK, moment=asked.moment()).answer.gaps if "nobody knows" in gap)
    assert told.startswith("7 guarantees or pledges name facilities nobody knows: ")
    assert "and 2 more" in told
    assert "等7笔" in told


def test_above_five_per_cent_what_nobody_judged_refers_by_the_rule_that_asks(tmp_path: Path) -> None:
    """Of 1000 exposures above 50 have to be looked into; a's debts are stated, so that the bank is no source."""
    facts = (lender("BCBS"), *CAPITAL, loan(A, "1", 40.0), item("total_debt", 900.0, party=A))
    asked = engine(tmp_path / "open", *facts, SELLS)
    assert [ask(asked, amount).verdict for amount in (10, 11)] == ["approve", "refer"]
    value = ask(asked, 20)
    assert kinds(value)["assess"] == ("BCBS_ASSESS_5",)
    assert value.binding is not None
    assert (value.binding.rule.id, value.headroom) == ("BCBS_ASSESS_5", 10.0)
    assert any(one.kind == "amount" and one.verdict == "approve" for one in value.remedies)
    judged = (verdict(A, B, "rejected", "any"), verdict(B, A, "rejected", "any"))
    value = ask(engine(tmp_path / "judged", *facts, SELLS, *judged), 20)
    assert (value.verdict, value.headroom) == ("approve", 210.0)
    suspected = (year(A, "revenue", 100.0), year(B, "operating_cost", 1e6))
    assert ask(engine(tmp_path / "suspected", *facts, SELLS, *suspected), 20).verdict == "refer"


def test_capital_of_two_years_ago_refers_and_says_so(tmp_path: Path) -> None:
    """On 30 June the ends of March and December count."""
    old = (item("tier1", 1000.0, end="2023-09-30"), item("net_capital", 2000.0))
    asked = engine(tmp_path, lender(), *old, *OWED)
    found = [ask(asked, amount) for amount in (10, 1000)]
    assert [value.verdict for value in found] == ["refer", "refer"]
    (gap,) = (gap for gap in found[0].gaps if gap.kind == "stale")
    assert "Tier 1 capital (2023-09-30)" in gap.en
    assert "CN_LE_SINGLE_15" in gap.rules
    rules = {rule.rule: rule.state for rule in book_limits(asked, BANK, moment=asked.moment()).answer.rules}
    assert (rules["CN_LE_SINGLE_15"], rules["CN_GROUP_CREDIT_15"]) == ("refer", "within")


def test_a_bank_by_its_code_of_industry_is_referred_and_one_by_its_class_has_its_own_limit(tmp_path: Path) -> None:
    found = {}
    for name, more in (("code", {"industry": "J6621"}), ("class", {"lender_class": "bank"}), ("other", {})):
        about = ("Profile", {"party": D, "name": "D", **more})
        found[name] = ask(engine(tmp_path / name, lender(), *CAPITAL, about), 160, D)
    assert {name: value.verdict for name, value in found.items()} == {
        "code": "refer", "class": "approve", "other": "decline",
    }  # fmt: skip
    (gap,) = (gap for gap in found["code"].gaps if gap.kind == "institution")
    assert "J6621" in gap.en
    assert "J6621" in gap.zh
    assert "institution" not in kinds(found["class"])


def test_where_too_many_hang_together_it_is_referred_with_the_reason(tmp_path: Path) -> None:
    many = tuple(f"r:x{n:05d}" for n in range(WIDEST + 1))
    asked = engine(tmp_path, lender(), *CAPITAL, *OWED, *(verdict(x, A, "confirmed") for x in many), more=many)
    value = ask(asked, 10)
    assert value.verdict == "refer"
    (gap,) = (gap for gap in value.gaps if gap.kind == "too_wide")
    assert f"{WIDEST:,}" in gap.en
    assert f"{WIDEST:,}" in gap.zh
    assert not value.headroom_whole
    assert ask(asked, 61).verdict == "decline"
    view = asked.view(asked.moment(currency="CNY"))
    ends = (view.snapshot.node(x) for x in (BANK, A))
    held = against(view, Evidence(view.snapshot), *ends, limit=20)
    assert held.lines == ()
    assert f"{WIDEST:,}" in held.left_out


def test_who_might_be_asked_to_guarantee_turns_no_verdict(tmp_path: Path) -> None:
    """The other bank counts as protection, and more parties hang on it than are told apart."""
    many = tuple(f"r:x{n:05d}" for n in range(WIDEST + 1))
    facts = (lender(), lender("", "bank", OTHER), *CAPITAL, *OWED)
    asked = engine(tmp_path, *facts, *(verdict(x, OTHER, "confirmed") for x in many), more=many)
    assert [ask(asked, amount).verdict for amount in (10, 61)] == ["approve", "decline"]


def test_the_day_of_the_check_decides_what_is_old(tmp_path: Path) -> None:
    asked = engine(tmp_path, lender(), *CAPITAL, *OWED)
    moment = asked.moment(valid_at=date(2024, 7, 1))
    request = Request(applicant=A, lender=BANK, facility=Asked(amount=1.0, currency="CNY"))
    assert credit_check(asked, request, moment=moment).answer.verdict == "refer"
    assert day("2024-06-30") < moment.valid_at


UNITED = (item("tier1", 2000.0), item("net_capital", 1000.0), loan(A, "1", 90.0), loan(B, "2", 70.0), owns(P, A, 0.9))


@pytest.mark.parametrize(
    ("said", "told", "open_"),
    [
        ({"kind": "kin", "line": "direct", "generations": 1}, "decline", False),
        ({"kind": "kin", "line": "direct", "generations": 4}, "approve", False),
        ({"kind": "kin"}, "refer", True),
        ({"kind": "concert"}, "refer", True),
    ],
)
def test_what_may_unite_two_clients_refers_and_what_does_declines(
    tmp_path: Path, said: dict[str, object], told: str, *, open_: bool
) -> None:
    """10 more asked for a, of 15 % of 1,000; b is owed 70."""
    asked = engine(tmp_path, lender(), *UNITED, owns(Q, B, 0.7), fact("RELATED_TO", P, Q, **said))
    value = ask(asked, 10, kind="loan")
    assert value.verdict == told
    gaps = [gap for gap in value.gaps if gap.kind == "relatives"]
    assert bool(gaps) is open_
    book = book_limits(asked, BANK, moment=asked.moment()).answer
    rules = {rule.rule: rule.state for rule in book.rules}
    assert sum("may unite" in gap for gap in book.gaps) == open_
    assert rules["CN_GROUP_CREDIT_15"] == {"approve": "within", "refer": "refer", "decline": "breach"}[told]
    if open_:
        assert (gaps[0].en[:16], gaps[0].zh[:4]) == ("1 tie may unite ", "一致行动")
        group = next(group for group in value.groups if {one.party.id for one in group.members} == {A, B})
        assert not group.certain
        assert group.steps[0].how == "perhaps with relatives or in concert"
        assert {(one.kind, one.tail.id, one.head.id) for one in group.steps[0].facts} >= {("RELATED_TO", P, Q)}


def test_statements_that_are_too_old_are_told_and_what_they_would_have_tested_refers(tmp_path: Path) -> None:
    """a's income of 2015 is 1,000 and its sales to b 60: of a year of today that would be no dependence."""
    old = fact("SUPPLIES", A, B, amount=60.0, currency="CNY"), year(A, "revenue", 1000.0)
    old[1][1]["period_end"] = date(2015, 12, 31)
    asked = engine(tmp_path, lender(), *CAPITAL, *OWED, *old)
    value = ask(asked, 20)
    assert value.verdict == "refer"
    (gap,) = (gap for gap in value.gaps if gap.kind == "statements")
    assert "2015-12-31" in gap.en
    assert "2015-12-31" in gap.zh
    assert "24 months" in " ".join(groups(asked, A, moment=asked.moment()).reasons)


def test_every_member_of_the_lenders_own_circle_says_how_it_came_in(tmp_path: Path) -> None:
    """c holds 60 % of the bank, of a and of b: all three are related to it, whatever they owe."""
    held = [owns(C, firm, 0.6) for firm in (BANK, A, B)]
    value = ask(engine(tmp_path, lender(), *CAPITAL, *OWED, *held), 10)
    circles = [group for group in value.groups if group.kind == "lender_related"]
    assert circles
    for group in circles:
        how = {step.party.id: (step.how, step.how_zh) for step in (*group.steps, *group.others)}
        assert {member.party.id for member in group.members} <= how.keys()
        assert how[B] == ("controlled", "受关联方控制")
        assert belongs(group) == "is among the related parties of the lender (贷款人的关联方), 3 parties"


def test_several_are_named_as_either_language_does(tmp_path: Path) -> None:
    """a and b share the lender as main source of funds; c and d promise what nobody knows them to have."""
    facts = (lender(), *CAPITAL, loan(A, "1", 90.0), loan(B, "2", 70.0), *debts((A, 150.0), (B, 150.0)))
    givers = tuple(Guarantee(party=x, amount=5.0) for x in (C, D))
    value = ask(engine(tmp_path, *facts), 60.0, B, kind="loan", guarantors=givers)
    gaps = {gap.kind: (gap.en.rpartition(": ")[2], gap.zh.rpartition("：")[2]) for gap in value.gaps}
    assert gaps["guarantors"] == (f"{C}, {D}", f"{C}、{D}")
    assert gaps["funding"] == (f"{B}, {A}", f"{B}、{A}")
    hand = ask(engine(tmp_path / "2", lender("BCBS"), *CAPITAL), 60.0)
    (gap,) = (gap for gap in hand.gaps if gap.kind == BY_HAND)
    ids = re.findall(r"basel-[\w-]+", gap.en)
    assert len(ids) > 1
    assert (gap.en.endswith(", ".join(ids)), gap.zh) == (True, f"标准{'、'.join(ids)}须由人工认定")


def test_government_bodies_that_may_not_guarantee_are_named_as_either_language_does(tmp_path: Path) -> None:
    asked = engine(tmp_path, lender(), *CAPITAL, states=(STATE, CITY))
    view = asked.view(asked.moment())
    bodies = [view.snapshot.node(x) for x in (STATE, CITY)]
    told = unable_said(view, bodies, view.snapshot.node(BANK))
    assert told
    assert f"the guarantee of {STATE}, {CITY} protects nothing" in told[0]
    assert f"：{STATE}、{CITY}的保证" in told[1]
