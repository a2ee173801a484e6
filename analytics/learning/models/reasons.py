"""Reasons in probability, from what figures add to log odds."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import expit

from analytics.learning.models.model import Numbers, Reason


@dataclass(frozen=True)
class Steps:
    """From where all start to what is said of one party, one figure after another, the strongest first.

    A step's effect is the probability after it less that before, so that all effects together are what is said
    less where all start.
    """

    reasons: tuple[Reason, ...]

    @classmethod
    def of(
        cls, names: Sequence[str], values: Numbers, contributions: Numbers, *, most: int,
        curve: Callable[[Numbers], Numbers] = np.asarray,
    ) -> "Steps":  # fmt: skip
        """From figures (k,) and contributions (k + 1,), the last of them where all start, in log odds.

        `curve` is the calibration of the probabilities that these log odds are.
        """
        order = np.argsort(-np.abs(contributions[:-1]), kind="stable")
        odds = contributions[-1] + np.concatenate([[0.0], np.cumsum(contributions[:-1][order])])
        effects = np.diff(curve(expit(odds)))
        found = [
            Reason(feature=names[at], value=float(values[at]), effect=float(effect))
            for at, effect in zip(order, effects, strict=True)
            if contributions[at]
        ]
        return cls(tuple(found[:most]))
