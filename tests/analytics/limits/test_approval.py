from dataclasses import replace
from datetime import date
from fractions import Fraction
from math import inf, isinf

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.limits.application import Application, Cut
from analytics.limits.approval import Check, check_credit
from analytics.limits.capital import Capital, Figure
from analytics.limits.catalogue import Rule, shipped
from analytics.limits.check import check_book
from analytics.limits.facility import Facility, Guarantor
from analytics.limits.gaps import gaps_of
from analytics.limits.standing import Standing, standing_of
from analytics.limits.units import Readings, Units
from graph.errors import InvalidAmount, InvalidQuestion, InvalidShare
from tests.analytics.limits.applications import applications, granted, touched
from tests.analytics.limits.books import DAY, MUCH, RULES, World, about, broken, filled, limit, total

HAIR, THOUSANDTH = Fraction(1, 10**6), Fraction(1, 1000)
GROUP = shipped().rule("CN_LE_GROUP_20")
SINGLE = shipped().rule("CN_LE_SINGLE_15")
TWO = World([(1, "loan", 90, 0, 0), (2, "loan", 75, 0, 0)])
TOGETHER = Units.of([[1, 2]])


def asked(amount: float, *, narrow: Units | None = None, wide: Units | None = None) -> Application:
    readings = Readings(*({} if units is None else {"connected": units} for units in (narrow, wide)))
    return Application(1, Facility(amount), readings)


def limits_broken(world: World, hair: Fraction = THOUSANDTH) -> set[tuple[str, frozenset[int]]]:
    """Limits that a book breaks by more than a hair, by the rules written out."""
    return {
        (rule.id, unit)
        for rule in RULES
        if rule.severity == "limit"
        for unit in about(world, rule)
        if broken(total(world, rule, set(unit)), limit(world, rule) + hair, ">")
        or (rule.comparison == ">=" and total(world, rule, set(unit)) >= limit(world, rule) - hair / 10)
    }


@given(applications())
@settings(max_examples=150, deadline=None)
def test_a_check_tells_what_the_book_would_hold(case: tuple[World, Application]) -> None:
    world, application = case
    later = granted(world, application)
    check, bearing = check_credit(world.standing(RULES), application), touched(world, application)
    for line in check.lines:
        members = set(line.members.tolist())
        assert line.before == pytest.approx(float(total(world, line.rule, members)), abs=1e-7)
        amount, cap = total(later, line.rule, members), limit(world, line.rule)
        assert line.after == pytest.approx(float(amount), abs=1e-7)
        if amount == cap or abs(amount - cap) > THOUSANDTH:
            bears = (line.rule.id, frozenset(members)) in bearing
            assert (line.bears, line.breaks) == (bears, bears and broken(amount, cap, line.rule.comparison))
    known = touched(filled(world, 0), application)
    sure = [line for line in check.limits if (line.rule.id, frozenset(line.members.tolist())) in known]
    broken_for_sure = any(line.breaks and not line.rule.unread for line in sure)
    assert (check.verdict == "decline") == broken_for_sure
    if any(line.bears and line.rule.unread for line in check.limits):  # rules of the EU are not verified
        assert check.verdict != "approve"
    told = {(line.rule.id, frozenset(line.members.tolist())) for line in check.lines}
    grown = {
        (rule.id, unit)
        for rule in RULES
        for unit in about(later, rule)
        if total(later, rule, set(unit)) > total(world, rule, set(unit))
    }
    assert grown <= told


@given(applications(loose=True), st.sampled_from([0, 60, MUCH]))
@settings(max_examples=300, deadline=None)
def test_nothing_passes_that_breaks_whatever_is_not_known(case: tuple[World, Application], amount: int) -> None:
    """Also with collateral for all that is owed."""
    world, application = case
    read = tuple(rule for rule in RULES if not rule.unread)
    if check_credit(world.standing(read), application).verdict == "approve":
        now = filled(world, amount)
        new = limits_broken(granted(now, application)) & touched(now, application)
        assert not {rule for rule, _ in new} & {rule.id for rule in read}


def test_collateral_that_a_new_facility_thins_over_a_guaranteed_one_refers() -> None:
    """A deposit of 60 covers what bank 2 guarantees; 60 more leave half of it, and bank 2 stands at 270 of 250."""
    rows, guaranteed = [(1, "loan", 60, 0, 0), (2, "loan", 240, 0, 0)], [(2, 1, 100, 0, True)]
    interbank = shipped().rule("CN_LE_INTERBANK_25")
    application = Application(1, Facility(60.0), Readings({}))
    for pledge, verdict in (((1, "deposit", 60, None), "refer"), ((1, "deposit", 60, 0), "approve")):
        world = World(rows, [pledge], guaranteed, banks=frozenset([2]))
        check = check_credit(world.standing((SINGLE, interbank)), application)
        assert check.verdict == verdict
        later = granted(world, application)
        broken_later = {rule for rule, _ in limits_broken(later)}
        assert (interbank.id in broken_later) is (verdict == "refer")
        assert [gap.kind for gap in gaps_of(check)] == ["thinned"] * (verdict == "refer")


@given(applications())
@settings(max_examples=100, deadline=None)
def test_headroom_is_exact(case: tuple[World, Application]) -> None:
    """The headroom itself breaks nothing that the facility touches, one unit more does."""
    world, application = case
    check = check_credit(world.standing(RULES), application)
    most = check.headroom
    for amount, passes in ((most, True), (most + 1, False)):
        if 0 < amount < inf:
            tried = replace(application, facility=replace(application.facility, amount=amount))
            assert any(line.breaks for line in check_credit(world.standing(RULES), tried).limits) != passes
            hair = THOUSANDTH if passes else HAIR
            assert bool(limits_broken(granted(world, tried), hair) & touched(world, tried)) != passes
    if isinf(most):
        huge = replace(application, facility=replace(application.facility, amount=1e9))
        assert not limits_broken(granted(world, huge)) & touched(world, huge)


@given(applications())
@settings(max_examples=100, deadline=None)
def test_a_larger_facility_never_fares_better(case: tuple[World, Application]) -> None:
    world, application = case
    larger = replace(application, facility=replace(application.facility, amount=application.facility.amount + 50))
    order = ("approve", "refer", "decline")
    standing = world.standing(RULES)
    verdicts = [check_credit(standing, a).verdict for a in (application, larger)]
    assert order.index(verdicts[0]) <= order.index(verdicts[1])


def test_the_rule_that_leaves_least_binds() -> None:
    """The worked case of the domain reference: 50, 60, 35 and 30 are left, each by its own denominator."""
    rows = [(1, "loan", 70, 0, 0), (1, "acceptance", 20, 0, 0), (2, "bond", 75, 0, 0)]
    groups = {"connected": Units.of([[1, 2]]), "control": Units.of([[1, 3]])}
    world = World([*rows, (3, "bond", 60, 0, 0)])
    names = ("CN_LOAN_SINGLE_10", "CN_LE_SINGLE_15", "CN_LE_GROUP_20", "CN_GROUP_CREDIT_15")
    standing = world.standing(tuple(shipped().rule(name) for name in names))
    check = check_credit(standing, Application(1, Facility(10.0), Readings(groups)))
    assert {line.rule.id: line.amount_most for line in check.limits} == {
        "CN_LOAN_SINGLE_10": 50, "CN_LE_SINGLE_15": 60, "CN_LE_GROUP_20": 35, "CN_GROUP_CREDIT_15": 30,
    }  # fmt: skip
    assert (check.headroom, check.binding.rule.id, check.verdict) == (30, "CN_GROUP_CREDIT_15", "approve")


def test_both_groups_of_an_applicant_must_pass() -> None:
    world = World([(1, "loan", 90, 0, 0), (2, "loan", 75, 0, 0), (3, "loan", 100, 0, 0)])
    standing = world.standing((GROUP,))
    check = check_credit(standing, asked(20, narrow=Units.of([[1, 2], [1, 3]])))
    assert sorted(line.amount_most for line in check.limits) == [10, 35]
    assert check.verdict == "decline"


def test_at_the_limit_it_passes_and_a_cent_above_it_does_not() -> None:
    standing = TWO.standing((SINGLE, GROUP))
    verdicts = [check_credit(standing, asked(amount, narrow=TOGETHER)).verdict for amount in (35, 35.01)]
    assert verdicts == ["approve", "decline"]


def verdict_of(narrow: Units | None, wide: Units | None) -> Check:
    return check_credit(TWO.standing((SINGLE, GROUP)), asked(40, narrow=narrow, wide=wide))


def test_decline_needs_the_narrow_reading_to_break() -> None:
    assert verdict_of(TOGETHER, TOGETHER).verdict == "decline"
    assert verdict_of(None, TOGETHER).verdict == "refer"
    assert verdict_of(None, None).verdict == "approve"
    check = verdict_of(None, TOGETHER)
    assert (check.headroom, check.headroom_certain) == (35, 60)
    assert {line.rule.id: line.certain for line in check.limits} == {"CN_LE_SINGLE_15": True, "CN_LE_GROUP_20": False}


def test_whom_a_rule_is_about_follows_from_those_with_something_at_stake() -> None:
    """Banks 1 and 2 under 3, to whom nothing is lent: 211 of 250 for banks, as the book measures them. Of 200 where 3
    owes anything or is the one who asks."""
    rows = [(1, "interbank", 110, 0, 0), (2, "interbank", 100, 0, 0)]
    rules, together = (GROUP, shipped().rule("CN_LE_INTERBANK_25")), Units.of([[1, 2, 3]])
    banks, mixed = (World(found, banks=frozenset([1, 2])) for found in (rows, [*rows, (3, "loan", 1, 0, 0)]))
    assert check_of(banks, rules, 1, together) == ("approve", {"CN_LE_INTERBANK_25": 40.0})
    assert check_of(mixed, rules, 1, together)[0] == "decline"
    assert check_of(banks, rules, 3, together)[0] == "decline"
    uses = {use.rule.id: use for use in check_book(banks.standing(rules), {"connected": together}).uses}
    assert uses["CN_LE_INTERBANK_25"].exposure.tolist() == [110, 100, 210]
    assert not len(uses["CN_LE_GROUP_20"].units)


def test_a_debt_that_moves_whole_to_a_bank_is_measured_as_the_banks() -> None:
    """Bank 2 owes 150, controls 1 and guarantees 100 of what 1 asks for: up to 100 nothing is at stake with 1, and the
    group has 250 for banks; of a unit more 1 keeps some, and of 200 the group has 251."""
    world = World([(2, "bond", 150, 0, 0)], groups={"connected": [{1, 2}]}, banks=frozenset([2]))
    standing = world.standing((GROUP, SINGLE, shipped().rule("CN_LE_INTERBANK_25")))
    giver = Guarantor(2, 100.0, eligible=True)
    for amount, verdict, headroom in ((70.0, "approve", 100.0), (100.0, "approve", 100.0), (101.0, "decline", 100.0)):
        facility = Facility(amount, "bond", guarantors=(giver,))
        check = check_credit(standing, Application(1, facility, Readings({"connected": TOGETHER})))
        assert (check.verdict, check.headroom) == (verdict, headroom)
        later = limits_broken(granted(world, Application(1, facility, Readings({}))))
        in_book = {rule for rule, _ in later if rule.startswith("CN")}
        for found in ({line.rule.id for line in check.limits if line.breaks}, in_book):
            assert found == ({GROUP.id} if amount > 100 else set())


def test_a_limit_that_the_facility_does_not_touch_does_not_turn_the_verdict() -> None:
    """Bank 2 stands at 260 of 250 and has 50 spare for 1; bank 3 guarantees 30 of what is asked for, and 2 none."""
    world = World([(2, "loan", 260, 0, 0)], guarantees=[(2, 1, 50, None, True)], banks=frozenset([2, 3]))
    standing = world.standing((SINGLE, shipped().rule("CN_LE_INTERBANK_25")))
    for amount, verdict, headroom in ((20.0, "approve", 30.0), (31.0, "decline", 30.0)):
        facility = Facility(amount, guarantors=(Guarantor(3, 30.0, eligible=True),))
        check = check_credit(standing, Application(1, facility, Readings({})))
        assert (check.verdict, check.headroom) == (verdict, headroom)


def test_what_counts_nothing_is_held_where_its_guarantor_makes_a_group() -> None:
    """Of a commitment converted at 0 nothing counts; whoever guarantees it may fall with 1: 90 and 120 of 200."""
    standing = World([(1, "loan", 90, 0, 0), (2, "loan", 120, 0, 0)]).standing((SINGLE, GROUP))
    for givers, verdict, headroom in (((Guarantor(2, 60.0),), "refer", 0.0), ((), "refer", inf)):
        facility = Facility(10.0, "commitment", 0.0, guarantors=givers)
        check = check_credit(standing, Application(1, facility, Readings({}, {"connected": TOGETHER})))
        assert (check.verdict, check.headroom) == (verdict, headroom)
        assert [line.rule.id for line in check.limits if line.breaks] == [GROUP.id] * len(givers)
    alone = check_credit(standing, Application(1, replace(facility, guarantors=(Guarantor(3, 60.0),)), Readings({})))
    assert [gap.kind for gap in gaps_of(alone)] == ["no_rules"]


def check_of(world: World, rules: tuple[Rule, ...], applicant: int, units: Units) -> tuple[str, dict[str, float]]:
    """Verdict on one unit more, and the least room by rule."""
    check = check_credit(world.standing(rules), Application(applicant, Facility(1.0), Readings({"connected": units})))
    return check.verdict, {line.rule.id: line.amount_most for line in check.limits if len(line.members) > 1}


def test_what_a_guarantor_for_all_that_is_owed_has_not_used_up_moves_more_to_it() -> None:
    """Bank 2 owes 240 and guarantees 100 for all that 1 owes, which is 5: of 40 more it takes 40, and is at 285 of
    250; of 200 more it takes 95."""
    world = World([(2, "bond", 240, 0, 0), (1, "bond", 5, 0, 0)], guarantees=[(2, 1, 100, None, True)],
                  banks=frozenset([2]))  # fmt: skip
    standing = world.standing((SINGLE, shipped().rule("CN_LE_INTERBANK_25")))
    check = check_credit(standing, asked(40))
    assert {line.rule.id: (line.before, line.after) for line in check.limits} == {
        "CN_LE_SINGLE_15": (0, 0), "CN_LE_INTERBANK_25": (245, 285),
    }  # fmt: skip
    assert (check.verdict, check.headroom) == ("decline", 5)
    more = check_credit(standing, asked(200))
    assert {line.rule.id: line.after for line in more.limits} == {"CN_LE_SINGLE_15": 105, "CN_LE_INTERBANK_25": 340}


@pytest.mark.parametrize(
    ("kind", "verdict"),
    [("commitment", "refer"), ("letter of credit", "refer"), ("acceptance", "refer"), ("guarantee", "refer"),
     ("loan", "approve")],
)  # fmt: skip
def test_what_is_granted_and_not_stated_refers(kind: str, verdict: str) -> None:
    """Of a loan what is undrawn may be left out; of a commitment it is all there is."""
    book = replace(World([(1, kind, 0, 0, 1)]).book(), undrawn=np.array([np.nan]))
    standing = standing_of(book, TWO.cover(), (SINGLE,), lender=0, capital=TWO.standing().capital, day=DAY)
    assert check_credit(standing, asked(150)).verdict == verdict


def test_a_rule_whose_measure_was_not_read_refers() -> None:
    """The 15 % on related parties was read; how far kin of the lender reaches was not."""
    rule = shipped().rule("CN_RELATED_GROUP_15")
    assert rule.verified
    assert "from memory" in rule.unread
    units = {"lender_related": TOGETHER}
    checks = [check_credit(TWO.standing((rule,)), Application(1, Facility(a), Readings(units))) for a in (1.0, 1000.0)]
    assert [check.verdict for check in checks] == ["refer", "refer"]
    assert not shipped().rule("CN_LE_GROUP_20").unread
    assert shipped().rule("CRR_395").unread


def test_without_capital_it_is_referred_and_headroom_is_not_whole() -> None:
    standing = standing_of(TWO.book(), TWO.cover(), (SINGLE,), lender=0, capital=Capital(()), day=DAY)
    check = check_credit(standing, asked(1))
    assert (check.verdict, check.headroom, check.headroom_whole, check.binding) == ("refer", inf, False, None)


@pytest.mark.parametrize("amount", [1, 1000])
def test_old_capital_refers_whether_a_limit_breaks_by_it_or_not(amount: float) -> None:
    old = Capital((Figure("tier1", 1000.0, date(2021, 12, 31)),))
    standing = standing_of(TWO.book(), TWO.cover(), (SINGLE,), lender=0, capital=old, day=DAY)
    check = check_credit(standing, asked(amount))
    assert (check.verdict, check.headroom, check.headroom_whole) == ("refer", 60, False)


def test_what_breaks_only_if_an_untested_dependence_holds_refers() -> None:
    """90 and 75 of 200: 35 more pass as one group, 60 alone."""
    standing = TWO.standing((SINGLE, GROUP))
    for amount, verdict in ((35, "approve"), (36, "refer"), (61, "decline")):
        readings = Readings({}, untested=TOGETHER)
        check = check_credit(standing, Application(1, Facility(float(amount)), readings))
        assert (check.verdict, check.headroom, check.headroom_certain) == (verdict, 35, 60)
        assert {line.rule.id: line.tested for line in check.limits} == {
            "CN_LE_SINGLE_15": True,
            "CN_LE_GROUP_20": False,
        }


def test_an_unknown_amount_of_a_party_that_only_may_be_connected_does_not_refer() -> None:
    book = replace(TWO.book(), drawn=np.array([90.0, np.nan]))
    standing = standing_of(book, TWO.cover(), (SINGLE, GROUP), lender=0, capital=TWO.standing().capital, day=DAY)
    assert check_credit(standing, Application(1, Facility(5.0), Readings({}, untested=TOGETHER))).verdict == "approve"


@pytest.mark.parametrize(
    ("amount", "open_", "verdict"), [(10, True, "approve"), (11, True, "refer"), (11, False, "approve")]
)
def test_above_five_per_cent_a_dependence_that_nobody_judged_refers(amount: int, open_: bool, verdict: str) -> None:
    """12 CFR 252.76(a)(1): what exceeds 5 per cent, 50 of 1000, has to be looked into."""
    standing = World([(1, "loan", 40, 0, 0)]).standing(tuple(shipped().in_force(DAY, rule_sets=["BCBS"])))
    open_parties = frozenset([1] if open_ else [])
    check = check_credit(standing, Application(1, Facility(float(amount)), Readings({}), unassessed=open_parties))
    assert check.verdict == verdict
    assert check.binding is not None
    assert (check.binding.rule.id, check.headroom) == (("BCBS_ASSESS_5", 10) if open_ else ("BCBS_LEX_25", 210))


def test_a_duty_to_look_into_dependence_is_no_limit_by_itself() -> None:
    standing = TWO.standing((shipped().rule("BCBS_ASSESS_5"),))
    check = check_credit(standing, Application(1, Facility(1.0), Readings({}), unassessed=frozenset([1])))
    assert check.verdict == "refer"
    assert not any(line.forbids for line in check.lines)


def test_what_may_be_an_institution_is_not_declined_by_a_limit_for_others() -> None:
    standing = TWO.standing((SINGLE,))
    perhaps = replace(asked(100), perhaps=frozenset([1]))
    assert [check_credit(standing, one).verdict for one in (asked(100), perhaps)] == ["decline", "refer"]
    group = TWO.standing((GROUP,))
    mixed = replace(asked(100, narrow=TOGETHER), perhaps=frozenset([1]))
    assert check_credit(group, mixed).verdict == "decline"  # 2 is none in any case


def test_groups_that_are_not_told_whole_pass_nothing() -> None:
    standing = TWO.standing((SINGLE, GROUP))
    for amount, verdict in ((1, "refer"), (61, "decline")):
        check = check_credit(standing, Application(1, Facility(float(amount)), Readings({}, missing=("too_wide",))))
        assert (check.verdict, check.headroom_whole) == (verdict, False)


def test_an_unverified_rule_refers_whether_it_breaks_or_not() -> None:
    standing = TWO.standing((shipped().rule("CRR_395"),))
    assert [check_credit(standing, asked(amount)).verdict for amount in (1, 1000)] == ["refer", "refer"]


def test_an_unknown_amount_refers_unless_what_is_known_breaks_already() -> None:
    book = replace(TWO.book(), drawn=np.array([90.0, np.nan]))
    standing: Standing = standing_of(
        book, TWO.cover(), (SINGLE, GROUP), lender=0, capital=TWO.standing().capital, day=DAY
    )
    verdicts = [check_credit(standing, asked(amount, narrow=TOGETHER)).verdict for amount in (10, 61)]
    assert verdicts == ["refer", "decline"]


def test_no_rule_in_force_refers() -> None:
    assert check_credit(TWO.standing(()), asked(1)).verdict == "refer"


def test_a_rule_that_counts_nothing_of_the_facility_is_left_out() -> None:
    standing = World([(1, "loan", 500, 0, 0)]).standing((shipped().rule("CN_LOAN_SINGLE_10"), GROUP))
    found = check_credit(standing, Application(1, Facility(5.0, kind="bond"), Readings({"connected": TOGETHER})))
    assert [line.rule.id for line in found.limits] == ["CN_LE_GROUP_20"]


def test_a_large_exposure_is_told_and_does_not_decline() -> None:
    rules = (shipped().rule("BCBS_LARGE_10"), shipped().rule("BCBS_LEX_25"))
    check = check_credit(TWO.standing(rules), asked(20))
    assert check.verdict == "approve"
    assert [(line.rule.severity, line.breaks) for line in check.lines] == [("limit", False), ("large", True)]


@pytest.mark.parametrize(
    ("facility", "error"),
    [
        (Facility(0.0), InvalidAmount),
        (Facility(float("nan")), InvalidAmount),
        (Facility(5.0, ccf=1.5), InvalidShare),
        (Facility(5.0, kind="gift"), InvalidQuestion),
        (Facility(5.0, maturity=DAY), InvalidQuestion),
    ],
)
def test_a_facility_that_cannot_be_is_refused(facility: Facility, error: type[Exception]) -> None:
    with pytest.raises(error):
        check_credit(TWO.standing((SINGLE,)), Application(1, facility, Readings({})))


def test_a_stranger_and_a_cut_of_what_is_not_there_are_refused() -> None:
    standing = TWO.standing((SINGLE,))
    with pytest.raises(InvalidQuestion, match="applicant 7"):
        check_credit(standing, Application(7, Facility(5.0), Readings({})))
    for cut in (Cut(9, 2, 1.0), Cut(1, 1, 1.0), Cut(1, 2, 76.0)):
        with pytest.raises(InvalidQuestion, match="facility"):
            check_credit(standing, replace(asked(5), cuts=(cut,)))
