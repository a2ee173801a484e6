"""Values in bins, each by how its defaults stand to the others: weights of evidence."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.stats import chi2

from analytics.learning.models.model import Numbers
from analytics.learning.panel import Feature

FINE: Final = 50
"""Bins of equal mass that are begun with."""
LEAST: Final = 0.05
"""Part of the known rows in a bin, at least."""
MOST: Final = 5
"""Bins of a feature, at most; more of them, or smaller ones, ranked planted firms worse."""
ASKED: Final = 10
"""Bins of equal mass, made before labels are seen, in which it is asked whether a feature tells anything."""
ALIKE: Final = float(chi2.ppf(0.95, 1))
"""Neighbours less apart than chance would have one in twenty are one."""


@dataclass(frozen=True)
class Bins:
    """Bins of one feature; a value stands in the first bin whose edge it does not pass, a code in its own."""

    edges: tuple[float, ...]
    """Of a number, one less than it has bins; none for a code."""
    codes: int
    """How many categories a code has; 0 for a number."""
    rows: tuple[int, ...]
    """That taught each bin, and last those where it was missing."""
    bad: tuple[int, ...]
    """Defaults among them."""
    woe: tuple[float, ...]
    """Weights of evidence: above 0 where fewer default than on average, and last that of what is missing."""
    chance: float
    """How often a figure that tells nothing would seem to tell as much."""

    @classmethod
    def fitted(cls, feature: Feature, values: NDArray[np.float32], label: NDArray[np.int8]) -> "Bins":
        r"""Bin the values of rows (r,) by their labels.

        Weight of evidence of bin k: ln((g_k / G) / (b_k / B)), with one default and as many others as go with it at
        the base rate added to each bin, so that few rows say little. Where the feature's direction is certain weights
        run that way; what is missing is a bin of its own, and weighs 0 where nothing was missing.
        """
        known = ~np.isnan(values)
        if feature.categories:
            codes, edges = len(feature.categories), np.empty(0)
            place = values[known].astype(np.int64)
        else:
            codes, edges = 0, _edges(values[known].astype(np.float64), label[known], feature.direction)
            place = np.searchsorted(edges, values[known], side="left")
        count = codes or len(edges) + 1
        rows = np.append(np.bincount(place, minlength=count), (~known).sum())
        bad = np.append(np.bincount(place, label[known], minlength=count), label[~known].sum())
        every, defaults = rows.sum(), bad.sum()
        extra = (every - defaults) / defaults
        woe = np.log((rows - bad + extra) / (every - defaults) * defaults / (bad + 1.0))
        woe[rows == 0] = 0.0
        return cls(
            tuple(edges.tolist()), codes, tuple(rows.tolist()), tuple(bad.astype(int).tolist()), tuple(woe.tolist()),
            _chance(values, label, codes),
        )  # fmt: skip

    def place(self, values: NDArray[np.float32]) -> NDArray[np.intp]:
        """Bin of each value, the last where it is missing or a code it does not know."""
        found = np.full(len(values), len(self.woe) - 1, np.intp)
        known = ~np.isnan(values)
        if self.codes:
            known[known] = (values[known] >= 0) & (values[known] < self.codes)
            found[known] = values[known].astype(np.intp)
        else:
            found[known] = np.searchsorted(self.edges, values[known], side="left")
        return found

    def weights(self, values: NDArray[np.float32]) -> Numbers:
        """Weight of evidence of each value."""
        return np.array(self.woe)[self.place(values)]

    @property
    def information(self) -> float:
        """Information value: how far defaults and others are spread apart over the bins."""
        rows, bad = np.array(self.rows, np.float64), np.array(self.bad, np.float64)
        good, defaults = rows - bad, bad.sum()
        return float(((good / good.sum() - bad / defaults) * np.array(self.woe)).sum())

    def facts(self) -> dict[str, Any]:
        """As JSON says it."""
        return asdict(self)

    @classmethod
    def read(cls, facts: Mapping[str, Any]) -> "Bins":
        """As JSON said it."""
        lists = {name: tuple(facts[name]) for name in ("edges", "rows", "bad", "woe")}
        return cls(codes=int(facts["codes"]), chance=float(facts["chance"]), **lists)


def _chance(values: NDArray[np.float32], label: NDArray[np.int8], codes: int) -> float:
    """Pearson's test of no difference, over codes or bins of equal mass and what is missing."""
    known = ~np.isnan(values)
    place = np.full(len(values), codes or ASKED)
    if codes:
        place[known] = values[known].astype(np.int64)
    elif known.any():
        cuts = np.unique(np.quantile(values[known], np.arange(1, ASKED) / ASKED, method="lower"))
        place[known] = np.searchsorted(cuts, values[known], side="left")
    rows = np.bincount(place).astype(np.float64)
    bad, there, share = np.bincount(place, label), rows > 0, label.mean()
    expected = rows[there] * share
    apart = ((bad[there] - expected) ** 2 / expected).sum() / (1 - share)
    return float(chi2.sf(apart, there.sum() - 1)) if there.sum() > 1 else 1.0


def _edges(values: Numbers, label: NDArray[np.int8], direction: int) -> Numbers:
    """Edges between bins that differ."""
    if not len(values):
        return np.empty(0)
    edges = np.unique(np.quantile(values, np.arange(1, FINE) / FINE, method="lower"))
    edges = edges[edges < values.max()]
    place = np.searchsorted(edges, values, side="left")
    rows = np.bincount(place, minlength=len(edges) + 1).astype(np.float64).tolist()
    bad = np.bincount(place, label, minlength=len(edges) + 1).tolist()
    kept, least = edges.tolist(), LEAST * len(values)
    while kept:
        pair = _pair(rows, bad, direction, least)
        if pair is None:
            break
        kept.pop(pair)
        rows[pair : pair + 2] = [rows[pair] + rows[pair + 1]]
        bad[pair : pair + 2] = [bad[pair] + bad[pair + 1]]
    return np.array(kept)


def _pair(rows: list[float], bad: list[float], direction: int, least: float) -> int | None:
    """The first of two neighbours to be made one: too small, against the direction, or too much alike; or none."""
    n, b = np.array(rows), np.array(bad)
    both = (b[1:] + b[:-1]) / (n[1:] + n[:-1])
    rate = b / n
    with np.errstate(divide="ignore", invalid="ignore"):
        apart = (rate[1:] - rate[:-1]) ** 2 / (both * (1 - both) * (1 / n[1:] + 1 / n[:-1]))
    apart = np.where(np.isfinite(apart), apart, 0.0)
    small = (n[1:] < least) | (n[:-1] < least)
    if small.any():
        return int(np.argmin(np.where(small, apart, np.inf)))
    wrong = direction * (rate[1:] - rate[:-1]) < 0
    if wrong.any():
        return int(np.argmax(np.where(wrong, apart, -1.0)))
    alike = int(np.argmin(apart))
    return alike if apart[alike] < ALIKE or len(n) > MOST else None
