"""The cheapest pairs to release so that no part of a network is too large."""

import numpy as np
from numpy.typing import NDArray

from analytics.kernels.compiled import frozen
from analytics.kernels.pieces import Net
from analytics.kernels.spreading import spread_costs
from analytics.structure.guarantees.covering import Cover
from analytics.structure.guarantees.pieces import STEPS, Search
from analytics.structure.guarantees.promises import Pairs
from analytics.structure.guarantees.web import Web

Numbers = NDArray[np.float64]
SHARES = (0.1,) * 20 + (0.3,) * 5 + (1.0,)
"""Of what the costs left allow, what each round of demands takes."""
REACHES = (2, 4)
"""Load of the trees looked at, by the room of a part."""


def separate(pairs: Pairs, cost: Numbers, largest: int, *, prove: bool, steps: int = STEPS) -> Cover:
    r"""Choose the cheapest pairs whose release leaves no part of more than `largest` parties.

    Kept pairs fall into pieces S of at most n parties, so that the choice is one of pieces:

    .. math::

        \min c(E) - \sum_S c(S) \lambda_S, \qquad \sum_{S \ni v} \lambda_S \le 1 \;\; \forall v,
        \qquad \lambda \in \{0, 1\}

    With prices π of the parties, no choice costs less than c(E) − Σ π − Σ_r max(0, max_{S: r first} c(S) − π(S)).
    Pieces are priced by dynamic programming over an elimination of the parties where few wait for few, else by
    branching. Beyond, each tree T around a party says Σ_e x_e s_e ≥ |T| − n, s_e the parties beyond e.

    Parameters
    ----------
    pairs : Pairs
        m arrows between parties that hang together.
    cost : (m,) array
        Cost of each pair, ≥ 0, infinite where it cannot be released.
    largest : int
        Most parties n of a part.
    prove : bool
        Look for the least; else only bound a good choice from below.
    steps : int
        Work to do for it at most, the same on any machine.

    Raises
    ------
    InvalidQuestion
        If pairs that cannot be released join too many parties.

    Source
    ------
    Johnson, Mehrotra & Nemhauser, "Min-Cut Clustering", Mathematical Programming 62 (1993), 133, for the pieces;
    Even, Naor, Rao & Schieber, "Fast Approximate Graph Partitioning Algorithms", SIAM Journal on Computing 28
    (1999), 2187, for the trees.

    Example
    -------
    >>> found = separate(Pairs.of(4, [0, 1, 2], [1, 2, 3]), np.array([5.0, 9, 5]), 2, prove=True)
    >>> found.chosen.tolist(), round(found.bound, 6)
    ([False, True, False], 9.0)
    """
    web = Web.of_ties(pairs.size, pairs.tail.astype(np.int64), pairs.head.astype(np.int64), cost, largest)
    net = web.net(largest)
    best = min(web.joined(largest, net), key=web.cut)
    bound, programmes = _spread(web, net, largest), 0
    if prove:
        search = Search(web, net, largest, best, bound, steps)
        search.run()
        best, bound, programmes = search.best, search.bound, search.programmes
    part = best[web.of]
    chosen = part[pairs.tail] != part[pairs.head]
    return Cover(chosen, min(bound, float(cost[chosen].sum())), programmes)


def _spread(web: Web, net: Net, room: int) -> float:
    """What trees of several sizes demand together at least."""
    best = 0.0
    for reach in REACHES:
        left, paid = web.worth.copy(), 0.0
        for share in SHARES:
            paid += spread_costs(net, frozen(web.tie, np.int64), room, reach * room, share, left)
        best = max(best, paid)
    return best * (1 - 1e-9)
