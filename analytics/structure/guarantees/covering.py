"""The cheapest pairs of which every forbidden set holds one, the sets found on the way."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

from analytics.structure.guarantees.forbidden import Broken, LongCircles, Released
from graph.errors import InvalidQuestion

Numbers = NDArray[np.float64]
ROUNDS = 200
"""Programmes solved before an answer that is not proven is given."""
STALLED = 1e-4
"""Rise of the bound, a fraction, below which fractions are no longer solved."""
FEWER, SAME = 0.1, 1e-9
"""Part of the work that may be spent on fewer pairs at the same cost, and how near costs are that are the same."""
STEPS = 1_200_000_000
"""Steps of work after which no cheaper choice is looked for: some ten seconds."""
ENTRY, BRANCH = 300, 60
"""Steps that an entry of a programme costs, and at each further node of its search tree."""


@dataclass(frozen=True)
class Cover:
    """Pairs to release, and what they cost at least."""

    chosen: Released
    bound: float
    """No cover costs less."""
    iterations: int
    """Programmes solved."""


@dataclass
class Attempt:
    """A choice that breaks all, as found by the local ratio rule, and what it met."""

    released: Released
    sets: list[Broken]
    bound: float


def cover(goal: LongCircles, cost: Numbers, *, prove: bool, steps: int = STEPS) -> Cover:
    r"""Choose the cheapest pairs that break everything forbidden.

    .. math:: \min c^T x, \qquad \sum_{e \in S} x_e \ge 1 \;\; \forall S, \qquad x \in \{0, 1\}^m

    Parameters
    ----------
    goal : LongCircles
        What is forbidden among m pairs.
    cost : (m,) array
        Cost of each pair, ≥ 0, infinite where it cannot be released.
    prove : bool
        Solve to proof; else only bound the answer from below.
    steps : int
        Work to do for a cheaper choice or a higher bound at most, the same on any machine.

    Raises
    ------
    InvalidQuestion
        If something forbidden holds no pair that can be released.

    Source
    ------
    Bar-Yehuda & Even (1985) for the first choice and its bound; HiGHS (Huangfu & Hall, Mathematical
    Programming Computation 10 (2018), 119) for the programmes.

    Example
    -------
    >>> from analytics.structure.guarantees.forbidden import LongCircles
    >>> from analytics.structure.guarantees.promises import Pairs
    >>> found = cover(LongCircles(Pairs.of(2, [0, 1], [1, 0]), 1), np.array([2.0, 1.0]), prove=True)
    >>> found.chosen.tolist(), found.bound
    ([False, True], 1.0)
    """
    nothing = np.zeros(len(cost), np.bool_)
    first = _attempt(goal, cost, nothing)
    known = Known(first.released, first.bound, first.sets + goal.smallest(nothing))
    # Fractions are cheap to solve: they collect most of what whole choices then have to break.
    for whole, rounds in ((False, ROUNDS), (True, ROUNDS if prove else 0)):
        for _ in range(rounds):
            if known.met(cost) or known.steps >= steps or not _improve(known, goal, cost, whole=whole, steps=steps):
                break
    if prove and known.met(cost):
        _fewest(known, goal, cost, steps=int(steps * FEWER))
    return Cover(known.best, known.bound, known.iterations)


@dataclass
class Known:
    """What is known so far: the cheapest choice, its bound, and what any choice must break."""

    best: Released
    bound: float
    sets: list[Broken]
    iterations: int = 0
    steps: int = 0

    def met(self, cost: Numbers) -> bool:
        """Whether the choice costs no more than its bound, up to rounding."""
        spent = float(cost[self.best].sum())
        return spent - self.bound <= 1e-9 * spent


def _improve(known: Known, goal: LongCircles, cost: Numbers, *, whole: bool, steps: int) -> bool:
    """Solve for what must be broken so far and add what that leaves; whether to go on in this way."""
    entries = sum(map(len, known.sets))
    nodes = max(1, (steps - known.steps) // (BRANCH * entries))
    chosen, least, spent = _programme(known.sets, cost, whole=whole, nodes=nodes)
    known.iterations += 1
    known.steps += entries * (ENTRY + BRANCH * spent)
    rise = least - known.bound
    known.bound = max(known.bound, least)
    if chosen is None:
        return False
    further = _attempt(goal, cost, chosen > 0.5, cost * (1 - chosen))
    if cost[further.released].sum() < cost[known.best].sum():
        known.best = further.released
    more = further.sets + goal.smallest(chosen > 0.5)
    known.sets += more
    return whole or (bool(more) and rise > STALLED * least)


def _fewest(known: Known, goal: LongCircles, cost: Numbers, *, steps: int) -> None:
    """Of choices that cost no more than the least look for the one of fewest pairs: what has to be ended is agreed with
    somebody, pair by pair."""
    spent = float(cost[known.best].sum())
    most, start, many = spent + SAME * spent, known.steps, int(known.best.sum())
    dear = cost[np.isfinite(cost)]
    if many < 2 or dear.min() == dear.max():
        return
    for _ in range(ROUNDS):
        entries, left = sum(map(len, known.sets)), steps - (known.steps - start)
        if left <= 0:
            return
        chosen, least, nodes = _programme(
            known.sets, cost, whole=True, nodes=max(1, left // (BRANCH * entries)), most=most
        )
        known.iterations += 1
        known.steps += entries * (ENTRY + BRANCH * nodes)
        if chosen is None or chosen.sum() >= known.best.sum() or least > most:
            return
        further = _attempt(goal, cost, chosen > 0.5, cost * (1 - chosen))
        if further.released.sum() < known.best.sum() and cost[further.released].sum() <= most:
            known.best = further.released
        more = further.sets + goal.smallest(chosen > 0.5)
        if not more:
            return
        known.sets += more


def _attempt(goal: LongCircles, cost: Numbers, start: Released, price: Numbers | None = None) -> Attempt:
    """Go on from a choice: each forbidden set found pays by its pair of least price, which is released."""
    released, left = start.copy(), (cost if price is None else price).copy()
    order = np.flatnonzero(start).tolist()
    sets, bound = [], 0.0
    for part in goal.parts(released):
        for found in goal.within(part, released):
            paid = left[found].min()
            if not np.isfinite(paid):
                raise InvalidQuestion("only guarantees that cannot be ended", where=f"{len(found)} guarantees together")
            left[found] -= paid
            bound += float(paid)
            spent = found[left[found] <= 0]
            released[spent] = True
            order += spent.tolist()
            sets.append(found)
    for pair in sorted(order, key=lambda pair: (-cost[pair], pair)):
        released[pair] = goal.returns(pair, released)
    return Attempt(released, sets, bound if price is None else 0.0)


class Programme(NamedTuple):
    """What a programme gave."""

    chosen: Numbers | None
    least: float
    nodes: int


def _programme(sets: list[Broken], cost: Numbers, *, whole: bool, nodes: int, most: float | None = None) -> Programme:
    """The cheapest choice for the sets known so far, in fractions unless whole, and what any costs at least; with
    `most` that of fewest pairs among those that cost no more."""
    finite = np.isfinite(cost)
    scale = _scale(cost[finite])
    stops = np.cumsum([0, *map(len, sets)])
    rows = csr_array((np.ones(stops[-1]), np.concatenate(sets), stops), shape=(len(sets), len(cost)))
    price = np.where(finite, cost, 0.0) / scale
    within = [] if most is None else [LinearConstraint(csr_array(price[None, :]), -np.inf, most / scale)]
    found = milp(
        price if most is None else np.ones(len(cost)),
        constraints=[LinearConstraint(rows, 1, np.inf), *within],
        bounds=Bounds(0, np.where(finite, 1.0, 0.0)),
        integrality=np.full(len(cost), int(whole)),
        options={"mip_rel_gap": 0.0, "node_limit": nodes},
    )
    if found.status != 0:
        return Programme(None, max(0.0, float(found.mip_dual_bound or 0.0)) * scale * (1 - 1e-9), nodes)
    spent = int(found.mip_node_count or 0)
    if whole:
        return Programme(np.rint(found.x), float(cost[found.x > 0.5].sum()), spent)
    return Programme(np.clip(found.x, 0.0, 1.0), float(found.fun) * scale * (1 - 1e-9), spent)


def _scale(cost: Numbers) -> float:
    """The cheapest pair as the unit, unless the dearest would be too many of them for the solver's tolerances."""
    dear = cost[cost > 0]
    return max(float(dear.min()), float(dear.max()) / 1e7) if len(dear) else 1.0
