"""What a facility does to clients and groups, and of many groups those against which a limit has to be held."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analytics.limits.application import Application
from analytics.limits.exposure import Numbers
from analytics.limits.facility import Added, added
from analytics.limits.stakes import Stakes
from analytics.limits.standing import Standing
from analytics.limits.threshold import FINEST, room
from analytics.limits.touch import promising
from analytics.limits.units import Nodes, Units
from analytics.limits.unsized import unsized_count


@dataclass(frozen=True)
class Effect:
    """What a facility does to one unit as one numerator counts it."""

    before: float
    """Exposure now, whole units of the book's currency."""
    gain: Added
    unknown: int
    """Facilities and guarantees of unknown amount."""
    unconverted: int
    """Facilities that count whole for want of a conversion factor."""


@dataclass(frozen=True)
class Sums:
    """What many units come to with a facility, as one numerator counts them; each array has shape (units,)."""

    after: Numbers
    sort: NDArray[np.intp]
    """Units of one sort gain the same by the facility, whatever its size: of them the greatest binds."""


def effect_on(standing: Standing, application: Application, stakes: Stakes, members: Nodes) -> Effect:
    r"""Say what one unit comes to, and what a facility adds to it.

    .. math:: E_U - \sum_{c \in cuts(U)} c, \qquad \Delta_U

    Parameters
    ----------
    standing, application
    stakes : Stakes
        As one numerator counts.
    members : (k,) array of node numbers, ascending
        The unit U.

    Raises
    ------
    Nothing.

    Source
    ------
    Domain reference §2.6; Δ is `added`.

    Example
    -------
    As `lines_of`, which holds a rule against it.

    >>> Effect(70.0, Added(((1.0, 0.0, 30.0),)), 0, 0).gain.at(20.0)
    20.0
    """
    numerator, applicant = stakes.numerator, application.applicant
    before = stakes.total(members)
    before -= sum(cut.amount for cut in application.cuts if relieved(standing, stakes, cut.facility, members))
    counting = members[~stakes.left_out[members]]
    promised = stakes.behind(applicant, members)
    return Effect(
        before,
        added(application.facility, numerator, applicant, counting, promised=promised, spared=stakes.spared(applicant)),
        unsized_count(standing, stakes, members) or _untold(application, stakes, members),
        int(stakes.loose[members].sum()),
    )


def _untold(application: Application, stakes: Stakes, members: Nodes) -> int:
    """How many members answer for the applicant, nobody knows for how much; of its own units none does."""
    applicant = application.applicant
    if (members == applicant).any():
        return 0
    return sum(1 for x in (*stakes.unsure(applicant), *promising(application, stakes)) if (members == x).any())


def sums_of(standing: Standing, application: Application, stakes: Stakes, units: Units) -> Sums:
    r"""Say what many units come to with a facility: of each sort only one is worked out, the others differ by what
    they owe now.

    .. math:: E_U + \Delta_U = E_U + \Delta_{U'}, \qquad U \cap W = U' \cap W

    with W all who take part: the applicant, who answers for it, and whoever would pay down.

    Parameters
    ----------
    standing, application, stakes
        As `effect_on`.
    units : Units

    Raises
    ------
    Nothing.

    Source
    ------
    Δ, as `added` has it, depends on nothing of a unit but its part of W.

    Example
    -------
    As `lines_of`, which holds limits against the `foremost` of them.

    >>> Sums(np.array([70.0]), np.array([0])).after.tolist()
    [70.0]
    """
    facility = application.facility
    part = [application.applicant, *stakes.answering(application.applicant)]
    part += [*(giver.party for giver in facility.guarantors), *(cut.borrower for cut in application.cuts)]
    sort, after = _sorted_by(units, list(dict.fromkeys(part))), stakes.totals(units)
    rest = facility.rest(stakes.numerator)
    _, first = np.unique(sort, return_index=True)
    gained = np.zeros(len(first))
    for unit in first.tolist():
        effect = effect_on(standing, application, stakes, units.members(unit))
        gained[sort[unit]] = effect.before + effect.gain.at(rest) - after[unit]
    return Sums(after + gained[sort], sort)


def foremost(sums: Sums, cap: float, comparison: str, fit: NDArray[np.bool_]) -> list[int]:
    r"""Choose the units that break a limit, and of each sort the one that comes nearest to it.

    .. math:: \{U : E_U + \Delta_U > L\} \cup \{\arg\max_{U \in sort} E_U\}

    Parameters
    ----------
    sums : Sums
    cap : float
        The limit L; NaN where it is unknown.
    comparison : str
        As `breaks`.
    fit : (units,) array
        Units that the rule is about.

    Raises
    ------
    Nothing.

    Source
    ------
    Domain reference §2.7: headroom is the least over all; of units that gain the same it is that of the greatest.

    Example
    -------
    >>> foremost(Sums(np.array([30.0, 70.0, 110.0, 20.0]), np.array([0, 0, 1, 1])), 100.0, ">", np.ones(4, np.bool_))
    [1, 2]
    """
    units = np.flatnonzero(fit)
    order = units[np.lexsort((-sums.after[units], sums.sort[units]))]
    _, first = np.unique(sums.sort[order], return_index=True)
    broken = units[room(sums.after[units], cap, comparison) < FINEST]
    chosen: list[int] = np.union1d(order[first], broken).tolist()
    return chosen


def _sorted_by(units: Units, parties: list[int]) -> NDArray[np.intp]:
    """Which units hold the same of some parties: numbers from 0 on, in the order met."""
    inside = np.zeros((len(units), len(parties)), np.bool_)
    for k, party in enumerate(parties):
        inside[units.number[units.flat == party], k] = True
    known: dict[bytes, int] = {}
    return np.array([known.setdefault(row.tobytes(), len(known)) for row in inside], np.intp)


def relieved(standing: Standing, stakes: Stakes, facility: int, members: Nodes) -> bool:
    r"""Say whether a unit has less at stake where one of its facilities is paid down.

    .. math:: b_f \in U, \quad g_f > 0

    Parameters
    ----------
    standing : Standing
    stakes : Stakes
        As one numerator counts.
    facility : int
        Position in the book, of this lender.
    members : (k,) array of node numbers
        The unit U.

    Raises
    ------
    Nothing.

    Source
    ------
    Domain reference §2.7: another member's facility reduced.

    Example
    -------
    >>> from datetime import date
    >>> from analytics.limits.capital import Capital
    >>> from analytics.limits.catalogue import shipped
    >>> from analytics.limits.cover import Cover
    >>> from analytics.limits.exposure import Book
    >>> from analytics.limits.standing import standing_of
    >>> book, rules = Book.lent(3, [0], [1], [30]), [shipped().rule("CN_LE_GROUP_20")]
    >>> standing = standing_of(book, Cover.none(book), rules, lender=0, capital=Capital(()), day=date(2026, 11, 27))
    >>> [relieved(standing, standing.stakes["large_exposure"], 0, np.array([x])) for x in (1, 2)]
    [True, False]
    """
    at = int(np.searchsorted(stakes.facility, facility))
    borrower = standing.book.borrower[facility]
    return bool(stakes.gross[at] > 0 and not stakes.left_out[borrower] and (members == borrower).any())
