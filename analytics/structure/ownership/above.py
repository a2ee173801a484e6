"""What stands above one company, as stakes of their own: above most companies stand few."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analytics.structure.ownership.stakes import Overfull, Stakes
from analytics.structure.ownership.walks import Nodes
from analytics.structure.votes import starts

MOST = 1000
"""Parties above a company up to which they are cut out: solving in their own numbers is then quicker."""


@dataclass(frozen=True)
class Above:
    """A company with all that stand above it, in numbers of their own where they were cut out."""

    stakes: Stakes
    company: int
    node: Nodes | None
    """Number of each in the whole, ascending; none where the whole was not cut."""
    pair: NDArray[np.int64] | None
    """Position of each pair in the whole, likewise."""

    def named(self, nodes: Nodes) -> Nodes:
        """Their numbers in the whole."""
        return nodes if self.node is None else self.node[nodes]

    def number(self, node: int) -> int:
        """The number here of a node of the whole, -1 where it does not stand above the company."""
        if self.node is None:
            return node
        at = int(np.searchsorted(self.node, node))
        return at if at < len(self.node) and self.node[at] == node else -1

    def pairs(self, pairs: NDArray[np.int64]) -> NDArray[np.int64]:
        """Positions of these pairs in the whole."""
        return pairs if self.pair is None else self.pair[pairs]


def above(stakes: Stakes, company: int, *, most: int = MOST) -> Above:
    r"""Cut out a company and all that stand above it, unless they are too many to be worth it.

    Whoever holds a company in the end stands above it, and so does all that carries its share: results are
    those of the whole.

    .. math:: U(j) = \{j\} \cup \{i : i \to k,\ k \in U(j)\}

    Parameters
    ----------
    stakes : Stakes
        Direct shares holder → company, fractions.
    company : int
        Node number j.
    most : int
        Parties up to which they are cut out.

    Raises
    ------
    InvalidQuestion
        If the company is no node.

    Source
    ------
    A share is a sum over walks into the company (`integrated_column`), and each stays above it.

    Example
    -------
    >>> found = above(Stakes.exact(5, [0, 1, 3], [1, 2, 4], [0.5, 0.5, 1.0]), 2)
    >>> found.node.tolist(), found.company, found.stakes.low.tolist()
    ([0, 1, 2], 2, [0.5, 0.5])
    """
    if not 0 <= company < stakes.size:
        stakes.order.known((company,))
    arriving = stakes.arriving
    waiting, seen, parts = [company], {company}, [np.zeros(0, np.uint32)]
    for y in waiting:
        first, last = arriving.start[y], arriving.start[y + 1]
        if last - first > most or len(waiting) > most:
            return Above(stakes, company, None, None)
        parts.append(arriving.link[first:last])
        new = [x for x in arriving.head[first:last].tolist() if x not in seen]
        waiting += new
        seen.update(new)
    return _cut(stakes, company, np.sort(np.array(waiting, np.uint32)), np.sort(np.concatenate(parts)))


def _cut(stakes: Stakes, company: int, node: Nodes, pair: NDArray[np.uint32]) -> Above:
    tail, head = (np.searchsorted(node, side[pair]).astype(np.uint32) for side in (stakes.tail, stakes.head))
    own = stakes.overfull_among(node)
    count = len(pair)
    here = Stakes(
        starts(len(node), tail),
        tail,
        head,
        stakes.low[pair],
        stakes.high[pair],
        stakes.ends[pair],
        stakes.own[node],
        np.arange(count),
        np.ones(count),
        tuple(Overfull(int(np.searchsorted(node, one.company)), one.total) for one in own),
        stakes.policy,
    )
    return Above(here, int(np.searchsorted(node, company)), node, pair.astype(np.int64))
