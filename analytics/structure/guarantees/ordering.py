"""A good choice of pairs that breaks all circles of a large network, and what any choice costs at least."""

import numpy as np
from numpy.typing import NDArray

from analytics.kernels.compiled import frozen
from analytics.kernels.cycles import Ring
from analytics.kernels.ordering import keep_acyclic, pay_circles, return_mutual
from analytics.structure.guarantees.promises import Pairs
from analytics.structure.votes import starts
from graph.errors import InvalidQuestion

Numbers = NDArray[np.float64]
READ = 400_000_000
"""Entries read to keep what closes no circle, and again to keep what closes only a mutual one."""
REACHES = (30, 300, 3_000, 30_000)
"""Parties looked at for the way back, the short circles first."""


def order_pairs(pairs: Pairs, cost: Numbers, above: int) -> tuple[NDArray[np.bool_], float]:
    r"""Release pairs so that no circle of more than `above` remains, and bound the least cost from below.

    The dearest pairs are kept first, each unless it closes a circle; then those that close no more than a
    mutual one, where two are allowed. Circles found pay as far as the costs of their pairs go:

    .. math:: \sum_C y_C \le \min c^T x, \qquad \sum_{C \ni e} y_C \le c_e

    Parameters
    ----------
    pairs : Pairs
        m arrows between n parties.
    cost : (m,) array
        Cost of each pair, ≥ 0, infinite where it cannot be released.
    above : int
        Most pairs of a circle that may remain.

    Raises
    ------
    InvalidQuestion
        If pairs that cannot be released close a circle.

    Source
    ------
    Pearce & Kelly, "A Dynamic Topological Sort Algorithm for Directed Acyclic Graphs", ACM Journal of
    Experimental Algorithmics 11 (2007), 1.7, for the order; Bar-Yehuda & Even (1985) for the bound.

    Example
    -------
    >>> released, least = order_pairs(Pairs.of(3, [0, 1, 2], [1, 2, 0]), np.array([5.0, 3, 4]), 2)
    >>> released.tolist(), round(least, 6)
    ([False, True, False], 3.0)
    """
    size, count = pairs.size, len(pairs)
    back = np.lexsort((pairs.tail, pairs.head))
    ring = Ring(
        frozen(starts(size, pairs.tail), np.int64), frozen(pairs.head, np.uint32),
        frozen(np.append(0, np.cumsum(np.bincount(pairs.head, minlength=size))), np.int64),
        frozen(pairs.tail[back], np.uint32),
    )  # fmt: skip
    order = frozen(np.lexsort((np.arange(count), -cost)), np.int64)
    gives = np.bincount(pairs.tail, minlength=size) - np.bincount(pairs.head, minlength=size)
    first = np.empty(size, np.int64)
    first[np.lexsort((np.arange(size), -gives))] = np.arange(size)
    kept, twin = np.zeros(count, np.uint8), frozen(pairs.find(pairs.head, pairs.tail), np.int64)
    keep_acyclic(
        ring, frozen(pairs.tail, np.uint32), frozen(back, np.uint32), order, frozen(first, np.int64), READ, kept
    )
    if above > 1:
        return_mutual(ring, order, twin, READ, kept)
    if not np.isfinite(cost[kept == 0]).all():
        raise InvalidQuestion("only guarantees that cannot be ended", where=f"circles of more than {above}")
    left = cost.copy()
    paid = [pay_circles(ring, frozen(pairs.tail, np.uint32), twin, above, reach, READ, left) for reach in REACHES]
    return kept == 0, sum(paid) * (1 - 1e-9)
