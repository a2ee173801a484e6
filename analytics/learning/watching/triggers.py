"""What calls for another model, as data: `triggers.toml`."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Final

import numpy as np

from analytics.learning.watching.drift import Drift
from analytics.rules.reading import read_rows
from analytics.rules.rule import Among, Norm

MEASURES: Final = ("score", "calibration", "figures", "age")


@dataclass(frozen=True, kw_only=True)
class Trigger(Norm):
    """One thing that calls for another model."""

    measure: Annotated[str, Among(MEASURES)]
    above: float


@dataclass(frozen=True)
class Called:
    """A trigger as it stands."""

    trigger: Trigger
    value: float
    """NaN where it is not known."""
    pulled: bool


@cache
def triggers() -> Mapping[str, Trigger]:
    r"""Read what calls for another model, by id.

    .. math:: id \mapsto (measure, above)

    Parameters
    ----------
    none : what the package's file says

    Raises
    ------
    InvalidRule
        If the file says what cannot be; it is tested, so that only a changed one can.

    Source
    ------
    `triggers.toml`.

    Example
    -------
    >>> triggers()["RETRAIN_SCORE"].above
    0.25
    """
    return read_rows(Trigger, "analytics.learning.watching", "triggers.toml")


def called(drift: Drift, *, months: float) -> tuple[Called, ...]:
    r"""Say of each trigger whether it calls for another model.

    .. math:: \text{pulled} \iff m > \text{above}; \quad \text{what is not known pulls nothing}

    Parameters
    ----------
    drift : Drift
        Of the model, since it learned.
    months : float
        Since the last day it learned from; NaN where there is none.

    Raises
    ------
    InvalidRule
        As `triggers`.

    Source
    ------
    `triggers.toml`.

    Example
    -------
    >>> from analytics.learning.watching.drift import Calibration, Shift
    >>> same = Calibration(rows=100, seen=2, expected=2.0, error=0.0, level="stable")
    >>> found = called(Drift(Shift("score", 0.3, (0.0, 0.0), "shift"), (), same), months=6.0)
    >>> [one.trigger.id for one in found if one.pulled]
    ['RETRAIN_SCORE']
    """
    return tuple(_called(drift, months))


def _called(drift: Drift, months: float) -> Iterator[Called]:
    shifted = [figure.level == "shift" for figure in drift.figures]
    values = {
        "score": drift.score.index, "calibration": abs(drift.calibration.error),
        "figures": float(np.mean(shifted)) if shifted else np.nan, "age": months,
    }  # fmt: skip
    for trigger in triggers().values():
        value = values[trigger.measure]
        yield Called(trigger, value, bool(value > trigger.above))
