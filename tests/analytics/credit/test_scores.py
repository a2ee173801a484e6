"""Published scores: by hand, at the edges of their zones, and what is refused."""

import numpy as np
import pytest
from scipy.stats import logistic, norm

from analytics.credit.scores import published_probability, published_scores, score, zone
from graph.errors import InvalidQuestion, UnknownRule


def test_zones_hold_their_own_ends_as_grey() -> None:
    for name in ("ALTMAN_Z", "ALTMAN_Z_PRIME", "ALTMAN_Z_DOUBLE_PRIME", "ALTMAN_EM"):
        low, high = published_scores()[name].distress_below, published_scores()[name].safe_above
        assert low is not None
        assert high is not None
        found = zone(name, [np.nextafter(low, -9), low, high, np.nextafter(high, 9), np.nan])
        assert found.tolist() == ["distress", "grey", "grey", "safe", ""]


def test_a_missing_input_leaves_the_score_missing_and_others_as_they_are() -> None:
    found = score("ALTMAN_Z", [[0.1, 0.2, np.nan, 1.0, 1.0], [0.0, 0.0, 0.0, 0.0, 1.0]])
    assert np.isnan(found[0])
    assert found[1] == pytest.approx(0.999)


def test_emerging_markets_are_the_second_score_moved() -> None:
    x = np.random.default_rng(0).normal(size=(20, 4))
    np.testing.assert_allclose(score("ALTMAN_EM", x) - score("ALTMAN_Z_DOUBLE_PRIME", x), 3.25, atol=1e-12)


def test_links_are_those_of_their_distributions() -> None:
    z = np.linspace(-5, 5, 11)
    np.testing.assert_allclose(published_probability("OHLSON", z), logistic.cdf(z), rtol=1e-12)
    np.testing.assert_allclose(published_probability("ZMIJEWSKI", z), norm.cdf(z), rtol=1e-12)


def test_what_a_score_is_not_is_refused() -> None:
    with pytest.raises(UnknownRule, match="SPRINGATE"):
        score("SPRINGATE", [1.0])
    with pytest.raises(InvalidQuestion, match="WCTA, RETA"):
        score("ALTMAN_Z", [1.0, 2.0])
    with pytest.raises(InvalidQuestion, match="no zones"):
        zone("OHLSON", 0.0)
    with pytest.raises(InvalidQuestion, match="without a probability"):
        published_probability("ALTMAN_Z", 2.0)
