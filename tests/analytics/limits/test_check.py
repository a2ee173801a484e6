from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.limits.capital import Capital
from analytics.limits.catalogue import shipped
from analytics.limits.check import UNBOUND, BookCheck, check_book
from analytics.limits.standing import standing_of
from analytics.limits.units import Units
from tests.analytics.limits.books import DAY, RULES, SIZE, World, about, broken, limit, total, worlds


def checked(world: World) -> BookCheck:
    return check_book(world.standing(), world.units)


def shares(check: BookCheck, rule_id: str) -> dict[frozenset[int], float]:
    use = check.use(rule_id)
    return {frozenset(use.units.members(k).tolist()): float(use.share[k]) for k in range(len(use.units))}


@given(worlds())
@settings(max_examples=150, deadline=None)
def test_a_book_is_checked_as_the_rules_written_out(world: World) -> None:
    check = checked(world)
    for use in check.uses:
        measured = {frozenset(use.units.members(k).tolist()): k for k in range(len(use.units))}
        for unit in about(world, use.rule):
            amount, cap = total(world, use.rule, set(unit)), limit(world, use.rule)
            if unit not in measured:
                assert len(unit) == 1
                assert amount == 0
                continue
            k = measured[unit]
            assert use.exposure[k] == pytest.approx(float(amount), abs=1e-7)
            assert use.share[k] == pytest.approx(float(amount / cap), abs=1e-9)
            most = max(total(one, use.rule, set(unit)) for one in world.fillings)
            assert most == amount or use.unknown[k] > 0
            state = "breach" if use.rule.severity == "limit" else "marked"
            found = {frozenset(f.members.tolist()) for f in check.findings(state) if f.rule is use.rule}
            assert (unit in found) == broken(amount, cap, use.rule.comparison)


@given(worlds())
@settings(max_examples=50, deadline=None)
def test_the_binding_rule_is_the_one_used_most(world: World) -> None:
    check = checked(world)
    for party in range(1, SIZE):
        used = {
            k: max((share for unit, share in shares(check, use.rule.id).items() if party in unit), default=0.0)
            for k, use in enumerate(check.uses)
            if use.rule.severity == "limit"
        }
        most = max(used.values())
        assert check.share[party] == pytest.approx(most)
        assert check.binding[party] == UNBOUND if most == 0 else used[int(check.binding[party])] == pytest.approx(most)


@given(worlds(), st.data())
@settings(max_examples=100, deadline=None)
def test_no_use_falls_as_an_exposure_grows(world: World, data: st.DataObject) -> None:
    """A group of institutions becomes one of others as soon as another of it owes something: then the limit for
    others, which is stricter, holds it."""
    at = data.draw(st.integers(0, len(world.facilities) - 1))
    borrower, kind, drawn, *rest = world.facilities[at]
    rows = list(world.facilities)
    rows[at] = (borrower, kind, (drawn or 0) + data.draw(st.integers(1, 100)), *rest)
    before, after = checked(world), checked(replace(world, facilities=rows))
    limits = [use.rule.id for use in after.uses if use.rule.severity == "limit"]
    for use in before.uses:
        turned = use.rule.client == "institution" and borrower not in world.banks
        later = [shares(after, rule) for rule in (limits if turned else [use.rule.id])]
        for unit, share in shares(before, use.rule.id).items():
            assert max(one.get(unit, 0.0) for one in later) >= share - 1e-9


@given(worlds(), st.data())
@settings(max_examples=100, deadline=None)
def test_a_check_does_not_depend_on_the_order_of_the_book(world: World, data: st.DataObject) -> None:
    order = data.draw(st.permutations(range(len(world.facilities))))
    place = {old: new for new, old in enumerate(order)}
    moved = replace(
        world,
        facilities=[world.facilities[k] for k in order],
        pledges=[(*p[:3], place.get(p[3], p[3])) for p in reversed(world.pledges)],
        guarantees=[(*g[:3], place.get(g[3], g[3]), g[4]) for g in reversed(world.guarantees)],
    )
    one, other = checked(world), checked(moved)
    for use in one.uses:
        assert shares(other, use.rule.id) == pytest.approx(shares(one, use.rule.id))


def test_a_limit_breaks_above_and_a_large_exposure_begins_at_its_line() -> None:
    """250 of 1,000 is 25 % and no breach; 100 is 10 % and large; 25 is 2.5 % and not large in China."""
    rows = [(1, "loan", 250, 0, 0), (2, "loan", 100, 0, 0), (3, "loan", 25, 0, 0), (4, "loan", 251, 0, 0)]
    check = checked(World(rows))
    states = {f.rule.id: [] for f in check.findings()}
    for finding in check.findings("breach", "marked"):
        states[finding.rule.id] += finding.members.tolist()
    assert states["BCBS_LEX_25"] == [4]
    assert sorted(states["BCBS_LARGE_10"]) == [1, 2, 4]
    assert sorted(states["CN_LE_LARGE"]) == [1, 2, 4]
    assert sorted(states["BCBS_ASSESS_5"]) == [1, 2, 4]


def test_a_use_of_four_fifths_is_near() -> None:
    rows = [(1, "loan", 200, 0, 0), (2, "loan", 199, 0, 0)]
    check = check_book(World(rows).standing((shipped().rule("BCBS_LEX_25"),)), {})
    assert [(f.members.tolist(), f.share) for f in check.findings("near")] == [([1], 0.8)]
    assert not list(check_book(World(rows).standing(RULES[:1]), {}, near=1.0).findings("near"))


def test_without_capital_nothing_passes() -> None:
    world = World([(1, "loan", 1, 0, 0)])
    standing = standing_of(
        world.book(), world.cover(), [shipped().rule("CN_LE_SINGLE_15")], lender=0, capital=Capital(()), day=DAY
    )
    check = check_book(standing, {})
    assert [f.state for f in check.findings()] == ["untold"]
    assert (check.binding == UNBOUND).all()


def test_an_unknown_amount_is_told_and_never_passes() -> None:
    world = World([(1, "loan", 1, 0, 0), (2, "loan", 5, 0, 0)])
    book = replace(world.book(), drawn=np.array([np.nan, 5.0]))
    rule = shipped().rule("CN_LE_SINGLE_15")
    standing = standing_of(book, world.cover(), [rule], lender=0, capital=world.standing().capital, day=DAY)
    found = list(check_book(standing, {}).findings())
    assert [(f.members.tolist(), f.state, f.unknown) for f in found] == [([1], "untold", 1)]


def test_an_unverified_rule_never_passes() -> None:
    check = check_book(World([(1, "loan", 1, 0, 0)]).standing((shipped().rule("CRR_395"),)), {})
    assert [f.state for f in check.findings()] == ["untold"]


def test_everybody_related_to_the_lender_is_one_unit_and_each_counts_once() -> None:
    rows = [(1, "loan", 100, 0, 0), (2, "loan", 50, 0, 0), (3, "loan", 70, 0, 0)]
    check = check_book(World(rows).standing(), {"lender_related": Units.of([[1, 2], [2, 4]])})
    assert check.use("CN_RELATED_ALL_50").exposure.tolist() == [150]
    assert check.use("CN_RELATED_GROUP_15").exposure.tolist() == [150, 50]
    assert check.use("CN_RELATED_SINGLE_10").exposure.tolist() == [100, 50]
