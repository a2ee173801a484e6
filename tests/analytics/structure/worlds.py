"""Small random ownership and slow, obvious solvers that the fast ones are held against."""

from fractions import Fraction
from itertools import product

from hypothesis import strategies as st

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
