import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.limits.most import at_most, hanging
from analytics.limits.possible import possible_groups
from analytics.limits.units import Units
from analytics.structure.connected import closures_over, connected_groups
from tests.analytics.limits.test_possible import FALLS, arrows
from tests.analytics.structure.test_groups import grouped
from tests.analytics.structure.worlds import NODES, SIZE, World, exact_worlds

TIES = st.lists(st.tuples(NODES, NODES).filter(lambda pair: pair[0] != pair[1]), max_size=6, unique=True)
OWED = st.lists(st.sampled_from([0, 0, 1, 10, 100, 1000]), min_size=SIZE, max_size=SIZE)


@given(exact_worlds(), FALLS, TIES, OWED)
@settings(max_examples=300, deadline=None)
def test_no_group_that_might_arise_around_a_client_comes_to_more(
    world: World, falls: list[tuple[int, int]], ties: list[tuple[int, int]], owed: list[int]
) -> None:
    groups, weights = grouped(world, set()), np.array(owed, np.float64)
    clients = np.flatnonzero(weights).tolist()
    units = Units.of(connected_groups(groups, arrows(falls), clients))
    ends = np.array(ties, np.uint32).reshape(-1, 2)
    part = hanging(groups, arrows(falls))
    beside = [x for x in range(SIZE) if x not in clients]
    whole = units.joined(Units.of(closures_over(groups, arrows(falls), beside)))
    for all_of_them, known in ((units, weights > 0), (whole, weights >= 0)):
        most = at_most(weights, part, all_of_them, known, dependant=ends[:, 0], other=ends[:, 1])
        for x in clients:
            on, by = [y for z, y in ties if z == x], [z for z, y in ties if y == x]
            found = possible_groups(groups, arrows(falls), x, on=on, by=by, most=99)
            assert most[x] >= max(weights[group].sum() for group in found)


@given(exact_worlds(), FALLS, st.sets(NODES))
@settings(max_examples=300, deadline=None)
def test_closures_hold_every_group_of_some_parties(
    world: World, falls: list[tuple[int, int]], parties: set[int]
) -> None:
    groups = grouped(world, set())
    closures = {tuple(closure.tolist()) for closure in closures_over(groups, arrows(falls), parties)}
    every = [tuple(group.tolist()) for group in connected_groups(groups, arrows(falls), range(SIZE))]
    assert {group for group in every if parties & set(group)} <= closures


@given(exact_worlds(), FALLS)
@settings(max_examples=200, deadline=None)
def test_no_group_reaches_beyond_what_hangs_together(world: World, falls: list[tuple[int, int]]) -> None:
    groups = grouped(world, set())
    part = hanging(groups, arrows(falls))
    for group in connected_groups(groups, arrows(falls), range(SIZE)):
        assert len(np.unique(part[group])) == 1
