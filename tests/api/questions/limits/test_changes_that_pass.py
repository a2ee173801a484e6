"""What a credit check tells as a change that passes, passes when it is asked for as a request of its own."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from api.questions import credit_check
from api.questions.limits.applications import Asked, Collateral, Guarantee, Request
from api.questions.limits.changes import Remedy
from api.questions.limits.checked import CreditCheck
from api.questions.limits.rules import ASIDE, KEPT, UNTOLD
from tests.api.limits.test_standing import BANK, OTHER, A, B, C, D, fact, item, lender, loan, owns
from tests.api.questions.limits import test_doubts as doubts
from tests.api.world import day

NUMBER = count()
DOLLAR = 8.0
"""Yuan that a dollar buys."""
AMOUNT = st.integers(1, 160).map(float)


@dataclass(frozen=True)
class Case:
    """What is lent to whom, who has how much, who guarantees a's debts, who may be asked to, and what is asked for."""

    owed: dict[str, float]
    worth: dict[str, float]
    promised: dict[str, float]
    held: tuple[tuple[str, str], ...]
    facility: Asked
    debts: dict[str, float] = field(default_factory=dict)
    """Debts in all; else so many that nobody is funded by the bank alone, and the bank by nobody."""
    crowd: int = 0
    """How many others owe 15, to the bank 10 as far as `owed` says nothing else: it funds them, and from eleven on that
    is a market."""

    @property
    def others(self) -> dict[str, float]:
        """What these others owe the bank."""
        return {x: self.owed.get(x, 10.0) for x in (f"r:e{k}" for k in range(self.crowd))}

    def facts(self) -> Iterator[doubts.Fact]:
        """A bank of 1000, another that counts as protection; a has no trade that could not be tested."""
        yield from (lender(), *doubts.CAPITAL, lender("", "bank", OTHER))
        yield from (loan(x, x, amount, kind="bond") for x, amount in (self.owed | self.others).items())
        yield from (item("total_debt", 15.0, party=x) for x in self.others)
        yield from (item("net_assets", amount, party=x) for x, amount in self.worth.items())
        yield from (item("total_debt", self.debts.get(x, 1e6), party=x) for x in (A, B, C, D, OTHER, BANK))
        yield "Rate", {"base": "USD", "quote": "CNY", "day": day("2024-06-28"), "rate": DOLLAR}
        yield from (owns(x, y, 0.6) for x, y in self.held)
        for x, amount in self.promised.items():
            yield fact("GUARANTEES", x, A, creditor=BANK, facility_id=A, amount=amount, currency="CNY")


def cases() -> st.SearchStrategy[Case]:
    firms = st.sampled_from([B, C, D, OTHER])
    offered = st.lists(st.builds(Guarantee, party=firms, amount=AMOUNT), max_size=2, unique_by=lambda one: one.party)
    pairs = st.lists(st.sampled_from([(B, C), (D, A), (B, OTHER), (A, C)]), max_size=2, unique=True)
    return st.builds(
        Case,
        st.dictionaries(st.sampled_from([A, B, C, D, OTHER]), AMOUNT, min_size=2),
        st.fixed_dictionaries(dict.fromkeys([B, C, D, OTHER], st.sampled_from([5.0, 60.0, 1e4]))),
        st.dictionaries(st.sampled_from([B, C]), AMOUNT, max_size=1),
        pairs.map(tuple),
        st.builds(
            Asked,
            amount=AMOUNT,
            currency=st.sampled_from(["CNY", "USD"]),
            kind=st.just("bond"),
            ccf=st.sampled_from([None, None, None, 0.0]),
            guarantors=offered.map(tuple),
        ),
        st.dictionaries(st.sampled_from([A, B, C, D]), st.sampled_from([100.0, 180.0, 300.0])),
        st.sampled_from([0, 0, 8, 9, 10]),
    )


def answered(case: Case, folder: Path) -> CreditCheck:
    asked = doubts.engine(folder / str(next(NUMBER)), *case.facts(), more=tuple(case.others))
    request = Request(applicant=A, lender=BANK, facility=case.facility)
    return credit_check(asked, request, moment=asked.moment(currency="CNY")).answer


def changed(case: Case, remedy: Remedy) -> Case:
    """The request, or the book, as a remedy would have it."""
    facility, owed, promised = case.facility, dict(case.owed), dict(case.promised)
    more: dict[str, Any] = facility.model_dump()
    rate = DOLLAR if facility.currency == "USD" else 1.0
    for step in remedy.steps:
        who, moved = step.party.id if step.party else "", step.change / rate
        if step.kind == "amount":
            more["amount"] -= moved
        elif step.kind == "collateral":
            more["collateral"] = (*more["collateral"], Collateral(kind="deposit", value=moved))
        elif step.kind == "guarantor_added":
            known = [one for one in more["guarantors"] if one["party"] == who]
            raised = Guarantee(party=who, amount=moved + sum(one["amount"] for one in known))
            more["guarantors"] = (*(one for one in more["guarantors"] if one not in known), raised)
        elif step.kind == "guarantor_released" and step.fact is None:
            more["guarantors"] = tuple(one for one in more["guarantors"] if one["party"] != who)
        elif step.kind == "guarantor_released":
            del promised[who]
        else:
            owed[who] = (case.owed | case.others)[who] - step.change
    return replace(case, owed=owed, promised=promised, facility=Asked.model_validate(more))


def passes(case: Case, folder: Path) -> bool:
    """Whether no limit breaks, asked for anew."""
    return not breaks(answered(case, folder))


def breaks(value: CreditCheck) -> bool:
    """Whether a limit breaks."""
    return any(held.rule.severity == "limit" and held.state not in (KEPT, UNTOLD, ASIDE) for held in value.lines)


def paid(case: Case, **amounts: float) -> Case:
    """The book with some paid down."""
    return replace(case, owed={x: amount - amounts.get(x.removeprefix("r:"), 0.0) for x, amount in case.owed.items()})


@st.composite
def funded(draw: st.DrawFn) -> Case:
    """Firms that the bank may fund in the main, and of two each the bank, one facility each: so few that every set of
    them is tried; whole amounts and halves, so that the least to be paid down is a whole amount."""
    firms = st.sampled_from([A, B, C, D])
    amount, debts = st.integers(20, 160).map(float), st.integers(10, 140).map(lambda half: 2.0 * half)
    owed = draw(st.dictionaries(firms, amount, min_size=2, max_size=3))
    few = len(owed) == 2
    return Case(
        owed,
        {},
        {},
        tuple(draw(st.lists(st.sampled_from([(A, B), (B, C), (D, A), (A, C)]), max_size=2, unique=True))),
        Asked(amount=float(draw(st.integers(1, 120))), currency="CNY", kind=draw(st.sampled_from(["bond", "loan"]))),
        {x: draw(debts) for x in (A, B, C, D)} | {BANK: draw(st.sampled_from([150.0, 1e6])) if few else 1e6},
        0 if few else draw(st.sampled_from([0, 1])),
    )


@given(case=funded(), data=st.data())
@settings(max_examples=12, deadline=None)
def test_no_less_would_do_than_is_told(tmp_path_factory: Any, case: Case, data: st.DataObject) -> None:
    """Each told change is made in the book and asked for anew: it passes with the room that was told. A unit less of it
    does not, however it is spread over the facilities. Less to owe never breaks anything here: no source of funds is so
    wide that it were a market."""
    folder = tmp_path_factory.mktemp("least")
    assume(not passes(case, folder))
    value, owed = answered(case, folder), {x.removeprefix("r:"): amount for x, amount in case.owed.items()}
    for remedy in value.remedies:
        later = answered(changed(case, remedy), folder)
        assert (passes(changed(case, remedy), folder), later.headroom) == (True, pytest.approx(remedy.headroom))
    single = {one.kind: one.change for one in value.remedies}
    if single and "combined" not in single:
        for x, amount in owed.items():
            told = min(single.get(kind, 1e6) for kind in ("member_reduced", "amount")[: 1 + (x == "a")])
            less = min(told - 1, amount)
            assert less <= 0 or not passes(paid(case, **{x: less}), folder), (x, less)
    left = value.remedies[0].change - 1 if value.remedies else 1e6
    if "combined" in single or not single:
        spread: dict[str, float] = {}
        for x in data.draw(st.permutations(list(owed))):
            spread[x] = min(left - sum(spread.values()), data.draw(st.sampled_from([owed[x], owed[x] / 2])) // 1)
        assert not passes(paid(case, **spread), folder), spread


def test_what_is_told_counts_that_paying_down_ends_a_dependence_on_the_bank(tmp_path: Path) -> None:
    """a would owe 93 of 132, b owes 114 of 122 and d 92 of 140: the bank funds all three, 299 of 200. With 53 less b
    owes half, and a and d come to 185; then a might owe 108 in all. With d down to 70 a and b would come to 207."""
    facility = Asked(amount=93.0, currency="CNY", kind="bond")
    case = Case({B: 114.0, D: 92.0}, {}, {}, (), facility, {A: 132.0, B: 122.0, D: 140.0})
    told = {one.kind: one for one in answered(case, tmp_path).remedies}
    step = told["member_reduced"].steps[0]
    assert (step.party.id if step.party else "", step.change, told["member_reduced"].headroom) == (B, 53.0, 108.0)
    assert told["amount"].change == 27.0  # to half of its debts
    after = [passes(paid(case, **less), tmp_path) for less in ({"b": 53.0}, {"b": 52.0}, {"d": 53.0})]
    assert after == [True, False, False]


def test_what_is_told_counts_that_paying_its_own_loan_down_frees_the_applicant(tmp_path: Path) -> None:
    """a owes 120 of 220 and asks for 20, b owes 140 of 200: together 280 of 200. With 30 less a owes half of its debts,
    the 20 among them, and is within 150 by itself; of b it takes 40. Asking for 20 less would leave 260."""
    facility = Asked(amount=20.0, currency="CNY", kind="bond")
    case = Case({A: 120.0, B: 140.0}, {}, {}, (), facility, {A: 220.0, B: 200.0})
    told = answered(case, tmp_path).remedies
    assert [(one.kind, one.change, one.steps[0].party and one.steps[0].party.id) for one in told] == [
        ("member_reduced", 30.0, A)
    ]
    assert [passes(paid(case, a=less), tmp_path) for less in (30.0, 29.0)] == [True, False]


def test_what_is_told_counts_that_paying_down_frees_the_bank_of_its_borrower(tmp_path: Path) -> None:
    """b, who controls a, owes the bank 120 of the 200 that the bank owes itself: with b the bank would fall, and with
    it c and d whom it funds, 45 of their 40 each: with the 60 that a asks for 270 of 200. With 20 less b is not what
    the bank lives on; of c it takes 25. A bank that owes 1,000,000 does not depend on b at all."""
    facility = Asked(amount=60.0, currency="CNY", kind="bond")
    debts = {C: 40.0, D: 40.0, BANK: 200.0}
    case = Case({B: 120.0, C: 45.0, D: 45.0}, {}, {}, ((B, A),), facility, debts)
    told = next(one for one in answered(case, tmp_path).remedies if one.kind == "member_reduced")
    assert (told.change, told.steps[0].party and told.steps[0].party.id) == (20.0, B)
    after = [passes(paid(case, **less), tmp_path) for less in ({"b": 20.0}, {"b": 19.0}, {"c": 24.0}, {"c": 25.0})]
    assert after == [True, False, False, True]
    assert passes(replace(case, debts=debts | {BANK: 1e6}), tmp_path)


def test_several_facilities_of_one_client_are_paid_down_as_one_change(tmp_path: Path) -> None:
    """b owes 110 of 200 in facilities of 5: two of them, 10, and it owes half. Then a and d are 182 of 200."""
    book = [lender(), *doubts.CAPITAL, loan(D, D, 92.0, kind="bond")]
    book += [item("total_debt", debts, party=x) for x, debts in ((A, 132.0), (B, 200.0), (D, 140.0), (BANK, 1e6))]
    parts = [loan(B, f"B{k}", 5.0, kind="bond") for k in range(22)]
    before, after, less = (
        doubts.ask(doubts.engine(tmp_path / str(many), *book, *parts[:many]), 90.0) for many in (22, 20, 21)
    )
    told = next(one for one in before.remedies if one.kind == "member_reduced")
    steps = [(step.change, step.party.id if step.party else "") for step in told.steps]
    assert (told.change, steps) == (10.0, [(5.0, B), (5.0, B)])
    assert (told.verdict, told.headroom) == (after.verdict, after.headroom)
    assert [breaks(value) for value in (before, after, less)] == [True, False, True]


def test_a_lender_without_debts_lives_on_whoever_owes_it(tmp_path: Path) -> None:
    """The bank states debts of 0, so that any repayment is more than all of them, whatever b and d pay down. It funds
    both and a, 292 of 200: of b 92 are to be paid down, or a asks for half of its debts of 132."""
    facility = Asked(amount=90.0, currency="CNY", kind="bond")
    case = Case({B: 110.0, D: 92.0}, {}, {}, (), facility, {A: 132.0, B: 200.0, D: 140.0, BANK: 0.0})
    told = [(one.kind, one.change, one.headroom) for one in answered(case, tmp_path).remedies]
    assert told == [("amount", 24.0, 66.0), ("member_reduced", 92.0, 90.0)]
    assert [passes(paid(case, b=less), tmp_path) for less in (10.0, 91.0, 92.0)] == [False, False, True]


@pytest.mark.parametrize(
    ("of_a", "of_b", "less", "paid_down"), [(133.0, 121.0, "26.50", "53.50"), (133.999, 121.2, "26.001", "53.40")]
)
def test_a_change_in_words_is_never_less_than_what_passes(
    tmp_path: Path, of_a: float, of_b: float, less: str, paid_down: str
) -> None:
    """As above, with debts of which halves are no whole amounts: 66.5 and 60.5, or 66.9995 and 60.6."""
    facility = Asked(amount=93.0, currency="CNY", kind="bond")
    case = Case({B: 114.0, D: 92.0}, {}, {}, (), facility, {A: of_a, B: of_b, D: 140.0})
    told = {one.kind: one for one in answered(case, tmp_path).remedies}
    assert told["amount"].text == f"lend CNY {less} less"
    assert told["member_reduced"].text.endswith(f"paid down by CNY {paid_down}")
    smaller = replace(case, facility=facility.model_copy(update={"amount": 93.0 - float(less)}))
    assert passes(smaller, tmp_path)
    assert passes(paid(case, b=float(paid_down)), tmp_path)


def test_several_are_paid_down_so_far_that_each_depends_on_the_bank_no_more(tmp_path: Path) -> None:
    """The bank funds d with 120 of 120, a, which d controls, with 60 and the 10 that it asks for of 100, b with 80 of
    130 and c with 80 of 150: 350 of 200. With 15 less of b and 5 of c both owe half, and a and d come to 190; one less
    of them leaves one of them in. No single change would do: without b 270, without d 230."""
    facility = Asked(amount=10.0, currency="CNY", kind="bond")
    case = Case(
        {A: 60.0, B: 80.0, C: 80.0, D: 120.0}, {}, {}, ((D, A),), facility, {A: 100.0, B: 130.0, C: 150.0, D: 120.0}
    )
    first = answered(case, tmp_path).remedies[0]
    told = {step.party.id if step.party else "": step.change for step in first.steps}
    assert (first.kind, told, first.headroom) == ("combined", {B: 15.0, C: 5.0}, 20.0)
    after = [passes(paid(case, **less), tmp_path) for less in ({"b": 15.0, "c": 5.0}, {"b": 14.0, "c": 5.0})]
    assert after == [True, False]


@given(case=cases())
@settings(max_examples=40, deadline=None)
def test_what_is_told_as_a_change_that_passes_passes(tmp_path_factory: Any, case: Case) -> None:
    folder = tmp_path_factory.mktemp("changes")
    for remedy in answered(case, folder).remedies:
        verdict = answered(changed(case, remedy), folder).verdict
        assert verdict == "approve" or remedy.verdict != "approve", remedy.text
        assert verdict != "decline", remedy.text


def test_paying_down_is_no_remedy_where_a_market_becomes_a_common_source_of_funds(tmp_path: Path) -> None:
    """a owes 100 of its 150, b, which it controls, 90 of its 170; with 20 more they are 210 of 200. Eleven are funded
    by the bank, which is a market, and with b paid down by 10 to 80 of 170 only ten: with nine that owe 10 each 290.

    Of one more in the crowd it stays a market, and so it does where b owes 90 of 150.
    """
    facility = Asked(amount=20.0, currency="CNY", kind="loan")
    case = Case({A: 100.0, B: 90.0}, {}, {}, ((A, B),), facility, {A: 150.0, B: 170.0}, 9)
    after = replace(case, owed={A: 100.0, B: 80.0})
    more, most = replace(case, crowd=10), replace(case, debts={A: 150.0, B: 150.0})
    for one, told, verdict in ((case, False, "refer"), (more, True, "approve"), (most, True, "approve")):
        paid = [remedy for remedy in answered(one, tmp_path).remedies if remedy.kind == "member_reduced"]
        assert [(remedy.change, remedy.verdict) for remedy in paid] == [(10.0, "approve")] * told
        assert answered(replace(one, owed=after.owed), tmp_path).verdict == verdict


def test_a_guarantee_may_be_released_together_with_a_loan_paid_down(tmp_path: Path) -> None:
    """c promised 66 for a and has 5: a, b that it may control and c owe 247 and ask for 82 more. Without the promise a
    and b come to 201 of 200; so 66 and 1 to move, less than the 129 that c's own 128 and the same 1 are."""
    perhaps = owns(A, B, (0.2, 0.4, 0))
    book = (lender(), *doubts.CAPITAL, perhaps, item("net_assets", 5.0, party=C), item("net_assets", 1e4, party=B))
    owed = (loan(C, C, 128.0, kind="bond"), loan(A, A, 40.0, kind="bond"))
    promise = fact("GUARANTEES", C, A, creditor=BANK, facility_id=A, amount=66.0, currency="CNY")
    book += (fact("GUARANTEES", B, D, creditor=OTHER, amount=1.0, currency="CNY"),)
    before, after = (
        doubts.engine(tmp_path / name, *book, *owed, loan(B, B, amount, kind="bond"), *more)
        for name, amount, more in (("before", 79.0, (promise,)), ("after", 78.0, ()))
    )
    value = doubts.ask(before, 82.0)
    steps = [[(step.kind, step.change) for step in one.steps] for one in value.remedies]
    assert steps[0] == [("guarantor_released", 66.0), ("member_reduced", 1.0)]
    facts = [(step.fact.kind, step.fact.tail.id, step.fact.head.id) for step in value.remedies[0].steps if step.fact]
    assert facts == [("GUARANTEES", C, A), ("LENDS", BANK, B)]
    assert (value.remedies[0].change, doubts.ask(after, 82.0).verdict) == (67.0, "approve")


def test_what_paying_down_ends_is_not_asked_of_who_pays(tmp_path: Path) -> None:
    """Ten others and a, who owes the bank 119 of 100 that it states, are funded by it: a market, of which it is not
    known whether another could fund them. Paid down by 119 a still asks for 57, and so the market stays one."""
    others = tuple(f"r:e{k}" for k in range(10))
    crowd = [fact for x in others for fact in (loan(x, x, 10.0, kind="loan"), item("total_debt", 15.0, party=x))]
    ties = (owns(B, A, 0.18), owns(A, C, 0.31), owns(A, D, 0.35), item("total_debt", 100.0, party=A))

    def asked(name: str, **owed: float) -> CreditCheck:
        loans = (loan(f"r:{x}", f"r:{x}", amount, kind="bond") for x, amount in owed.items())
        found = doubts.engine(tmp_path / name, lender(), *doubts.CAPITAL, *crowd, *ties, *loans, more=others)
        return doubts.ask(found, 57.0, kind="loan")

    first = asked("before", a=119.0, b=109.0, c=69.0, d=75.0).remedies[0]
    paid = {step.party.id if step.party else "": step.change for step in first.steps}
    assert paid == {A: 119.0, B: 109.0, D: 1.0}
    assert (first.verdict, asked("after", c=69.0, d=74.0).verdict) == ("approve", "approve")


def test_a_guarantor_who_would_fall_with_the_applicant_is_no_remedy(tmp_path: Path) -> None:
    """The other bank owes 190 and has 5: with a guarantee of 20 it would fall with a, whose 150 and 40 make 380 of 200.

    Asked of one that has 1,000 the same guarantee passes.
    """
    poor = Case({A: 130.0, OTHER: 190.0}, {OTHER: 5.0}, {}, (), Asked(amount=40.0, currency="CNY", kind="bond"))
    rich = replace(poor, worth={OTHER: 1000.0})
    told = [
        {(one.kind, one.verdict) for one in answered(case, tmp_path).remedies if one.kind == "guarantor_added"}
        for case in (poor, rich)
    ]
    assert told == [set(), {("guarantor_added", "approve")}]


def test_a_guarantee_released_does_not_free_who_offers_as_much_again(tmp_path: Path) -> None:
    """b has 5, guaranteed 6 for a and offers 6 more: released of the first it would still promise more than it has."""
    offered = (Guarantee(party=B, amount=6.0),)
    facility = Asked(amount=100.0, currency="CNY", kind="bond", guarantors=offered)
    case = Case({A: 20.0, B: 100.0}, {B: 5.0}, {B: 6.0}, (), facility)
    value = answered(case, tmp_path)
    assert value.verdict == "refer"
    assert not [one for one in value.remedies if any(step.fact for step in one.steps if "guarantor" in step.kind)]
    alone = replace(case, facility=facility.model_copy(update={"guarantors": ()}))
    assert ("guarantor_released", "approve") in {(one.kind, one.verdict) for one in answered(alone, tmp_path).remedies}


def test_a_guarantor_left_out_no_longer_falls_with_the_applicant(tmp_path: Path) -> None:
    """b owes 100 and has 5, and offers 60 for 120 of a: together 220 of 200, without it a's 120 are within 150."""
    offered = (Guarantee(party=B, amount=60.0),)
    facility = Asked(amount=120.0, currency="CNY", kind="bond", guarantors=offered)
    case = Case({B: 100.0}, {B: 5.0}, {}, (), facility)
    value = answered(case, tmp_path)
    released = next(one for one in value.remedies if one.kind == "guarantor_released")
    assert (value.verdict, released.change, released.verdict) == ("refer", 60.0, "approve")
    assert answered(changed(case, released), tmp_path).verdict == "approve"
