import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from analytics.structure.control import Control, solve_control
from analytics.structure.fences import fenced
from analytics.structure.groups import control_groups
from analytics.structure.votes import Arrows, Holdings
from graph.errors import InvalidQuestion
from tests.analytics.structure.worlds import PAIRS, SIZE, OwnShares, World, exact_worlds, naive_control, own_shares

BANK, HOLD, SPE, BELOW = range(4)


def held(*rows: tuple[int, int, float], edges: tuple[tuple[int, int], ...] = ()) -> Control:
    tail, head, votes = zip(*rows, strict=True) if rows else ((), (), ())
    return solve_control(
        Holdings.exact(6, tail, head, votes), Arrows.of(6, [e[0] for e in edges], [e[1] for e in edges])
    )


def groups(control: Control) -> list[list[int]]:
    found = control_groups(control)
    return [found.members(k).tolist() for k in range(len(found))]


def test_a_ring_fenced_company_and_what_it_controls_stand_apart() -> None:
    control = held((BANK, HOLD, 1.0), (HOLD, SPE, 1.0), (SPE, BELOW, 0.6))
    assert groups(control) == [[BANK, HOLD, SPE, BELOW]]
    assert groups(fenced(control, [(SPE, BANK)])) == [[BANK, HOLD], [SPE, BELOW]]
    assert control.controlled_by(BANK).tolist() == [HOLD, SPE, BELOW]


def test_what_the_group_holds_itself_below_the_fence_stays_in_it() -> None:
    control = held((BANK, SPE, 1.0), (SPE, BELOW, 0.3), (BANK, BELOW, 0.6))
    assert groups(fenced(control, [(SPE, BANK)])) == [[BANK, BELOW]]


def test_a_fence_against_one_controller_leaves_the_other() -> None:
    control = held(edges=((BANK, SPE), (HOLD, SPE)))
    assert groups(control) == [[BANK, SPE], [HOLD, SPE]]
    assert groups(fenced(control, [(SPE, BANK)])) == [[HOLD, SPE]]


def test_no_fence_is_no_change() -> None:
    control = held((BANK, SPE, 1.0))
    assert fenced(control, []) is control
    with pytest.raises(InvalidQuestion):
        fenced(control, [(SPE, 99)])


@given(exact_worlds(), st.lists(PAIRS.filter(lambda p: p[0] != p[1]), max_size=3))
@settings(max_examples=200, deadline=None)
def test_control_behind_fences_is_that_of_a_world_without_those_holdings(
    world: World, fences: list[tuple[int, int]]
) -> None:
    rows, edges = world
    tail, head, votes = zip(*rows, strict=True) if rows else ((), (), ())
    arrows = Arrows.of(SIZE, *(zip(*edges, strict=True) if edges else ((), ())))
    control = solve_control(Holdings.exact(SIZE, tail, head, np.array(votes) / 20), arrows)
    cut = set()
    for y, x in fences:
        over = {z for z in range(SIZE) if x in naive_control(world, z)}
        cut |= {(z, y) for z in {x} | naive_control(world, x) | over if z != y}
    left = [row for row in rows if row[:2] not in cut], [edge for edge in edges if edge not in cut]
    found = fenced(control, fences)
    for x in range(SIZE):
        assert set(found.controlled_by(x).tolist()) | {x} == naive_control(left, x) | {x}
        assert set(found.controlled_by(x).tolist()) <= set(control.controlled_by(x).tolist())


@given(
    own_shares(), st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)).filter(lambda p: p[0] != p[1]), max_size=2)
)
@settings(max_examples=150, deadline=None)
def test_a_fence_around_votes_known_in_bands_leaves_them_with_nobody(
    world: OwnShares, fences: list[tuple[int, int]]
) -> None:
    votes, control = world.votes(), solve_control(world.holdings)
    assume(votes)
    cut = set()
    for y, x in fences:
        over = {z for z in range(5) if x in control.controlled_by(z)}
        cut |= {(z, y) for z in {x} | set(control.controlled_by(x).tolist()) | over if z != y}
    found = fenced(control, fences)
    for x in range(5):
        answers = [world.controlled({x}, one, cut=cut) for one in votes]
        for possible, truth in ((False, set.intersection(*answers)), (True, set.union(*answers))):
            assert set(found.controlled_by(x, possible=possible).tolist()) - {x} == truth
            assert truth <= set(control.controlled_by(x, possible=possible).tolist())


def test_half_of_the_votes_is_no_control_beside_a_cut_holding_that_is_more_than_its_band() -> None:
    """The cut one is above 10 %, not 10 % itself; what is left to the controller is exactly 50 %."""
    bands = Holdings.between(4, [0, 0, 2, 1], [1, 2, 3, 3], [0.6, 0.6, 0.5, 0.1], [0.6, 0.6, 0.5, 0.3], [0, 0, 0, 1])
    control = solve_control(bands)
    assert control.controlled_by(0).tolist() == [1, 2, 3]
    assert fenced(control, [(3, 1)]).controlled_by(0).tolist() == [1, 2]


def test_a_cut_holding_leaves_no_room_to_others() -> None:
    """60 % are cut; whoever has up to 55 % of the votes can still have 40 % at most."""
    control = solve_control(Holdings.between(3, [0, 1], [2, 2], [0.6, 0.0], [0.6, 0.55]))
    assert fenced(control, [(2, 0)]).controllers_of(2, possible=True).tolist() == []
