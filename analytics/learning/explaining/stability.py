"""How alike nets of several seeds rank the links around a party."""

from dataclasses import dataclass

import numpy as np

from analytics.learning.models.model import Numbers


@dataclass(frozen=True)
class Stability:
    """Agreement of the seeds, means over all pairs of them."""

    overlap: float
    """Share of the strongest links of one that are among the strongest of the other."""
    first: float
    """How often both name the same link first."""


def stability(effects: Numbers, *, most: int = 5) -> Stability:
    r"""Compare how several nets rank the same links.

    .. math:: \frac{1}{|\text{pairs}|} \sum_{a < b} \frac{|T_a \cap T_b|}{\min(k, m)}

    with T the k links of largest absolute effect.

    Parameters
    ----------
    effects : (nets, m) array
        Of each link by each net.
    most : int
        How many are looked at: k.

    Raises
    ------
    Nothing. One net, or no link, agrees with itself: 1.

    Source
    ------
    A definition; overlap of sets at a depth as in Webber, Moffat & Zobel, "A Similarity Measure for Indefinite
    Rankings", ACM TOIS 28 (2010), §3.

    Example
    -------
    >>> stability(np.array([[3.0, 2.0, 0.1], [2.0, 0.1, 3.0]]), most=2)
    Stability(overlap=0.5, first=0.0)
    """
    nets, links = effects.shape
    if nets < 2 or not links:
        return Stability(1.0, 1.0)
    ranked = np.argsort(-np.abs(effects), axis=1, kind="stable")[:, : min(most, links)]
    pairs = [(a, b) for a in range(nets) for b in range(a + 1, nets)]
    overlap = [len(np.intersect1d(ranked[a], ranked[b])) / ranked.shape[1] for a, b in pairs]
    first = [float(ranked[a, 0] == ranked[b, 0]) for a, b in pairs]
    return Stability(float(np.mean(overlap)), float(np.mean(first)))
