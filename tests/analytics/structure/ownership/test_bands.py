from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.structure.ownership.bands import Bounds, Verdict, Widest, integrated_bounds
from analytics.structure.ownership.row import integrated_row
from analytics.structure.ownership.stakes import Stakes
from tests.analytics.structure.ownership.worlds import (
    PARTS,
    SIZE,
    Bands,
    Links,
    arrays,
    banded,
    bands_of,
    completions,
    hits,
    worlds,
)  # fmt: skip


def bounds_of(held: Bands, owner: int) -> Bounds:
    stakes = Stakes.between(SIZE, *bands_of(held), ends=[row[4] for row in held])
    return integrated_bounds(Widest.of(stakes), owner)


def whole(bounds: Bounds, end: str) -> np.ndarray:
    found = np.zeros(SIZE)
    found[bounds.company] = getattr(bounds, end)
    return found


def contain(bounds: Bounds, held: Bands, owner: int, draws: int) -> None:
    found = hits(completions(held, np.random.default_rng(len(held)), draws), owner)
    others = [y for y in range(SIZE) if y != owner]
    if bounds.block < 0:
        assert (found[:, others] <= whole(bounds, "high")[others] + 1e-9).all()
        assert (found[:, others] >= whole(bounds, "low")[others] - 1e-4).all()


@given(banded(), st.integers(0, SIZE - 1))
@settings(max_examples=150)
def test_bounds_contain_random_completions(held: Bands, owner: int) -> None:
    contain(bounds_of(held, owner), held, owner, 200)


@pytest.mark.parametrize("owner", range(3))
def test_bounds_contain_ten_thousand_completions_of_two_circles(owner: int) -> None:
    held = [
        (0, 1, 10, 20, 1), (2, 1, 0, 40, 0), (1, 2, 20, 30, 0), (3, 2, 4, 10, 2), (2, 3, 0, 20, 0),
        (4, 3, 10, 40, 3), (3, 4, 10, 20, 0), (0, 4, 0, 10, 0), (4, 5, 20, 40, 1), (1, 5, 4, 30, 0),
    ]  # fmt: skip
    contain(bounds_of(held, owner), held, owner, 10_000)


@given(banded(), st.integers(0, SIZE - 1))
@settings(max_examples=150)
def test_some_completion_comes_as_near_to_each_bound_as_one_likes(held: Bands, owner: int) -> None:
    held = held[:6]
    bounds = bounds_of(held, owner)
    if bounds.block >= 0:
        return
    # A linear goal over each column is best at a corner: low ends all, and some order of filling the rest.
    columns = []
    for y in sorted({row[1] for row in held}):
        mine = [row for row in held if row[1] == y]
        corners = {tuple(_fill(mine, order)) for order in _orders(len(mine))} | {tuple(r[2] / PARTS for r in mine)}
        columns.append([([r[0] for r in mine], y, corner) for corner in corners])
    worlds_ = list(product(*columns))[:3000]
    matrix = np.zeros((len(worlds_), SIZE, SIZE))
    for at, world in enumerate(worlds_):
        for holders, y, corner in world:
            matrix[at, holders, y] = corner
    found = hits(matrix, owner)
    found[:, owner] = 0.0
    if len(worlds_) < 3000:
        np.testing.assert_allclose(found.max(axis=0, initial=0.0), whole(bounds, "high"), atol=1e-6)
        np.testing.assert_allclose(found.min(axis=0, initial=1.0), whole(bounds, "low"), atol=1e-6)


def _orders(count: int) -> list[tuple[int, ...]]:
    return [order for order in product(range(count), repeat=count) if len(set(order)) == count]


def _fill(mine: Bands, order: tuple[int, ...]) -> list[float]:
    shares = [row[2] / PARTS for row in mine]
    left = 1 - sum(shares)
    for k in order:
        more = min(mine[k][3] / PARTS - shares[k], left)
        shares[k] += more
        left -= more
    return shares


@given(worlds(), st.integers(0, SIZE - 1))
@settings(max_examples=100)
def test_exact_shares_leave_no_room(links: Links, owner: int) -> None:
    stakes = Stakes.exact(SIZE, *arrays(links))
    bounds, row = integrated_bounds(Widest.of(stakes), owner), integrated_row(stakes, owner)
    assert (bounds.block, bounds.company.tolist()) == (row.block, row.company.tolist())
    np.testing.assert_allclose(bounds.high, row.share, atol=1e-9)
    np.testing.assert_allclose(bounds.low, row.share, atol=1e-9)


def test_companies_that_might_hold_each_other_wholly_add_nothing() -> None:
    # 3 has half of 2, and 1 and 0 may hold all of each other: walks that stay there meet nobody.
    held = [(3, 2, 20, 20, 0), (2, 1, 0, 40, 0), (0, 1, 0, 40, 0), (1, 0, 0, 40, 0)]
    assert bounds_of(held, 3).of(1).high == pytest.approx(0.5)


def test_filling_all_high_ends_would_be_no_bound() -> None:
    held = [(0, 2, 10, 20, 0), (1, 2, 30, 40, 0)]
    assert str(bounds_of(held, 0).of(2)) == "25%"


def test_circles_that_hardly_leak_are_bounded_by_policies() -> None:
    stakes = Stakes.between(3, [0, 2, 1], [1, 1, 2], [0.0, 0.3, 0.5], [1e-7, 1.0, 1.0])
    bounds = integrated_bounds(Widest.of(stakes), 0, sweeps=5)
    # All is filled with the owner's little and the circle, which gives it back: 1e-7 + (1 - 1e-7) u = u.
    assert bounds.of(1).high == pytest.approx(1.0, abs=1e-6)


@pytest.mark.parametrize(
    ("ends", "threshold", "strict", "verdict"),
    [
        (0, 0.25, False, "CERTAIN"), (0, 0.25, True, "POSSIBLE"), (1, 0.25, True, "CERTAIN"),
        (0, 0.5, False, "POSSIBLE"), (2, 0.5, False, "IMPOSSIBLE"), (0, 0.5, True, "IMPOSSIBLE"),
        (0, 0.3, False, "POSSIBLE"), (0, 0.51, False, "IMPOSSIBLE"),
    ],
)  # fmt: skip
def test_a_verdict_minds_open_ends(ends: int, threshold: float, strict: bool, verdict: str) -> None:
    direct = bounds_of([(0, 1, 10, 20, ends)], 0)
    through = bounds_of([(0, 1, 10, 20, ends), (1, 2, 40, 40, 0)], 0)
    assert direct.verdict(1, threshold, strict=strict) is Verdict[verdict]
    assert through.verdict(2, threshold, strict=strict) is Verdict[verdict]


def test_an_open_end_that_nobody_needs_does_not_count() -> None:
    # Of 1 the owner may have all that it can have without an open end: 2 brings the same.
    held = [(0, 1, 0, 20, 2), (2, 1, 0, 40, 0), (0, 2, 40, 40, 0)]
    assert bounds_of(held, 0).verdict(1, 1.0) is Verdict.POSSIBLE


def test_what_others_surely_have_limits_a_band_and_opens_it() -> None:
    held = [(0, 1, 0, 40, 0), (2, 1, 20, 40, 1)]
    bounds = bounds_of(held, 0)
    assert str(bounds.of(1)) == "0–<50%"
    assert bounds.verdict(1, 0.5) is Verdict.IMPOSSIBLE
    assert bounds.verdict(2, 0.1) is Verdict.IMPOSSIBLE
