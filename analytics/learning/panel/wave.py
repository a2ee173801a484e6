"""All parties on one day, as they were known then."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from analytics.learning.panel.ties import Ties, Way, weights
from graph.errors import InvalidPanel

UNKNOWN_YET = -1
"""Label of a row whose year is not over, or not known to be."""


@dataclass(frozen=True)
class Wave:
    """n parties on one day."""

    day: date | None
    """None for a graph without dates."""
    known_at: datetime | None
    """Only what was known then counts."""
    values: NDArray[np.float32]
    """Figures, shape (n, k), columns as the panel's features; NaN where missing."""
    capacity: NDArray[np.float64]
    """What each party can bear, whole units of the panel's currency: its equity, else its total assets; NaN unknown."""
    public: NDArray[np.bool_]
    """Who is publicly known to have defaulted by then, shape (n,)."""
    rows: NDArray[np.int32]
    """Parties that are rows: firms that exist and have not defaulted; ascending, shape (r,)."""
    label: NDArray[np.int8]
    """Whether each row defaults within the horizon: 1, 0, or -1 where that is not known yet; shape (r,)."""
    ties: Mapping[str, Ties]
    """Links by relation."""
    since: NDArray[np.float32] | None = None
    """Years since each default became publicly known, NaN for who has none, shape (n,); None where not known."""

    @property
    def size(self) -> int:
        """How many parties there are."""
        return len(self.capacity)

    @property
    def lately(self) -> NDArray[np.bool_]:
        """Whose default became publicly known within the last year; all public ones where nothing is said of when."""
        return self.public if self.since is None else self.public & ~(self.since > 1)

    def check(self, width: int) -> None:
        """Raises InvalidPanel where shapes differ, rows are not ascending, or a label is none."""
        n = self.size
        where = f"wave of {self.day}" if self.day else "wave"
        if self.values.shape != (n, width) or self.public.shape != (n,):
            raise InvalidPanel(f"figures are {self.values.shape}, not ({n}, {width})", where=where)
        if self.since is not None and self.since.shape != (n,):
            raise InvalidPanel(f"defaults are known since {self.since.shape}, not ({n},)", where=where)
        if np.isinf(self.values).any():
            raise InvalidPanel("a figure is infinite", where=where, remedy="write what is not known as empty")
        if len(self.rows) != len(self.label):
            raise InvalidPanel("not as many labels as rows", where=where)
        if len(self.rows) and (self.rows[0] < 0 or self.rows[-1] >= n or (np.diff(self.rows) <= 0).any()):
            raise InvalidPanel("rows are not parties in ascending order", where=where)
        if not np.isin(self.label, (UNKNOWN_YET, 0, 1)).all():
            raise InvalidPanel("a label is neither 0 nor 1", where=where, remedy="-1 says not known yet")
        for relation, ties in self.ties.items():
            ties.check(relation, n)

    @cached_property
    def _weight(self) -> dict[tuple[str, Way], NDArray[np.float64]]:
        return {}

    def weight(self, relation: str, way: Way) -> NDArray[np.float64]:
        """Of each link of a relation, as who hears over it weighs it, shape (m,); kept."""
        key = (relation, way)
        if key not in self._weight:
            self._weight[key] = weights(self.ties[relation], self.capacity, way)
        return self._weight[key]

    @cached_property
    def _heard(self) -> dict[tuple[str, Way, bool], sparse.csr_array]:
        return {}

    def heard(self, relation: str, way: Way, *, weighted: bool = True) -> sparse.csr_array:
        """Who hears of whom over a relation, shape (n, n): `Ties` weighted by stakes, else 1 a link; kept."""
        key = (relation, way, weighted)
        if key not in self._heard:
            ties = self.ties[relation]
            weight = self.weight(relation, way) if weighted else np.ones(ties.size)
            self._heard[key] = ties.heard(weight, self.size, way)
        return self._heard[key]
