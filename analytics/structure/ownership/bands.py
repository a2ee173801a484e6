"""What an owner holds at least and at most where shares are known within bands."""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from analytics.kernels.bands import filled, open_ends, solve_most
from analytics.kernels.compiled import frozen
from analytics.structure.ownership.order import OPEN, Order
from analytics.structure.ownership.stakes import Stakes
from analytics.structure.ownership.walks import (
    NO_NODES,
    NO_SHARES,
    SWEEPS,
    TOLERANCE,
    Fractions,
    Nodes,
    directly,
    held_down,
)  # fmt: skip
from graph.bands import HIGH_OPEN, LOW_OPEN, UNIT, Band, units
from graph.errors import NotConverged

POLICIES = 200
"""Improvements of a policy before it counts as lost."""


class Verdict(IntEnum):
    """Whether a share passes a threshold under all, some or no shares within the bands."""

    IMPOSSIBLE = 0
    POSSIBLE = 1
    CERTAIN = 2


@dataclass(frozen=True)
class Bounds:
    """Integrated shares of one owner, or several together, between what bands assure and what they allow."""

    stakes: Stakes
    owners: tuple[int, ...]
    company: Nodes
    """Companies in which they may hold anything, ascending, shape (k,)."""
    low: Fractions
    high: Fractions
    ends: NDArray[np.int8]
    """Bounds that no shares within the bands attain: 1 the low, 2 the high one; shape (k,)."""
    block: int
    """The closed block an owner sits in, -1 for none; it then holds nothing itself."""
    iterations: int
    residual: float

    def of(self, company: int) -> Band:
        """The band of one company."""
        at = int(np.searchsorted(self.company, company))
        if at == len(self.company) or self.company[at] != company:
            return Band.exact(0.0)
        low, high, ends = float(self.low[at]), float(self.high[at]), int(self.ends[at])
        return Band.exact(low) if units(low) == units(high) else Band.of(low, high, ends)

    def verdicts(self, threshold: float, *, strict: bool = False) -> NDArray[np.int8]:
        """Verdict on each company: the threshold or more, or more than it where `strict`; codes of `Verdict`."""
        bar, low, high = int(units(threshold)), units(self.low), units(self.high)
        if strict:
            certain = (low > bar) | ((low == bar) & ((self.ends & LOW_OPEN) != 0))
            possible = high > bar
        else:
            certain = low >= bar
            possible = (high > bar) | ((high == bar) & ((self.ends & HIGH_OPEN) == 0))
        return np.where(certain, Verdict.CERTAIN, np.where(possible, Verdict.POSSIBLE, Verdict.IMPOSSIBLE)).astype(
            np.int8
        )

    def verdict(self, company: int, threshold: float, *, strict: bool = False) -> Verdict:
        """Verdict on one company."""
        at = int(np.searchsorted(self.company, company))
        if at == len(self.company) or self.company[at] != company:
            return Verdict.IMPOSSIBLE
        return Verdict(int(self.verdicts(threshold, strict=strict)[at]))


@dataclass(frozen=True)
class Widest:
    """The high ends in the order in which they are solved, made once for some stakes."""

    stakes: Stakes
    order: Order
    low: Fractions
    """Low ends along `order.holdings.in_share`."""
    ends: NDArray[np.int8]

    @classmethod
    def of(cls, stakes: Stakes) -> "Widest":
        """High ends, as far as the others' low ends leave room for them."""
        given = np.bincount(stakes.head, weights=stakes.low, minlength=stakes.size)
        room = np.maximum(1 - given[stakes.head] + stakes.low, stakes.low)
        high = np.minimum(stakes.high, room)
        order = Order.of(stakes.size, stakes.tail, stakes.head, high, hollow=units(stakes.own) >= UNIT)
        # An end that room cut off is open where the others' low ends are, which the greedy filling sees.
        whole = frozen(stakes.high[order.pair], np.float64)
        order = Order(order.holdings._replace(in_share=whole), order.position, order.node, order.pair)
        return cls(stakes, order, frozen(stakes.low[order.pair], np.float64), frozen(stakes.ends[order.pair], np.int8))


def integrated_bounds(widest: Widest, *owners: int, tolerance: float = TOLERANCE, sweeps: int = SWEEPS) -> Bounds:
    r"""Bound what an owner holds in the end, whatever the shares within their bands are.

    An interval Markov chain: each company's shares sum to at most 1, the rest counting nothing. The least
    takes all low ends. The most gives each company's shares to its holders in the order of what they
    bring, as far as bands and the sum allow, and rises from zero, so that companies that might hold each
    other wholly bring nothing. Shares within the bands come as near to both as one likes.

    .. math:: u_i = 1, \qquad u_y = \max_{l \le w \le h,\ \sum w \le 1} \sum_k w_k u_k

    Parameters
    ----------
    widest : Widest
        Bands of direct shares holder → company, fractions.
    owners : int
        Node numbers; several count as one owner.
    tolerance, sweeps : float, int
        As `integrated_row`; what does not settle is solved by exact policy iteration.

    Raises
    ------
    InvalidQuestion
        If an owner is no node.
    NotConverged
        If policies do not settle.

    Source
    ------
    Škulj, "Discrete time Markov chains with interval probabilities", International Journal of Approximate
    Reasoning 50 (2009), 1314; Puterman, *Markov Decision Processes* (1994), §7.2, for the policies.

    Example
    -------
    >>> stakes = Stakes.between(3, [0, 2, 1], [1, 1, 2], [0.25, 0.0, 0.5], [0.5, 1.0, 0.75], ends=[1, 0, 0])
    >>> bounds = integrated_bounds(Widest.of(stakes), 0)
    >>> str(bounds.of(1)), str(bounds.of(2)), bounds.verdict(1, 0.25, strict=True).name
    ('>25–80%', '>12.5–60%', 'CERTAIN')
    """
    stakes, order = widest.stakes, widest.order
    who = stakes.order.known(owners)
    block = stakes.order.lone_block(who)
    if block != OPEN:
        return Bounds(stakes, owners, NO_NODES, NO_SHARES, NO_SHARES, np.zeros(0, np.int8), block, 0, 0.0)
    least, _, before, narrow = held_down(stakes.order, stakes.order.position[who], tolerance=tolerance, sweeps=sweeps)
    places = order.position[who]
    most = np.zeros(order.size)
    nodes, iterations, residual = solve_most(order.holdings, widest.low, places, tolerance, sweeps, most)
    if residual > tolerance:
        residual = _policies(widest, nodes, places, most)
    low = np.minimum(least[stakes.order.position[order.node]], 1.0)
    ends = open_ends(order.holdings, widest.low, widest.ends, places, nodes, low, most)
    most[places] = 0.0
    company = order.ascending(nodes[most[nodes] > 0])
    found = order.position[company]
    high = np.maximum(np.minimum(most[found], 1.0), low[found])
    return Bounds(
        stakes, owners, company, low[found], high, ends[found].astype(np.int8), OPEN,
        max(iterations, before), max(residual, narrow),
    )  # fmt: skip


def _policies(widest: Widest, nodes: Nodes, owners: Nodes, most: Fractions) -> float:
    """Improve the filling of all companies reached until it brings no more; the last improvement."""
    h = widest.order.holdings
    free = np.setdiff1d(nodes, owners)
    change = np.inf
    for _ in range(POLICIES):
        share = np.zeros(len(h.into))
        for z in free.tolist():
            here = slice(int(h.in_start[z]), int(h.in_start[z + 1]))
            filled(h.into[here], widest.low[here], h.in_share[here], most, share[here])
        matrix = csr_array((share, h.into, h.in_start), shape=(len(most), len(most)))[free]
        solved, _ = directly(matrix[:, free], matrix[:, owners].sum(axis=1), POLICIES)
        change = float((solved - most[free]).max(initial=0.0))
        most[free] = np.maximum(solved, most[free])
        if change <= TOLERANCE:
            return max(change, 0.0)
    raise NotConverged("integrated bounds", iterations=POLICIES, residual=change)
