import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.structure.concert import Concert, solve_together
from analytics.structure.heads import heads
from analytics.structure.votes import Holdings
from tests.analytics.structure.test_concert import fixpoint, together
from tests.analytics.structure.worlds import NODES, SIZE, World, exact_worlds


@given(exact_worlds(), st.sets(NODES, min_size=3, max_size=4))
@settings(max_examples=200)
def test_those_are_on_top_whom_the_others_do_not_control_without_them(world: World, group: set[int]) -> None:
    found = together(world, [group])
    for y in range(SIZE):
        part = set(found.taking_part(0, y))
        led = {x for x in part if x in fixpoint(world, group - {x, y})}
        top = part - (led & fixpoint(world, part - led))
        assert set(heads(found, 0, y)) == (part if len(top) < 2 else top)


@pytest.mark.parametrize(
    ("low", "on_top"), [(0.15, (0, 1)), (0.1, (0, 1, 2)), (0.05, (0, 1, 2))], ids=["55 %", "half", "45 %"]
)
def test_a_company_that_acts_with_its_holders_is_on_top_unless_they_control_it(
    low: float, on_top: tuple[int, ...]
) -> None:
    """0 has 40 % of 2 and 1 the rest told here; 2 has 60 % of 3, and 0 and 1 have 5 % each."""
    held = Holdings.exact(4, [0, 1, 2, 0, 1], [2, 2, 3, 3, 3], [0.4, low, 0.6, 0.05, 0.05])
    assert heads(solve_together(held, [Concert((0, 1, 2), ())]), 0, 3) == on_top


def test_who_is_only_possibly_controlled_by_the_others_stays_on_top() -> None:
    """40 % and 5 to 15 % of 2 may be a majority, and need not be."""
    held = Holdings.between(4, [0, 1, 2], [2, 2, 3], [0.4, 0.05, 0.6], [0.4, 0.15, 0.6])
    found = solve_together(held, [Concert((0, 1, 2), ())])
    assert heads(found, 0, 3, possible=True) == (0, 1, 2)


def test_two_that_are_controlled_only_with_each_others_votes_stay_on_top() -> None:
    """0 has 40 % of 1 and of 2, which hold 20 % of each other, and 30 % of 3 each."""
    rows = [(0, 1, 0.4), (0, 2, 0.4), (1, 2, 0.2), (2, 1, 0.2), (1, 3, 0.3), (2, 3, 0.3)]
    tail, head, votes = zip(*rows, strict=True)
    found = solve_together(Holdings.exact(4, tail, head, votes), [Concert((0, 1, 2), ())])
    assert found.led(0).tolist() == [1, 2]
    assert heads(found, 0, 3) == (0, 1, 2)
