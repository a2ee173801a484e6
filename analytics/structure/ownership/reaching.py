"""What each holder of a company may have at most, coarsely: enough to tell whom bands cannot lift over a threshold."""

import numpy as np

from analytics.kernels.ownership import reached
from analytics.structure.ownership.bands import Widest
from analytics.structure.ownership.walks import Fractions, carried_up


def at_most(widest: Widest, company: int) -> Fractions:
    r"""Bound from above what everybody can have of a company, all at once.

    A walker steps from the company to holders, by the low ends as long as it can. What the low ends leave
    free at company k is s_k, so that it leaves them at all with at most F; and whoever it meets, it meets by
    a holding of a company that it visits. A company where it can stay within a circle with at most q_k is
    visited again 1 / (1 − q_k) times at most.

    .. math:: u_i \le V_{ij} + F, \quad u_i \le \sum_k \min(V_{kj} + F / (1 - q_k),\ 1 / (1 - q_k))\, h_{ik}, \quad
        F = \sum_k s_k V_{kj}, \quad s_k = \min(1 - \sum_i l_{ik},\ \sum_i (h_{ik} - l_{ik}))

    Parameters
    ----------
    widest : Widest
        Bands of direct shares holder → company, fractions.
    company : int
        Node number j.

    Raises
    ------
    NotConverged
        If a direct solution of the low ends leaves more than 1e-9.

    Source
    ------
    Coupling with the chain of the low ends; Norris, *Markov Chains* (1997), theorem 1.3.2.

    Example
    -------
    >>> from analytics.structure.ownership.stakes import Stakes
    >>> stakes = Stakes.between(4, [0, 1, 3], [1, 2, 2], [0.5, 0.5, 0.2], [0.5, 0.6, 0.2])
    >>> at_most(Widest.of(stakes), 2).round(6).tolist()
    [0.3, 0.6, 0.0, 0.2]
    """
    stakes = widest.stakes
    size, tail, head, low = stakes.size, stakes.tail, stakes.head, stakes.low
    order = stakes.order
    walks, _, _, _ = carried_up(order, order.position[[company]], np.ones(1))
    visits = walks[order.position]
    given = np.bincount(head, low, size)
    high = np.minimum(stakes.high, np.maximum(1 - given[head] + low, low))
    free = np.clip(np.minimum(1 - given, np.bincount(head, high - low, size)), 0.0, None)
    leaves = min(float(visits @ free), 1.0)
    again = _again(widest, high)
    there = np.minimum(visits + leaves * again, again)
    most = np.minimum(visits + leaves, np.bincount(tail, there[head] * high, size))
    most[_not_above(widest, company)] = 0.0
    most[company] = 0.0
    return np.minimum(most, 1.0)


def _again(widest: Widest, high: Fractions) -> Fractions:
    """How often a walk that is at a company can be there at most, itself counted."""
    stakes = widest.stakes
    part = widest.order.holdings.part_of[widest.order.position]
    within = part[stakes.tail] == part[stakes.head]
    inside = np.bincount(stakes.head[within], high[within], stakes.size)
    outside = np.bincount(stakes.head[~within], stakes.low[~within], stakes.size)
    stay = np.minimum(inside, 1 - outside)
    # Beyond this many times the bound says nothing, and infinity times zero would be no number.
    return np.asarray(1 / np.maximum(1 - stay, 1e-12), np.float64)


def _not_above(widest: Widest, company: int) -> "np.ndarray[tuple[int], np.dtype[np.bool_]]":
    """Nodes from which no holding leads to the company, whatever the bands."""
    order = widest.order
    mark = np.zeros(order.size, np.uint8)
    reached(order.holdings.in_start, order.holdings.into, order.position[[company]], mark)
    return np.asarray(mark[order.position] == 0)
