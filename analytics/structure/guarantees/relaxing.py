"""A good choice of pairs that breaks all circles of a large network, bettered by what its fractions leave, and a bound
from circles that pay together."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog
from scipy.sparse import csr_array

from analytics.kernels.compiled import frozen
from analytics.kernels.shifting import light_circles
from analytics.structure.guarantees.covering import STEPS, Cover
from analytics.structure.guarantees.ordering import Orders
from analytics.structure.guarantees.promises import Pairs

Numbers = NDArray[np.float64]
Broken = NDArray[np.int64]
ROOM = 1_000_000
"""Entries of the circles that one round finds at most."""
ENTRY, LOOK = 1_000, 5_000
"""Steps that an entry of a programme costs, and a pair in each round."""
SLOW, STALLS = 1e-3, 3
"""Rise of the bound or fall of the cost, a fraction, that is worth another round, and how often it may fail."""


def relax_pairs(pairs: Pairs, cost: Numbers, above: int, *, steps: int = STEPS) -> Cover:
    r"""Release pairs so that no circle of more than `above` remains, beyond what can be solved to proof.

    A first order of the parties says which pairs lead back. Circles through these that the fractions of the programme

    .. math:: \min c^T x, \quad \sum_{e \in C} x_e \ge 1 \;\; \forall C \in K, \quad x \ge 0

    leave lighter than 1 join K, until none is lighter; its dual, circles that pay no more than their pairs cost, is the
    bound. Each time pairs of small fractions are kept first, and parties moved one by one while that costs less.

    Parameters
    ----------
    pairs : Pairs
        m arrows between n parties.
    cost : (m,) array
        Cost of each pair, ≥ 0, infinite where it cannot be released.
    above : int
        Most pairs of a circle that may remain; beyond 2 only none or mutual ones do.
    steps : int
        Work to do at most, the same on any machine; 0: the first order alone.

    Raises
    ------
    InvalidQuestion
        If pairs that cannot be released close a circle.

    Source
    ------
    Grötschel, Jünger & Reinelt, "A Cutting Plane Algorithm for the Linear Ordering Problem", Operations Research 32
    (1984), 1195, and "On the Acyclic Subgraph Polytope", Mathematical Programming 33 (1985), 28, for the circles and
    how the lightest are found; HiGHS (Huangfu & Hall 2018) for the programmes.

    Example
    -------
    >>> found = relax_pairs(Pairs.of(3, [0, 1, 2], [1, 2, 0]), np.array([5.0, 3, 4]), 2)
    >>> found.chosen.tolist(), round(found.bound, 6)
    ([False, True, False], 3.0)
    """
    orders = Orders(pairs, cost, above)
    bound, sets, weight = orders.packed(), list[Broken](), np.zeros(len(cost))
    spent, programmes, stalls = 0, 0, 0
    while spent < steps and stalls < STALLS and orders.spent - bound > 1e-9 * orders.spent:
        found = _light(orders, weight)
        if not found:
            break
        sets += found
        spent += ENTRY * sum(map(len, sets)) + LOOK * len(cost)
        programmes += 1
        weight, least, sets = _paid(sets, cost)
        before = orders.spent
        orders.along(weight)
        gained = max(least - bound, before - orders.spent)
        stalls = stalls + 1 if gained < SLOW * orders.spent else 0
        bound = max(bound, least)
    return Cover(orders.released, min(bound, orders.spent), programmes)


def _light(orders: Orders, weight: Numbers) -> list[Broken]:
    """Circles that are too long and weigh less than 1, the lightest through each pair that leads back."""
    closing = orders.closing
    flat, stop = np.zeros(ROOM, np.int64), np.zeros(len(closing) + 1, np.int64)
    many = light_circles(
        orders.ring, orders.tail, orders.twin, frozen(weight, np.float64), closing, orders.above, flat, stop
    )
    return [flat[a:b].copy() for a, b in zip(stop[:many].tolist(), stop[1 : many + 1].tolist(), strict=True)]


def _paid(sets: list[Broken], cost: Numbers) -> tuple[Numbers, float, list[Broken]]:
    """Fractions of the pairs that break all these circles at the least cost, what the circles pay together, and those
    of them that are just broken."""
    finite, scale = np.isfinite(cost), _unit(cost)
    stops = np.cumsum([0, *map(len, sets)])
    rows = csr_array((np.ones(stops[-1]), np.concatenate(sets), stops), shape=(len(sets), len(cost)))
    limits: Any = np.column_stack([np.zeros(len(cost)), np.where(finite, np.inf, 0.0)])
    broken: Any = -rows
    price = np.where(finite, cost, 0.0) / scale
    found = linprog(price, A_ub=broken, b_ub=-np.ones(len(sets)), bounds=limits, method="highs-ipm")
    if found.status != 0:
        return np.zeros(len(cost)), 0.0, sets
    pays = np.maximum(-found.ineqlin.marginals, 0.0)
    # Rounding may let circles pay a little more than a pair costs; what costs nothing pays nothing.
    pays[rows @ (price * finite + ~finite == 0) > 0] = 0.0
    over = np.divide(rows.T @ pays, price, out=np.zeros(len(cost)), where=price > 0).max(initial=1.0)
    fractions = np.clip(np.asarray(found.x, np.float64), 0.0, 1.0)
    kept = [each for each, sum_ in zip(sets, (rows @ fractions).tolist(), strict=True) if sum_ < 1 + 1e-6]
    return fractions, float(pays.sum()) / over * scale * (1 - 1e-9), kept


def _unit(cost: Numbers) -> float:
    """The mean cost as the unit of a programme."""
    dear = cost[np.isfinite(cost) & (cost > 0)]
    return float(dear.mean()) if len(dear) else 1.0
