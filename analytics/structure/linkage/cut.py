"""The fewest facts without which two parties are no longer tied."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.sparse import csr_array
from scipy.sparse.csgraph import breadth_first_order, maximum_flow

from graph.errors import InvalidQuestion

FINE = 100
"""Steps in which confidence is told apart; fewer where the web is so large that counting needs the room."""
ROOM = 2**31 - 1


@dataclass(frozen=True)
class Cut:
    """Facts that would have to be refuted, all of them, and why no fewer do."""

    facts: tuple[int, ...]
    """Positions of the facts, ascending."""
    near: frozenset[int]
    """Parties that would stay tied to the first."""

    def __len__(self) -> int:
        return len(self.facts)


def fewest_to_refute(
    tail: Sequence[int], head: Sequence[int], confidence: ArrayLike, *, source: int, target: int
) -> Cut:
    r"""Find the fewest facts whose refutation leaves no path between two parties.

    Facts between the same two parties are each counted: all of them have to fall. Of several cuts of one size
    the one whose facts are least trusted is named, and of those the one nearest to the first party. It is a
    minimum cut, hence equal to a maximum flow in which every fact carries one unit.

    .. math:: \min_{S \ni a,\, S \not\ni b} \big|\{k : |\{t_k, h_k\} \cap S| = 1\}\big|

    Parameters
    ----------
    tail, head : sequences of node numbers
        m facts; the direction of their arrows does not matter.
    confidence : (m,) array of fractions
        Trust in each fact; NaN counts as 1.
    source, target : int
        The two parties a and b.

    Raises
    ------
    InvalidQuestion
        If the two parties are one.

    Source
    ------
    Ford & Fulkerson, "Maximal Flow Through a Network", Canadian Journal of Mathematics 8 (1956), 399, theorem 1.

    Example
    -------
    >>> cut = fewest_to_refute([0, 0, 1, 2, 1], [1, 1, 3, 3, 2], [1, 1, 1, 0.5, 1], source=0, target=3)
    >>> cut.facts, sorted(cut.near)
    ((2, 3), [0, 1, 2])
    """
    if source == target:
        raise InvalidQuestion("a party cannot be cut off from itself", where=f"parties {source} and {target}")
    nodes, place = np.unique([source, target, *tail, *head], return_inverse=True)
    (a, b), (one, other) = place[:2], place[2:].reshape(2, -1)
    count = len(one)
    fine = min(FINE, (ROOM - count) // (count + 1) ** 2 - 1) if count else 0
    trust = np.rint(np.nan_to_num(np.asarray(confidence, np.float64), nan=1.0) * max(fine, 0)).astype(np.int64)
    each = count * max(fine, 0) + 1 + trust
    ends = np.concatenate([one, other]), np.concatenate([other, one])
    room = csr_array((np.tile(each, 2).astype(np.int32), ends), shape=(len(nodes), len(nodes)))
    room.sum_duplicates()
    left = csr_array(room - maximum_flow(room, int(a), int(b)).flow)
    left.eliminate_zeros()
    stays = np.zeros(len(nodes), np.bool_)
    stays[breadth_first_order(left, int(a), return_predecessors=False)] = True
    facts = np.flatnonzero(stays[one] != stays[other])
    return Cut(tuple(facts.tolist()), frozenset(nodes[stays].tolist()))
