"""Who would leave a group client, held against the group clients of the same parties made anew without the fact."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.structure.concert import find_concerts
from analytics.structure.kinship.circles import Circle, family_control, group_clients
from analytics.structure.kinship.leaving import Ties, Unity, unity
from analytics.structure.membership import Refuted
from analytics.structure.votes import Arrows
from tests.analytics.structure.kinship.families import KIND, SIZE, Row, married, owned
from tests.analytics.structure.kinship.test_circles import ROWS, dealt

Pair = tuple[int, int]
COUPLES = st.sets(st.sampled_from([(0, 1), (0, 2), (1, 2), (2, 3)]))
TIES = st.sets(st.tuples(st.integers(0, 9), st.integers(0, 9)).filter(lambda pair: pair[0] < pair[1]), max_size=4)


EDGES = st.sets(st.tuples(st.integers(0, 8), st.integers(4, 8)).filter(lambda pair: pair[0] != pair[1]), max_size=3)


class World:
    """Holdings, couples, concerts and other control; ties are counted from 0 on, couples first."""

    def __init__(self, rows: list[Row], couples: list[Pair], ties: list[Pair], edges: tuple[Pair, ...] = ()) -> None:
        self.rows, self.couples, self.ties = sorted(rows, key=lambda row: row[:2]), couples, ties
        self.edges = edges
        self.control, self.kin = owned(*self.rows, edges=edges), married(*couples)
        concerts = find_concerts(*zip(*ties, strict=True)) if ties else ()
        self.circles = group_clients(self.control, self.kin, KIND, possible=True, concerts=concerts)
        self.families = family_control(self.control, self.kin, wide=True, concerts=concerts)

    def unity(self, circle: Circle) -> Unity:
        acting = both_ways(self.ties, len(self.couples))
        return unity(self.control, circle, Ties(self.kin.near, acting), possible=True)

    def has(self, party: int) -> set[int]:
        return {*self.control.controlled_by(party, possible=True).tolist()}

    def without(self, *, row: int = -1, tie: int = -1, edge: int = -1) -> "World":
        rows = [one for k, one in enumerate(self.rows) if k != row]
        every = [*self.couples, *self.ties]
        left = [one for k, one in enumerate(every) if k != tie]
        couples = len(self.couples) - (0 <= tie < len(self.couples))
        edges = tuple(one for k, one in enumerate(self.edges) if k != edge)
        return World(rows, left[:couples], left[couples:], edges)


def both_ways(ties: list[Pair], first: int) -> Arrows:
    """Ties as arrows, their positions counted from a first one."""
    at = np.arange(first, first + len(ties))
    both = Arrows.of(SIZE, [x for tie in ties for x in tie], [x for tie in ties for x in tie[::-1]])
    return Arrows(both.start, both.head, np.repeat(at, 2)[both.link].astype(np.uint32))


def agrees(circle: Circle, gone: set[int], before: World, after: World) -> None:
    """What stays is what a family, a concert or one party that is none of the lower members, or controls who is on top
    in a ring, unites in the world without the fact, and none unites more."""
    members, stays = {*circle.members.tolist()}, {*circle.members.tolist()} - gone
    top = circle.heads[0] if len(circle.heads) == 1 and circle.heads[0] in members else None
    lower = members - {*circle.heads}
    below = {x for x in lower if len(circle.heads) > 1 or circle.heads[0] not in before.has(x)}
    groups = after.families.groups(possible=True)
    heads = [after.families.heads(int(x)) for x in groups.top]
    left = [
        members & {*groups.members(k).tolist()}
        for k in range(len(groups))
        if len(heads[k]) > 1 or heads[k][0] not in below
    ]
    left = [one for one in left if top is None or top in one]
    most = max(map(len, left), default=0)
    if most > 1:
        assert len(stays) == most
        assert stays in left
    else:
        assert len(stays) <= 1
        assert top is None or stays == {top}


@given(ROWS, COUPLES, TIES, EDGES, st.data())
@settings(max_examples=250, deadline=None)
def test_who_leaves_is_who_is_in_no_group_client_with_the_rest_once_the_fact_is_gone(
    rows: list[tuple[int, int, int]], couples: set[Pair], ties: set[Pair], edges: set[Pair], data: st.DataObject
) -> None:
    world = World(dealt(rows), sorted(couples), sorted(ties), tuple(sorted(edges)))
    for circle in world.circles:
        found = world.unity(circle)
        assert found.leave().tolist() == []
        if world.rows:
            row = data.draw(st.integers(0, len(world.rows) - 1))
            gone = found.leave(Refuted(holdings=frozenset([row])))
            agrees(circle, {*gone.tolist()}, world, world.without(row=row))
        if world.edges:
            edge = data.draw(st.integers(0, len(world.edges) - 1))
            gone = found.leave(Refuted(edges=frozenset([edge])))
            agrees(circle, {*gone.tolist()}, world, world.without(edge=edge))
        if world.couples or world.ties:
            tie = data.draw(st.integers(0, len(world.couples) + len(world.ties) - 1))
            gone = found.leave(parted={tie})
            agrees(circle, {*gone.tolist()}, world, world.without(tie=tie))


@pytest.mark.parametrize(
    ("world", "row", "tie", "gone"),
    [
        (World([(4, 6, 0.3), (5, 6, 0.25), (6, 7, 0.6)], [], [(4, 5)]), 0, -1, {4, 5, 6, 7}),
        (World([(4, 6, 0.3), (5, 6, 0.25), (6, 7, 0.6)], [], [(4, 5)]), 2, -1, {7}),
        (World([(4, 6, 0.3), (5, 6, 0.25), (4, 7, 0.6)], [], [(4, 5)]), 0, -1, {6}),
        (World([(4, 6, 0.3), (5, 6, 0.25), (4, 5, 0.6)], [], [(4, 5)]), 1, -1, {6}),
        (World([(0, 4, 0.6), (1, 5, 0.6), (4, 6, 0.3), (5, 6, 0.25)], [(0, 1)], [(4, 5)]), -1, 1, set()),
        (World([(0, 4, 0.6), (1, 5, 0.6), (4, 6, 0.3), (5, 6, 0.25)], [(0, 1)], [(4, 5)]), -1, 0, set()),
        (World([(4, 7, 0.01), (5, 7, 0.3), (6, 7, 0.25)], [], [(4, 5), (5, 6)]), -1, 0, {4}),
        (World([(0, 4, 0.6), (0, 5, 0.6)], [(0, 1)], []), -1, 0, set()),
        (World([(4, 5, 0.6), (5, 6, 0.6)], [], []), 0, -1, {5, 6}),
        (World([(4, 6, 0.3), (5, 6, 0.25)], [], [(4, 5), (4, 6)]), 0, -1, {4, 5, 6}),
        (World([(4, 5, 1.0), (5, 6, 0.51), (6, 4, 0.6)], [], []), 0, -1, set()),
        (World([(4, 5, 1.0), (5, 6, 0.51), (6, 4, 0.6)], [], []), 1, -1, set()),
        (World([(4, 5, 1.0), (5, 6, 0.51), (6, 4, 0.6)], [], []), 2, -1, set()),
    ],
    ids=[
        "nothing is controlled any more", "what is below alone", "one member has another of its own",
        "one member has the other", "their owners are a couple", "they act in concert", "two of three act on",
        "one has both", "who is on top stays", "who is held acts with its holders", "a ring, its first link",
        "a ring, its second", "a ring, its third",
    ],
)  # fmt: skip
def test_who_leaves_by_hand(world: World, row: int, tie: int, gone: set[int]) -> None:
    (circle,) = world.circles
    refuted = Refuted(holdings=frozenset([row] if row >= 0 else ()))
    left: Any = world.unity(circle).leave(refuted, parted={tie} if tie >= 0 else set())
    assert {*left.tolist()} == gone


def test_whom_another_family_has_through_companies_outside_the_group_stays_with_it() -> None:
    """0 and 1 have 4, 5 and 6 by agreements; 2 and 3, a couple, have 7 and 8, which hold 58 % of 4 and of 5."""
    rows: list[Row] = [(2, 7, 0.6), (3, 8, 0.6), (7, 4, 0.3), (8, 4, 0.28), (7, 5, 0.3), (8, 5, 0.28)]
    world = World(rows, [(0, 1), (2, 3)], [], ((0, 4), (1, 5), (1, 6)))
    circle = next(one for one in world.circles if 6 in one.members)
    assert (circle.members.tolist(), circle.heads) == ([4, 5, 6], (0, 1))
    assert world.unity(circle).leave(parted={0}).tolist() == [4]
    assert world.unity(circle).leave(Refuted(edges=frozenset([0, 1]))).tolist() == [6]
