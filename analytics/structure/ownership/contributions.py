"""Which holdings carry an owner's share of a company: three ways to take the whole apart."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analytics.structure.ownership.column import Column
from analytics.structure.ownership.order import OPEN, Order
from analytics.structure.ownership.stakes import Stakes
from analytics.structure.ownership.walks import SWEEPS, TOLERANCE, Fractions, Nodes, carried_up, held_down


@dataclass(frozen=True)
class Parts:
    """Pairs of stakes and what each carries, the greatest first; of equals the earlier pair."""

    pair: NDArray[np.int64]
    """Positions of pairs in the stakes, shape (k,)."""
    share: Fractions
    """Share of the company that runs over each, shape (k,)."""


@dataclass(frozen=True)
class Contributions:
    """One integrated share, taken apart by its first holdings, by its last, and by all on the way."""

    stakes: Stakes
    owner: int
    company: int
    whole: float
    """Integrated share of the company."""
    first: Parts
    """Holdings of the owner: what of the whole begins with each; sums to it."""
    last: Parts
    """Holdings in the company: what of the whole ends with each; sums to it."""
    on_the_way: Parts
    """All holdings: what runs over each. Whatever cuts the owner off from the company carries at least the
    whole; a holding in a circle is counted as often as walks use it."""
    block: int
    """The closed block that owner or company sit in, -1 for none; there are no numbers then."""
    iterations: int
    residual: float

    def by_link(self, parts: Parts) -> Parts:
        """The same by the links that the stakes were made of, each by its part of the pair's low end."""
        share = np.zeros(len(self.stakes.low))
        share[parts.pair] = parts.share
        pair = self.stakes.pair
        of_link = np.where(pair >= 0, share[pair] * self.stakes.part, 0.0) if len(share) else np.zeros(len(pair))
        return _ranked(of_link > 0, of_link)


def contributions(
    stakes: Stakes,
    owner: int,
    company: int,
    *,
    column: Column | None = None,
    most: int | None = None,
    tolerance: float = TOLERANCE,
    sweeps: int = SWEEPS,
) -> Contributions:
    r"""Take an integrated share apart by the holdings that carry it.

    With h what the owner holds, and g what a holding in k brings of the company on walks that do not come
    back to the owner, a holding W_kl carries h_k W_kl g_l. Those out of the owner sum to the whole, since
    every walk begins with one; the terms h_k W_kj sum to it, since every walk ends with one.

    .. math:: Y_{ij} = \sum_l W_{il} g_l = \sum_k h_k W_{kj}, \qquad
        h_k = Y_{ik},\ h_i = 1, \quad g = e_j + W_{\cdot \setminus i}\, g

    Parameters
    ----------
    stakes : Stakes
        Direct shares holder → company, fractions; the low ends of bands are taken.
    owner, company : int
        Node numbers i and j.
    column : Column, optional
        Of the company, where it was solved before: spares a solution unless the owner sits in a circle.
    most : int, optional
        Holdings on the way to keep, those that carry most; else all.
    tolerance, sweeps : float, int
        As `integrated_row`, as is what it raises.

    Raises
    ------
    InvalidQuestion, NotConverged

    Source
    ------
    The defining equation of Baldone, Brioschi & Paleari (1998), term by term; domain reference §1.2.

    Example
    -------
    >>> stakes = Stakes.exact(4, [0, 0, 1, 2], [1, 2, 3, 3], [0.5, 0.4, 0.6, 0.25])
    >>> found = contributions(stakes, 0, 3)
    >>> round(found.whole, 9), found.first.share.round(9).tolist(), stakes.tail[found.last.pair].tolist()
    (0.4, [0.3, 0.1], [1, 2])
    """
    order = stakes.order
    blocks = order.block[order.known((owner, company))]
    if owner == company or (blocks != OPEN).any():
        return Contributions(stakes, owner, company, 0.0, NONE, NONE, NONE, int(blocks.max()), 0, 0.0)
    i, j = order.position[[owner]], order.position[[company]]
    held, _, down, left = held_down(order, i, tolerance=tolerance, sweeps=sweeps)
    brought, up, still = _brought(order, i, j, column, tolerance=tolerance, sweeps=sweeps)
    to_tail = held[order.position[stakes.tail]] * stakes.low
    carried = to_tail * brought[order.position[stakes.head]]
    first, last = _ranked(stakes.tail == owner, carried), _ranked(stakes.head == company, to_tail)
    on_the_way = _ranked(np.ones(len(carried), np.bool_), carried, most)
    whole = float(held[j[0]])
    return Contributions(stakes, owner, company, whole, first, last, on_the_way, OPEN, max(down, up), max(left, still))


def _brought(
    order: Order, owner: Nodes, company: Nodes, column: Column | None, *, tolerance: float, sweeps: int
) -> tuple[Fractions, int, float]:
    """What a holding in each brings of the company, on walks that stop at the owner."""
    # Where nothing of the owner comes back to it, it need not be stopped at.
    if column is not None and not order.cyclic[order.node[owner]].any():
        return column.walks, column.iterations, column.residual
    stop = int(owner[0])
    found, _, up, still = carried_up(order, company, np.ones(1), stop=stop, tolerance=tolerance, sweeps=sweeps)
    found[owner] = 0.0
    return found, up, still


def _ranked(among: NDArray[np.bool_], share: Fractions, most: int | None = None) -> Parts:
    at = np.flatnonzero(among & (share > 0))
    if most is not None and len(at) > most:
        at = at[share[at] >= np.partition(share[at], -most)[-most]]
    by = at[np.lexsort((at, -share[at]))][:most]
    return Parts(by, share[by])


NONE = Parts(np.zeros(0, np.int64), np.zeros(0))
"""Nobody holds itself, and a closed block has no owner."""
