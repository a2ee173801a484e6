"""Hazards found again in worlds drawn by them."""

import numpy as np
import pytest
from scipy import sparse
from scipy.special import expit

from analytics.learning.models.propagation import ROUNDS, Propagation, Round
from graph.errors import InvalidModel

TRUE = np.array([0.0, 2.0, 0.7])


def drawn(rows: int = 60_000, seed: int = 0) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Log odds, what is heard over three channels of which the first carries nothing, labels, probabilities."""
    rng = np.random.default_rng(seed)
    odds = rng.normal(-3, 1, rows)
    heard = rng.exponential(0.3, (rows, 3)) * (rng.random((rows, 3)) < 0.3)
    p = 1 - (1 - expit(0.2 + 1.3 * odds)) * np.exp(-heard @ TRUE)
    return odds, heard, (rng.random(rows) < p).astype(np.int8), p


def test_hazards_constant_and_slope_are_found_again() -> None:
    odds, heard, label, p = drawn()
    found = Round.fitted(odds, heard, label)
    np.testing.assert_allclose(found.hazards, TRUE, atol=0.06)
    assert found.constant == pytest.approx(0.2, abs=0.15)
    assert found.slope == pytest.approx(1.3, abs=0.05)
    assert np.abs(found.probability(odds, heard) - p).mean() < 0.002


def test_where_it_starts_changes_nothing() -> None:
    odds, heard, label, _ = drawn(5_000)
    one = Round.fitted(odds, heard, label)
    other = Round.fitted(odds, heard, label, near=Round(1.0, 2.0, np.array([3.0, 0.0, 3.0])))
    np.testing.assert_allclose(one.probability(odds, heard), other.probability(odds, heard), atol=1e-4)


def test_what_is_heard_never_lowers_a_probability_and_a_silent_channel_has_no_hazard() -> None:
    odds, heard, label, _ = drawn(5_000)
    heard[:, 1] = 0.0
    found = Round.fitted(odds, heard, label)
    assert found.hazards[1] == 0
    more = found.probability(odds, heard + 0.5)
    assert (more >= found.probability(odds, heard)).all()
    assert found.probability(np.array([-3.0]), np.zeros((1, 3)))[0] == pytest.approx(
        expit(found.constant + found.slope * -3.0)
    )


def test_a_cascade_is_followed_round_by_round() -> None:
    """Links in chains a → b → c: c hears of b what b hears of a; after two rounds a's risk has reached c."""
    rng = np.random.default_rng(3)
    n = 30_000
    a, b, c = (np.arange(n // 3) + n // 3 * part for part in range(3))
    link = sparse.csr_array((np.ones(2 * (n // 3)), (np.r_[b, c], np.r_[a, b])), shape=(n, n))
    own = np.where(np.isin(np.arange(n), a) & (rng.random(n) < 0.5), 0.3, 0.02)
    falls = rng.random(n) < own
    for at, of in ((b, a), (c, b)):
        falls[at] |= falls[of] & (rng.random(len(at)) < 1 - np.exp(-1.5))
    odds = np.log(own / (1 - own))
    found = Propagation.fitted(
        [odds], lambda said: [(link @ said[0])[:, None]], lambda waves: waves[0], falls.astype(np.int8)
    )
    assert len(found.rounds) == ROUNDS
    said = 1 / (1 + np.exp(-odds))
    for one in found.rounds:
        said = one.probability(odds, (link @ said)[:, None])
    risky = own[a] > 0.1
    assert said[c][risky].mean() > 1.5 * said[c][~risky].mean()
    assert said[c][risky].mean() == pytest.approx(falls[c][risky].mean(), abs=0.03)


def test_rounds_are_read_as_they_were_written() -> None:
    found = Propagation(tuple(Round(0.1, 1.0, np.array([0.5, 0.0])) for _ in range(ROUNDS)))
    assert Propagation.read(found.facts(), 2).facts() == found.facts()
    for broken, width in (([], 2), (found.facts(), 3), ([{"constant": 1.0}] * ROUNDS, 2)):
        with pytest.raises(InvalidModel):
            Propagation.read(broken, width)
