"""A good choice of pairs that breaks all circles of a large network, and what any choice costs at least."""

import numpy as np
from numpy.typing import NDArray

from analytics.kernels.compiled import frozen
from analytics.kernels.cycles import Ring
from analytics.kernels.ordering import keep_acyclic, pay_circles, return_mutual
from analytics.kernels.shifting import place_after, shift_parties
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

    The dearest pairs are kept first, each unless it closes a circle; then those that close no more than a mutual one,
    where two are allowed; parties are moved one by one while that costs less. Circles found pay as far as the costs of
    their pairs go:

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
    orders = Orders(pairs, cost, above)
    return orders.released, orders.packed()


class Orders:
    """Choices of pairs by orders of the parties: what leads back is released; the cheapest so far."""

    def __init__(self, pairs: Pairs, cost: Numbers, above: int) -> None:
        size, count = pairs.size, len(pairs)
        back = np.lexsort((pairs.tail, pairs.head))
        self.pairs, self.cost, self.above = pairs, cost, above
        self.ring = Ring(
            frozen(starts(size, pairs.tail), np.int64), frozen(pairs.head, np.uint32),
            frozen(np.append(0, np.cumsum(np.bincount(pairs.head, minlength=size))), np.int64),
            frozen(pairs.tail[back], np.uint32),
        )  # fmt: skip
        self.tail, self.back = frozen(pairs.tail, np.uint32), frozen(back, np.uint32)
        self.twin = frozen(pairs.find(pairs.head, pairs.tail), np.int64)
        # What cannot be released costs more than all that can.
        finite = np.isfinite(cost)
        self._worth = frozen(np.where(finite, cost, 1.0 + cost[finite].sum()), np.float64)
        gives = np.bincount(pairs.tail, minlength=size) - np.bincount(pairs.head, minlength=size)
        self._first = np.empty(size, np.int64)
        self._first[np.lexsort((np.arange(size), -gives))] = np.arange(size)
        self.place, self.released, self.spent = self._first, np.ones(count, np.bool_), np.inf
        self._try(np.lexsort((np.arange(count), -cost)), self._first)
        if not np.isfinite(cost[self.released]).all():
            raise InvalidQuestion("only guarantees that cannot be ended", where=f"circles of more than {above}")

    def along(self, weight: Numbers) -> None:
        """Try orders in which pairs of small fractions are kept first: by what is left of their costs beside those,
        from the cheapest order on, and by the fractions themselves, from the first."""
        ties = np.arange(len(self.cost))
        self._try(np.lexsort((ties, -self._worth * (1 - weight))), self.place)
        self._try(np.lexsort((ties, -self._worth, weight)), self._first)

    def packed(self) -> float:
        """What circles pay one after the other, as far as the costs of their pairs go."""
        left = self.cost.copy()
        paid = [pay_circles(self.ring, self.tail, self.twin, self.above, reach, READ, left) for reach in REACHES]
        return sum(paid) * (1 - 1e-9)

    @property
    def closing(self) -> NDArray[np.int64]:
        """Pairs that lead back in the cheapest order."""
        return frozen(np.flatnonzero(self.place[self.pairs.tail] > self.place[self.pairs.head]), np.int64)

    def _try(self, order: NDArray[np.int64], start: NDArray[np.int64]) -> None:
        """Keep pairs in an order, move parties while that costs less, then keep what closes no circle all the same."""
        dear = frozen(np.lexsort((np.arange(len(self.cost)), -self._worth)), np.int64)
        place = start.copy()
        self._kept(order, place)
        shift_parties(self.ring, self.tail, self.back, self._worth, READ, place)
        leads_back = place[self.pairs.tail[dear]] > place[self.pairs.head[dear]]
        kept = self._kept(dear[np.argsort(leads_back, kind="stable")], place)
        if self.above > 1:
            return_mutual(self.ring, dear, self.twin, READ, kept)
        released = kept == 0
        spent = float(self._worth[released].sum())
        if spent < self.spent:
            self.released, self.place, self.spent = released, place, spent

    def _kept(self, order: NDArray[np.int64], place: NDArray[np.int64]) -> NDArray[np.uint8]:
        """Keep pairs in an order unless one closes a circle; parties are placed after all who give them one."""
        kept = np.zeros(len(self.cost), np.uint8)
        each, first = frozen(order, np.int64), frozen(place.copy(), np.int64)
        keep_acyclic(self.ring, self.tail, self.back, each, first, READ, kept)
        place_after(self.ring, self.tail, frozen(kept, np.uint8), place)
        return kept
