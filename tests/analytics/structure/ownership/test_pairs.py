import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.structure.ownership.pairs import joined, pairs_above, unowned
from analytics.structure.ownership.row import integrated_row
from analytics.structure.ownership.stakes import Stakes
from graph.bands import units
from graph.errors import InvalidShare
from tests.analytics.structure.ownership.worlds import SIZE, Links, arrays, closed_blocks, matrix_of, worlds

THRESHOLDS = st.sampled_from([0.025, 0.1, 0.2, 0.25, 0.325, 0.5, 0.525, 1.0])


@given(worlds(), THRESHOLDS, st.booleans())
@settings(max_examples=300)
def test_pairs_are_those_of_all_rows(links: Links, threshold: float, strict: bool) -> None:
    stakes = Stakes.exact(SIZE, *arrays(links))
    found = pairs_above(stakes, threshold, strict=strict)
    expected = {}
    for owner in range(SIZE):
        row = integrated_row(stakes, owner)
        for company, share in zip(row.company.tolist(), row.share.tolist(), strict=True):
            if units(share) > units(threshold) or (units(share) == units(threshold) and not strict):
                expected[owner, company] = share
    assert list(zip(found.holder.tolist(), found.company.tolist(), strict=True)) == sorted(expected)
    exact = np.array([expected[pair] for pair in sorted(expected)])
    assert (found.low <= exact + 1e-9).all()
    assert (exact <= found.high + 1e-9).all()


@given(worlds(), THRESHOLDS, st.integers(0, SIZE))
@settings(max_examples=50)
def test_parts_give_the_whole(links: Links, threshold: float, cut: int) -> None:
    stakes = Stakes.exact(SIZE, *arrays(links))
    parts = joined([pairs_above(stakes, threshold, companies=part) for part in ((0, cut), (cut, SIZE))])
    every = pairs_above(stakes, threshold)
    assert (parts.holder.tolist(), parts.company.tolist()) == (every.holder.tolist(), every.company.tolist())
    assert parts.low.tolist() == every.low.tolist()


def test_a_circle_that_hardly_leaks_is_decided_all_the_same() -> None:
    leak = 1e-8
    stakes = Stakes.exact(5, [0, 1, 2, 3], [1, 2, 1, 2], [leak, 1 - leak, 1 - leak, leak])
    found = pairs_above(stakes, 0.4)
    assert list(zip(found.holder.tolist(), found.company.tolist(), strict=True)) == [
        (0, 1), (0, 2), (1, 2), (2, 1), (3, 1), (3, 2),
    ]  # fmt: skip


@given(worlds())
@settings(max_examples=100)
def test_what_has_no_final_owner_is_told(links: Links) -> None:
    matrix = matrix_of(links)
    closed = set().union(*closed_blocks(matrix))
    # By walks: what ends within the blocks for certain, whoever is asked.
    mine = np.isin(np.arange(SIZE), list(closed))
    matrix[:, mine] = np.eye(SIZE)[:, mine]
    carried = mine @ np.linalg.matrix_power(matrix, 1 << 14)
    assert unowned(Stakes.exact(SIZE, *arrays(links))).tolist() == np.flatnonzero(carried > 1 - 1e-9).tolist()


@pytest.mark.parametrize("threshold", [0.0, -0.1, 1.1, float("nan")])
def test_a_threshold_that_is_none_is_refused(threshold: float) -> None:
    with pytest.raises(InvalidShare):
        pairs_above(Stakes.exact(2, [0], [1], [0.5]), threshold)
