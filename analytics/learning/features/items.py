"""What items of statements are called, by what they mean: of several names the first that is stated counts."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Item:
    """An item of a statement."""

    name: str
    names: tuple[str, ...]
    """What sources call it."""
    of_a_year: bool = False
    """Whether it flows over a year; else it stands on a day."""
    money: bool = True
    """Whether it is money; else a number or a fraction."""


_ALL: Final = (
    Item("total_assets", ("total_assets", "assets")),
    Item("current_assets", ("current_assets", "short_term_assets")),
    Item("cash", ("cash", "cash_and_equivalents")),
    Item("inventory", ("inventory", "inventories")),
    Item("receivables", ("accounts_receivable", "receivables", "trade_receivables")),
    Item("payables", ("accounts_payable", "payables", "trade_payables")),
    Item("total_liabilities", ("total_liabilities", "liabilities")),
    Item("current_liabilities", ("current_liabilities", "short_term_liabilities")),
    Item("total_debt", ("total_debt", "interest_bearing_debt")),
    Item("short_term_debt", ("short_term_debt", "short_term_borrowings")),
    Item("net_assets", ("net_assets", "total_equity", "equity")),
    Item("retained_earnings", ("retained_earnings",)),
    Item("market_value", ("market_value", "market_capitalisation")),
    Item("guarantees_given", ("guarantees_given", "total_guarantees")),
    Item("revenue", ("revenue", "income", "total_income"), of_a_year=True),
    Item("operating_cost", ("operating_cost", "cost_of_sales", "total_cost", "cost"), of_a_year=True),
    Item("ebit", ("ebit", "operating_profit"), of_a_year=True),
    Item("depreciation", ("depreciation", "depreciation_and_amortisation"), of_a_year=True),
    Item("interest_expense", ("interest_expense",), of_a_year=True),
    Item("net_profit", ("net_profit", "net_income", "profit"), of_a_year=True),
    Item("operating_cash_flow", ("operating_cash_flow",), of_a_year=True),
    Item("debt_service", ("debt_service",), of_a_year=True),
    Item("orders", ("orders", "new_orders"), of_a_year=True),
    Item("top5_customers", ("top5_customers",), money=False),
    Item("top5_suppliers", ("top5_suppliers",), money=False),
    Item("market_share", ("market_share",), money=False),
)
ITEMS: Final[Mapping[str, Item]] = MappingProxyType({item.name: item for item in _ALL})
"""By what they mean. What is paid for debt in a year, interest and principal, is `debt_service`."""


@dataclass(frozen=True)
class Sheet:
    """Items of n firms as last known on a day, and those of a year before; a missing one is NaN."""

    size: int
    now: Mapping[str, Numbers]
    before: Mapping[str, Numbers]

    def __getitem__(self, item: str) -> Numbers:
        """An item, shape (n,)."""
        return self._of(self.now, item)

    def last(self, item: str) -> Numbers:
        """An item of a year before, shape (n,)."""
        return self._of(self.before, item)

    def _of(self, year: Mapping[str, Numbers], item: str) -> Numbers:
        found = year.get(item)
        return np.full(self.size, np.nan) if found is None else np.asarray(found, np.float64)
