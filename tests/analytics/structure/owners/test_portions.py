from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings

from analytics.structure.control import solve_control
from analytics.structure.owners.portions import Portion, attributed_portions, direct_portions, passes
from analytics.structure.votes import Arrows, Holdings
from tests.analytics.structure.test_control import solve
from tests.analytics.structure.worlds import SIZE, World, exact_worlds, naive_control


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


def test_control_on_another_basis_attributes_too() -> None:
    held = Holdings.exact(3, [1], [2], [0.3])
    control = solve_control(held, Arrows.of(3, [0], [1]), kind=np.zeros(3, np.uint8))
    assert [(s.owner, s.low) for s in attributed_portions(held, control, 2)] == [(0, 0.3), (1, 0.3)]
