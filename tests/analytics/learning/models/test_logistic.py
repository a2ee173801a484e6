import numpy as np
import pytest
from scipy.special import expit
from sklearn.linear_model import LogisticRegression

from analytics.learning.models.logistic import Line


def drawn(rows: int = 800, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(rows, 3)) * [1.0, 50.0, 0.02] + [0.0, 400.0, 3.0]
    odds = -2 + x[:, 0] - 0.02 * (x[:, 1] - 400) + 30 * (x[:, 2] - 3)
    return x, (rng.random(rows) < expit(odds)).astype(np.int8)


def test_a_line_is_that_of_scikit_learn_at_any_scale_of_its_columns() -> None:
    x, y = drawn()
    peer = LogisticRegression(C=np.inf, solver="newton-cholesky", tol=1e-10).fit(x, y)
    found = Line.fitted(x, y)
    np.testing.assert_allclose(found.log_odds(x), peer.decision_function(x), rtol=1e-4, atol=1e-4)


def test_a_ridge_shrinks_slopes_of_standardised_columns_as_scikit_learn_does() -> None:
    x, y = drawn()
    z = (x - x.mean(axis=0)) / x.std(axis=0)
    peer = LogisticRegression(C=1 / 25, solver="newton-cholesky", tol=1e-10).fit(z, y)
    np.testing.assert_allclose(Line.fitted(x, y, ridge=25).log_odds(x), peer.decision_function(z), atol=1e-4)


def test_a_slope_held_at_0_or_above_leaves_the_others_as_without_its_column() -> None:
    x, y = drawn()
    found = Line.fitted(x, y, positive=np.array([False, True, True]))
    assert found.slopes[1] == 0
    np.testing.assert_allclose(found.log_odds(x), Line.fitted(x[:, [0, 2]], y).log_odds(x[:, [0, 2]]), atol=1e-4)


def test_a_column_that_never_changes_says_nothing() -> None:
    x, y = drawn()
    x[:, 1] = 7.0
    found = Line.fitted(x, y)
    assert found.slopes[1] == 0
    np.testing.assert_allclose(found.log_odds(x), Line.fitted(x[:, [0, 2]], y).log_odds(x[:, [0, 2]]), atol=1e-4)


def test_the_mean_of_what_a_line_says_is_that_of_the_labels() -> None:
    x, y = drawn()
    assert expit(Line.fitted(x, y).log_odds(x)).mean() == pytest.approx(y.mean(), abs=1e-6)
