"""Panels with the figures that published scores read."""

from dataclasses import replace
from datetime import date

import numpy as np

from analytics.learning.features.ratios import FEATURES as RATIOS
from analytics.learning.panel import Feature, Panel, Wave

NAMES = tuple(feature.name for feature in RATIOS)
LOG = Feature("log_assets", "log money", "Logarithm of total assets", "总资产对数", 0, "own", "test")
VOLATILITY = Feature("equity_volatility", "fraction", "Volatility of shares", "股价波动率", 1, "own", "test")


def stated(*, firms: int = 900, seed: int = 0, market: bool = True, growth: float = 0.2) -> Panel:
    """Firms whose logit of default is a line in debt and return; every figure of the scores is stated, some missing."""
    rng = np.random.default_rng(seed)
    failed, size, waves = np.zeros(firms, bool), rng.normal(18, 1.5, firms), []
    features = (*RATIOS, LOG, *((VOLATILITY,) if market else ()))
    for year in range(2016, 2021):
        quality = rng.normal(size=firms)
        debt = 1 / (1 + np.exp(0.6 * quality + 0.4 * rng.normal(size=firms)))
        given = {
            "debt_ratio": debt, "equity_to_liabilities": 1 / debt - 1, "return_on_assets": 0.05 * quality,
            "operating_return": 0.06 * quality + 0.02, "working_capital_ratio": 0.2 * quality,
            "retained_earnings_ratio": 0.1 * quality, "asset_turnover": rng.uniform(0.5, 1.5, firms),
            "current_ratio": np.exp(0.3 * quality), "current_liabilities_to_current_assets": np.exp(-0.3 * quality),
            "funds_to_liabilities": 0.1 * quality, "loss_two_years": (quality < -1) * 1.0,
            "negative_equity": np.zeros(firms), "profit_change": np.tanh(quality),
            "market_value_to_liabilities": (1 / debt - 1) * np.exp(0.3 * rng.normal(size=firms)),
        }  # fmt: skip
        values = np.full((firms, len(features)), np.nan)
        for name, column in given.items():
            if market or name != "market_value_to_liabilities":
                values[:, NAMES.index(name)] = column
        values[:, len(RATIOS)] = size
        if market:
            values[:, -1] = rng.uniform(0.2, 0.9, firms)
        values[rng.random(firms) < 0.05] = np.nan
        fails = rng.random(firms) < 1 / (1 + np.exp(3 + 1.5 * quality))
        rows = np.flatnonzero(~failed).astype(np.int32)
        waves.append(Wave(date(year, 12, 31), None, values.astype(np.float32), np.full(firms, 1.0), failed.copy(), rows,
                          fails[rows].astype(np.int8), {}))  # fmt: skip
        failed, size = failed | fails, size + growth * rng.normal(size=firms)
    return Panel(tuple(f"t:{k}" for k in range(firms)), np.ones(firms, bool), features, (), tuple(waves), "test")


def lacking(panel: Panel, *names: str) -> Panel:
    """Without some figures."""
    kept = [at for at, name in enumerate(panel.names) if name not in names]
    waves = tuple(replace(wave, values=wave.values[:, kept]) for wave in panel.waves)
    return replace(panel, features=tuple(panel.features[at] for at in kept), waves=waves)
