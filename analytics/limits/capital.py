"""What a lender is measured by: its Tier 1 and net capital as of a day."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from math import isnan, nan
from typing import Any

from analytics.limits.catalogue import Rule
from analytics.limits.denominators import DENOMINATORS
from graph.errors import MissingRate

LAST_QUARTER = "_last_quarter"
"""Denominators of this ending take the figure of the last day of the quarter before."""


@dataclass(frozen=True)
class Figure:
    """One figure of a lender's statements, in the currency of the book."""

    item: str
    value: float
    """NaN where its currency has no rate."""
    period_end: date


@dataclass(frozen=True)
class Cap:
    """A rule's limit for one lender on one day."""

    value: float
    """Whole units of the book's currency, NaN where the figure is missing."""
    figure: Figure | None
    floor_left_out: bool = False
    """Whether the rule's floor was left out for want of a rate, which makes the limit stricter."""
    stale: bool = False
    """Whether the figure is too old for an answer to rest on."""
    wanted: date | None = None
    """The one day of which the figure must be; none where the latest counts."""


@dataclass(frozen=True)
class Capital:
    """A lender's regulatory figures, the most believed of each day first."""

    figures: tuple[Figure, ...]
    currency: str = ""
    rates: Mapping[str, float] = field(default_factory=dict)
    """Units of the book's currency for one unit of another."""

    @classmethod
    def of(
        cls, statements: Iterable[Mapping[str, Any]], *, currency: str, rates: Mapping[str, float] | None = None
    ) -> "Capital":
        """Figures of a lender's Statement records, the most believed first.

        One in a currency without a rate is not known, NaN, and no older one takes its place; one that names no
        unit is taken to be in the book's currency. Balances only: an item over months is no capital.
        """
        rates = {currency: 1.0, **(rates or {})}
        found = [
            Figure(said["item"], float(said["value"]) * rates.get(said["unit"] or currency, nan), said["period_end"])
            for said in statements
            if not said["months"]
        ]
        return cls(tuple(found), currency, rates)

    def converted(self, amount: float, currency: str, day: date) -> float:
        """An amount in the book's currency. Raises MissingRate."""
        if not currency or currency == self.currency:
            return amount
        if currency not in self.rates:
            raise MissingRate(currency, self.currency, str(day))
        return amount * self.rates[currency]

    def figure(self, denominator: str, day: date) -> Figure | None:
        """The figure a denominator asks for, None where it is missing or not known.

        The latest of the item on or before the day; for a figure of the last quarter the one of exactly
        the last day of the quarter before.
        """
        item = DENOMINATORS[denominator].item
        mine = [figure for figure in self.figures if figure.item == item and figure.period_end <= day]
        if wanted := _wanted(denominator, day):
            mine = [figure for figure in mine if figure.period_end == wanted]
        latest = max(mine, key=lambda figure: figure.period_end, default=None)
        return None if latest is None or isnan(latest.value) else latest


def _wanted(denominator: str, day: date) -> date | None:
    """The one day of which a figure must be; none where the latest counts."""
    return quarter_before(day) if denominator.endswith(LAST_QUARTER) else None


def quarter_before(day: date) -> date:
    r"""Find the last day of the quarter before the one a day lies in (上季末).

    .. math:: q(d) = \text{first day of the quarter of } d - 1

    Parameters
    ----------
    day : date

    Raises
    ------
    Nothing.

    Source
    ------
    银行保险机构关联交易管理办法 (2022): 上季末资本净额.

    Example
    -------
    >>> str(quarter_before(date(2026, 11, 27))), str(quarter_before(date(2026, 1, 1)))
    ('2026-09-30', '2025-12-31')
    """
    return date(day.year, day.month - (day.month - 1) % 3, 1) - timedelta(days=1)


def stale(figure: Figure, denominator: str, day: date) -> bool:
    r"""Say whether a figure is too old for an answer to rest on.

    .. math:: end < q^k(d), \qquad q \text{ the end of the quarter before}

    Parameters
    ----------
    figure : Figure
    denominator : str
        What it stands for; its k, the quarters that count, is data.
    day : date
        The day d of the check.

    Raises
    ------
    KeyError
        If there is no such denominator.

    Source
    ------
    `denominators.toml`; our own proposal, no text that was read fixes it.

    Example
    -------
    On 27 November the ends of September and June count.

    >>> ends = [date(2026, 6, 30), date(2026, 3, 31)]
    >>> [stale(Figure("tier1", 1000.0, end), "tier1", date(2026, 11, 27)) for end in ends]
    [False, True]
    """
    oldest = day
    for _ in range(DENOMINATORS[denominator].quarters):
        oldest = quarter_before(oldest)
    return figure.period_end < oldest


def cap_of(rule: Rule, capital: Capital, day: date) -> Cap:
    r"""Say what a rule's limit is for a lender on a day.

    .. math:: L = \min\big(\max(r D,\; floor),\; c D\big)

    Parameters
    ----------
    rule : Rule
        Ratio r, and where it has them a floor and a cap ratio c.
    capital : Capital
        The lender's figures; D is the rule's denominator among them.
    day : date
        The day of the check.

    Raises
    ------
    Nothing; the limit is NaN where the figure is missing or not above 0, and told as stale where it is old.

    Source
    ------
    Domain reference §2.6; CRR art. 395(1) for floor and cap.

    Example
    -------
    >>> from analytics.limits.catalogue import shipped
    >>> bank = Capital((Figure("tier1", 4e8, date(2026, 9, 30)),), "EUR")
    >>> [cap_of(shipped().rule(r), bank, date(2026, 11, 27)).value for r in ("CRR_395", "CRR_395_INSTITUTION")]
    [100000000.0, 150000000.0]
    """
    figure = capital.figure(rule.denominator, day)
    if figure is None or not figure.value > 0:
        return Cap(float("nan"), figure, wanted=_wanted(rule.denominator, day))
    value, old = rule.ratio * figure.value, stale(figure, rule.denominator, day)
    if rule.floor is None:
        return Cap(value, figure, stale=old)
    if rule.floor.currency not in {*capital.rates, capital.currency}:
        return Cap(value, figure, floor_left_out=True, stale=old)
    value = max(value, capital.converted(rule.floor.amount, rule.floor.currency, day))
    return Cap(value if rule.cap_ratio is None else min(value, rule.cap_ratio * figure.value), figure, stale=old)
