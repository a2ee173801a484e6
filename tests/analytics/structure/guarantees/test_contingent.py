import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.limits.exposure import Book, exposure_to
from analytics.structure.guarantees.contingent import expected_contingent
from analytics.structure.votes import Arrows
from graph.errors import InvalidAmount, InvalidShare

RATES = st.floats(0, 1)


@given(st.lists(st.tuples(st.floats(0, 1e9), RATES, RATES), max_size=8))
def test_expected_is_the_sum_of_pd_lgd_and_amount_and_never_above_gross(
    rows: list[tuple[float, float, float]],
) -> None:
    found = expected_contingent(*([row[k] for row in rows] for k in range(3)))
    assert found.expected == pytest.approx(sum(a * pd * lgd for a, pd, lgd in rows), rel=1e-9, abs=1e-9)
    assert found.expected <= found.gross * (1 + 1e-12)
    assert (found.unrated, found.undisclosed) == (0, 0)


def test_a_guarantee_inside_a_group_or_beyond_the_debt_is_not_expected_twice() -> None:
    """1 promises 80 for 2, who owes 50, and 10 for 3; worked by hand: 50 and 10, of the pair only 10."""
    book = Book(
        np.zeros(2, np.uint32), Arrows.of(4, [2, 3], [0, 0]), np.zeros(2, np.int8), np.array([50.0, 40.0]),
        np.zeros(2), np.zeros(2), Arrows.of(4, [1, 1], [2, 3]), np.array([80.0, 10.0]), np.zeros(2, np.uint32),
    )  # fmt: skip
    for parties, gross, expected in (([1], 60.0, 50 * 0.1 * 0.4 + 10 * 0.2 * 0.5), ([1, 2], 10.0, 10 * 0.2 * 0.5)):
        exposure = exposure_to(book, parties)
        borrower = book.guaranteed.head[exposure.guarantees]
        pd, lgd = np.array([0, 0, 0.1, 0.2])[borrower], np.array([0, 0, 0.4, 0.5])[borrower]
        found = expected_contingent(exposure.guarantee_amount, pd, lgd)
        assert (found.gross, found.expected) == pytest.approx((gross, expected))


def test_what_is_not_rated_is_said_and_what_cannot_be_is_refused() -> None:
    found = expected_contingent([10, 20, np.nan], [0.1, np.nan, 0.1], [0.5, 0.5, 0.5])
    assert (found.gross, found.expected, found.unrated, found.undisclosed) == pytest.approx((30, 0.5, 20, 1))
    with pytest.raises(InvalidAmount):
        expected_contingent([-1], [0.1], [0.1])
    with pytest.raises(InvalidShare, match="LGD"):
        expected_contingent([1], [0.1], [45])
