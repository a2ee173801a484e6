"""Whom a facility touches as it grows, and so whom a rule is about: with whom something is, or would be, at stake."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from math import inf
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from analytics.limits.application import Application
from analytics.limits.stakes import Stakes
from analytics.limits.threshold import FINEST
from analytics.limits.units import Nodes

HAIR = FINEST / 2
"""Half of the finest amount: what a sum's rounding may be."""


class Stage(NamedTuple):
    """Sizes of a facility for which something is at stake by it with the same parties."""

    low: float
    high: float
    """Of its unsecured rest: above the low end, up to the high one."""
    parties: tuple[int, ...]


@dataclass(frozen=True)
class Touch:
    """Whom a facility touches, as one numerator counts it."""

    rest: float
    """What of it its collateral leaves."""
    parties: tuple[int, ...]
    """Whose exposure it may change: the applicant first, then those who answer for it."""
    stages: tuple[Stage, ...]
    """As it grows, ascending; without those in which nothing of it is counted, unless its collateral may leave that."""
    unsure: frozenset[int]
    """Who would answer for some of it, nobody knows for how much."""


class Part(NamedTuple):
    """Sizes of a facility for which the same members of a unit count."""

    low: float
    high: float
    counting: Nodes

    def holds(self, rest: float) -> bool:
        """Whether a facility of this rest is one of them."""
        return self.low + HAIR < rest <= self.high + HAIR


def touch_of(application: Application, stakes: Stakes) -> Touch:
    r"""Say whom a facility touches, for every size it may have.

    Guarantors take of it first what they offer, then what is spare of guarantees for all the applicant owes, if it is
    known how much or not; with the applicant itself something is at stake once they leave some of it. Where promises
    count, they do for any size.

    .. math:: W(r) = \{g : G_g > 0, r > 0\} \cup \{g : S_g > 0, r > G\} \cup \{x : r > G + S\}

    Parameters
    ----------
    application : Application
        For the applicant x a facility of which its collateral leaves r, and G its eligible guarantors cover.
    stakes : Stakes
        As one numerator counts; S is `Stakes.spared`.

    Raises
    ------
    Nothing.

    Source
    ------
    Domain reference §2.2, step 5; the order is that of `moved`.

    Example
    -------
    As `lines_of`, which asks of each unit whom of it a rule is about.

    >>> Touch(5.0, (1,), (Stage(-inf, inf, (1,)),), frozenset()).stages[0].parties
    (1,)
    """
    facility, numerator, applicant = application.facility, stakes.numerator, application.applicant
    offered = [giver for giver in facility.guarantors if giver.amount > 0]
    covering = [giver for giver in offered if giver.eligible and giver.party != applicant and numerator.moved]
    named = [giver.party for giver in (offered if numerator.promised else covering)]
    covered = sum(giver.amount for giver in covering)
    spared = stakes.spared(applicant)
    steps = [
        (-inf, named if numerator.promised else []),
        (0.0, named),
        (covered, [*(x for x, _ in spared), *stakes.unsure(applicant)]),
        (covered + sum(amount for _, amount in spared), [applicant]),
    ]
    rest, weight = facility.rest(numerator), numerator.weight(facility.kind, facility.ccf)
    counted = ((low, (x for x in more if not _known(x, stakes))) for low, more in steps)
    stages = list(_stages(counted))
    if weight and not facility.taken_off(numerator):
        first, *others = [stage for stage in stages if stage.high > 0]
        stages = [first._replace(low=-inf), *others]
    beyond = rest > covered + HAIR
    parties = dict.fromkeys([applicant, *named, *stakes.answering(applicant)])
    return Touch(rest, tuple(parties), tuple(stages), frozenset(_unsure(application, stakes, beyond=beyond)))


def _unsure(application: Application, stakes: Stakes, *, beyond: bool) -> Iterator[int]:
    """Who would answer for some of it, nobody knows for how much: `beyond` says whether something is left to them."""
    if beyond:
        yield from stakes.unsure(application.applicant)
    yield from promising(application, stakes)


def promising(application: Application, stakes: Stakes) -> list[int]:
    r"""Find who offers a promise of which nobody knows how much counts: up to what the applicant owes, not known.

    .. math:: \{g : G_g > 0\} \text{ where } E_x \text{ is not known, else } \varnothing

    Parameters
    ----------
    application, stakes
        As `touch_of`.

    Raises
    ------
    Nothing.

    Source
    ------
    As `touch_of`; a promise counts up to the debt it is for (`Stakes.totals`).

    Example
    -------
    >>> from analytics.limits.cover import Cover
    >>> from analytics.limits.exposure import Book
    >>> from analytics.limits.facility import Facility, Guarantor
    >>> from analytics.limits.numerators import NUMERATORS
    >>> from analytics.limits.stakes import stakes_of
    >>> from analytics.limits.units import Clients, Readings
    >>> book, asked = Book.lent(3, [0], [1], [np.nan]), Facility(5.0, guarantors=(Guarantor(2, 5.0),))
    >>> stakes = stakes_of(book, Cover.none(book), NUMERATORS["owed_and_promised"], Clients.plain(3), lender=0)
    >>> promising(Application(1, asked, Readings({})), stakes)
    [2]
    """
    if not (stakes.numerator.promised and stakes.untold_debt(application.applicant)):
        return []
    return [giver.party for giver in application.facility.guarantors if giver.amount > 0]


def parts_of(members: Nodes, mask: NDArray[np.bool_], stages: Iterable[Stage]) -> list[Part]:
    r"""Say who of a unit counts for every size of a facility: whom something is at stake with now, or by it.

    .. math:: C_U(r) = \{y \in U : E_y > 0 \text{ or } y \in W(r)\}

    Parameters
    ----------
    members : (k,) array of node numbers, ascending
        The unit U.
    mask : (n,) array
        With whom something is at stake now.
    stages : W, as `touch_of` has it

    Raises
    ------
    Nothing.

    Source
    ------
    Domain reference §2.2, step 5.

    Example
    -------
    Of bank 0 and party 1, who asks, 1 counts above the 30 that the bank guarantees.

    >>> stages = [Stage(-inf, 30.0, ()), Stage(30.0, inf, (1,))]
    >>> [(part.low, part.counting.tolist()) for part in parts_of(np.arange(2), np.array([True, False]), stages)]
    [(-inf, [0]), (30.0, [0, 1])]
    """
    known = mask[members]
    if known.all():
        return [Part(-inf, inf, members)]
    found: list[Part] = []
    for low, high, parties in stages:
        counted = known.copy()
        for party in parties:
            counted |= members == party
        counting = members[counted]
        if found and len(counting) == len(found[-1].counting):
            found[-1] = found[-1]._replace(high=high)
        else:
            found.append(Part(low, high, counting))
    return found


def first_break(most: float, parts: Iterable[Part]) -> float:
    r"""Find the greatest rest up to which nothing breaks, where a rule is about a unit for some sizes alone.

    .. math:: \inf \{r > \rho : r \in \textstyle\bigcup_k (l_k, h_k]\}

    Parameters
    ----------
    most : float
        The greatest rest ρ that adds no more than there is room for.
    parts : sizes for which the rule is about the unit

    Raises
    ------
    Nothing.

    Source
    ------
    Domain reference §2.7. Where a rule speaks of smaller facilities alone a larger one may pass again: that is not
    counted as room.

    Example
    -------
    >>> nobody = np.zeros(0, np.uint32)
    >>> first_break(20.0, [Part(30.0, inf, nobody)]), first_break(40.0, [Part(30.0, inf, nobody)])
    (30.0, 40.0)
    """
    return min((max(low, most) for low, high, _ in parts if most < high), default=inf)


def _known(party: int, stakes: Stakes) -> bool:
    """Whether a party counts in any case, or in none."""
    return bool(stakes.left_out[party] or stakes.counting[party])


def _stages(steps: Iterable[tuple[float, Iterable[int]]]) -> Iterator[Stage]:
    """Stages, each with the parties of those before it; ones that add nobody, or are of no size, are none."""
    low, parties = -inf, list[int]()
    for above, more in steps:
        fresh = [party for party in more if party not in parties]
        if fresh and above > low:
            yield Stage(low, above, tuple(parties))
            low = above
        parties += fresh
    yield Stage(low, inf, tuple(parties))
