"""Between what bounds a probability lies."""

import numpy as np
import pytest

from analytics.learning.models.band import Band
from graph.errors import InvalidModel


def drawn(seed: int, firms: int = 2000) -> tuple[np.ndarray, np.ndarray]:
    """Probabilities that hold, and what came."""
    rng = np.random.default_rng(seed)
    p = 1 / (1 + np.exp(3 - rng.normal(size=firms)))
    return p, (rng.random(firms) < p).astype(np.int8)


def test_where_probabilities_hold_the_interval_holds_the_truth_about_as_often_as_it_says() -> None:
    """At a score in the middle the truth is the score itself; 200 draws, 90 %: 5 standard deviations are .106."""
    held = 0
    for seed in range(200):
        p, y = drawn(seed)
        band = Band.of(p, y, np.arange(len(p)))
        at = np.array([0.05])
        odds = np.log(at / (1 - at))
        middle = band.constant + band.slope * odds
        a, b, c = band.covariance
        reach = 1.6448536 * np.sqrt(a + 2 * b * odds + c * odds**2)
        held += bool(middle - reach <= odds <= middle + reach)
    assert abs(held / 200 - 0.9) < 0.106


def test_what_is_said_always_lies_within_and_fewer_firms_make_it_wider() -> None:
    grid = np.linspace(0.001, 0.9, 50)
    widths = []
    for firms in (500, 5000):
        p, y = drawn(1, firms)
        low, high = Band.of(p, y, np.arange(firms)).interval(grid)
        assert ((low <= grid) & (grid <= high)).all()
        widths.append(float((high - low).mean()))
    assert widths[1] < widths[0]


def test_rows_of_one_firm_count_as_one() -> None:
    """The same rows four times over say nothing more, where they are of the same firms."""
    p, y = drawn(2)
    once = Band.of(p, y, np.arange(len(p)))
    four = Band.of(np.tile(p, 4), np.tile(y, 4), np.tile(np.arange(len(p)), 4))
    np.testing.assert_allclose(four.covariance, once.covariance, rtol=1e-3)


def test_it_is_what_a_regression_with_clustered_errors_says() -> None:
    """The covariance by the definition: bread, meat, bread, with the derivative taken by differences."""
    p, y = drawn(3, 400)
    party = np.arange(400) // 2
    band = Band.of(p, y, party)
    odds = np.log(p / (1 - p))

    def pull(at: np.ndarray) -> np.ndarray:
        said = 1 / (1 + np.exp(-(at[0] + at[1] * odds)))
        each = np.column_stack([y - said, (y - said) * odds])
        return np.array([each[party == k].sum(axis=0) for k in range(200)])

    at, step = np.array([band.constant, band.slope]), 1e-5
    assert np.abs(pull(at).sum(axis=0)).max() < 1e-2
    bend = np.column_stack(
        [(pull(at + step * e).sum(axis=0) - pull(at - step * e).sum(axis=0)) / (2 * step) for e in np.eye(2)]
    )
    bread, meat = np.linalg.inv(-bend), pull(at).T @ pull(at)
    whole = bread @ meat @ bread
    np.testing.assert_allclose(band.covariance, [whole[0, 0], whole[0, 1], whole[1, 1]], rtol=1e-4)


def test_kept_and_read_it_is_the_same_and_what_is_none_is_refused() -> None:
    p, y = drawn(4)
    band = Band.of(p, y, np.arange(len(p)))
    assert Band.read(band.facts()) == band
    for wrong in ({}, {"constant": 0, "slope": 1, "covariance": [1, 2]}, {"constant": "x", "slope": 1}):
        with pytest.raises(InvalidModel):
            Band.read(wrong)
