"""Measures of probabilities against scikit-learn, and by hand."""

import numpy as np
import pytest
from scipy.stats import binom
from sklearn.calibration import calibration_curve
from sklearn.metrics import brier_score_loss
from sklearn.metrics import log_loss as sklearn_log_loss

from analytics.learning.judging.calibration import Reliability, brier, equal_mass, log_loss, reliability
from graph.errors import InvalidPanel


def drawn(rows: int = 1000, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    said = rng.beta(1, 6, rows)
    return (rng.random(rows) < said).astype(float), said


def test_losses_are_those_of_scikit_learn() -> None:
    label, said = drawn()
    assert brier(label, said) == pytest.approx(brier_score_loss(label, said), abs=1e-14)
    assert log_loss(label, said) == pytest.approx(sklearn_log_loss(label, said), abs=1e-12)


def test_a_certainty_that_is_wrong_costs_much_and_not_without_end() -> None:
    assert log_loss([1, 0], [0.0, 0.0]) == pytest.approx(sklearn_log_loss([1, 0], [0.0, 0.0]), rel=1e-9)


def test_bins_without_ties_are_those_of_quantiles() -> None:
    label, said = drawn()
    found = reliability(label, said)
    seen, mean = calibration_curve(label, said, n_bins=10, strategy="quantile")
    np.testing.assert_allclose(found.seen, seen, atol=1e-12)
    np.testing.assert_allclose(found.said, mean, atol=1e-12)
    assert found.error == pytest.approx(np.abs(seen - mean).mean(), abs=1e-12)  # each bin holds a tenth


def test_rows_of_one_probability_are_never_parted() -> None:
    label = np.array([0, 1] * 50, float)
    found = reliability(label, np.full(100, 0.5))
    assert (found.rows.tolist(), found.seen.tolist(), found.error) == ([100], [0.5], 0.0)
    said = np.repeat([0.1, 0.2, 0.7], [10, 70, 20])
    of = equal_mass(said)
    assert all(len(set(of[said == value])) == 1 for value in (0.1, 0.2, 0.7))
    shuffled = np.random.default_rng(0).permutation(100)
    assert (equal_mass(said[shuffled]) == of[shuffled]).all()


def test_the_interval_of_a_bin_holds_the_truth_about_as_often_as_it_says() -> None:
    rng, held = np.random.default_rng(1), 0
    for _ in range(400):
        found = reliability((rng.random(60) < 0.3).astype(float), np.full(60, 0.3))
        held += int(found.low[0] <= 0.3 <= found.high[0])
    assert 0.90 <= held / 400 <= 0.99


def test_what_chance_alone_would_show_is_the_mean_deviation_of_binomials() -> None:
    """Held against the sum over all outcomes."""
    said, rows = np.array([0.0, 0.03, 0.5, 0.731, 1.0]), np.array([7, 400, 1, 33, 12])
    sums = [np.abs(np.arange(n + 1) - n * p) @ binom.pmf(np.arange(n + 1), n, p)
            for n, p in zip(rows, said, strict=True)]  # fmt: skip
    found = Reliability(said, said, said, said, rows)
    assert found.error == 0
    assert found.chance == pytest.approx(sum(sums) / rows.sum(), abs=1e-12)


def test_the_error_of_probabilities_that_are_true_falls_with_the_rows() -> None:
    few, many = (np.mean([reliability(*drawn(n, s)).error for s in range(20)]) for n in (200, 20_000))
    assert many < 0.2 * few
    label, said = drawn(20_000)
    assert reliability(label, np.minimum(1, 2 * said)).error > 0.1


@pytest.mark.parametrize("measure", [brier, log_loss, reliability])
def test_what_is_no_probability_is_refused(measure: object) -> None:
    with pytest.raises(InvalidPanel, match="below 0 or above 1"):
        measure([1, 0], [0.5, 1.5])  # type: ignore[operator]
    with pytest.raises(InvalidPanel, match="at least one bin"):
        equal_mass([0.5], 0)
