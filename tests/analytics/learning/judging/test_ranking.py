"""Measures of order against scikit-learn, and what they must be."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score, roc_auc_score, roc_curve

from analytics.learning.judging.ranking import auc, average_precision, gini, kolmogorov_smirnov
from graph.errors import InvalidPanel


@st.composite
def judged(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray]:
    """Rows of both classes, scores in steps so that many are alike."""
    rows = draw(st.lists(st.tuples(st.booleans(), st.integers(0, 8)), min_size=2, max_size=60))
    label = np.array([float(bad) for bad, _ in rows])
    label[0], label[1] = 1.0, 0.0
    return label, np.array([score / 8 for _, score in rows])


@given(judged())
def test_auc_is_that_of_scikit_learn(rows: tuple[np.ndarray, np.ndarray]) -> None:
    assert auc(*rows) == pytest.approx(roc_auc_score(*rows), abs=1e-12)
    assert gini(*rows) == pytest.approx(2 * roc_auc_score(*rows) - 1, abs=1e-12)


@given(judged())
def test_average_precision_is_that_of_scikit_learn(rows: tuple[np.ndarray, np.ndarray]) -> None:
    assert average_precision(*rows) == pytest.approx(average_precision_score(*rows), abs=1e-12)


@given(judged())
def test_the_largest_distance_is_the_furthest_of_scikit_learns_curve(rows: tuple[np.ndarray, np.ndarray]) -> None:
    wrong, right, _ = roc_curve(*rows, drop_intermediate=False)
    assert kolmogorov_smirnov(*rows) == pytest.approx(np.abs(right - wrong).max(), abs=1e-12)


@given(judged(), st.randoms(use_true_random=False))
def test_neither_the_order_of_rows_nor_a_growing_change_of_scores_counts(
    rows: tuple[np.ndarray, np.ndarray], random: object
) -> None:
    label, score = rows
    order = np.arange(len(label))
    random.shuffle(order)  # type: ignore[attr-defined]
    for measure in (auc, average_precision, kolmogorov_smirnov):
        assert measure(label[order], np.exp(3 * score[order])) == pytest.approx(measure(label, score), abs=1e-12)


@pytest.mark.parametrize("measure", [auc, gini, average_precision, kolmogorov_smirnov])
@pytest.mark.parametrize(
    ("label", "score", "said"),
    [
        ([1, 1], [0.1, 0.2], "defaults only"),
        ([0, 0], [0.1, 0.2], "rows without default only"),
        ([1, 0], [0.1, np.nan], "not finite"),
        ([1, -1], [0.1, 0.2], "neither 0 nor 1"),
        ([1, 0], [0.1], "one of each a row"),
        ([], [], "one of each a row"),
    ],
)
def test_what_cannot_be_measured_is_refused(measure: object, label: list, score: list, said: str) -> None:
    with pytest.raises(InvalidPanel, match=said):
        measure(label, score)  # type: ignore[operator]
