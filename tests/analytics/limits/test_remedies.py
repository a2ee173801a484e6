from dataclasses import replace

import pytest
from hypothesis import given, settings

from analytics.limits.application import Application
from analytics.limits.approval import check_credit
from analytics.limits.catalogue import shipped
from analytics.limits.facility import Facility, Guarantor, Pledge
from analytics.limits.remedies import remedies_of
from analytics.limits.remedy import Remedy, Step
from analytics.limits.units import Readings, Units
from tests.analytics.limits.applications import applications, granted
from tests.analytics.limits.books import RULES, SIZE, World
from tests.analytics.limits.test_approval import limits_broken

GROUP = shipped().rule("CN_LE_GROUP_20")
SINGLE = shipped().rule("CN_LE_SINGLE_15")
CREDIT = shipped().rule("CN_GROUP_CREDIT_15")
TOGETHER = Readings({"connected": Units.of([[1, 2]]), "control": Units.of([[1, 2]])})
TWO = World([(1, "loan", 90, 0, 0), (2, "loan", 75, 0, 0)])


def found(world: World, application: Application, **given: object) -> dict[str, Remedy]:
    standing = world.standing((SINGLE, GROUP))
    remedies = remedies_of(standing, application, check_credit(standing, application), **given)  # type: ignore[arg-type]
    return {remedy.steps[0].kind: remedy for remedy in remedies if len(remedy.steps) == 1}


@given(applications())
@settings(max_examples=100, deadline=None)
def test_what_is_told_as_a_remedy_breaks_nothing_in_the_book(case: tuple[World, Application]) -> None:
    world, application = case
    standing = world.standing(RULES)
    check = check_credit(standing, application)
    for remedy in remedies_of(standing, application, check, protectors=range(1, SIZE)):
        later = granted(world, remedy.application)
        told = {(line.rule.id, frozenset(line.members.tolist())) for line in remedy.check.limits if line.bears}
        assert not limits_broken(later) & told
        assert remedy.check.verdict != "decline"
        assert remedy.change > 0


@given(applications())
@settings(max_examples=100, deadline=None)
def test_a_remedy_is_as_small_as_can_be(case: tuple[World, Application]) -> None:
    """A unit less collateral, or a unit more of the facility, and a limit breaks."""
    world, application = case
    standing = world.standing(RULES)
    for remedy in remedies_of(standing, application, check_credit(standing, application)):
        facility = remedy.application.facility
        kind = remedy.steps[0].kind if len(remedy.steps) == 1 else "combined"
        if kind == "amount":
            tried = replace(facility, amount=facility.amount + 1)
        elif kind == "collateral" and remedy.change > 1:
            last = facility.collateral[-1]
            tried = replace(facility, collateral=(*facility.collateral[:-1], Pledge(last.kind, last.value - 1)))
        else:
            continue
        again = check_credit(standing, replace(remedy.application, facility=tried))
        assert any(line.breaks for line in again.limits)


def test_nothing_is_told_where_nothing_breaks() -> None:
    assert found(TWO, Application(1, Facility(35.0), TOGETHER)) == {}


def test_the_least_money_comes_first() -> None:
    """5 too much: less of it, a deposit, or the other member's loan paid down, each by 5."""
    standing = TWO.standing((GROUP,))
    application = Application(1, Facility(40.0), TOGETHER)
    remedies = remedies_of(standing, application, check_credit(standing, application), protectors=[4])
    assert [(r.steps[0].kind, r.change) for r in remedies] == [
        ("amount", 5), ("collateral", 5), ("guarantor_added", 5), ("member_reduced", 5),
    ]  # fmt: skip
    assert {r.check.verdict for r in remedies} == {"approve"}


def test_a_deposit_does_not_help_where_the_rule_takes_none_off() -> None:
    standing = TWO.standing((shipped().rule("CN_LOAN_SINGLE_10"),))
    application = Application(1, Facility(40.0), TOGETHER)
    kinds = {
        r.steps[0].kind for r in remedies_of(standing, application, check_credit(standing, application), protectors=[4])
    }
    assert kinds == {"amount"}


def test_a_guarantor_whose_own_limit_breaks_is_not_told() -> None:
    world = World([*TWO.facilities, (4, "loan", 149, 0, 0)])
    remedies = found(world, Application(1, Facility(40.0), TOGETHER), protectors=[4, 5])
    assert remedies["guarantor_added"].steps[0].party == 5


def test_a_guarantor_offered_is_left_out_where_its_own_limit_breaks() -> None:
    world = World([(4, "loan", 140, 0, 0)])
    facility = Facility(40.0, guarantors=(Guarantor(4, 20.0, eligible=True),))
    remedies = found(world, Application(1, facility, Readings({})))
    assert remedies["guarantor_released"].steps == (Step("guarantor_released", 20.0, 4),)


def test_a_guarantee_in_the_book_is_released_where_it_ties_its_giver_to_the_group() -> None:
    world = World(TWO.facilities, guarantees=[(2, 1, 500, 0, False)])
    remedies = found(world, Application(1, Facility(40.0), TOGETHER), releases={0: Readings({})})
    released = remedies["guarantor_released"]
    assert (released.steps, released.check.verdict) == ((Step("guarantor_released", 500.0, 2, 0),), "approve")


def test_a_guarantee_that_protects_is_not_released() -> None:
    world = World(TWO.facilities, guarantees=[(2, 1, 5, 0, True)])
    assert "guarantor_released" not in found(
        world, Application(1, Facility(40.0), TOGETHER), releases={0: Readings({})}
    )


def test_a_loan_of_another_member_that_is_secured_or_too_small_is_left_alone() -> None:
    rows = [(1, "loan", 90, 0, 0), (2, "loan", 4, 0, 0), (2, "loan", 80, 0, 0)]
    world = World(rows, pledges=[(2, "deposit", 9, 2)])
    application = Application(1, Facility(40.0), TOGETHER)
    assert "member_reduced" not in found(world, application)
    assert found(replace(world, pledges=[]), application)["member_reduced"].steps[0].link == 2


def test_what_is_unknown_beside_still_refers_after_a_remedy() -> None:
    standing = TWO.standing((GROUP, shipped().rule("CRR_395")))
    application = Application(1, Facility(40.0), TOGETHER)
    remedies = remedies_of(standing, application, check_credit(standing, application))
    assert remedies
    assert {remedy.check.verdict for remedy in remedies} == {"refer"}


def test_each_kind_is_told_once_and_each_guarantor_by_itself() -> None:
    standing = TWO.standing((GROUP, CREDIT))
    application = Application(1, Facility(36.0), TOGETHER)
    remedies = remedies_of(standing, application, check_credit(standing, application), protectors=[4, 5])
    assert pytest.approx(21) == remedies[0].change
    assert len({(r.steps[0].kind, r.steps[0].party) for r in remedies}) == len(remedies)


@pytest.mark.parametrize(("ccf", "told"), [(0.5, {"amount": 60.0, "member_reduced": 30.0}), (None, {"amount": 80.0})])
def test_the_applicants_own_loan_is_paid_down_where_that_moves_less(ccf: float | None, told: dict[str, float]) -> None:
    """It owes 130 of 150 and asks for 100. Where half of that counts, 30 do not fit, which are 60 of it; else 80 are,
    of which less to lend and less to owe take the same."""
    asked = Application(1, Facility(100.0, "commitment" if ccf else "loan", ccf), Readings({}))
    remedies = found(World([(1, "loan", 130, 0, 0)]), asked)
    assert {kind: remedies[kind].change for kind in remedies if kind != "collateral"} == told
