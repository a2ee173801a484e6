"""Intervals by drawing parties again, and differences of what was judged on the same draws."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analytics.learning.judging.measures import MEASURES, NAMES, Judge
from analytics.learning.judging.ranking import Numbers
from graph.errors import InvalidPanel

TIMES: Final = 1000
LEVEL: Final = 0.95
BLOCK: Final = 2_000_000
"""Counts that are held at once."""
TOO_FEW: Final = 0.05
"""Part of the draws without a class from which on no interval is told."""

CENTRED: Final = [at for at, measure in enumerate(MEASURES) if measure.centred]


@dataclass(frozen=True)
class Estimate:
    """A measure with its interval."""

    value: float
    low: float
    high: float
    spread: float = np.nan
    """Standard deviation over seeds and folds; NaN where there is one."""

    @property
    def above_zero(self) -> bool:
        """Whether all of its interval lies above 0."""
        return self.low > 0


@dataclass(frozen=True)
class Draws:
    """Parties drawn with replacement, as many as there are: all rows of a party come or stay away together."""

    party: NDArray[np.intp]
    """Number of each row's party, 0 to k − 1, shape (n,)."""
    seed: int = 0
    times: int = TIMES

    @classmethod
    def of(cls, party: ArrayLike, *, seed: int = 0, times: int = TIMES) -> "Draws":
        """Draw the parties of some rows, named as one likes. Raises InvalidPanel without rows."""
        named = np.asarray(party)
        if not named.size:
            raise InvalidPanel("no rows to draw from", where="bootstrap")
        return cls(np.unique(named, return_inverse=True)[1].reshape(-1), seed, times)

    def counts(self) -> Iterator[NDArray[np.uint16]]:
        """How often each party was drawn, block after block of draws: (b, k) each; the same every time it is asked."""
        parties, rng = int(self.party.max()) + 1, np.random.default_rng(self.seed)
        most = max(1, BLOCK // parties)
        for first in range(0, self.times, most):
            count = min(most, self.times - first)
            drawn = rng.integers(0, parties, (count, parties)) + parties * np.arange(count)[:, None]
            often = np.bincount(drawn.ravel(), minlength=count * parties)
            yield often.reshape(count, parties).astype(np.uint16)


@dataclass(frozen=True)
class Sample:
    """What was measured, and what each draw measures."""

    value: Numbers
    """By measure, shape (6,)."""
    drawn: Numbers
    """By draw and measure, shape (times, 6)."""
    spread: Numbers
    """By measure: standard deviation over what it is the mean of; NaN where that is one."""

    @classmethod
    def of(cls, label: ArrayLike, probability: ArrayLike, draws: Draws) -> "Sample":
        """Measure rows, and every draw of them. Raises InvalidPanel as `Judge`."""
        if len(np.asarray(label)) != len(draws.party):
            raise InvalidPanel(f"{len(draws.party)} rows are drawn of {len(np.asarray(label))}", where="bootstrap")
        judge = Judge(label, probability, draws.party)
        value, drawn = judge.whole(), np.concatenate([judge.of(counts) for counts in draws.counts()])
        for at in CENTRED:
            known = drawn[~np.isnan(drawn[:, at]), at]
            drawn[:, at] += value[at] - (known.mean() if len(known) else np.nan)
        return cls(value, drawn, np.full(len(NAMES), np.nan))

    @classmethod
    def mean(cls, samples: "Sequence[Sample]") -> "Sample":
        """The mean over seeds or folds, draw by draw."""
        value = np.array([sample.value for sample in samples])
        spread = value.std(axis=0, ddof=1) if len(value) > 1 else samples[0].spread
        return cls(value.mean(axis=0), np.mean([sample.drawn for sample in samples], axis=0), spread)

    def less(self, other: "Sample") -> "Sample":
        """The paired difference: both measured on the same draws."""
        return Sample(self.value - other.value, self.drawn - other.drawn, np.full(len(self.value), np.nan))

    def estimate(self, measure: str, *, level: float = LEVEL) -> Estimate:
        """One measure with the interval that holds the middle of its draws."""
        at = NAMES.index(measure)
        return interval(float(self.value[at]), self.drawn[:, at], level=level, spread=float(self.spread[at]))


def interval(value: float, drawn: ArrayLike, *, level: float = LEVEL, spread: float = np.nan) -> Estimate:
    r"""Say between what ends the middle of the draws lies.

    .. math:: \left[ q_{\alpha/2}, q_{1 - \alpha/2} \right], \qquad \alpha = 1 - level

    Parameters
    ----------
    value : float
        As measured on all rows.
    drawn : (b,) array
        As measured on each draw; NaN where a draw lacks a class. Where more than one in twenty do, no ends are told.
    level : float
        Part of the draws between the ends.
    spread : float
        Told beside it.

    Raises
    ------
    Nothing.

    Source
    ------
    The percentile interval of Efron and Tibshirani, "An Introduction to the Bootstrap" (1993) ch. 13; by clusters,
    Field and Welsh, "Bootstrapping clustered data", Journal of the Royal Statistical Society B 69 (2007), 369.

    Example
    -------
    >>> found = interval(0.5, [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9], level=0.5)
    >>> round(found.low, 9), round(found.high, 9)
    (0.3, 0.7)
    """
    known = np.asarray(drawn, np.float64)
    good = known[~np.isnan(known)]
    if len(good) < max(1.0, (1 - TOO_FEW) * len(known)):
        return Estimate(value, np.nan, np.nan, spread)
    low, high = np.quantile(good, [0.5 * (1 - level), 0.5 * (1 + level)])
    return Estimate(value, float(low), float(high), spread)
