"""Unwinding: the cheapest guarantees to release or replace so that no long circle, or no large one, remains."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analytics.structure.guarantees.census import LONGEST, Circles, Circuits, circles_among
from analytics.structure.guarantees.covering import STEPS, Cover, cover
from analytics.structure.guarantees.forbidden import LargeParts, LongCircles
from analytics.structure.guarantees.promises import Pairs, Promises
from analytics.structure.guarantees.relaxing import relax_pairs
from analytics.structure.guarantees.separating import separate
from graph.errors import InvalidAmount, InvalidQuestion

Numbers = NDArray[np.float64]
Kind = type[LongCircles] | type[LargeParts]
EXACT = 400
"""Pairs up to which a part is solved to proof."""
TANGLED = 3_000
"""Pairs beyond which a part is ordered, so that only mutual circles remain where longer ones might."""
ORDERED = 2
"""Most pairs of a circle that may remain for which nothing is lost by that."""
COUNTED, COUNTS = 3_000_000, 200
"""Entries read to count what remains after a step, and how often it is counted at most."""


@dataclass(frozen=True)
class Step:
    """One pair to unwind: all guarantees of one party for another."""

    guarantor: int
    borrower: int
    guarantees: tuple[int, ...]
    """Positions of its guarantees among the promises."""
    replaced: tuple[bool, ...]
    """Whether each is cheaper replaced by other security than released."""
    cost: float
    remaining: int
    """What is still too much after this step: long circles, or parties in parts that are too large. Of more than
    200 steps long circles are counted anew only every so many, and are at most so many in between."""


@dataclass(frozen=True)
class Unwinding:
    """What to unwind, in which order, and how near to the least it is."""

    steps: tuple[Step, ...]
    """Those that break most for their cost first."""
    cost: float
    bound: float
    """No other choice costs less than this."""
    before: int
    """What was too much at first, counted as in each step."""
    counted_to: int
    """Most guarantees of a circle counted in `before` and `remaining`; 0 where parties are counted."""
    parts: int
    """Parts of the network that had to be unwound."""
    iterations: int
    """Programmes solved."""

    @property
    def gap(self) -> float:
        """How much less it might cost at most, a fraction of the cost; 0 where it is proven least."""
        return max(0.0, self.cost - self.bound) / self.cost if self.cost else 0.0

    @property
    def proven(self) -> bool:
        """Whether no cheaper choice exists, within a millionth."""
        return self.gap <= 1e-6


def unwind_circles(
    promises: Promises,
    cost: ArrayLike,
    *,
    longest: int = 2,
    replace: ArrayLike | None = None,
    exact: int = EXACT,
    steps: int = STEPS,
) -> Unwinding:
    r"""Find the cheapest guarantees to end so that no circle of more than `longest` guarantees remains.

    .. math::

        \min \sum_e c_e x_e, \qquad \sum_{e \in C} x_e \ge 1 \;\; \forall C : |C| > k, \qquad x \in \{0, 1\}

    Circles enter the programme as they are found: one that the present answer leaves, until there is none.
    Each strongly connected part is solved for itself, to proof up to `exact` pairs; beyond, the local ratio
    rule and orders of the parties give an answer, and a linear programme over the lightest circles the bound.

    Parameters
    ----------
    promises : Promises
        m guarantees between n parties.
    cost : (m,) array, whole units of one currency or any other measure
        What it costs to release each, ≥ 0; infinite where it cannot be.
    longest : int
        Most guarantees k of a circle that may remain; 1: none at all, 2: only mutual ones.
    replace : (m,) array, optional
        What it costs to replace each by security outside the network, ≥ 0; the cheaper of both counts.
    exact : int
        Pairs up to which a part is solved to proof.
    steps : int
        Work to do for something cheaper, or for a proof, the same on any machine: what was found by then is
        given with its gap.

    Raises
    ------
    InvalidAmount
        If a cost is negative or not a number, or there are not as many as guarantees.
    InvalidQuestion
        If k is below 1 or above 39, or a circle too long has no guarantee that can be ended.

    Source
    ------
    Baharev et al., "An Exact Method for the Minimum Feedback Arc Set Problem", ACM Journal of Experimental
    Algorithmics 26 (2021), for the circles found on the way; Bar-Yehuda & Even, "A Local-Ratio Theorem for
    Approximating the Weighted Vertex Cover Problem", Annals of Discrete Mathematics 25 (1985), 27.

    Example
    -------
    >>> ring = Promises.between(3, [0, 1, 2, 0], [1, 2, 0, 2])
    >>> found = unwind_circles(ring, [5.0, 3, 4, 9], longest=1)
    >>> [(step.guarantor, step.borrower) for step in found.steps], found.cost, found.proven
    ([(2, 0)], 4.0, True)
    """
    return _unwind(LongCircles, longest, promises, _ends(promises, cost, replace), Effort(exact, steps))


def unwind_parts(
    promises: Promises,
    cost: ArrayLike,
    *,
    largest: int,
    replace: ArrayLike | None = None,
    exact: int = EXACT,
    steps: int = STEPS,
) -> Unwinding:
    r"""Find the cheapest guarantees to end so that no more than `largest` parties hang together.

    .. math::

        \min \sum_e c_e x_e, \qquad \sum_{e \in T} x_e \ge 1 \;\; \forall \text{ trees } T : |T| = n,
        \qquad x \in \{0, 1\}

    Parameters
    ----------
    promises, cost, replace, exact, steps
        As `unwind_circles`.
    largest : int
        Most parties n that may hang together by guarantees, whatever their direction.

    Raises
    ------
    InvalidAmount
        As `unwind_circles`.
    InvalidQuestion
        If n is below 1, or guarantees that cannot be ended join too many.

    Source
    ------
    Domain reference §3 (担保圈); the rest as `unwind_circles`.

    Example
    -------
    >>> chain = Promises.between(4, [0, 1, 2], [1, 2, 3])
    >>> found = unwind_parts(chain, [5.0, 9, 5], largest=2)
    >>> [(step.guarantor, step.borrower, step.remaining) for step in found.steps], found.before
    ([(1, 2, 0)], 4)
    """
    return _unwind(LargeParts, largest, promises, _ends(promises, cost, replace), Effort(exact, steps))


class Effort(NamedTuple):
    """How much to do."""

    exact: int
    steps: int


class Ends(NamedTuple):
    """What ending each guarantee costs, and whether by replacing it."""

    cost: Numbers
    replaced: NDArray[np.bool_]


def _ends(promises: Promises, cost: ArrayLike, replace: ArrayLike | None) -> Ends:
    release = np.asarray(cost, np.float64)
    other = np.full(len(release), np.inf) if replace is None else np.asarray(replace, np.float64)
    if not len(release) == len(other) == len(promises) or not ((release >= 0) & (other >= 0)).all():
        raise InvalidAmount("a cost of at least 0 for each guarantee", where="cost")
    return Ends(np.minimum(release, other), other < release)


def _unwind(kind: Kind, above: int, promises: Promises, ends: Ends, effort: Effort) -> Unwinding:
    if not 1 <= above < (LONGEST if kind is LongCircles else np.inf):
        raise InvalidQuestion("1 to 39 guarantees in a circle, or at least 1 party", where=f"{above} allowed")
    pairs, others = promises.pairs, promises.place >= 0
    cost = np.bincount(promises.place[others], weights=ends.cost[others], minlength=len(pairs)).astype(np.float64)
    whole = kind(pairs, above)
    released = np.zeros(len(pairs), np.bool_)
    found: list[Cover] = []
    parts = whole.parts(released)
    alone = [_alone(pairs, part) for part in parts]
    proved = sum(len(at) for at, _ in alone if len(at) <= effort.exact)
    for at, smaller in alone:
        prove = len(at) <= effort.exact
        # Each part has its share of the work, so that the order of parts decides nothing.
        share = effort.steps * len(at) // proved if prove else effort.steps
        found.append(_least(kind, smaller, above, cost[at], prove=prove, steps=share))
        released[at[found[-1].chosen]] = True
    touched = np.zeros(pairs.size, np.bool_)
    touched[np.concatenate([np.zeros(0, np.int64), *parts])] = True
    at = np.flatnonzero(touched[pairs.tail] & touched[pairs.head])
    order = _by_circles if kind is LongCircles else _by_cost
    left = list(order(pairs.some(at), above, cost[at], released[at]))
    places = np.argsort(promises.place, kind="stable")
    bounds = np.searchsorted(promises.place[places], np.arange(len(pairs) + 1))
    steps = tuple(
        _step(promises, ends, places[bounds[p] : bounds[p + 1]], float(cost[p]), remaining.much)
        for p, remaining in ((at[remaining.pair], remaining) for remaining in left[1:])
    )
    return Unwinding(
        steps,
        float(cost[released].sum()),
        sum(part.bound for part in found),
        left[0].much,
        left[0].horizon,
        len(parts),
        sum(part.iterations for part in found),
    )


def _least(kind: Kind, pairs: Pairs, above: int, cost: Numbers, *, prove: bool, steps: int) -> Cover:
    """The cheapest pairs of one part of the network."""
    if kind is LargeParts:
        return separate(pairs, cost, above, prove=prove, steps=steps)
    if len(pairs) > TANGLED:
        return relax_pairs(pairs, cost, above, steps=steps)
    if not prove and (above <= ORDERED or np.isfinite(cost).all()):
        covered = cover(LongCircles(pairs, above), cost, prove=False, steps=steps // 2)
        return _better(covered, relax_pairs(pairs, cost, above, steps=steps // 2), cost)
    return cover(LongCircles(pairs, above), cost, prove=prove, steps=steps)


def _better(one: Cover, other: Cover, cost: Numbers) -> Cover:
    """The cheaper of two choices with the higher of their bounds."""
    spent, least = (float(cost[each.chosen].sum()) for each in (one, other))
    chosen = one.chosen if spent <= least else other.chosen
    return Cover(chosen, min(max(one.bound, other.bound), spent, least), one.iterations + other.iterations)


def _alone(pairs: Pairs, part: NDArray[np.int64]) -> tuple[NDArray[np.int64], Pairs]:
    """Pairs among some parties, and the same numbered for themselves."""
    number = np.full(pairs.size, -1, np.int64)
    number[part] = np.arange(len(part))
    at = np.flatnonzero((number[pairs.tail] >= 0) & (number[pairs.head] >= 0))
    return at, Pairs.of(len(part), number[pairs.tail[at]], number[pairs.head[at]])


def _step(promises: Promises, ends: Ends, mine: NDArray[np.int64], cost: float, remaining: int) -> Step:
    guarantor, borrower = int(promises.guarantor[mine[0]]), int(promises.borrower[mine[0]])
    return Step(guarantor, borrower, tuple(mine.tolist()), tuple(ends.replaced[mine].tolist()), cost, remaining)


class Remaining(NamedTuple):
    """How much is too much after a pair was released, -1 at first; circles of up to `horizon` are counted."""

    pair: int
    much: int
    horizon: int = 0


def _by_circles(pairs: Pairs, longest: int, cost: Numbers, released: NDArray[np.bool_]) -> Iterator[Remaining]:
    """Release what breaks most long circles for its cost, as counted anew after each, or after every few."""
    gone, chosen = np.zeros(len(pairs), np.bool_), int(released.sum())
    few, horizon = max(1, -(-chosen // COUNTS)), LONGEST
    done, pair, much, left = 0, -1, 0, np.zeros(0, np.int64)
    while done <= chosen:
        kept = np.flatnonzero(~gone)
        if not len(left) or done == chosen:
            circuits = Circuits.of(pairs.some(kept))
            horizon = max(min(horizon, len(circuits.party)), longest + 1) if pair < 0 else horizon
            counted = _counted(circuits, len(kept), longest, horizon)
            if pair < 0 and counted.complete < horizon:
                # Counts to the same length can be compared, those cut off by a budget cannot.
                horizon = max(counted.complete, longest + 1)
                counted = _counted(circuits, len(kept), longest, horizon)
            much = counted.total
            broken = np.zeros(len(pairs))
            broken[kept] = counted.through
            waiting = np.flatnonzero(released & ~gone)
            worth = broken[waiting] / np.maximum(cost[waiting], 1e-300)
            left = waiting[np.lexsort((waiting, cost[waiting], -worth))][:few]
        yield Remaining(pair, much, horizon)
        if len(left):
            pair, left = int(left[0]), left[1:]
            gone[pair] = True
        done += 1


def _counted(circuits: Circuits, pairs: int, longest: int, length: int) -> Circles:
    return circles_among(circuits, pairs, shortest=longest + 1, length=length, limit=0, budget=COUNTED)


def _by_cost(pairs: Pairs, largest: int, cost: Numbers, released: NDArray[np.bool_]) -> Iterator[Remaining]:
    """Release the cheapest first; counted from the last step back, as parts grow together."""
    chosen = np.flatnonzero(released)
    order = chosen[np.lexsort((chosen, cost[chosen]))]
    above, size = list(range(pairs.size)), [1] * pairs.size
    ends = pairs.tail.tolist(), pairs.head.tolist()

    def top(x: int) -> int:
        while above[x] != x:
            above[x] = x = above[above[x]]
        return x

    much, left = 0, []
    for pair in (*np.flatnonzero(~released).tolist(), *order[::-1].tolist()):
        if released[pair]:
            left.append(Remaining(pair, much))
        a, b = (top(end[pair]) for end in ends)
        if a != b:
            before = sum(size[x] for x in (a, b) if size[x] > largest)
            above[b], size[a] = a, size[a] + size[b]
            much += (size[a] if size[a] > largest else 0) - before
    yield Remaining(-1, much)
    yield from reversed(left)
