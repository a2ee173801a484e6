"""A facility that is asked for, and what it would add to the exposure of a client or group."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from math import inf, isfinite

import numpy as np

from analytics.limits.numerators import Numerator
from analytics.limits.threshold import LARGEST
from analytics.limits.units import Nodes
from graph.errors import InvalidAmount, InvalidQuestion, InvalidShare
from graph.model import COLLATERAL, FACILITIES


@dataclass(frozen=True)
class Pledge:
    """Collateral offered for the facility."""

    kind: str
    value: float


@dataclass(frozen=True)
class Guarantor:
    """A guarantee offered for the facility."""

    party: int
    amount: float
    eligible: bool = False
    """Whether it counts as a protection provider; a corporate guarantor normally does not."""


@dataclass(frozen=True)
class Facility:
    """A facility as it is asked for, amounts in whole units of the book's currency."""

    amount: float
    kind: str = "loan"
    ccf: float | None = None
    """Conversion factor where it is granted and not drawn; none: drawn."""
    maturity: date | None = None
    collateral: tuple[Pledge, ...] = ()
    guarantors: tuple[Guarantor, ...] = ()

    def converted(self, rate: float) -> "Facility":
        """In another currency, of which one unit of this one buys `rate`."""
        return replace(
            self,
            amount=self.amount * rate,
            collateral=tuple(replace(pledge, value=pledge.value * rate) for pledge in self.collateral),
            guarantors=tuple(replace(giver, amount=giver.amount * rate) for giver in self.guarantors),
        )

    def checked(self, size: int, day: date) -> "Facility":
        """Itself. Raises InvalidAmount, InvalidShare, InvalidQuestion where it cannot be."""
        if not 0 < self.amount <= LARGEST:  # so nothing that is no number
            raise InvalidAmount(f"expected a finite amount above 0, at most {LARGEST:,.0f}", where="facility.amount")
        beside = {f"facility.collateral.{k}.value": pledge.value for k, pledge in enumerate(self.collateral)}
        beside |= {f"facility.guarantors.{k}.amount": giver.amount for k, giver in enumerate(self.guarantors)}
        for where, amount in beside.items():
            if not 0 <= amount <= LARGEST:
                raise InvalidAmount(f"expected a finite amount not below 0, at most {LARGEST:,.0f}", where=where)
        if self.ccf is not None and not 0 <= self.ccf <= 1:
            raise InvalidShare("a conversion factor is a fraction", where=f"facility.ccf {self.ccf}")
        kinds: dict[str, tuple[str, tuple[str, ...]]] = {"facility.kind": (self.kind, FACILITIES)}
        kinds |= {f"facility.collateral.{k}.kind": (one.kind, COLLATERAL) for k, one in enumerate(self.collateral)}
        for where, (kind, known) in kinds.items():
            if kind not in known:
                raise InvalidQuestion(f"there is no kind {kind!r}", where=where, remedy=f"one of {', '.join(known)}")
        for giver in self.guarantors:
            if not 0 <= giver.party < size:
                raise InvalidQuestion("no party of this book", where=f"guarantor {giver.party}")
        if self.maturity is not None and self.maturity <= day:
            where, remedy = f"facility.maturity {self.maturity}", f"name a day after {day}, or leave it out"
            raise InvalidQuestion("falls due before it begins", where=where, remedy=remedy)
        return self

    def taken_off(self, numerator: Numerator) -> float:
        """Value of its collateral that a numerator takes off."""
        return sum(pledge.value for pledge in self.collateral if pledge.kind in numerator.netted)

    def rest(self, numerator: Numerator) -> float:
        """What it counts once its collateral is taken off."""
        return max(numerator.weight(self.kind, self.ccf) * self.amount - self.taken_off(numerator), 0.0)


@dataclass(frozen=True)
class Added:
    """What a unit gains as a facility grows: pieces of a slope between two amounts of its unsecured rest."""

    pieces: tuple[tuple[float, float, float], ...]
    """Slope, from, to."""
    once: float = 0.0
    """What is added whatever the size: a promise that counts for what is owed already."""

    def at(self, rest: float) -> float:
        """What is added where this much of the facility is not taken off by collateral."""
        return self.once + sum(slope * (min(rest, high) - low) for slope, low, high in self.pieces if rest > low)

    def most(self, room: float) -> float:
        """The greatest rest that adds no more than the room left; negative where nothing fits."""
        if room < self.once:
            return -inf
        ends = sorted({0.0, *(end for _, *ends in self.pieces for end in ends)})
        for low, high in zip(ends, [*ends[1:], inf], strict=True):
            slope = sum(s for s, a, b in self.pieces if a <= low < b)
            if self.at(high if isfinite(high) else low) > room or (slope and not isfinite(high)):
                return low + (room - self.at(low)) / slope
        return inf


def added(
    facility: Facility,
    numerator: Numerator,
    applicant: int,
    members: Nodes,
    *,
    promised: Sequence[float] = (0.0, 0.0),
    spared: Sequence[tuple[int, float]] = (),
) -> Added:
    r"""Say what a facility adds to a client or group, for every size it may have.

    With r what collateral leaves of it, G what eligible guarantors cover, S what is spare of eligible guarantees
    for all that the applicant owes, and G_U, S_U their parts in the unit U, the applicant has what they leave;
    where promises count, what members promised for an applicant outside counts up to its debt, which rises.

    .. math:: \Delta_U(r) = [x \in U]\,(r - G - S)^+ + \frac{G_U}{G} \min(r, G)
        + \frac{S_U}{S} \min((r - G)^+, S), \qquad
        [x \notin U] \big(\min(P_U + G_U, E_x + r) - \min(P_U, E_x)\big) \text{ where promises count}

    Parameters
    ----------
    facility, numerator
    applicant : int
        Node number x.
    members : (k,) array of node numbers, ascending
        Those of the unit U that count.
    promised : pair of numbers, whole units of currency
        What members promised for the applicant before (P), and what it owes (E).
    spared : pairs of a node number and an amount, as `Stakes.spared` gives them

    Raises
    ------
    Nothing.

    Source
    ------
    BCBS LEX30, substitution; domain reference §2.7 and vector LIM-09.

    Example
    -------
    A loan of 100, of which guarantor 2, who is eligible, covers 60:

    >>> from analytics.limits.numerators import NUMERATORS
    >>> loan = Facility(100.0, guarantors=(Guarantor(2, 60.0, eligible=True),))
    >>> lex = NUMERATORS["large_exposure"]
    >>> [added(loan, lex, 1, np.array(unit)).at(100.0) for unit in ([1], [2], [1, 2])]
    [40.0, 60.0, 100.0]
    """
    inside = _holds(members, applicant)
    givers = [giver for giver in facility.guarantors if giver.party != applicant and giver.amount > 0]
    covering = [(giver.party, giver.amount) for giver in givers if giver.eligible]
    layers = (covering, spared) if numerator.moved else ()
    pieces, once = _moved(members, layers, inside=inside), 0.0
    if numerator.promised and not inside:
        before, owed = promised
        given = before + sum(giver.amount for giver in givers if _holds(members, giver.party))
        pieces += [(1.0, 0.0, given - owed)] if given > owed else []
        once = min(given, owed) - min(before, owed)
    return Added(tuple(pieces), once)


def _moved(
    members: Nodes, layers: Sequence[Sequence[tuple[int, float]]], *, inside: bool
) -> list[tuple[float, float, float]]:
    """What guarantors take of a facility, one layer after the other, and the applicant of the rest."""
    pieces, low = list[tuple[float, float, float]](), 0.0
    for layer in layers:
        whole = sum(amount for _, amount in layer)
        mine = sum(amount for party, amount in layer if _holds(members, party))
        pieces += [(mine / whole, low, low + whole)] if mine else []
        low += whole
    return [(1.0, low, inf), *pieces] if inside else pieces


def _holds(members: Nodes, party: int) -> bool:
    at = int(members.searchsorted(np.uint32(party)))
    return at < len(members) and int(members[at]) == party
