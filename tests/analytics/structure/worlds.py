"""Small random ownership and slow, obvious solvers that the fast ones are held against."""

from collections.abc import Set
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import product

import numpy as np
from hypothesis import assume
from hypothesis import strategies as st

from analytics.structure.votes import Holdings

SIZE = 7
NODES = st.integers(0, SIZE - 1)
PAIRS = st.tuples(NODES, NODES)
World = tuple[list[tuple[int, int, int]], list[tuple[int, int]]]


@st.composite
def exact_worlds(draw: st.DrawFn) -> World:
    """Holdings (holder, company, votes in twentieths) of at most all votes, and other control."""
    held = draw(st.lists(st.tuples(NODES, NODES, st.integers(1, 13)), max_size=16))
    left = [20] * SIZE
    kept = []
    for x, y, votes in held:
        if x != y and votes <= left[y]:
            left[y] -= votes
            kept.append((x, y, votes))
    edges = draw(st.lists(PAIRS.filter(lambda p: p[0] != p[1]), max_size=2))
    return kept, edges


def naive_control(world: World, x: int, *, own: dict[int, int] | None = None) -> set[int]:
    """The least fixpoint as it is defined; votes in twentieths, `own` those a company holds itself."""
    held, edges = world
    controlled: set[int] = set()
    while True:
        inside = controlled | {x}
        more = {
            y
            for y in range(SIZE)
            if Fraction(sum(v for a, b, v in held if b == y and a in inside and a != y), 20)
            > Fraction(20 - (own or {}).get(y, 0), 40)
        } | {b for a, b in edges if a in inside}
        if more <= controlled:
            return controlled - {x}
        controlled |= more


Band = tuple[int, int, int, int]


@st.composite
def banded_worlds(draw: st.DrawFn) -> list[tuple[int, int, int, int, int]]:
    """Holdings (holder, company, low, high, ends) in quarters, two disclosed holders a company at most."""
    companies = draw(st.lists(st.integers(0, 4), unique=True, min_size=1, max_size=3))
    held = []
    for y in companies:
        room = 4
        for x in draw(st.lists(st.integers(0, 4).filter(lambda x, y=y: x != y), unique=True, max_size=2)):
            low = draw(st.integers(0, room))
            high = draw(st.integers(low, 4))
            ends = draw(st.integers(0, 3)) if high > low and low < room else 0
            held.append((x, y, low, high, ends))
            room -= low
    return held


def consistent_votes(held: list[tuple[int, int, int, int, int]]) -> list[list[tuple[int, int, Fraction]]]:
    """All vote vectors within the bands on a grid fine enough to meet every side of every bound."""
    grid = [Fraction(k, 24) for k in range(25)]
    columns = []
    for y in sorted({b for _, b, *_ in held}):
        mine = [row for row in held if row[1] == y]
        choices = [
            [
                v
                for v in grid
                if (v > Fraction(lo, 4) or (v * 4 == lo and not e & 1)) and (v * 4 < hi or (v * 4 == hi and not e & 2))
            ]
            for _, _, lo, hi, e in mine
        ]
        columns.append(
            [[(m[0], y, v) for m, v in zip(mine, vs, strict=True)] for vs in product(*choices) if sum(vs) <= 1]
        )
    return columns


def possible_sums(column: list[list[tuple[int, int, Fraction]]], inside: set[int]) -> list[Fraction]:
    """Votes that these holders may have together."""
    return [sum((v for x, _, v in vector if x in inside), Fraction(0)) for vector in column]


@dataclass(frozen=True)
class OwnShares:
    """Five parties whose holdings are known in bands, some companies holding themselves; in 1/24 of all votes."""

    held: list[tuple[int, int, int, int, int]]
    """Holder, company, low, high, ends; ends and own shares in multiples of 6."""
    own: dict[int, int]
    net: set[int]
    """Companies of which the votes are stated net of their own shares."""

    @property
    def holdings(self) -> Holdings:
        rows = [*self.held, *((y, y, votes, votes, 0) for y, votes in self.own.items())]
        tail, head, low, high, ends = (np.array(v) for v in zip(*rows, strict=True)) if rows else (np.zeros(0),) * 5
        made = Holdings.between(5, tail, head, low / 24, high / 24, ends)
        return replace(made, net=np.isin(made.head, sorted(self.net)))

    def votes(self) -> list[dict[tuple[int, int], int]]:
        """All votes within the bands, on a grid that meets every side of every bound."""
        columns = []
        for y in sorted({row[1] for row in self.held}):
            mine = [row for row in self.held if row[1] == y]
            room = 24 if y in self.net else 24 - self.own.get(y, 0)
            choices = [range(low + (ends & 1), high + 1 - (ends >> 1)) for _, _, low, high, ends in mine]
            fitting = (votes for votes in product(*choices) if sum(votes) <= room)
            columns.append([{row[:2]: v for row, v in zip(mine, votes, strict=True)} for votes in fitting])
        assume(np.prod([len(column) for column in columns]) < 2000)
        return [{pair: v for column in one for pair, v in column.items()} for one in product(*columns)]

    def controlled(
        self, owners: set[int], votes: dict[tuple[int, int], int], *, cut: Set[tuple[int, int]] = frozenset()
    ) -> set[int]:
        """What some owners control together under certain votes; holdings that are cut vote with nobody."""
        inside = set(owners)
        while True:
            counted = {y: 24 - (0 if y in self.net else self.own.get(y, 0)) for y in range(5)}
            more = {
                y for y, whole in counted.items()
                if 2 * sum(v for (a, b), v in votes.items() if b == y and a in inside and (a, b) not in cut) > whole
            }  # fmt: skip
            if more <= inside:
                return inside - owners
            inside |= more


@st.composite
def own_shares(draw: st.DrawFn) -> OwnShares:
    """Two disclosed holders a company at most, beside itself."""
    held, own, net = [], {}, set()
    for y in draw(st.lists(st.integers(0, 4), unique=True, min_size=1, max_size=3)):
        own[y] = draw(st.sampled_from([0, 0, 6, 12]))
        if draw(st.booleans()):
            net.add(y)
        room = 24 if y in net else 24 - own[y]
        for x in draw(st.lists(st.integers(0, 4).filter(lambda x, y=y: x != y), unique=True, max_size=2)):
            low = 6 * draw(st.integers(0, room // 6))
            high = 6 * draw(st.integers(low // 6, 4))
            held.append((x, y, low, high, draw(st.integers(0, 3)) if high > low and low < room else 0))
            room -= low
    return OwnShares(held, {y: votes for y, votes in own.items() if votes}, net)
