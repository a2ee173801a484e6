"""Who holds one company in the end."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analytics.structure.ownership.order import OPEN, Order
from analytics.structure.ownership.stakes import Overfull, Stakes
from analytics.structure.ownership.walks import (
    NO_NODES,
    NO_SHARES,
    SWEEPS,
    TOLERANCE,
    Fractions,
    Nodes,
    carried_up,
    returns,
)  # fmt: skip

NO_ONE = np.zeros(0, np.bool_)


@dataclass(frozen=True)
class Column:
    """Who holds one company in the end; final owners, rest and closed blocks sum to 1."""

    stakes: Stakes
    company: int
    holder: Nodes
    """All that hold it directly or through others, ascending, shape (k,)."""
    share: Fractions
    """Integrated share of each, the low ends of bands taken; shape (k,)."""
    final: NDArray[np.bool_]
    """Whether nobody is known to hold the holder, shape (k,)."""
    through: Nodes
    """Companies on the way, itself among them, some of whose holders are not disclosed; shape (r,)."""
    rest: Fractions
    """Share that ends with the undisclosed holders of each, shape (r,)."""
    blocks: dict[int, float]
    """Share that ends in each closed block, by its number in `Order.blocks`."""
    block: int
    """The closed block that the company is part of, -1 for none: it then has no final owner, and no numbers."""
    iterations: int
    residual: float
    walks: Fractions
    """All walks into the company from each place of the order, those that come back included, shape (n,)."""

    def of(self, holder: int) -> float:
        """Integrated share of one holder."""
        at = int(np.searchsorted(self.holder, holder))
        return float(self.share[at]) if at < len(self.holder) and self.holder[at] == holder else 0.0

    @property
    def total(self) -> float:
        """Final owners, undisclosed rest and closed blocks together."""
        return float(self.share[self.final].sum() + self.rest.sum() + sum(self.blocks.values()))

    @property
    def overfull(self) -> tuple[Overfull, ...]:
        """Companies on the way of which more than all is stated to be held."""
        return self.stakes.overfull_among(np.append(self.holder, np.uint32(self.company)))


def integrated_column(
    stakes: Stakes, company: int, *, least: float = 0.0, tolerance: float = TOLERANCE, sweeps: int = SWEEPS
) -> Column:
    r"""Find all who hold a company in the end, and where the rest of it lies.

    One solve against the arrows gives all walks into the company; what comes back to a holder is taken out.
    Undisclosed holders keep the rest ρ of each company, so that nothing is lost.

    .. math:: Y_{ij} = V_{ij} / V_{ii} \ (i \ne j), \qquad
        \sum_{final} Y_{ij} + \sum_k \rho_k V_{kj} + \sum_{blocks} = 1

    Parameters
    ----------
    stakes : Stakes
        Direct shares holder → company, fractions; the low ends of bands are taken.
    company : int
        Node number j.
    least : float
        Holders of less need not be listed, unless nobody holds them: spares corrections.
    tolerance, sweeps : float, int
        As `integrated_row`; what comes back is known to a hundred times the tolerance.

    Raises
    ------
    InvalidQuestion
        If the company is no node.
    NotConverged
        If a direct solution leaves more than 1e-9.

    Source
    ------
    As `integrated_row`, through the transpose; domain reference §1.2 (a).

    Example
    -------
    >>> column = integrated_column(Stakes.exact(3, [0, 2, 1], [1, 1, 2], [0.6, 0.2, 0.5]), 2)
    >>> column.holder.tolist(), column.share.round(6).tolist(), column.rest.round(6).tolist()
    ([0, 1], [0.333333, 0.5], [0.111111, 0.555556])
    """
    order = stakes.order
    block = int(order.block[order.known((company,))[0]])
    if block != OPEN:
        return Column(stakes, company, NO_NODES, NO_SHARES, NO_ONE, NO_NODES, NO_SHARES, {}, block, 0, 0.0, NO_SHARES)
    place = order.position[[company]]
    x, places, iterations, residual = carried_up(order, place, np.ones(1), tolerance=tolerance, sweeps=sweeps)
    nodes = order.ascending(places)
    walks = x[order.position[nodes]]
    inside = order.block[nodes]
    blocks = {b: float(walks[inside == b].sum()) for b in np.unique(inside[inside != OPEN]).tolist()}
    nodes, walks = nodes[inside == OPEN], walks[inside == OPEN]
    rest, final = stakes.rest[nodes] * walks, ~stakes.held[nodes]
    keep = (nodes != company) & (walks > 0) & (final | (walks >= least))
    share, left = once_each(order, nodes[keep], walks[keep], tolerance=100 * tolerance, sweeps=sweeps)
    share = np.minimum(share, 1.0)
    listed = final[keep] | (share >= least)
    return Column(
        stakes, company, nodes[keep][listed], share[listed], final[keep][listed], nodes[rest > 0], rest[rest > 0],
        blocks, OPEN, iterations, max(residual, left), x,
    )  # fmt: skip


def once_each(
    order: Order, nodes: Nodes, walks: Fractions, *, tolerance: float, sweeps: int
) -> tuple[Fractions, float]:
    r"""Take out of walks from holders those that came back to their holder; and what the correction leaves.

    .. math:: V_{ij} / V_{ii} = V_{ij} (1 - r_i)

    Parameters
    ----------
    order : Order
        Direct shares in topological order.
    nodes : (k,) array of node numbers, none of a closed block
    walks : (k,) array
        Sum of all walks from each, V v for some v ≥ 0.
    tolerance : float
        Most by which a result may be too high: the more there is to correct, the better it is known.
    sweeps : int
        Sweeps of one component before it is solved directly.

    Raises
    ------
    NotConverged
        If a direct solution leaves more than 1e-9.

    Source
    ------
    Baldone, Brioschi & Paleari (1998): Y = diag(V)⁻¹ (V − I).

    Example
    -------
    >>> order = Stakes.exact(2, [0, 1], [1, 0], [0.5, 0.2]).order
    >>> once_each(order, np.array([0], np.uint32), np.array([0.5 / 0.9]), tolerance=1e-12, sweeps=9)[0].round(9)
    array([0.5])
    """
    at = np.flatnonzero(order.cyclic[nodes] & (walks > tolerance))
    needed = np.minimum(tolerance / np.maximum(walks[at], tolerance), 1.0)
    back, left = returns(order, nodes[at], needed, sweeps=sweeps)
    share = walks.copy()
    share[at] *= 1 - back
    return share, float((walks[at] * np.minimum(needed, left)).max(initial=0.0))
