"""What planted firms state of themselves: statements whose items agree with one another, moving slowly over the years.

Behind the items of a firm stand six standard normal numbers that move as AR(1) processes and share a quality. They are
not told; what a default depends on is computed from the items as they are stated.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ingest.synthetic.planted.firms import Firms

Numbers = NDArray[np.float64]

STOCKS: Final = (
    "total_assets", "current_assets", "cash", "accounts_receivable", "inventory", "total_liabilities",
    "current_liabilities", "total_debt", "total_equity", "retained_earnings",
)  # fmt: skip
"""Items of a day."""
FLOWS: Final = ("revenue", "operating_cost", "ebit", "interest_expense", "net_profit", "operating_cash_flow")
"""Items of a year."""
ITEMS: Final = (*STOCKS, *FLOWS)
"""Items of a statement, in the order of the last axis of `Planted.items`."""
SILENT: Final = {"inventory": 0.05, "interest_expense": 0.08, "operating_cash_flow": 0.06}
"""Items that some firms leave out of all their statements, and how many do."""
NEVER: Final = 0.04
"""Firms that never publish a statement."""
SKIPPED: Final = 0.06
"""Years in which a firm that publishes does not, never two in a row."""
PERSISTENCE: Final = 0.8
"""Of what is particular to a firm in one year, the part that is there in the next."""
SHARED: Final = 0.6
"""Correlation of each of the six with the quality."""
TAX: Final = 0.25


@dataclass(frozen=True)
class Figures:
    """Statements as last known on each as-of day."""

    items: Numbers
    """Shape (years, firms, items), whole yuan; NaN where not stated."""
    statement: NDArray[np.int16]
    """Which statement that is, shape (years, firms): t is the one published in the year that ends on day t, of the
    financial year before; -1 where none has been published."""


def figures(firms: Firms, years: int, rng: np.random.Generator) -> Figures:
    """Draw the statements of all years."""
    drawn = _items(firms, _latent(len(firms.size), years, rng), rng)
    for name, share in SILENT.items():
        drawn[:, rng.random(len(firms.size)) < share, ITEMS.index(name)] = np.nan
    return _as_known(drawn, _published(len(firms.size), years, rng))


def _latent(firms: int, years: int, rng: np.random.Generator) -> Numbers:
    """Six standard normals a year and firm, shape (years, firms, 6)."""
    quality, own = _moving((years, firms, 1), rng), _moving((years, firms, 6), rng)
    return np.asarray(SHARED * quality + np.sqrt(1 - SHARED**2) * own)


def _moving(shape: tuple[int, int, int], rng: np.random.Generator) -> Numbers:
    steps = rng.standard_normal(shape)
    for year in range(1, shape[0]):
        steps[year] = PERSISTENCE * steps[year - 1] + np.sqrt(1 - PERSISTENCE**2) * steps[year]
    return steps


def _items(firms: Firms, latent: Numbers, rng: np.random.Generator) -> Numbers:
    solid, liquid, earning, paying, busy, growing = np.moveaxis(latent, 2, 0)
    grown = np.cumsum(0.04 + 0.06 * growing, axis=0)
    noise = rng.uniform(0.75, 1.25, (4, *solid.shape))
    assets = np.round(firms.assets * np.exp(grown))
    debts = np.round(assets * _logistic(0.3 - 0.75 * solid))
    current = np.round(assets * _logistic(0.3 + 0.4 * busy + 0.2 * firms.traded))
    short = np.minimum(debts, np.round(current / np.exp(0.25 + 0.45 * liquid)))
    sales = np.round(assets * np.exp(-0.1 + 0.4 * busy + 0.5 * firms.traded))
    cash, receivable, stock = (np.round(current * part) for part in (0.2 * noise[0], 0.3 * noise[1], 0.25 * noise[2]))
    borrowed = np.round(debts * 0.5 * noise[3])
    interest = np.round(borrowed * (0.05 - 0.006 * solid))
    operating = np.round(assets * (0.055 + 0.055 * earning))
    profit = np.round((operating - interest) * np.where(operating > interest, 1 - TAX, 1.0))
    retained = np.round((assets - debts) * 0.3 + 2 * profit)
    flow = np.round(profit + assets * (0.02 + 0.05 * paying))
    cost = np.round(np.maximum(sales * 0.85 - 0.7 * operating, 0.0))
    told = {
        "total_assets": assets, "current_assets": current, "cash": cash, "accounts_receivable": receivable,
        "inventory": stock, "total_liabilities": debts, "current_liabilities": short, "total_debt": borrowed,
        "total_equity": assets - debts, "retained_earnings": retained, "revenue": sales, "operating_cost": cost,
        "ebit": operating, "interest_expense": interest, "net_profit": profit, "operating_cash_flow": flow,
    }  # fmt: skip
    return np.stack([told[name] for name in ITEMS], axis=2)


def _logistic(x: Numbers) -> Numbers:
    return np.asarray(1 / (1 + np.exp(-x)))


def _published(firms: int, years: int, rng: np.random.Generator) -> NDArray[np.bool_]:
    told = rng.random((years, firms)) >= SKIPPED
    for year in range(1, years):
        told[year] |= ~told[year - 1]
    told[:, rng.random(firms) < NEVER] = False
    return told


def _as_known(drawn: Numbers, told: NDArray[np.bool_]) -> Figures:
    """Each year the last statement that was published."""
    years = np.arange(len(told), dtype=np.int16)
    last = np.maximum.accumulate(np.where(told, years[:, None], np.int16(-1)), axis=0)
    known = np.take_along_axis(drawn, np.maximum(last, 0)[..., None].astype(np.int64), axis=0)
    known[last < 0] = np.nan
    return Figures(known, last)


def until(told: Figures, left: NDArray[np.int16]) -> Figures:
    """The same where a firm that defaults in the year after day t (-1: never) publishes nothing from then on."""
    years = np.arange(len(told.items), dtype=np.int16)
    shown = np.where(left < 0, years[:, None], np.minimum(years[:, None], left)).astype(np.int64)
    items = np.take_along_axis(told.items, shown[..., None], axis=0)
    return Figures(items, np.take_along_axis(told.statement, shown, axis=0))
