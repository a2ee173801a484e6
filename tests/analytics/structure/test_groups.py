import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.structure.control import STATE, solve_control
from analytics.structure.government import THROUGH
from analytics.structure.groups import Groups, control_groups
from analytics.structure.votes import Arrows, Holdings
from tests.analytics.structure.test_control import in_own_power
from tests.analytics.structure.worlds import NODES, SIZE, World, exact_worlds, naive_control


def grouped(world: World, states: set[int]) -> Groups:
    held, edges = world
    held = [row for row in held if row[1] not in states]
    edges = [edge for edge in edges if edge[1] not in states]
    tail, head, votes = zip(*held, strict=True) if held else ((), (), ())
    kind = np.zeros(SIZE, np.uint8)
    kind[list(states)] = STATE
    arrows = Arrows.of(SIZE, *(zip(*edges, strict=True) if edges else ((), ())))
    return control_groups(solve_control(Holdings.exact(SIZE, tail, head, np.array(votes) / 20), arrows, kind=kind))


@given(exact_worlds(), st.sets(NODES, max_size=2))
@settings(max_examples=400, deadline=None)
def test_a_group_is_a_top_and_all_it_controls(world: World, states: set[int]) -> None:
    groups = grouped(world, states)
    kept = ([r for r in world[0] if r[1] not in states], [e for e in world[1] if e[1] not in states])
    truth = {x: naive_control(kept, x) for x in range(SIZE)}
    expected = set()
    for x in set(range(SIZE)) - states:
        ring = {x} | {z for z in truth[x] if x in truth[z]}
        above = {z for z in range(SIZE) if x in truth[z]} - states - ring
        if not above and (truth[x] or in_own_power(kept, x)):
            expected.add(frozenset({x} | truth[x]))
    assert {frozenset(groups.members(k).tolist()) for k in range(len(groups))} == expected
    for y in range(SIZE):
        around = {frozenset(group.tolist()) for group in groups.around(y)}
        assert around == ({group for group in expected if y in group} or {frozenset({y})})


def test_the_state_controls_and_does_not_unite() -> None:
    holdings = Holdings.exact(6, [0, 0, 1, 2, 1], [1, 2, 3, 4, 5], [1.0, 1.0, 0.6, 0.6, 0.5])
    kind = np.zeros(6, np.uint8)
    kind[0] = STATE
    control = solve_control(holdings, kind=kind)
    groups = control_groups(control)
    assert control.ultimate_of(3).tolist() == [0]
    assert [groups.members(k).tolist() for k in range(len(groups))] == [[1, 3], [2, 4]]
    assert [g.tolist() for g in groups.around(0)] == [[0]]


def test_the_state_unites_only_where_a_rule_set_says_so() -> None:
    """Vector GRP-12: two companies of one government body are apart; a rule set may say otherwise."""
    kind = np.array([STATE, 0, 0, 0], np.uint8)
    control = solve_control(Holdings.exact(4, [0, 0, 1], [1, 2, 3], [1.0, 1.0, 0.6]), kind=kind)
    assert [group.tolist() for group in (control_groups(control).around(x)[0] for x in (1, 2))] == [[1, 3], [2]]
    assert control_groups(control, government=THROUGH).around(2)[0].tolist() == [0, 1, 2, 3]
