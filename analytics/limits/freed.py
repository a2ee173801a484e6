"""Facilities paid down so far that dependences end: from there a search for the smallest change starts anew."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import chain, combinations

import numpy as np

from analytics.limits.application import Application, Cut
from analytics.limits.remedy import Step, Try, payable
from analytics.limits.standing import Standing
from analytics.limits.threshold import FINEST

Ends = Mapping[int, Iterable[float]]
"""By party, amounts which it has to pay down at least until a dependence ends."""
ALONE, TOGETHER = 6, 12
"""Ends that are tried each by itself, and several of them at once; those that move least."""


def freed(standing: Standing, application: Application, ends: Ends) -> Iterator[Try]:
    r"""Pay down what ends dependences: each by itself, then several at once, those that move least first.

    Of each party its largest facilities; the one who asks may take less besides. What else is needed then is left to
    the search: within such a set groups stay as they are, so that the least is that of a linear programme.

    .. math:: c_S = \sum_{p \in S} e_p, \qquad \min_S \Big\{c_S + \min_{c} |c| : E_{U(S)} - c \le L\Big\}

    Parameters
    ----------
    standing, application
        What is asked, and does not pass as it is.
    ends : amounts by party
        At which dependences end, of it or on it.

    Raises
    ------
    Nothing.

    Source
    ------
    Domain reference §2.7; which sets are tried is our own choice.

    Example
    -------
    >>> from datetime import date
    >>> from analytics.limits.capital import Capital
    >>> from analytics.limits.catalogue import shipped
    >>> from analytics.limits.cover import Cover
    >>> from analytics.limits.exposure import Book
    >>> from analytics.limits.facility import Facility
    >>> from analytics.limits.standing import standing_of
    >>> from analytics.limits.units import Readings
    >>> book, rules = Book.lent(4, [0, 0, 0], [1, 2, 2], [50, 30, 40]), [shipped().rule("CN_LE_GROUP_20")]
    >>> standing = standing_of(book, Cover.none(book), rules, lender=0, capital=Capital(()), day=date(2026, 11, 27))
    >>> tries = freed(standing, Application(1, Facility(40.0), Readings({})), {1: [60.0], 2: [45.0]})
    >>> [[(step.kind, step.party, step.change) for step in steps] for steps, _ in tries][:2]
    [[('member_reduced', 2, 40.0), ('member_reduced', 2, 5.0)], [('member_reduced', 1, 50.0), ('amount', None, 10.0)]]
    """
    for wanted in _sets(ends):
        tried = paid_by(standing, application, wanted)
        if tried is not None:
            yield tried


def _sets(ends: Ends) -> Iterator[dict[int, float]]:
    """Each of the first few ends, then several of them of different parties."""
    first = sorted((amount, party) for party, amounts in ends.items() for amount in amounts)[:ALONE]
    yield from ({party: amount} for amount, party in first)
    several = chain.from_iterable(combinations(first, many) for many in range(2, len(first) + 1))
    sets = [{party: amount for amount, party in some} for some in several if len({p for _, p in some}) == len(some)]
    yield from sorted(sets, key=lambda one: sum(one.values()))[:TOGETHER]


def paid_by(standing: Standing, application: Application, wanted: Mapping[int, float]) -> Try | None:
    r"""Pay down so much by each party, of its largest facilities first; None where less is drawn.

    The one who asks may take less besides.

    .. math:: x_f = \min\Big(drawn_f,\; e_p - \sum_{f' < f} x_{f'}\Big)

    Parameters
    ----------
    standing, application
        As `freed`.
    wanted : amounts by party

    Raises
    ------
    Nothing.

    Source
    ------
    As `freed`.

    Example
    -------
    As `freed`, which tries what this makes of each set.

    >>> Cut(3, 2, 5.0).amount
    5.0
    """
    some, steps, cuts, facility = (
        next(iter(standing.stakes.values())),
        list[Step](),
        [*application.cuts],
        application.facility,
    )
    for party, amount in wanted.items():
        rest = amount
        for at in payable(standing, np.array([party], np.uint32)).tolist():
            link = int(some.facility[at])
            paid = min(rest, float(standing.book.drawn[link]))
            if paid > 0:
                steps.append(Step("member_reduced", paid, party, link))
                cuts.append(Cut(link, party, paid))
            rest -= paid
        if rest > 0 and (party != application.applicant or facility.ccf is not None or rest > facility.amount - FINEST):
            return None
        if rest > 0:
            steps.append(Step("amount", rest))
            facility = replace(facility, amount=facility.amount - rest)
    return tuple(steps), replace(application, cuts=tuple(cuts), facility=facility)
