"""What one owner holds in the end."""

from dataclasses import dataclass

import numpy as np

from analytics.structure.ownership.order import OPEN
from analytics.structure.ownership.stakes import Overfull, Stakes
from analytics.structure.ownership.walks import NO_NODES, NO_SHARES, SWEEPS, TOLERANCE, Fractions, Nodes, held_down


@dataclass(frozen=True)
class Row:
    """What one owner, or several together, hold of every company in the end."""

    stakes: Stakes
    owners: tuple[int, ...]
    company: Nodes
    """Companies in which they hold anything, ascending, shape (k,)."""
    share: Fractions
    """Integrated share of each, the low ends of bands taken; shape (k,)."""
    block: int
    """The closed block an owner sits in, -1 for none: it then holds nothing itself, and `share` is empty."""
    iterations: int
    residual: float

    def of(self, company: int) -> float:
        """Integrated share of one company."""
        at = int(np.searchsorted(self.company, company))
        return float(self.share[at]) if at < len(self.company) and self.company[at] == company else 0.0

    def value(self, values: Fractions) -> float:
        """What the holdings are worth, companies being worth `values`, shape (n,)."""
        return float(self.share @ values[self.company])

    @property
    def overfull(self) -> tuple[Overfull, ...]:
        """Companies among them of which more than all is stated to be held."""
        return self.stakes.overfull_among(self.company)


def integrated_row(stakes: Stakes, *owners: int, tolerance: float = TOLERANCE, sweeps: int = SWEEPS) -> Row:
    r"""Add up what an owner holds along every walk that does not come back to it.

    Several owners count as one: what they hold together, each share once. All members of a closed block
    are one owner too; one of them alone has no share that is its own.

    .. math:: y_j = \sum_{i \in O} W_{ij} + \sum_{k \notin O} y_k W_{kj}, \qquad
        Y = \mathrm{diag}(V)^{-1}(V - I), \quad V = (I - W)^{-1}

    Components are solved in topological order, each by Gauss–Seidel; one that hardly leaks, directly.

    Parameters
    ----------
    stakes : Stakes
        Direct shares holder → company, fractions; the low ends of bands are taken.
    owners : int
        Node numbers i of the set O.
    tolerance : float
        Most that a share may still change by further sweeps.
    sweeps : int
        Sweeps of one component before it is solved directly.

    Raises
    ------
    InvalidQuestion
        If an owner is no node.
    NotConverged
        If a direct solution leaves more than 1e-9.

    Source
    ------
    Brioschi, Buzzacchi & Colombo, "Risk Capital Financing and the Separation of Ownership and Control in
    Business Groups", Journal of Banking and Finance 13 (1989), 747; Baldone, Brioschi & Paleari, "Ownership
    Measures Among Firms Connected by Cross-Shareholdings", in *Metroeconomica* (1998); domain reference §1.2.

    Example
    -------
    >>> row = integrated_row(Stakes.exact(3, [0, 2, 1], [1, 1, 2], [0.6, 0.2, 0.5]), 0)
    >>> row.company.tolist(), row.share.round(6).tolist()
    ([1, 2], [0.666667, 0.333333])
    """
    order = stakes.order
    who = order.known(owners)
    block = order.lone_block(who)
    if block != OPEN:
        return Row(stakes, owners, NO_NODES, NO_SHARES, block, 0, 0.0)
    places = order.position[who]
    y, nodes, iterations, residual = held_down(order, places, tolerance=tolerance, sweeps=sweeps)
    y[places] = 0.0
    company = order.ascending(nodes[y[nodes] > 0])
    share = np.minimum(y[order.position[company]], 1.0)
    return Row(stakes, owners, company, share, OPEN, iterations, residual)
