from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings

from analytics.structure.control import solve_control
from analytics.structure.standing import Standing, standing
from analytics.structure.votes import Arrows, Holdings
from tests.analytics.structure.test_control import in_own_power, solve
from tests.analytics.structure.worlds import SIZE, World, exact_worlds, naive_control


def of(company: int, *rows: tuple[int, int, float], edges: tuple[tuple[int, int], ...] = ()) -> Standing:
    tail, head, votes = zip(*rows, strict=True)
    size = 1 + max(*tail, *head, *(x for e in edges for x in e), company)
    arrows = Arrows.of(size, [e[0] for e in edges], [e[1] for e in edges])
    return standing(solve_control(Holdings.exact(size, tail, head, votes), arrows), company)


def test_one_on_top_decides_alone() -> None:
    found = of(2, (0, 1, 0.6), (1, 2, 0.6), (3, 2, 0.4))
    assert (found.kind, found.controllers) == ("sole", (0,))
    assert [(block.top, block.low) for block in found.blocks] == [(0, 0.6), (3, 0.4)]


def test_two_who_control_by_agreement_control_jointly() -> None:
    found = of(2, (0, 2, 0.4), (1, 2, 0.4), edges=((0, 2), (1, 2)))
    assert (found.kind, found.controllers) == ("joint", (0, 1))


@pytest.mark.parametrize(("nano", "kind"), [(0, "deadlock"), (-1, "together"), (1, "sole")])
def test_exactly_half_each_is_a_deadlock_and_a_billionth_decides(nano: int, kind: str) -> None:
    found = of(2, (0, 2, 0.5 + nano * 1e-9), (1, 2, 0.5 - max(nano, 0) * 1e-9))
    assert found.kind == kind


def test_half_of_what_votes_is_a_deadlock_where_the_company_holds_itself() -> None:
    found = of(2, (0, 2, 0.4), (1, 2, 0.4), (2, 2, 0.2))
    assert (found.kind, found.coalition) == ("deadlock", (0, 1))


def test_a_mutual_majority_is_a_ring() -> None:
    """Worked case OWN-06: A 60 % of B, B 60 % of A, and no outside controller of either or of what they hold."""
    rows = ((0, 1, 0.6), (1, 0, 0.6), (1, 2, 0.7), (3, 0, 0.4))
    assert [(of(y, *rows).kind, of(y, *rows).controllers) for y in (0, 1, 2)] == [("ring", (0, 1))] * 3


def test_the_fewest_blocks_that_decide_together_are_named_largest_first() -> None:
    found = of(4, (0, 4, 0.3), (1, 4, 0.15), (2, 4, 0.25), (3, 4, 0.1))
    assert (found.kind, found.coalition) == ("together", (0, 2))


def test_blocks_are_those_of_who_controls_the_holders() -> None:
    found = of(4, (0, 1, 0.6), (1, 4, 0.25), (0, 4, 0.25), (2, 4, 0.5))
    assert found.kind == "deadlock"
    assert [(block.top, len(block.holdings)) for block in found.blocks] == [(0, 2), (2, 1)]


def test_too_little_disclosed_is_nobody() -> None:
    assert of(1, (0, 1, 0.5)).kind == "nobody"
    assert of(1, (1, 0, 0.5)).kind == "nobody"


@given(exact_worlds())
@settings(max_examples=200)
def test_every_standing_is_that_of_the_definition(world: World) -> None:
    control = solve(world)
    truth = {x: naive_control(world, x) for x in range(SIZE)}
    for y in range(SIZE):
        found = standing(control, y)
        over = {x for x in range(SIZE) if y in truth[x]}
        tops = {x for x in over if not any(x in truth[z] for z in range(SIZE)) and not in_own_power(world, x)}
        if tops:
            assert (found.kind, set(found.controllers)) == ("sole" if len(tops) == 1 else "joint", tops)
        elif over or in_own_power(world, y):
            assert found.kind == "ring"
        else:
            parts = {block.top: round(block.low * 20) for block in found.blocks}
            assert sum(parts.values()) == sum(v for _, b, v in world[0] if b == y)
            smallest = next(
                (k for k in range(1, len(parts) + 1) if any(sum(c) > 10 for c in combinations(parts.values(), k))), 0
            )
            if found.kind == "deadlock":
                assert sorted(parts.values())[-2:] == [10, 10]
            elif found.kind == "together":
                assert smallest == len(found.coalition)
                assert sum(parts[top] for top in found.coalition) > 10
            else:
                assert (found.kind, smallest) == ("nobody", 0)


def test_what_bands_allow_may_decide_alone() -> None:
    held = Holdings.between(2, [0], [1], [0.25], [0.75], [0])
    control = solve_control(held, kind=np.zeros(2, np.uint8))
    assert standing(control, 1).kind == "nobody"
    assert standing(control, 1, possible=True).kind == "sole"


@pytest.mark.parametrize(
    ("ends", "kind", "coalition"),
    [((1, 0, 0), "together", (0, 1)), ((0, 0, 1), "together", (2, 0)), ((0, 0, 0), "nobody", ())],
)
def test_more_than_a_quarter_and_a_quarter_are_a_majority_together(
    ends: tuple[int, int, int], kind: str, coalition: tuple[int, ...]
) -> None:
    """Each of two has 25 to 50 %; where one has more than 25, they have more than half whatever the bands hide."""
    holders = [k for k in range(3) if k in coalition or not coalition][:2]
    held = Holdings.between(4, holders, [3, 3], [0.25] * 2, [0.5] * 2, [ends[k] for k in holders])
    found = standing(solve_control(held), 3)
    assert (found.kind, found.coalition) == (kind, coalition)


def test_of_equal_blocks_those_that_have_more_come_first() -> None:
    """0 and 1 have exactly a quarter, 2 more than that: two of them suffice."""
    held = Holdings.between(4, [0, 1, 2], [3] * 3, [0.25] * 3, [0.25, 0.25, 0.5], [0, 0, 1])
    found = standing(solve_control(held), 3)
    assert (found.kind, found.coalition) == ("together", (2, 0))
