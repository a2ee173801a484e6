import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import expit, logit
from sklearn.isotonic import IsotonicRegression

from analytics.learning.models.calibration import FORMS, MANY, Calibration, Form
from graph.errors import InvalidModel


def drawn(rows: int, seed: int, *, base: float = -3.0) -> tuple[np.ndarray, np.ndarray]:
    """True probabilities and what came of them."""
    rng = np.random.default_rng(seed)
    p = expit(base + 1.2 * rng.normal(size=rows))
    return p, (rng.random(rows) < p).astype(np.int8)


def error(said: np.ndarray, true: np.ndarray) -> float:
    return float(np.abs(said - true).mean())


def test_a_line_in_log_odds_is_undone() -> None:
    """Told twice as far from the middle as it is, and too high: Platt's curve brings it back."""
    p, y = drawn(40_000, 1)
    told = expit(2 * logit(p) + 1.5)
    found = Calibration.fitted("platt", told, y)
    ((constant, slope),) = found.numbers
    assert slope == pytest.approx(0.5, abs=0.03)
    assert constant == pytest.approx(-0.75, abs=0.12)
    assert error(found(told), p) < 0.004 < error(told, p)


def test_a_beta_curve_mends_what_a_line_in_log_odds_cannot() -> None:
    """p told as p^3 / (p^3 + 1 - p): log odds no longer in a line; true for a beta curve with slopes 1/3 and 1."""
    p, y = drawn(40_000, 2, base=0.0)
    told = p**3 / (p**3 + (1 - p))
    beta, platt = (Calibration.fitted(form, told, y) for form in ("beta", "platt"))
    assert error(beta(told), p) < error(platt(told), p)
    assert Calibration.chosen(told, y, np.arange(len(y))).form == "beta"


@given(st.integers(0, 10_000), st.sampled_from(FORMS))
def test_no_curve_ever_falls_or_leaves_0_to_1(seed: int, form: Form) -> None:
    p, y = drawn(120, seed, base=-1.0)
    rng = np.random.default_rng(seed)
    told = rng.permutation(p) if seed % 3 == 0 else 1 - p if seed % 3 == 1 else p
    if y.min() == y.max():
        return
    grid = np.linspace(0, 1, 300)
    said = Calibration.fitted(form, told, y)(grid)
    assert (np.diff(said) >= -1e-12).all()
    assert ((said >= 0) & (said <= 1)).all()


def test_steps_are_those_of_scikit_learn_between_their_ends() -> None:
    p, y = drawn(3_000, 4, base=-1.0)
    peer = IsotonicRegression(out_of_bounds="clip").fit(p, y)
    found = Calibration.fitted("isotonic", p, y)
    edge = 0.5 / len(y)
    np.testing.assert_allclose(found(p), np.clip(peer.predict(p), edge, 1 - edge), atol=1e-12)


def test_what_holds_already_is_left_nearly_as_it_is() -> None:
    p, y = drawn(40_000, 5)
    found = Calibration.chosen(p, y, np.arange(len(y)))
    assert error(found(p), p) < 0.002


def test_where_few_defaults_settle_a_curve_that_wins_by_chance_is_not_taken() -> None:
    """What is told is true already: whatever curve wins, wins by chance."""
    forms = []
    for seed in range(40):
        p, y = drawn(600, 100 + seed)
        forms.append(Calibration.chosen(p, y, np.arange(len(y)), seed=seed).form)
    assert forms.count("none") > 30


def test_steps_are_chosen_only_with_many_defaults() -> None:
    """A jump in the middle that neither curve can follow: steps win where there are defaults enough, else never."""
    rng = np.random.default_rng(6)
    told = rng.random(30_000)
    y = (rng.random(30_000) < np.where(told < 0.5, 0.02, 0.3)).astype(np.int8)
    party = np.arange(len(y))
    assert y.sum() > MANY
    assert Calibration.chosen(told, y, party).form == "isotonic"
    few = slice(0, 3_000)
    assert y[few].sum() < MANY
    assert Calibration.chosen(told[few], y[few], party[few]).form != "isotonic"


@pytest.mark.parametrize("form", FORMS)
def test_a_curve_is_read_as_it_was_written_and_a_broken_one_refused(form: Form) -> None:
    p, y = drawn(500, 7, base=-1.0)
    found = Calibration.fitted(form, p, y)
    assert Calibration.read(found.facts()) == found
    for broken in ({}, {"form": "other", "numbers": []}, {"form": form, "numbers": [[1.0], [2.0, 3.0]]}):
        with pytest.raises(InvalidModel):
            Calibration.read(broken)
