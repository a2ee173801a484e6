r"""Bands: an interval of fractions whose ends belong to it or not.

A share of exactly 0.3 is the band [0.3, 0.3]; "more than half, up to three quarters" is (0.5, 0.75]. Ends are
compared as whole numbers of 10⁻⁹, so that no answer hangs on the last bit of a sum.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from graph.errors import InvalidShare

UNIT = 1_000_000_000
"""Parts into which one whole is divided for comparing."""
LOW_OPEN, HIGH_OPEN = 1, 2
"""Added up to the code of a band's ends: 0 where both belong to it."""


def units(fractions: ArrayLike) -> NDArray[np.int64]:
    """Fractions as whole numbers of 1e-9, to the nearest.

    >>> units([0.1 + 0.2, 0.3]).tolist()
    [300000000, 300000000]
    """
    return np.rint(np.asarray(fractions, np.float64) * UNIT).astype(np.int64)


def _percent(fraction: float) -> str:
    return f"{fraction * 100:.10g}%"


@dataclass(frozen=True)
class Band:
    """All fractions from `low` to `high`; an end that is open does not belong to it.

    >>> str(Band(0.5, 0.75, low_open=True))
    '>50–75%'
    """

    low: float
    high: float
    low_open: bool = False
    high_open: bool = False

    def __post_init__(self) -> None:
        if not (0 <= self.low <= 1 and 0 <= self.high <= 1):
            raise InvalidShare(f"a band from {self.low} to {self.high} leaves 0 to 1")
        low, high = self._ends
        if low > high or (low == high and (self.low_open or self.high_open)):
            raise InvalidShare(f"nothing lies in a band from {self.low} to {self.high}")

    @classmethod
    def exact(cls, value: float) -> "Band":
        """The band of one value."""
        return cls(value, value)

    @classmethod
    def of(cls, low: float | None, high: float | None, ends: int | None = 0) -> "Band":
        """From the three columns of a band; an end that is not there is 0 or 1.

        >>> Band.of(0.25, None)
        Band(low=0.25, high=1.0, low_open=False, high_open=False)
        """
        code = ends or 0
        return cls(
            0.0 if low is None else low,
            1.0 if high is None else high,
            low_open=bool(code & LOW_OPEN) and low is not None,
            high_open=bool(code & HIGH_OPEN) and high is not None,
        )

    @property
    def ends(self) -> int:
        """Code of the ends as kept in columns."""
        return LOW_OPEN * self.low_open + HIGH_OPEN * self.high_open

    @property
    def is_exact(self) -> bool:
        """Whether it holds one value only."""
        low, high = self._ends
        return low == high

    def __contains__(self, value: float) -> bool:
        at, (low, high) = int(units(value)), self._ends
        return (low < at or (low == at and not self.low_open)) and (at < high or (at == high and not self.high_open))

    def certainly_over(self, threshold: float) -> bool:
        """Whether every value in it is more than the threshold.

        >>> Band(0.5, 0.75, low_open=True).certainly_over(0.5), Band(0.5, 0.75).certainly_over(0.5)
        (True, False)
        """
        at, (low, _) = int(units(threshold)), self._ends
        return low > at or (low == at and self.low_open)

    def possibly_over(self, threshold: float) -> bool:
        """Whether some value in it is more than the threshold."""
        return self._ends[1] > int(units(threshold))

    def certainly_at_least(self, threshold: float) -> bool:
        """Whether every value in it is the threshold or more."""
        return self._ends[0] >= int(units(threshold))

    def possibly_at_least(self, threshold: float) -> bool:
        """Whether some value in it is the threshold or more.

        >>> Band(0.1, 0.25, high_open=True).possibly_at_least(0.25)
        False
        """
        at, (_, high) = int(units(threshold)), self._ends
        return high > at or (high == at and not self.high_open)

    def __and__(self, other: "Band") -> "Band | None":
        """What both allow; None where they contradict each other.

        >>> str(Band(0.25, 0.5) & Band(0.5, 0.75)), Band(0.25, 0.5) & Band(0.5, 0.75, low_open=True)
        ('50%', None)
        """
        low, low_open = max((self.low, self.low_open), (other.low, other.low_open), key=lambda e: (units(e[0]), e[1]))
        high, high_open = min(
            (self.high, self.high_open), (other.high, other.high_open), key=lambda e: (units(e[0]), not e[1])
        )
        empty = units(low) > units(high) or (units(low) == units(high) and (low_open or high_open))
        return None if empty else Band(low, high, low_open, high_open)

    def text(self, percent: Callable[[float], str] = _percent) -> str:
        """As registers write it, its ends by `percent`."""
        return written(self.low, self.low if self.is_exact else self.high, self.ends, percent)

    def __str__(self) -> str:
        return self.text()

    @property
    def _ends(self) -> tuple[int, int]:
        return int(units(self.low)), int(units(self.high))


def written(low: float, high: float, ends: int, percent: Callable[[float], str] = _percent) -> str:
    """A band as registers write it, its ends by `percent`, one where both read alike; also of what cannot be one.

    >>> written(0.5, 0.25, LOW_OPEN), written(1.5, 1.5, 0)
    ('>50–25%', '150%')
    """
    if not ends and percent(low) == percent(high):
        return percent(low)
    over, under = ">" * bool(ends & LOW_OPEN), "<" * bool(ends & HIGH_OPEN)
    return f"{over}{percent(low).removesuffix('%')}–{under}{percent(high)}"
