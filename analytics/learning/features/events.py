"""What happened to firms: how often, how lately, and how much of their equity was at stake."""

from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np
from numpy.typing import NDArray

from analytics.learning.panel import Feature
from analytics.learning.panel.feature import Direction
from graph.model import EVENTS

LABELS: Final = ("default", "insolvency")
"""What a label is made of is no feature: a firm that it has happened to is no row."""
SAID: Final = {
    "lawsuit": ("lawsuits", "诉讼"), "enforcement": ("enforcements", "被执行"),
    "dishonesty": ("entries as a dishonest judgment debtor", "失信被执行人"), "overdue": ("debts past due", "逾期"),
    "rating": ("changes of rating", "评级变动"), "news": ("news", "新闻"), "other": ("other events", "其他事件"),
}  # fmt: skip
KINDS: Final = tuple(kind for kind in EVENTS if kind not in LABELS)
BAD: Final = ("lawsuit", "enforcement", "dishonesty", "overdue")
"""Kinds of which more never lowers risk."""
YEARS: Final = (1, 3)
YEAR: Final = 365.25
MOST: Final = 1e6
"""What an amount of equity is cut at: beyond, equity is rounding."""


def _features(kind: str) -> tuple[Feature, ...]:
    en, zh = SAID[kind]
    more: Direction = 1 if kind in BAD else 0
    longer: Direction = -1 if kind in BAD else 0
    counts = tuple(
        Feature(f"{kind}.count_{years}y", "count", f"Number of {en} within {years} year{'s' * (years > 1)}",
                f"近{years}年{zh}次数", more, "own", "domain §5.1")
        for years in YEARS
    )  # fmt: skip
    return (
        *counts,
        Feature(f"{kind}.since", "years", f"Years since the last of {en}", f"距最近一次{zh}年数", longer,
                "own", "domain §5.1"),
        Feature(f"{kind}.stake", "ratio", f"Amount of {en} within 3 years, of equity", f"近3年{zh}金额／净资产", more,
                "own", "domain §5.1"),
    )  # fmt: skip


OVERDUE: Final = Feature(
    "overdue.days", "days", "Most days past due within a year", "近一年最长逾期天数", 1, "own", "domain §5.1, §6"
)
FEATURES: Final = (*(feature for kind in KINDS for feature in _features(kind)), OVERDUE)
"""Of each kind: how many within one and three years, years since the last, what was at stake of equity; then the most
days past due."""


@dataclass(frozen=True)
class Events:
    """m events, as known on a day."""

    party: NDArray[np.int64]
    kind: NDArray[np.int64]
    """Position among `KINDS`."""
    happened: NDArray[np.datetime64]
    """Day, shape (m,)."""
    amount: NDArray[np.float64]
    """At stake, in the panel's currency; NaN where not said."""
    days: NDArray[np.float64]
    """Past due, of what is overdue; NaN where not said."""

    def values(self, day: date, equity: NDArray[np.float64]) -> NDArray[np.float32]:
        """Figures of n firms, columns as `FEATURES`, shape (n, k): none is 0 events, and no day since the last.

        Events after the day are none. Without a known equity above 0 what is at stake of it stays missing, as it does
        where no amount of an event is said.
        """
        ago = (np.datetime64(day, "D") - self.happened.astype("datetime64[D]")).astype(np.float64) / YEAR
        past = ago >= 0
        columns = []
        for number in range(len(KINDS)):
            of = past & (self.kind == number)
            columns += [self._count(of & (ago < years), len(equity)) for years in YEARS]
            columns += [self._since(of, ago, len(equity)), self._stake(of & (ago < YEARS[-1]), equity)]
        late = past & (self.kind == KINDS.index("overdue")) & (ago < YEARS[0])
        return np.stack([*columns, self._overdue(late, len(equity))], axis=1).astype(np.float32)

    def _overdue(self, late: NDArray[np.bool_], size: int) -> NDArray[np.float64]:
        """0 where nothing is overdue; missing where something is, and nobody says how long."""
        found = np.where(self._count(late, size) > 0, -1.0, 0.0)
        said = late & ~np.isnan(self.days)
        np.maximum.at(found, self.party[said], self.days[said])
        return np.where(found < 0, np.nan, found)

    def _count(self, of: NDArray[np.bool_], size: int) -> NDArray[np.float64]:
        return np.bincount(self.party[of], minlength=size).astype(np.float64)

    def _since(self, of: NDArray[np.bool_], ago: NDArray[np.float64], size: int) -> NDArray[np.float64]:
        found = np.full(size, np.inf)
        np.minimum.at(found, self.party[of], ago[of])
        return np.where(np.isinf(found), np.nan, found)

    def _stake(self, of: NDArray[np.bool_], equity: NDArray[np.float64]) -> NDArray[np.float64]:
        said = of & ~np.isnan(self.amount)
        total = np.bincount(self.party[said], self.amount[said], minlength=len(equity))
        silent = (self._count(of, len(equity)) > 0) & (self._count(said, len(equity)) == 0)
        found = np.full(len(equity), np.nan)
        np.divide(total, equity, out=found, where=(equity > 0) & ~silent)
        return np.asarray(np.minimum(found, MOST))
