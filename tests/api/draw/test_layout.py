from itertools import pairwise

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from api.draw.layered import COLUMN, ROW, layered
from api.draw.stress import TALL, by_stress

SIZE = 12
forward = st.lists(
    st.tuples(st.integers(0, SIZE - 1), st.integers(0, SIZE - 1)).filter(lambda pair: pair[0] < pair[1]), max_size=30
)
any_pairs = st.lists(st.tuples(st.integers(0, SIZE - 1), st.integers(0, SIZE - 1)), max_size=30)


@given(forward)
def test_without_rings_every_holder_stands_left_of_what_it_holds(pairs: list[tuple[int, int]]) -> None:
    points, *_ = layered(SIZE, pairs)
    assert all(points[tail, 0] + COLUMN <= points[head, 0] + 1e-9 for tail, head in pairs)


@given(any_pairs)
def test_no_two_parties_share_a_place_even_in_rings(pairs: list[tuple[int, int]]) -> None:
    points, bends, _ = layered(SIZE, pairs)
    assert len(bends) == len(pairs)
    for a in range(SIZE):
        for b in range(a):
            assert abs(points[a, 0] - points[b, 0]) > 1 or abs(points[a, 1] - points[b, 1]) >= ROW - 1e-6


def test_a_long_column_stands_as_several_and_still_to_the_right() -> None:
    points, *_ = layered(100, [(0, k) for k in range(1, 100)])
    assert (points[1:, 0] > points[0, 0]).all()
    assert np.ptp(points[:, 1]) <= 18 * ROW


def test_a_link_across_a_column_bends_round_what_stands_there() -> None:
    _, bends, _ = layered(3, [(0, 1), (1, 2), (0, 2)])
    assert bends[0] == bends[1] == 0
    assert abs(bends[2]) > ROW / 4


@given(forward, st.sampled_from([None, 1, 2]))
@settings(deadline=None)
def test_links_run_level_through_columns_and_no_party_stands_there(
    pairs: list[tuple[int, int]], side_by_side: int | None
) -> None:
    """Straight from one stop to the next: between columns anywhere, within them at a height that no party has."""
    points, _, ways = layered(SIZE, pairs, side_by_side=side_by_side)
    for (tail, head), stops in zip(pairs, ways, strict=True):
        run = [points[tail], *(np.array([stop.x + stop.side * 60, stop.y]) for stop in stops), points[head]]
        for (x1, y1), (x2, y2) in pairwise(run):
            assert x1 < x2
            for party in set(range(SIZE)) - {tail, head}:
                x, y = points[party]
                if x1 < x < x2:
                    assert y1 == y2
                    assert abs(y - y1) >= ROW / 2 - 1e-6 or side_by_side is None


@given(any_pairs)
@settings(deadline=None, max_examples=20)
def test_the_same_network_is_laid_out_the_same(pairs: list[tuple[int, int]]) -> None:
    def laid() -> np.ndarray:
        return by_stress(SIZE, pairs, [80.0] * SIZE, [0] + [1] * (SIZE - 1))

    assert np.array_equal(laid(), laid())


def test_labels_of_a_large_network_do_not_lie_on_each_other() -> None:
    rng = np.random.default_rng(3)
    count = 200
    pairs = [(int(rng.integers(0, k)), k) for k in range(1, count)]
    hops = [0]
    for tail, _ in pairs:
        hops.append(hops[tail] + 1)
    points = by_stress(count, pairs, [100.0] * count, hops)
    x, y = (np.abs(points[:, None, axis] - points[None, :, axis]) for axis in (0, 1))
    over = np.triu((x < 100) & (y < TALL), 1).sum()
    assert over < 0.02 * count
