from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import assume, given, settings

from analytics.structure.control import solve_control
from analytics.structure.owners.portions import (
    Portion,
    attributed_portions,
    direct_portions,
    joint_portion,
    passes,
)
from analytics.structure.votes import Arrows, Holdings
from tests.analytics.structure.test_control import solve
from tests.analytics.structure.worlds import SIZE, OwnShares, World, exact_worlds, naive_control, own_shares


@pytest.mark.parametrize("bar", [0.2, 0.25, 0.3, 0.5])
@pytest.mark.parametrize(("nano", "with_it", "without_it"), [(-1, False, False), (0, True, False), (1, True, True)])
def test_a_threshold_is_met_or_passed_to_the_billionth(
    bar: float, nano: int, *, with_it: bool, without_it: bool
) -> None:
    share = bar + nano * 1e-9
    portion = Portion(0, share, share, False)
    assert passes(portion, bar, ">=") == (with_it, with_it)
    assert passes(portion, bar, ">") == (without_it, without_it)


@pytest.mark.parametrize("parts", [1, 3, 7, 11, 13, 30])
def test_a_quarter_in_many_parts_is_a_quarter(parts: int) -> None:
    held = Holdings.exact(2, [0] * parts, [1] * parts, [0.25 / parts] * parts)
    (portion,) = direct_portions(held, 1)
    assert passes(portion, 0.25, ">=") == (True, True)
    assert passes(portion, 0.25, ">") == (False, False)


@pytest.mark.parametrize(
    ("low", "high", "above", "with_it", "without_it"),
    [
        (0.25, 0.5, True, (True, True), (True, True)),
        (0.25, 0.5, False, (True, True), (False, True)),
        (0.0, 0.25, False, (False, True), (False, False)),
        (0.0, 0.2499999, True, (False, False), (False, False)),
    ],
)
def test_a_band_passes_for_certain_by_its_low_end_and_perhaps_by_its_high_end(
    low: float, high: float, above: bool, with_it: tuple[bool, bool], without_it: tuple[bool, bool]
) -> None:
    assert passes(Portion(0, low, high, above), 0.25, ">=") == with_it
    assert passes(Portion(0, low, high, above), 0.25, ">") == without_it


@given(exact_worlds())
@settings(max_examples=150)
def test_whole_holdings_of_all_that_one_controls_are_added(world: World) -> None:
    control = solve(world)
    for company in range(SIZE):
        found = {s.owner: s for s in attributed_portions(control.holdings, control, company)}
        for owner in set(range(SIZE)) - {company}:
            mine = (naive_control(world, owner) | {owner}) - {company}
            parts = [v for x, y, v in world[0] if y == company and x in mine]
            assert (owner in found) is bool(parts)
            if parts:
                assert found[owner].low == found[owner].high == pytest.approx(float(Fraction(sum(parts), 20)))


def test_possible_control_of_a_holder_makes_its_holding_possible() -> None:
    held = Holdings.between(3, [0, 1], [1, 2], [0.5, 0.3], [0.75, 0.3], [0, 0])
    stakes = {s.owner: s for s in attributed_portions(held, solve_control(held), 2)}
    assert stakes[0] == Portion(0, 0.0, 0.3, False)


def test_what_others_are_sure_to_hold_bounds_a_band() -> None:
    held = Holdings.between(3, [0, 1], [2, 2], [0.1, 0.8], [0.5, 0.9], [0, 0])
    assert [s.high for s in direct_portions(held, 2)] == pytest.approx([0.9, 0.2])


@given(own_shares())
@settings(max_examples=200, deadline=None)
def test_parts_have_the_ends_that_holdings_within_the_bands_have(world: OwnShares) -> None:
    """Every column of holdings written out, as a fraction of what others than the company hold."""
    closed = replace(world, held=[(*row[:4], 0) for row in world.held])
    shut, opened = closed.votes(), world.votes()
    assume(opened)
    for company in {row[1] for row in world.held}:
        whole = 24 - (0 if company in world.net else world.own.get(company, 0))
        holders = {row[0] for row in world.held if row[1] == company}
        alone = {portion.owner: portion for portion in direct_portions(world.holdings, company)}
        assert alone.keys() == holders
        for some in [{x} for x in holders] + [holders]:
            (first, *others) = some
            found = joint_portion(world.holdings, company, some) if others else alone[first]
            parts, inner = (
                [sum(votes[x, company] for x in some) / whole for votes in every] for every in (shut, opened)
            )
            assert (found.low, found.high) == pytest.approx((min(parts), max(parts)), abs=1e-9)
            assert found.above is (min(inner) > found.low + 1e-9)
            assert found.below is (max(inner) < found.high - 1e-9)


def test_an_own_holding_within_a_band_lifts_a_part_as_far_as_the_others_leave_room() -> None:
    """0 has 30 to 60 %, the company 0 to 50: with 40 of its own the rest is 60, and 0 has all of it."""
    (found,) = direct_portions(Holdings.between(2, [0, 1], [1, 1], [0.3, 0.0], [0.6, 0.5]), 1)
    assert (found.low, found.high) == pytest.approx((0.3, 1.0))
    held = Holdings.between(3, [0, 1, 2], [1, 1, 1], [0.3, 0.0, 0.35], [0.6, 0.5, 0.35])
    found = next(one for one in direct_portions(held, 1) if one.owner == 0)
    # With 5 % of its own: 60 of 95; with more the others' 35 leave it less of the rest.
    assert (found.low, found.high) == pytest.approx((0.3, 0.6 / 0.95))


@pytest.mark.parametrize(("share", "part"), [(0.28, 0.28 / 0.9), (0.24, 0.24 / 0.9), (0.19, 0.19 / 0.9)])
def test_what_a_company_holds_of_itself_is_the_other_holders(share: float, part: float) -> None:
    """Domain reference §1.2 d: 10 % its own, so that 24 % are 26.67."""
    held = Holdings.exact(2, [0, 1], [1, 1], [share, 0.1])
    (direct,), (attributed,) = direct_portions(held, 1), attributed_portions(held, solve_control(held), 1)
    assert direct == attributed
    assert direct.low == direct.high == pytest.approx(part, abs=1e-12)


def test_stated_votes_are_net_of_the_companys_own_already() -> None:
    held = replace(Holdings.exact(2, [0, 1], [1, 1], [0.24, 0.1]), net=np.array([True, False]))
    assert [one.low for one in direct_portions(held, 1)] == [0.24]


def test_an_open_high_end_is_not_reached() -> None:
    """Less than 25 %, and 60 % of another: 25 % or more is impossible."""
    held = Holdings.between(3, [0, 1], [2, 2], [0.1, 0.6], [0.25, 0.6], [2, 0])
    for portions in (direct_portions(held, 2), attributed_portions(held, solve_control(held), 2)):
        small = next(one for one in portions if one.owner == 0)
        assert (small.high, small.below) == (0.25, True)
        assert passes(small, 0.25, ">=") == (False, False)


def test_what_an_open_low_end_of_others_leaves_is_not_reached() -> None:
    """More than 75 % of another leave less than 25."""
    held = Holdings.between(3, [0, 1], [2, 2], [0.0, 0.75], [0.5, 1.0], [0, 1])
    small = next(one for one in direct_portions(held, 2) if one.owner == 0)
    assert passes(small, 0.25, ">=") == (False, False)


def test_control_on_another_basis_attributes_too() -> None:
    held = Holdings.exact(3, [1], [2], [0.3])
    control = solve_control(held, Arrows.of(3, [0], [1]), kind=np.zeros(3, np.uint8))
    assert [(s.owner, s.low) for s in attributed_portions(held, control, 2)] == [(0, 0.3), (1, 0.3)]
