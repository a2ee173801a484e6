"""One shock after the other over the same claims, each at the price of what it reaches."""

from dataclasses import dataclass
from typing import NoReturn

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analytics.contagion.distress import LINKS, Distress, Impact, Numbers
from analytics.kernels.distress import NO_FRACTION, NOBODY, TWICE, Room, put_in, spread, take_out
from graph.errors import InvalidQuestion, NotConverged

Parties = NDArray[np.uint32]


@dataclass(frozen=True)
class Reached:
    """Who is distressed after a shock, and nobody else; arrays of shape (k,), the shocked first, as they were given."""

    size: int
    """Number of parties n there are."""
    party: Parties
    h: Numbers
    """Fraction of equity that each has lost."""
    first: Numbers
    """The shock; 0 of whom it did not hit."""
    wave: NDArray[np.int64]
    """In which wave each was first met: 1 for the shock."""
    waves: int
    residual: float
    """The most that anybody's distress would rise yet."""

    def impact(self, weights: ArrayLike) -> float:
        """What it costs beyond the shock, where weights of all n parties sum to 1."""
        return float((self.h - self.first) @ np.asarray(weights, np.float64)[self.party])

    def dense(self) -> Distress:
        """The same with a place for everybody."""
        h, first, wave = np.zeros(self.size), np.zeros(self.size), np.zeros(self.size, np.int64)
        h[self.party], first[self.party], wave[self.party] = self.h, self.first, self.wave
        return Distress(h, first, wave, self.waves, self.residual)


class Frontier:
    """Memory for shocks to one impact, kept between them: each writes, and puts back, only what it reaches.

    One shock at a time: each thread has its own. Each is `debtrank` of that shock.
    """

    def __init__(self, impact: Impact) -> None:
        self.impact = impact
        self._room = Room.of(impact.size)

    def debtrank(
        self,
        parties: ArrayLike,
        lost: ArrayLike = 1.0,
        *,
        steepness: float = 0.0,
        tolerance: float = 1e-9,
        most: int | None = None,
    ) -> Reached:
        """Spread what some parties lost of their equity, all of it where nothing is said; nobody: nobody is reached.

        Raises InvalidQuestion where a party is none of these or named twice, or a loss is no fraction; NotConverged as
        `debtrank` does.
        """
        if not steepness >= 0:
            raise InvalidQuestion("is not negative", where=f"steepness {steepness}")
        impact = self.impact
        who = np.atleast_1d(np.asarray(parties, np.int64))
        first = np.asarray(lost, np.float64)
        first = np.full(len(who), float(first)) if first.ndim == 0 else first
        room = self._room
        hit = put_in(room, who, first) if first.shape == who.shape else NO_FRACTION
        if hit < 0:
            _refuse(hit, impact.size)
        budget = LINKS * (len(impact.weight) + impact.size) if most is None else most
        waves, met, left, budget = spread(impact.passing(steepness, tolerance), room, hit, budget)
        party, h, wave = np.empty(met, np.uint32), np.empty(met), np.empty(met, np.int64)
        count = take_out(room, met, party, h, wave)
        if budget <= 0 and left > tolerance:
            raise NotConverged("distress", iterations=waves, residual=left)
        shock = np.zeros(count)
        shock[:hit] = first if hit == len(who) else first[first > 0]
        return Reached(impact.size, party[:count], h[:count], shock, wave[:count], waves, left)


def _refuse(wrong: int, size: int) -> NoReturn:
    """Say what cannot be of a shock."""
    if wrong == NOBODY:
        raise InvalidQuestion(f"a party that is none of these {size}", where="shock")
    if wrong == TWICE:
        raise InvalidQuestion("names a party twice", where="shock", remedy="give the whole loss of each party once")
    raise InvalidQuestion("a shock is a fraction of each party's equity", where="shock")
