"""Tables of statements, guessed from their headers: one item a row, or one item a column."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from graph.field import Type

_ITEM: Final = r"^(报表|财务)?(项目|科目|指标)(名称)?$|^(line.?)?items?$|^accounts?( name)?$"
_VALUE: Final = r"金额|数值|期末数|期末余额|本期数|本年数|^值$|value|amount|figure"
_PERIODS: Final = (
    r"报告期|报表[日期时截]|期末|会计期|会计年度|所属期|period|fiscal|balance.?sheet|(year|quarter|month).?end",
    r"截止|截至|年度|报告日|基准日|as.?of|(report(ing)?|statement).?date",
    r"^(日期|期间|时间|date)$",
)
"""Words for the day a period ends, those that are of nothing else first."""
_NO_PERIOD: Final = (
    r"披露|公告|发布|公布|报送|填报|审计|编制|更新|签|成立|初|起始|开始|余额|金额|数$"
    r"|publi|filed|filing|disclos|announce|audit|updated|sign|start|begin|balance$|amount"
)
"""Words of other days, and of amounts at the end of a period."""
_MONTHS: Final = r"月数|期间长度|months?"
_STANDARD: Final = r"准则|standard|gaap"
_CURRENCY: Final = r"币种|币别|货币|currency|\bccy\b"
_NO_ITEM: Final = (
    r"率|增[长速幅加减]|同比|环比|占比|比[重例]|周转|变动|排名|预[测计算]|计划|目标|上[年期]|去年|[%‰]"
    r"|growth|ratio|margin|\brate|\bshare\b|turnover|change|yoy|rank|forecast|budget|target|prior|previous|last|per\b"
)
"""Words that make another figure of an item, such as its growth."""
_BARE: Final = r"(本期|本年|期末|年末|合并)?"
"""What may stand before an item in a header that names nobody."""
_SEVERAL: Final = 2
"""Items that a table has in columns of their own before it is taken for one of statements, whatever calls its days."""


@dataclass(frozen=True)
class Item:
    """An item as the model calls it."""

    name: str
    words: str
    """What headers and registers call it, as an expression."""
    chinese: str
    flows: bool = False
    """Whether it is of a period rather than of a day."""
    also: tuple[str, ...] = ()
    """What else lists of items call it, where no list has two of these names."""

    @property
    def names(self) -> tuple[str, ...]:
        """All of its Chinese names in lists of items."""
        return (self.chinese, *self.also)


ITEMS: Final = (
    Item("tier1", r"一级资本净额|tier.?1", "一级资本净额"),
    Item("net_capital", r"资本净额|net.?capital", "资本净额"),
    Item("current_assets", r"(?<!非)流动资产|(?<!non[ _-])(?<!non)current.?assets", "流动资产合计"),
    Item("current_liabilities", r"(?<!非)流动负债|(?<!non[ _-])(?<!non)current.?liabilities", "流动负债合计"),
    Item("total_assets", r"(?<!流动)资产总[计额]|总资产|total.?assets", "资产总计", also=("资产总额", "总资产")),
    Item(
        "total_liabilities",
        r"(?<!流动)负债(合计|总[计额])|总负债|total.?liabilities(?!.*equity)",
        "负债合计",
        also=("负债总额", "总负债"),
    ),
    Item("total_debt", r"有息负债|有息债务|债务总额|total.?debt", "有息负债", also=("有息债务", "债务总额")),
    Item("net_assets", r"净资产|net.?assets", "净资产"),
    Item(
        "total_equity",
        r"(?<!负债[和及与])(?<!少数)(所有者|股东)权益|total.?equity",
        "所有者权益合计",
        also=("股东权益合计",),
    ),
    Item("accounts_receivable", r"应收账款|accounts?.?receivable", "应收账款"),
    Item("revenue", r"营业(总)?收入|主营业务收入|销售收入|(?<!cost.of.)revenue", "营业收入", flows=True),
    Item("total_cost", r"营业总成本|总成本|total.?costs?", "营业总成本", flows=True),
    Item("material_cost", r"材料成本|直接材料|material.?costs?", "材料成本", flows=True),
    Item("operating_cost", r"营业成本|主营业务成本|operating.?costs?|cost.of.(revenue|sales)", "营业成本", flows=True),
    Item("output", r"总产值|\boutput\b", "总产值", flows=True),
    Item("net_profit", r"净利润|net.?(profit|income)", "净利润", flows=True),
)
"""Items that something divides by, those that a shock reads, and a few that stand beside them."""


@dataclass(frozen=True)
class Columns:
    """Which columns of a table of statements say what; empty where none does."""

    period_end: str
    item: str
    value: str
    months: str
    standard: str
    currency: str
    items: Mapping[str, Item]
    """Columns of one item each, where it has no column of items."""
    unmistakable: bool
    """Whether the period and the items are told by words that are of statements alone, and of no party by name."""

    @property
    def used(self) -> tuple[str, ...]:
        """Columns it takes."""
        said = (self.period_end, self.item, self.value, self.months, self.standard, self.currency)
        return (*(name for name in said if name), *self.items)


def columns_of(headers: Mapping[str, str], types: Mapping[str, Type | None]) -> Columns | None:
    """Columns of a table of statements, by their plain headers and what they hold; None where it is none.

    >>> types: dict[str, Type | None] = {"期末": "date", "项目": "text", "金额": "number"}
    >>> found = columns_of({name: name for name in types}, types)
    >>> found.period_end, found.item, found.value
    ('期末', '项目', '金额')
    """

    def first(words: str, *fitting: Type, but: str = r"(?!)") -> str:
        fits = (name for name in headers if types[name] in (*fitting, None) and not re.search(but, headers[name]))
        return next((name for name in fits if re.search(words, headers[name])), "")

    periods = [first(words, "date", but=_NO_PERIOD) for words in _PERIODS]
    period, item = next(filter(None, periods), ""), first(_ITEM, "text")
    value = first(_VALUE, "number") if item else ""
    items = {} if item else items_of(headers, types)
    # Of one item alone only a word that is of statements tells it from a list of parties with a figure.
    if not period or not ((item and value) or len(items) >= (1 if periods[0] else _SEVERAL)):
        return None
    months, standard, currency = first(_MONTHS, "number"), first(_STANDARD, "text"), first(_CURRENCY, "text")
    bare = [name for name, one in items.items() if re.match(f"{_BARE}({one.words})", headers[name])]
    certain = bool(periods[0]) and (bool(item) or len(bare) >= _SEVERAL)
    return Columns(period, item, value, months, standard, currency, items, certain)


def items_of(headers: Mapping[str, str], types: Mapping[str, Type | None]) -> dict[str, Item]:
    """Columns of numbers whose header names an item; each item once."""
    found: dict[str, Item] = {}
    for name, word in headers.items():
        item = next((item for item in ITEMS if re.search(item.words, word) and not re.search(_NO_ITEM, word)), None)
        if item and types[name] in ("number", None) and item not in found.values():
            found[name] = item
    return found
