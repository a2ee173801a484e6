"""How good a way of explaining is, over firms whose causes are planted and over models of several seeds."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from analytics.learning.explaining.stability import stability
from analytics.learning.judging.bootstrap import Draws, Estimate, interval
from analytics.learning.judging.causes import Beside
from analytics.learning.judging.ranking import Numbers


@dataclass(frozen=True)
class Explained:
    """One way of explaining, judged; intervals over firms drawn again, rows of one firm together."""

    way: str
    """Name of the model, and how it was asked where that is not as answers ask it."""
    auc: Estimate
    """How often a planted cause is stated to do more than a link of the firm that is none."""
    first_hit: Estimate
    """How often the link stated first is the foremost cause."""
    overlap: Estimate
    """Part of the five strongest links of one seed that are among those of another; NaN of one seed."""
    same_first: Estimate
    """How often two seeds state the same link first; NaN of one seed."""
    firms: int
    seeds: int


def explained(way: str, seeds: Sequence[Beside], party: ArrayLike) -> Explained:
    r"""Judge what models of several seeds state of the same firms.

    .. math:: \frac{1}{|F|} \sum_{i \in F} \frac{1}{S} \sum_{s=1}^{S} m_{is}

    with m the AUC of causes or the hit of the first; over pairs of seeds where seeds are compared.

    Parameters
    ----------
    way : str
        What is judged.
    seeds : one a seed
        The same firms and links in the same order.
    party : (f,) array
        Whose row each firm is: the same firm in two years is drawn together.

    Raises
    ------
    Nothing; a measure that no firm has is NaN.

    Source
    ------
    See `cause_auc`, `first_cause_hit`, `stability`; intervals as `interval`.

    Example
    -------
    >>> two = Beside((np.array([0.2, 0.0]), np.array([0.1, 0.3])), (np.array([0.1, 0.0]), np.array([0.2, 0.1])))
    >>> found = explained("net", [two, two], [1, 2])
    >>> found.auc.value, found.first_hit.value, found.same_first.value
    (1.0, 0.5, 1.0)
    """
    draws = Draws.of(party)
    alike = [stability(np.stack(effects)) for effects in zip(*(one.stated for one in seeds), strict=True)]
    pairs = (
        np.array([[one.overlap, one.first] for one in alike]) if len(seeds) > 1 else np.full((len(alike), 2), np.nan)
    )
    return Explained(
        way, _over_firms(np.mean([one.aucs for one in seeds], axis=0), draws),
        _over_firms(np.mean([one.hits for one in seeds], axis=0), draws),
        _over_firms(pairs[:, 0], draws), _over_firms(pairs[:, 1], draws), len(alike), len(seeds),
    )  # fmt: skip


def _over_firms(values: Numbers, draws: Draws) -> Estimate:
    """The mean over firms that have a value."""
    has = ~np.isnan(values)
    if not has.any():
        return Estimate(np.nan, np.nan, np.nan)
    total, count = (np.bincount(draws.party, weights) for weights in (np.where(has, values, 0.0), has.astype(float)))
    sums = np.concatenate([np.stack([often @ total, often @ count]) for often in draws.counts()], axis=1)
    # A draw without any such firm has no mean.
    drawn = np.divide(sums[0], sums[1], out=np.full(sums.shape[1], np.nan), where=sums[1] > 0)
    return interval(float(values[has].mean()), drawn)
