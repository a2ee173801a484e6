"""Ratios of statements; what is missing stays missing, and what divides must be above 0."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from analytics.learning.features.items import Numbers, Sheet
from analytics.learning.panel import Feature
from analytics.learning.panel.feature import Direction

MOST: Final = 1e6
"""What a ratio is cut at: beyond, what divides is rounding."""
DAYS: Final = 365.0


@dataclass(frozen=True)
class Ratio:
    """A ratio and how it is worked out."""

    feature: Feature
    formula: Callable[[Sheet], Numbers]


@dataclass(frozen=True)
class Over:
    """One sum of items over another; each item is of one, and one taken off begins with `-`."""

    above: tuple[str, ...]
    below: tuple[str, ...]

    def __call__(self, sheet: Sheet) -> Numbers:
        """Shape (n,); NaN where an item is missing or what divides is not above 0."""
        return _over(_sum(sheet, self.above), _sum(sheet, self.below))


@dataclass(frozen=True)
class Growth:
    """How much an item grew in a year, of what it was."""

    item: str

    def __call__(self, sheet: Sheet) -> Numbers:
        """Shape (n,); NaN where it was not above 0."""
        return _over(sheet[self.item] - sheet.last(self.item), sheet.last(self.item))


def _sum(sheet: Sheet, items: tuple[str, ...]) -> Numbers:
    found = np.zeros(sheet.size)
    for item in items:
        found = found - sheet[item[1:]] if item.startswith("-") else found + sheet[item]
    return found


def _over(above: Numbers, below: Numbers) -> Numbers:
    found = np.full(len(above), np.nan)
    np.divide(above, below, out=found, where=below > 0)
    return found


def _where(flag: NDArray[np.bool_], *known: Numbers) -> Numbers:
    """1 and 0 where all is known that it rests on."""
    unknown = np.logical_or.reduce([np.isnan(item) for item in known])
    return np.where(unknown, np.nan, flag.astype(np.float64))


def _cycle(sheet: Sheet) -> Numbers:
    """Days from paying for goods to being paid for them."""
    stock, owed, owing = (
        _over(DAYS * sheet[item], sheet[flow])
        for item, flow in (("inventory", "operating_cost"), ("receivables", "revenue"), ("payables", "operating_cost"))
    )
    return stock + owed - owing


def _change(sheet: Sheet) -> Numbers:
    """How much profit changed, of the size of both years' profits; 0 where both are 0."""
    now, before = sheet["net_profit"], sheet.last("net_profit")
    size = np.abs(now) + np.abs(before)
    return np.where(size == 0, 0.0, _over(now - before, size))


def _ratio(name: str, texts: tuple[str, str], direction: Direction, formula: Callable[[Sheet], Numbers],
           source: str = "domain §5.1", unit: str = "ratio") -> Ratio:  # fmt: skip
    return Ratio(Feature(name, unit, *texts, direction, "own", source), formula)


EBITDA: Final = ("ebit", "depreciation")
RATIOS: Final = (
    _ratio("return_on_assets", ("Net profit of total assets", "总资产净利率"), -1,
           Over(("net_profit",), ("total_assets",))),
    _ratio("return_on_equity", ("Net profit of equity", "净资产收益率"), 0, Over(("net_profit",), ("net_assets",))),
    _ratio("operating_return", ("Profit before interest and tax of total assets", "息税前利润率（总资产）"), -1,
           Over(("ebit",), ("total_assets",)), "domain §5.2"),
    _ratio("ebitda_margin", ("EBITDA of revenue", "EBITDA利润率"), -1, Over(EBITDA, ("revenue",))),
    _ratio("net_margin", ("Net profit of revenue", "销售净利率"), -1, Over(("net_profit",), ("revenue",))),
    _ratio("gross_margin", ("Gross profit of revenue", "毛利率"), 0,
           Over(("revenue", "-operating_cost"), ("revenue",))),
    _ratio("current_ratio", ("Current assets of current liabilities", "流动比率"), -1,
           Over(("current_assets",), ("current_liabilities",))),
    _ratio("quick_ratio", ("Current assets without inventory of current liabilities", "速动比率"), -1,
           Over(("current_assets", "-inventory"), ("current_liabilities",))),
    _ratio("cash_ratio", ("Cash of current liabilities", "现金比率"), -1, Over(("cash",), ("current_liabilities",))),
    _ratio("debt_ratio", ("Liabilities of total assets", "资产负债率"), 1,
           Over(("total_liabilities",), ("total_assets",))),
    _ratio("debt_to_ebitda", ("Debt of EBITDA, where that is above 0", "有息负债／EBITDA"), 1,
           Over(("total_debt",), EBITDA)),
    _ratio("interest_cover", ("Profit before interest and tax of interest", "利息保障倍数"), -1,
           Over(("ebit",), ("interest_expense",))),
    _ratio("debt_service_cover", ("Operating cash flow of interest and principal due", "偿债备付率"), -1,
           Over(("operating_cash_flow",), ("debt_service",))),
    _ratio("cash_flow_to_debt", ("Operating cash flow of debt", "经营现金流／有息负债"), -1,
           Over(("operating_cash_flow",), ("total_debt",))),
    _ratio("short_debt_share", ("Short-term debt of all debt", "短期债务占比"), 1,
           Over(("short_term_debt",), ("total_debt",))),
    _ratio("inventory_turnover", ("Operating cost of inventory", "存货周转率"), 0,
           Over(("operating_cost",), ("inventory",))),
    _ratio("receivable_turnover", ("Revenue of receivables", "应收账款周转率"), 0,
           Over(("revenue",), ("receivables",))),
    _ratio("payable_turnover", ("Operating cost of payables", "应付账款周转率"), 0,
           Over(("operating_cost",), ("payables",))),
    _ratio("asset_turnover", ("Revenue of total assets", "总资产周转率"), 0, Over(("revenue",), ("total_assets",))),
    _ratio("cash_cycle", ("Days from paying for goods to being paid", "现金循环周期"), 0, _cycle, unit="days"),
    _ratio("revenue_growth", ("Growth of revenue in a year", "营业收入增长率"), 0, Growth("revenue")),
    _ratio("order_growth", ("Growth of orders in a year", "订单增长率"), 0, Growth("orders")),
    _ratio("market_share", ("Share of its market", "市场占有率"), 0, lambda sheet: sheet["market_share"],
           unit="fraction"),
    _ratio("top5_customers", ("Share of sales that five customers make", "前五大客户占比"), 0,
           lambda sheet: sheet["top5_customers"], unit="fraction"),
    _ratio("top5_suppliers", ("Share of purchases that five suppliers make", "前五大供应商占比"), 0,
           lambda sheet: sheet["top5_suppliers"], unit="fraction"),
    _ratio("guarantees_to_equity", ("Guarantees given of equity", "对外担保／净资产"), 1,
           Over(("guarantees_given",), ("net_assets",))),
    _ratio("working_capital_ratio", ("Working capital of total assets", "营运资金／总资产"), -1,
           Over(("current_assets", "-current_liabilities"), ("total_assets",)), "domain §5.2"),
    _ratio("retained_earnings_ratio", ("Retained earnings of total assets", "留存收益／总资产"), -1,
           Over(("retained_earnings",), ("total_assets",)), "domain §5.2"),
    _ratio("market_value_to_liabilities", ("Market value of equity of liabilities", "股权市值／负债"), -1,
           Over(("market_value",), ("total_liabilities",)), "domain §5.2"),
    _ratio("equity_to_liabilities", ("Book equity of liabilities", "净资产／负债"), -1,
           Over(("net_assets",), ("total_liabilities",)), "domain §5.2"),
    _ratio("current_liabilities_to_current_assets", ("Current liabilities of current assets", "流动负债／流动资产"), 1,
           Over(("current_liabilities",), ("current_assets",)), "domain §5.2"),
    _ratio("funds_to_liabilities", ("Operating cash flow of liabilities", "经营现金流／负债"), -1,
           Over(("operating_cash_flow",), ("total_liabilities",)), "domain §5.2"),
    _ratio("loss_two_years", ("A loss in this year and the one before", "连续两年亏损"), 1,
           lambda sheet: _where((sheet["net_profit"] < 0) & (sheet.last("net_profit") < 0), sheet["net_profit"],
                                sheet.last("net_profit")), "domain §5.2", "flag"),
    _ratio("negative_equity", ("Liabilities above total assets", "资不抵债"), 1,
           lambda sheet: _where(sheet["total_liabilities"] > sheet["total_assets"], sheet["total_liabilities"],
                                sheet["total_assets"]), "domain §5.2", "flag"),
    _ratio("profit_change", ("Change of profit of the size of both years' profits", "净利润变动"), -1, _change,
           "domain §5.2"),
)  # fmt: skip
"""Balances are those of the day, not means of two; growth and changes look a year back."""
FEATURES: Final = tuple(ratio.feature for ratio in RATIOS)


@dataclass(frozen=True)
class Ratios:
    """All ratios of a sheet."""

    values: NDArray[np.float32]
    """Shape (n, k), columns as `FEATURES`; NaN where missing."""

    @classmethod
    def of(cls, sheet: Sheet) -> "Ratios":
        """Work them out."""
        with np.errstate(invalid="ignore", over="ignore"):
            found = [np.asarray(ratio.formula(sheet), np.float64) for ratio in RATIOS]
        values = np.stack(found, axis=1)
        values[~np.isfinite(values)] = np.nan
        return cls(np.clip(values, -MOST, MOST).astype(np.float32))
