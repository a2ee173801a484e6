"""Merton's distance to default as a model: from the price of shares, or from books where there is no market."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, Literal

import numpy as np

from analytics.credit.merton import distance_to_default, implied_assets
from analytics.learning.models.columns import Columns, Figures
from analytics.learning.models.formula import FittedFormula
from analytics.learning.models.keeping import Kept
from analytics.learning.models.model import Files, Numbers, Task
from analytics.learning.panel import Panel
from graph.errors import InvalidModel, InvalidPanel

Basis = Literal["market", "books"]
MARKET: Final = ("market_value_to_liabilities", "equity_volatility")
"""Price of all shares of liabilities; volatility of their yearly return."""
BOOKS: Final = ("debt_ratio",)
ASSETS: Final = "log_assets"
FEWEST: Final = 100
"""Yearly changes of assets from which a volatility is told."""
QUARTILES: Final = 1.3489795003921634
"""Distance between the quartiles of a normal of width 1."""


@dataclass(frozen=True)
class Distance:
    """Minus the distance to default within a year."""

    basis: Basis
    """`market`: assets implied by shares; `books`: total assets as stated, of one volatility, so that firms stand in
    the order of their debt ratio."""
    rate: float = 0.0
    volatility: float = 0.0
    """Of assets, where books are the basis."""

    @property
    def figures(self) -> tuple[str, ...]:
        """What it reads."""
        return MARKET if self.basis == "market" else BOOKS

    def facts(self) -> dict[str, object]:
        """As JSON says it."""
        return {"basis": self.basis, "rate": self.rate, "volatility": self.volatility}

    @property
    def note(self) -> str:
        """By what way."""
        if self.basis == "market":
            return "by the price of shares · 按股价"
        moves = f"{self.volatility:.2f}"
        return f"by books, of one volatility of assets ({moves}) · 按账面价值，资产波动率统一取{moves}"

    def __call__(self, values: Figures) -> Numbers:
        """Of rows of figures; NaN where one is missing or cannot be. Who owes nothing is as far as who owes least."""
        found, x = np.full(len(values), np.nan), values.astype(np.float64)
        if self.basis == "market":
            good = (x > 0).all(axis=1)
            if good.any():
                found[good] = -implied_assets(x[good, 0], x[good, 1], 1.0, rate=self.rate).distance
            return found
        good = x[:, 0] >= 0
        owes = np.maximum(x[good, 0], 1e-6)
        found[good] = -distance_to_default(1.0, owes, self.volatility, drift=self.rate)
        return found


@dataclass(frozen=True)
class Merton:
    """Distance to default; the probability that goes with it is fitted, as frequencies are in practice."""

    rate: float = 0.0
    """Riskless rate a year; drift of assets where books are the basis."""
    volatility: float | None = None
    """Of assets in the way by books; none: as assets moved from year to year on the days that teach."""
    name: str = "merton"
    graph: bool = False

    def fit(self, task: Task) -> FittedFormula:
        """By the market where it is stated, else by books; `formula.basis` says which."""
        distance = self._distance(task)
        columns = Columns.named(task.panel, distance.figures, model=self.name)
        return FittedFormula.fitted(self.name, columns, distance, task)

    def _distance(self, task: Task) -> Distance:
        have = set(task.panel.names)
        if have >= set(MARKET) and _stated(task.panel):
            return Distance("market", self.rate)
        if not have >= set(BOOKS):
            raise InvalidPanel(f"the panel lacks {', '.join(MARKET)}, and {', '.join(BOOKS)} as well", where=self.name,
                               remedy="give one or the other, or leave the model out")  # fmt: skip
        return Distance("books", self.rate, self.volatility or _volatility(task, self.name))

    def load(self, files: Files) -> FittedFormula:
        """What was saved. Raises InvalidModel."""
        kept = Kept.read(files, self.name)
        try:
            said = kept.facts["formula"]
            distance = Distance(said["basis"], float(said["rate"]), float(said["volatility"]))
        except (KeyError, TypeError, ValueError):
            raise InvalidModel("says no distance", where=self.name) from None
        if distance.basis not in ("market", "books"):
            raise InvalidModel(f"rests on {distance.basis!r}", where=self.name)
        return FittedFormula.read(kept, distance, len(distance.figures))


def _stated(panel: Panel) -> bool:
    places = [panel.names.index(name) for name in MARKET]
    return any(np.isfinite(wave.values[:, places]).all(axis=1).any() for wave in panel.waves)


def _changes(task: Task) -> Iterator[Numbers]:
    """Yearly changes of the logarithm of assets between days that teach."""
    panel, at = task.panel, task.panel.names.index(ASSETS)
    teaching = [k for k in range(len(panel.waves)) if (task.split.parts[k] == 0).any()]
    for before, after in pairwise(teaching):
        first, last = panel.waves[before], panel.waves[after]
        if first.day is None or last.day is None:
            continue
        change = (last.values[:, at] - first.values[:, at]).astype(np.float64)
        yield change[np.isfinite(change)] / np.sqrt((last.day - first.day).days / 365.25)


def _volatility(task: Task, model: str) -> float:
    """Distance between the quartiles of yearly changes, as that of a normal."""
    found = np.concatenate([*_changes(task), np.empty(0)]) if ASSETS in task.panel.names else np.empty(0)
    width = float(np.subtract(*np.quantile(found, [0.75, 0.25]))) / QUARTILES if len(found) >= FEWEST else 0.0
    if not width > 0:
        raise InvalidPanel("how much assets move cannot be told: fewer than 100 changes from year to year", where=model,
                           remedy=f"give {ASSETS} on several days, or a volatility")  # fmt: skip
    return width
