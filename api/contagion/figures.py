"""What statements say of every party at a moment, as far as a shock asks for it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from analytics.contagion.shock.firms import LGD, Firms
from analytics.contagion.supply.finance import ITEMS, Statements
from analytics.structure.dependence.age import oldest_period
from api.contagion.industries import industries_of
from api.engine import View
from api.engine.items import COST, NET_ASSETS, REVENUE, TOTAL_ASSETS
from graph.columns import ALWAYS, FOREVER, gathered
from graph.field import PARTY_KINDS
from graph.model import STATEMENT

FIGURES: Final[Mapping[str, tuple[tuple[str, ...], bool]]] = {
    "equity": ((*NET_ASSETS, "tier1"), False),
    "assets": (TOTAL_ASSETS, False),
    "liabilities": (("total_liabilities", "total_debt"), False),
    "current_assets": (("current_assets",), False),
    "current_liabilities": (("current_liabilities",), False),
    "revenue": (REVENUE, True),
    "material": (("material_cost", *COST), True),
}
"""Items of a figure, the first that is stated; whether they flow over a year."""
STOCKS: Final = ("assets", "liabilities", "current_assets", "current_liabilities")
"""Figures that cannot be below nothing: one that is stated so is not known."""
Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Known:
    """Figures of a moment, and of whom they are not known."""

    firms: Firms
    revenue: Numbers
    """Of a year, NaN unknown, shape (n,)."""
    estimated: NDArray[np.bool_]
    """Of whom a figure is the median of those of its industry who state it."""
    strange: NDArray[np.bool_]
    """Who states assets or liabilities below nothing."""
    days: tuple[NDArray[np.int32], NDArray[np.int32]]
    """Last days of the oldest and the newest period of the statements used of each, since 1970; the largest number and
    the smallest where there are none."""

    @property
    def unknown(self) -> NDArray[np.bool_]:
        """Who states neither equity nor liquidity, so that nothing brings it down."""
        return np.isnan(self.firms.equity) & np.isnan(self.firms.liquidity)

    @property
    def excluded(self) -> NDArray[np.bool_]:
        """Who had no equity left before the shock: losses do not fail it."""
        return np.asarray(self.firms.equity <= 0)


def known_of(
    view: View, *, lgd: float = LGD, medians: bool = False, moved: Mapping[str, Numbers] | None = None
) -> Known:
    """Figures of every party from its latest statements that are not too old, in the moment's currency.

    With `medians`, companies that state no equity, liquidity, revenue or cost get that of their industry's middle one.
    `moved` multiplies figures, by name and party, as where the currencies they are stated in have other rates.
    """
    if moved is not None:
        return _read(view, lgd, medians, moved)
    return view.kept(("figures of firms", lgd, medians), lambda: _read(view, lgd, medians, {}))


def _read(view: View, lgd: float, medians: bool, moved: Mapping[str, Numbers]) -> Known:
    since = oldest_period(view.snapshot.moment.valid_at)
    found = {
        name: view.snapshot.items(items, of_a_year=of_a_year, since=since)
        for name, (items, of_a_year) in FIGURES.items()
    }
    told = {name: np.where((items.value < 0) & (name in STOCKS), np.nan, items.value) for name, items in found.items()}
    value = {name: figure * moved.get(name, 1.0) for name, figure in told.items()}
    # What debts cost at other rates is counted debt by debt: equity that is not stated moves with the assets alone.
    left = (told["assets"] - told["liabilities"]) * moved.get("assets", 1.0)
    equity = np.where(np.isnan(value["equity"]), left, value["equity"])
    owed = np.where(np.isnan(value["liabilities"]), value["assets"] - equity, value["liabilities"])
    said = Statements.of(
        value["revenue"], value["material"], equity, value["current_assets"] - value["current_liabilities"]
    )
    stated = said
    if medians:
        # Persons and government bodies have no statements, and none is made up for them.
        company = view.snapshot.kind == PARTY_KINDS.index("Company")
        said = said.with_medians(np.where(company, industries_of(view)[0], -1))
    firms = Firms.of(
        view.snapshot.size,
        equity=said.equity,
        liquidity=said.liquidity,
        margin=said.profit,
        assets=value["assets"],
        liabilities=np.where(owed >= 0, owed, np.nan),
        recovered=1 - lgd,
    )
    filled = [np.isnan(getattr(stated, name)) & ~np.isnan(getattr(said, name)) for name in ITEMS]
    strange = np.logical_or.reduce([found[name].value < 0 for name in STOCKS])
    days = _days(view, [items.row for items in found.values()])
    return Known(firms, said.revenue, np.logical_or.reduce(filled), strange, days)


def _days(view: View, rows: list[NDArray[np.int64]]) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Last days of the oldest and the newest period of some rows of statements of each party."""
    ends = [
        gathered(view.snapshot.facts.column(STATEMENT, "period_end"), row[row >= 0].astype(np.uint32), np.int32)
        for row in rows
    ]
    found = []
    for pick, none in ((np.minimum, FOREVER), (np.maximum, ALWAYS)):
        day = np.full(view.snapshot.size, none, np.int32)
        for row, end in zip(rows, ends, strict=True):
            day[row >= 0] = pick(day[row >= 0], end)
        found.append(day)
    return found[0], found[1]
