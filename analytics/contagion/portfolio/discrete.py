"""Value at risk and expected shortfall of losses with their probabilities, where several may be alike."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from analytics.contagion.portfolio.given import fractions
from graph.errors import InvalidQuestion

HAIR = 1e-12
"""Probability by which a sum may fall short and still reach a level: rounding."""


class TailRisk(NamedTuple):
    """What is not exceeded with a probability, and the mean of the rest."""

    value_at_risk: float
    expected_shortfall: float


def tail_risk(losses: ArrayLike, probabilities: ArrayLike | None = None, *, level: float) -> TailRisk:
    r"""Find the loss that is not exceeded at a level, and the mean of the worst 1 − q of all.

    Where the level falls within the probability of one loss, only the part of it beyond the level counts.

    .. math:: VaR_q = \min\{l : P(L \le l) \ge q\}, \qquad
        ES_q = \frac{E[L; L > VaR_q] + VaR_q \left(P(L \le VaR_q) - q\right)}{1 - q}

    Parameters
    ----------
    losses : (k,) array, whole units of one currency
        In any order.
    probabilities : (k,) array, fractions that sum to 1, optional
        By default all alike, as of draws.
    level : fraction q, below 1

    Raises
    ------
    InvalidQuestion
        If losses are not known, there are none, or probabilities are no fractions that sum to 1.

    Source
    ------
    Acerbi & Tasche, "On the coherence of expected shortfall", J. Banking & Finance 26 (2002), 1487. Domain
    reference §4.13.

    Example
    -------
    >>> found = tail_risk([0, 10, 50, 100], [0.9, 0.05, 0.03, 0.02], level=0.97)
    >>> found.value_at_risk, round(found.expected_shortfall, 9)
    (50.0, 83.333333333)
    """
    lost, q = np.asarray(losses, np.float64), float(fractions("level", level, below_one=True))
    even = np.full(len(lost), 1 / max(len(lost), 1))
    chance = even if probabilities is None else fractions("probabilities", probabilities)
    if not len(lost) or not np.isfinite(lost).all() or chance.shape != lost.shape:
        raise InvalidQuestion("one probability for each known loss", where="losses")
    if abs(chance.sum() - 1) > 1e-9:
        raise InvalidQuestion(f"sum to {chance.sum():.9g}", where="probabilities", remedy="let them sum to 1")
    order = np.argsort(lost, kind="stable")
    lost, chance = lost[order], chance[order]
    up_to = np.cumsum(chance)
    at = int(np.searchsorted(up_to, q - HAIR))
    value = float(lost[min(at, len(lost) - 1)])
    beyond = lost > value
    inside = max(1 - q - float(chance[beyond].sum()), 0.0)
    return TailRisk(value, (float(chance[beyond] @ lost[beyond]) + value * inside) / (1 - q))
