"""Small panels for tests: firms whose risk is drawn from two figures, with links among them."""

from datetime import date

import numpy as np

from analytics.learning.panel import Feature, Panel, Ties, Wave

DEBT = Feature("debt_ratio", "fraction", "Liabilities of assets", "资产负债率", 1, "own", "test")
CASH = Feature("cash_ratio", "ratio", "Cash of short debt", "现金比率", -1, "own", "test")
YEARS = (2016, 2017, 2018, 2019, 2020)


def small(*, firms: int = 600, years: tuple[int, ...] = YEARS, seed: int = 0, missing: float = 0.1) -> Panel:
    """Firms with two figures, guarantees and supplies; the logit of default is a line in the figures."""
    rng = np.random.default_rng(seed)
    failed = np.zeros(firms, bool)
    waves = []
    for year in years:
        x = rng.normal(size=(firms, 2))
        chance = 1 / (1 + np.exp(3 - 1.2 * x[:, 0] + 0.8 * x[:, 1]))
        rows = np.flatnonzero(~failed).astype(np.int32)
        fails = rng.random(firms) < chance
        values = np.where(rng.random(x.shape) < missing, np.nan, x).astype(np.float32)
        ties = {name: _ties(rng, firms) for name in ("GUARANTEES", "SUPPLIES")}
        waves.append(
            Wave(date(year, 12, 31), None, values, np.full(firms, 10.0), failed.copy(), rows,
                 fails[rows].astype(np.int8), ties)
        )  # fmt: skip
        failed |= fails
    ids = tuple(f"t:{number}" for number in range(firms))
    return Panel(ids, np.ones(firms, bool), (DEBT, CASH), ("GUARANTEES", "SUPPLIES"), tuple(waves), "test")


def _ties(rng: np.random.Generator, firms: int) -> Ties:
    ends = rng.integers(0, firms, (2, 2 * firms)).astype(np.int32)
    ends = ends[:, ends[0] != ends[1]]
    count = ends.shape[1]
    return Ties(ends[0], ends[1], rng.uniform(0, 10, count), np.full(count, -1, np.int64))
