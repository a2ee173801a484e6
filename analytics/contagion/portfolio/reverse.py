"""Reverse stress: the fewest failures, or the likeliest, that cost a given amount.

What failures cost is a function that is passed in, so that any model of contagion serves. Where it is monotone (more
failures never cost less) the search may drop what is not needed and prune what cannot reach the amount; where it is
submodular as well (a failure adds no more, the more have failed) it has a bound from below. Mechanical cascades are
monotone, and submodular only where no failure needs two others: two debtors that bring a creditor down together cost
more than each by itself.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analytics.contagion.portfolio.given import Numbers, fractions
from graph.errors import InvalidQuestion, NotConverged

Whole = NDArray[np.int64]
Cost = Callable[[Whole], float]
FINE = 1e-12
"""Part of the amount that may be missing: rounding."""
MOST = 100_000
"""Times that the cost is asked for."""


@dataclass(frozen=True)
class Reverse:
    """Failures that cost an amount."""

    failures: Whole
    cost: float
    weight: float
    """How many they are, or, where probabilities are given, -ln of the probability that all of them happen."""
    bound: float
    """No failures of less weight cost as much; 0 where nothing is known but that."""
    asked: int
    """Times that the cost was asked for."""

    @property
    def gap(self) -> float:
        """How far from the least weight they may be, as a part of their weight."""
        return 1 - self.bound / self.weight if self.weight > 0 else 0.0

    @property
    def probability(self) -> float:
        """That all of them happen, each by itself, where the weight is of probabilities."""
        return float(np.exp(-self.weight))


def likely_failures(
    cost: Cost, amount: float, candidates: ArrayLike, *, pd: ArrayLike | None = None, submodular: bool = False
) -> Reverse:
    r"""Look for few or likely failures that cost an amount, the dearest for its weight first, and bound the least.

    .. math:: \min_S \sum_{i \in S} w_i \ \text{ with } f(S) \ge x, \qquad w_i = 1 \text{ or } -\ln PD_i

    At every S on its way, whatever T costs enough has :math:`\sum_{i \in T} [f(S + i) - f(S)] \ge x - f(S)` where f is
    monotone and submodular: the cheapest fractions of candidates that do are a bound on its weight, the highest of all
    S counts. In the end failures without which the amount is reached are dropped, the least likely first.

    Parameters
    ----------
    cost : callable of an (s,) array of failures, in rising order, that gives what they cost
        Monotone.
    amount : money x, above 0
    candidates : (n,) array of whole numbers
        Who may fail.
    pd : (n,) fractions, optional
        By candidate; by default each failure weighs 1.
    submodular : bool
        Whether the cost is known to be; else the bound is the least weight of one failure, or of two where no single
        one costs enough.

    Raises
    ------
    InvalidQuestion
        If an amount is not above 0, or all failures together cost less.

    Source
    ------
    Wolsey, "An analysis of the greedy algorithm for the submodular set covering problem", Combinatorica 2 (1982), 385;
    the bound from below follows from Nemhauser, Wolsey & Fisher, Math. Programming 14 (1978), 265, prop. 2.1.

    Example
    -------
    >>> worth = np.array([5.0, 4.0, 3.0])
    >>> found = likely_failures(lambda failed: float(worth[failed].sum()), 8, [0, 1, 2], submodular=True)
    >>> found.failures.tolist(), found.cost, found.bound
    ([0, 1], 9.0, 2.0)
    """
    search = _Search(cost, amount, candidates, pd)
    chosen, rest, had = list[int](), list(range(len(search.who))), search.of(())
    bound = 0.0
    while had < search.enough:
        gain = np.array([search.of((*chosen, i)) - had for i in rest])
        weight = search.weight[rest]
        if submodular:
            bound = max(bound, _fractional(gain, weight, search.enough - had, whole=pd is None))
        elif not chosen:
            bound = _one_or_two(gain >= search.enough - had, weight)
        order = np.lexsort((weight, -np.divide(gain, weight, out=np.where(gain > 0, np.inf, 0.0), where=weight > 0)))
        best = int(order[0])
        had += float(gain[best])
        chosen.append(rest.pop(best))
    for i in sorted(chosen, key=lambda one: -search.weight[one]):
        fewer = [one for one in chosen if one != i]
        if search.of(fewer) >= search.enough:
            chosen = fewer
    return search.told(chosen, bound)


def likeliest_failures(
    cost: Cost, amount: float, candidates: ArrayLike, *, pd: ArrayLike | None = None, most: int = MOST
) -> Reverse:
    r"""Find the fewest, or the likeliest, failures that cost an amount, by search.

    .. math:: \min_S \sum_{i \in S} w_i \ \text{ with } f(S) \ge x

    Sets are met in the order of candidates; one is left where its weight reaches that of the best, or all candidates
    that could still join it together with it cost too little, which leaves none out where f is monotone.

    Parameters
    ----------
    cost, amount, candidates, pd
        As `likely_failures`; the cost is monotone and need not be submodular.
    most : int
        Times that the cost may be asked for.

    Raises
    ------
    InvalidQuestion
        As `likely_failures`.
    NotConverged
        If the search does not end within `most`; its residual is the weight still open.

    Source
    ------
    Land & Doig, Econometrica 28 (1960), 497: branch and bound.

    Example
    -------
    >>> worth = np.array([5.0, 4.0, 4.0])
    >>> found = likeliest_failures(lambda failed: float(worth[failed].sum()), 8, [0, 1, 2], pd=[0.01, 0.1, 0.1])
    >>> found.failures.tolist(), round(found.probability, 9), found.gap
    ([1, 2], 0.01, 0.0)
    """
    search = _Search(cost, amount, candidates, pd)
    alone = np.array([search.of((i,)) for i in range(len(search.who))])
    order = np.lexsort((search.weight, -alone)).tolist()
    best, least = list(order), float(search.weight.sum())
    open_: list[tuple[list[int], int]] = [([], 0)]
    while open_:
        chosen, at = open_.pop()
        weight = float(search.weight[chosen].sum())
        if search.asked >= most:
            raise NotConverged("reverse stress", iterations=most, residual=least - weight)
        if weight >= least * (1 - FINE) and not (weight == 0 and least == 0 and len(chosen) < len(best)):
            continue
        if search.of(chosen) >= search.enough:
            best, least = chosen, weight
        elif at < len(order) and search.of([*chosen, *order[at:]]) >= search.enough:
            open_ += [(chosen, at + 1), ([*chosen, order[at]], at + 1)]
    return search.told(best, least)


class _Search:
    """What is asked for, and how often the cost was."""

    def __init__(self, cost: Cost, amount: float, candidates: ArrayLike, pd: ArrayLike | None) -> None:
        self.who: Whole = np.asarray(candidates, np.int64)
        if not 0 < amount < np.inf:
            raise InvalidQuestion(
                "must be above 0", where="amount", remedy="give the loss that is looked for, in money"
            )
        if len(np.unique(self.who)) != len(self.who):
            raise InvalidQuestion("name somebody twice", where="candidates")
        chance = None if pd is None else np.broadcast_to(fractions("pd", pd), self.who.shape)
        if chance is not None:
            self.who, chance = self.who[chance > 0], chance[chance > 0]
        self.weight: Numbers = np.ones(len(self.who)) if chance is None else -np.log(chance) + 0.0
        self.enough, self.asked, self._cost = amount * (1 - FINE), 0, cost
        if (whole := self.of(range(len(self.who)))) < self.enough:
            remedy = f"ask for no more than {whole:g}"
            raise InvalidQuestion("costs more than all failures together", where=f"amount {amount:g}", remedy=remedy)

    def of(self, chosen: Sequence[int]) -> float:
        """What some candidates cost, by their places."""
        self.asked += 1
        return float(self._cost(np.sort(self.who[list(chosen)])))

    def told(self, chosen: Sequence[int], bound: float) -> Reverse:
        """What was found."""
        weight = float(self.weight[list(chosen)].sum())
        return Reverse(np.sort(self.who[list(chosen)]), self.of(chosen), weight, min(bound, weight), self.asked)


def _fractional(gain: Numbers, weight: Numbers, missing: float, *, whole: bool) -> float:
    """The least weight of fractions of candidates whose gains sum to what is missing."""
    helps = np.flatnonzero(gain > 0)
    order = helps[np.argsort(weight[helps] / gain[helps], kind="stable")]
    reach = np.cumsum(gain[order])
    full = int(np.searchsorted(reach, missing * (1 - FINE)))
    if full >= len(order):
        return 0.0
    part = (missing - (reach[full - 1] if full else 0.0)) / gain[order[full]]
    found = float(weight[order[:full]].sum() + part * weight[order[full]])
    return float(np.ceil(found - 1e-9)) if whole else found


def _one_or_two(enough: NDArray[np.bool_], weight: Numbers) -> float:
    """The least weight of one failure that costs enough, or of any two."""
    two = np.partition(weight, 1)[:2].sum() if len(weight) > 1 else weight.sum()
    return float(min(two, weight[enough].min(initial=np.inf)))
