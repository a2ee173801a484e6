"""Figures and score spread as they were, probabilities still right; against thresholds as data."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analytics.learning.judging.ranking import checked
from analytics.learning.judging.stability import shift
from analytics.learning.models.model import Fitted, Numbers
from analytics.learning.panel import Panel
from analytics.rules.reading import read_rows
from analytics.rules.rule import Norm
from graph.errors import InvalidPanel

Level = Literal["stable", "watch", "shift", "unknown"]
ORDER: Final[tuple[Level, ...]] = ("unknown", "stable", "watch", "shift")
SCORE: Final = "score"


@dataclass(frozen=True, kw_only=True)
class Threshold(Norm):
    """From what on is watched, and from what on something has shifted."""

    watch_from: float
    """At this and above."""
    shift_from: float
    """Above this."""

    def level(self, value: float) -> Level:
        """What a value says."""
        if np.isnan(value):
            return "unknown"
        return "shift" if value > self.shift_from else "watch" if value >= self.watch_from else "stable"


@dataclass(frozen=True)
class Shift:
    """How far one figure, or the score, is spread otherwise than it was."""

    name: str
    """Of the figure; `score` for the probability."""
    index: float
    """Population stability index."""
    missing: tuple[float, float]
    """Part that was missing when it was learned, and that is now."""
    level: Level


@dataclass(frozen=True)
class Calibration:
    """Defaults seen against those expected."""

    rows: int
    """With a known outcome."""
    seen: int
    expected: float
    error: float
    """Seen less expected, in standard errors; NaN where no outcome is known yet."""
    level: Level


@dataclass(frozen=True)
class Drift:
    """What moved since a model learned."""

    score: Shift
    figures: tuple[Shift, ...]
    """The furthest first."""
    calibration: Calibration

    @property
    def level(self) -> Level:
        """The gravest of score and calibration; figures are told beside them, as a model may not read them."""
        return max(self.score.level, self.calibration.level, key=ORDER.index)

    @classmethod
    def of(cls, fitted: Fitted, panel: Panel, *, taught: Sequence[int], now: int) -> "Drift":
        """Of a model, between the waves that taught it and one since. Raises InvalidPanel where a wave has no rows."""
        if not taught or not all(len(panel.waves[at].rows) for at in (*taught, now)):
            raise InvalidPanel("no rows before or none now", where="drift", remedy="take days that have firms")
        before, after = [panel.waves[at] for at in taught], panel.waves[now]
        was = np.concatenate([wave.values[wave.rows] for wave in before])
        then = np.concatenate([fitted.predict(panel, at)[panel.waves[at].rows] for at in taught])
        said = fitted.predict(panel, now)[after.rows]
        score = spread(SCORE, then, said)
        values = after.values[after.rows]
        figures = [
            spread(feature.name, was[:, at], values[:, at], coded=bool(feature.categories))
            for at, feature in enumerate(panel.features)
        ]
        known = after.label >= 0
        order = sorted(figures, key=lambda one: (-one.index, one.name))
        return cls(score, tuple(order), seen_and_expected(after.label[known], said[known]))


@cache
def thresholds() -> Mapping[str, Threshold]:
    r"""Read from what on is watched, by id.

    .. math:: id \mapsto (watch, shift)

    Parameters
    ----------
    none : what the package's file says

    Raises
    ------
    InvalidRule
        If the file says what cannot be; it is tested, so that only a changed one can.

    Source
    ------
    `drift.toml`.

    Example
    -------
    >>> [thresholds()["PSI"].level(index) for index in (0.05, 0.1, 0.25, 0.3)]
    ['stable', 'watch', 'watch', 'shift']
    """
    return read_rows(Threshold, "analytics.learning.watching", "drift.toml")


def spread(name: str, before: ArrayLike, after: ArrayLike, *, coded: bool = False) -> Shift:
    r"""Say how far one figure is spread otherwise than it was, and what that calls for.

    .. math:: PSI = \sum_b (a_b - e_b) \ln \frac{a_b}{e_b}

    Parameters
    ----------
    name : str
        Of the figure.
    before, after : (n,) and (m,) arrays
        Its values then and now; NaN where missing.
    coded : bool
        Whether they are codes.

    Raises
    ------
    InvalidPanel
        As `shift`.

    Source
    ------
    `judging.stability`; `drift.toml`.

    Example
    -------
    >>> spread("debt_ratio", [0.1, 0.2, 0.3, 0.4], [0.3, 0.4, 0.3, 0.4]).level
    'shift'
    """
    was, now = np.asarray(before, np.float64), np.asarray(after, np.float64)
    index = shift(was, now, coded=coded)
    missing = (float(np.isnan(was).mean()), float(np.isnan(now).mean()))
    return Shift(name, index, missing, thresholds()["PSI"].level(index))


def seen_and_expected(label: NDArray[np.int8], probability: Numbers) -> Calibration:
    r"""Hold the defaults that came against those that were said.

    .. math:: z = \frac{\sum_i y_i - \sum_i p_i}{\sqrt{\sum_i p_i (1 - p_i)}}

    as if firms defaulted independently: where they hang together, z is wider than it says.

    Parameters
    ----------
    label : (n,) array of 0 and 1
        What came; may be empty.
    probability : (n,) array of fractions
        What was said.

    Raises
    ------
    InvalidPanel
        If labels are none or lengths differ.

    Source
    ------
    The test of a grade's defaults by the normal, Basel Committee, Working Paper 14 (2005), with a probability for each
    firm; `drift.toml`.

    Example
    -------
    >>> found = seen_and_expected(np.array([1, 1, 0, 0]), np.full(4, 0.5))
    >>> found.seen, found.expected, found.error, found.level
    (2, 2.0, 0.0, 'stable')
    """
    if not len(label):
        return Calibration(0, 0, 0.0, np.nan, "unknown")
    y, p = checked(label, probability)
    width = float(np.sqrt((p * (1 - p)).sum()))
    apart = float(y.sum() - p.sum())
    error = apart / width if width > 0 else (0.0 if apart == 0 else float(np.copysign(np.inf, apart)))
    return Calibration(len(y), int(y.sum()), float(p.sum()), error, thresholds()["CALIBRATION"].level(abs(error)))
