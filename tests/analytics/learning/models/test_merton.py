"""Merton's distance as a model: by the market, by books, and what is refused."""

import numpy as np
import pytest
from scipy.stats import spearmanr

from analytics.credit.merton import implied_assets
from analytics.learning.models.merton import Distance, Merton
from analytics.learning.models.model import Task
from analytics.learning.panel import Split
from graph.errors import InvalidPanel
from tests.analytics.learning.models.scores import lacking, stated


def test_by_the_market_the_order_is_that_of_implied_distances() -> None:
    panel = stated()
    fitted = Merton().fit(Task(panel, Split.by_time(panel)))
    assert isinstance(fitted.formula, Distance)
    assert fitted.formula.basis == "market"
    value, moves = (
        panel.waves[4].values[:, panel.names.index(n)] for n in ("market_value_to_liabilities", "equity_volatility")
    )
    known = np.isfinite(value) & np.isfinite(moves)
    distance = implied_assets(value[known], moves[known], 1.0).distance
    assert spearmanr(-distance, fitted.predict(panel, 4)[known]).statistic == pytest.approx(1.0, abs=1e-9)


def test_by_books_firms_stand_in_the_order_of_their_debt_and_the_volatility_is_that_of_assets() -> None:
    panel = stated(market=False, growth=0.25)
    fitted = Merton().fit(Task(panel, Split.by_time(panel)))
    assert isinstance(fitted.formula, Distance)
    assert fitted.formula.basis == "books"
    assert fitted.note.startswith("by books, of one volatility of assets (0.2")
    assert fitted.formula.volatility == pytest.approx(0.25, rel=0.1)
    debt = panel.waves[4].values[:, panel.names.index("debt_ratio")]
    known = np.isfinite(debt)
    assert spearmanr(debt[known], fitted.predict(panel, 4)[known]).statistic == pytest.approx(1.0, abs=1e-9)


def test_without_either_way_it_is_refused() -> None:
    panel = stated(market=False)
    split = Split.by_time(panel)
    with pytest.raises(InvalidPanel, match="equity_volatility, and debt_ratio as well"):
        Merton().fit(Task(lacking(panel, "debt_ratio"), split))
    with pytest.raises(InvalidPanel, match="how much assets move"):
        Merton().fit(Task(lacking(panel, "log_assets"), split))
    assert Merton(volatility=0.2).fit(Task(lacking(panel, "log_assets"), split)).formula.facts()["basis"] == "books"


def test_who_owes_nothing_or_states_nothing_sensible_has_an_answer() -> None:
    panel = stated(market=False)
    fitted = Merton().fit(Task(panel, Split.by_time(panel)))
    score = fitted.formula(np.array([[0.0], [0.5], [-1.0], [np.nan]], np.float32))
    assert np.isnan(score).tolist() == [False, False, True, True]
    assert score[0] < score[1]
