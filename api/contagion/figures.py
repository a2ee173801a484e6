"""What statements say of every party at a moment, as far as a shock asks for it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from analytics.contagion.shock.firms import LGD, Firms
from analytics.structure.dependence.age import oldest_period
from api.engine import View

FIGURES: Final[Mapping[str, tuple[tuple[str, ...], bool]]] = {
    "equity": (("net_assets", "total_equity", "equity", "tier1"), False),
    "assets": (("total_assets", "assets"), False),
    "liabilities": (("total_liabilities", "total_debt"), False),
    "current_assets": (("current_assets",), False),
    "current_liabilities": (("current_liabilities",), False),
    "revenue": (("revenue", "income", "total_income"), True),
    "material": (("material_cost", "cost_of_sales", "operating_cost", "total_cost", "cost"), True),
}
"""Items of a figure, the first that is stated; whether they flow over a year."""
Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Known:
    """Figures of a moment, and of whom they are not known."""

    firms: Firms
    revenue: Numbers
    """Of a year, NaN unknown, shape (n,)."""
    row: Mapping[str, NDArray[np.int64]]
    """Where each figure was read among the statements, -1 for nowhere."""

    @property
    def unknown(self) -> NDArray[np.bool_]:
        """Who states no equity, so that nothing brings it down."""
        return np.isnan(self.firms.equity)

    @property
    def excluded(self) -> NDArray[np.bool_]:
        """Who had no equity left before the shock: losses do not fail it."""
        return np.asarray(self.firms.equity <= 0)


def known_of(view: View, *, lgd: float = LGD) -> Known:
    """Figures of every party from its latest statements that are not too old, in the moment's currency."""
    name = ("figures of firms", lgd)
    return view.kept(name, lambda: _read(view, lgd))


def _read(view: View, lgd: float) -> Known:
    since = oldest_period(view.snapshot.moment.valid_at)
    read = {
        name: view.snapshot.items(items, of_a_year=of_a_year, since=since)
        for name, (items, of_a_year) in FIGURES.items()
    }
    value = {name: items.value for name, items in read.items()}
    equity = np.where(np.isnan(value["equity"]), value["assets"] - value["liabilities"], value["equity"])
    liabilities = np.where(np.isnan(value["liabilities"]), value["assets"] - equity, value["liabilities"])
    firms = Firms.of(
        view.snapshot.size,
        equity=equity,
        liquidity=value["current_assets"] - value["current_liabilities"],
        margin=value["revenue"] - value["material"],
        assets=np.where(value["assets"] >= 0, value["assets"], np.nan),
        liabilities=np.where(liabilities >= 0, liabilities, np.nan),
        recovered=1 - lgd,
    )
    return Known(firms, value["revenue"], {name: items.row for name, items in read.items()})
