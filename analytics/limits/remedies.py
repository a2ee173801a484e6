"""The smallest changes that would let a facility pass, each tried by running the check again."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import reduce
from math import inf, isfinite

import numpy as np

from analytics.limits.application import Application
from analytics.limits.approval import Check
from analytics.limits.combined import Starts, combinations
from analytics.limits.effects import relieved
from analytics.limits.facility import Guarantor, Pledge
from analytics.limits.freed import Ends, freed, paid_by
from analytics.limits.lines import Line
from analytics.limits.numerators import NUMERATORS
from analytics.limits.purse import purses_of
from analytics.limits.remedy import MARGIN, Remedy, Renewed, Step, Try, asked_anew, tried_by
from analytics.limits.standing import Standing
from analytics.limits.threshold import FINEST
from analytics.limits.units import Nodes, Readings

TRIED = 8
"""Members who are tried, those who can pay down most first."""


def remedies_of(
    standing: Standing,
    application: Application,
    check: Check,
    *,
    protectors: Sequence[int] = (),
    releases: Mapping[int, Readings] | None = None,
    ends: Ends | None = None,
    renewed: Renewed | None = None,
) -> tuple[Remedy, ...]:
    r"""Find changes after which no limit breaks, the one that moves least money first.

    A smaller amount; a deposit; a guarantor added or left out; a guarantee released; a facility paid down; only where
    no single one passes, several. Each is asked for anew: what does not pass is not told, what is unknown still refers.

    .. math:: \min_{c} |c| : \quad E^r_U + \Delta_U(a, c) \le L_r \quad \forall r, U

    Parameters
    ----------
    standing, application, check : an application, and what `check_credit` said of it
    protectors, renewed : parties that might be asked to guarantee, and what an application is when asked for anew
    releases : guarantees that might be released, by position, and the groups without each; protection is not
    ends : by party, amounts that it would have to pay down at least until a dependence ends

    Raises
    ------
    InvalidQuestion
        If a protector is no party of the book.

    Source
    ------
    Domain reference §2.7; the changes are our own choice.

    Example
    -------
    >>> from datetime import date
    >>> from analytics.limits.approval import check_credit
    >>> from analytics.limits.capital import Capital, Figure
    >>> from analytics.limits.catalogue import shipped
    >>> from analytics.limits.cover import Cover
    >>> from analytics.limits.exposure import Book
    >>> from analytics.limits.facility import Facility
    >>> from analytics.limits.standing import standing_of
    >>> from analytics.limits.units import Units
    >>> book = Book.lent(3, [0, 0], [1, 2], [90, 75])
    >>> day, rules = date(2026, 11, 27), [shipped().rule("CN_LE_GROUP_20")]
    >>> bank = Capital((Figure("tier1", 1000.0, day),))
    >>> standing = standing_of(book, Cover.none(book), rules, lender=0, capital=bank, day=day)
    >>> asked = Application(1, Facility(40.0), Readings({"connected": Units.of([[1, 2]])}))
    >>> [(r.steps[0].kind, r.change) for r in remedies_of(standing, asked, check_credit(standing, asked))]
    [('amount', 5.0), ('collateral', 5.0), ('member_reduced', 5.0)]
    """
    if not any(line.breaks for line in check.limits):
        return ()
    tries = _tries(standing, application, check, protectors=protectors, releases=releases or {})
    known = [remedy for tried in tries if (remedy := tried_by(standing, tried, renewed))]
    single = _least([*known, *_freed(standing, application, ends or {}, known, renewed)])
    starts = Starts(list(_untied(standing, application, releases or {})), freed(standing, application, ends or {}))
    return single or combinations(standing, application, protectors=protectors, starts=starts, renewed=renewed)


def _tries(
    standing: Standing,
    application: Application,
    check: Check,
    *,
    protectors: Sequence[int],
    releases: Mapping[int, Readings],
) -> Iterator[Try]:
    """Every change worth trying."""
    broken = [line for line in check.limits if line.breaks]
    yield from _smaller(application, check)
    yield from _pledged(application, broken)
    yield from _released(application)
    yield from _untied(standing, application, releases)
    yield from _guaranteed(application, broken, protectors)
    yield from _paid_down(standing, application, check)


def _least(found: Iterable[Remedy]) -> tuple[Remedy, ...]:
    """The least of each kind, and of each guarantor, in the order of what they move."""
    best: dict[tuple[str, int | None], Remedy] = {}
    for remedy in sorted(found, key=lambda remedy: (remedy.change, remedy.changes, len(remedy.steps))):
        step = remedy.steps[0]
        best.setdefault((step.kind, step.party if "guarantor" in step.kind else None), remedy)
    return tuple(best.values())


def _smaller(application: Application, check: Check) -> Iterator[Try]:
    """As much of it as fits, or as makes nobody depend on the lender."""
    facility = application.facility
    for amount in dict.fromkeys([check.headroom, application.untying]):
        if 0 < amount < facility.amount:
            smaller = replace(facility, amount=amount)
            yield (Step("amount", facility.amount - amount),), replace(application, facility=smaller)


def _pledged(application: Application, broken: Sequence[Line]) -> Iterator[Try]:
    """A deposit that takes off as much as does not fit."""
    nets = all(MARGIN in NUMERATORS[line.rule.numerator].netted for line in broken)
    needed = max(line.rest - line.rest_most for line in broken)
    if nets and isfinite(needed):
        facility = application.facility
        secured = replace(facility, collateral=(*facility.collateral, Pledge(MARGIN, needed)))
        yield (Step("collateral", needed),), replace(application, facility=secured)


def _released(application: Application) -> Iterator[Try]:
    """Each guarantor who is offered left out."""
    facility = application.facility
    for giver in facility.guarantors:
        others = tuple(other for other in facility.guarantors if other is not giver)
        without = replace(application, facility=replace(facility, guarantors=others))
        yield (Step("guarantor_released", giver.amount, giver.party),), without


def _untied(standing: Standing, application: Application, releases: Mapping[int, Readings]) -> Iterator[Try]:
    """Each guarantee in the book that may be released, with the groups without it."""
    for link, readings in releases.items():
        if standing.cover.eligible[link]:
            continue
        amount, giver = float(np.nan_to_num(standing.book.promised[link])), int(standing.book.guarantor[link])
        yield (Step("guarantor_released", amount, giver, link),), replace(application, readings=readings, released=link)


def _guaranteed(application: Application, broken: Sequence[Line], protectors: Sequence[int]) -> Iterator[Try]:
    """A guarantor added for what does not fit, each in turn."""
    if not all(NUMERATORS[line.rule.numerator].moved for line in broken):
        return
    facility, amount = application.facility, max(line.over for line in broken)
    for party in protectors:
        givers = (*facility.guarantors, Guarantor(party, amount, eligible=True))
        guaranteed = replace(application, facility=replace(facility, guarantors=givers))
        yield (Step("guarantor_added", amount, party),), guaranteed


def _paid_down(standing: Standing, application: Application, check: Check) -> Iterator[Try]:
    """Another member of all that is broken pays down what does not fit, of one facility where one suffices; the
    applicant too where lending less would leave nothing to lend, or move more, as of what is only promised a part
    counts."""
    broken = [line for line in check.limits if line.breaks]
    members: Nodes = reduce(np.intersect1d, [line.members for line in broken])
    amount = max(line.over for line in broken)
    own = members == application.applicant
    asked = application.facility.amount
    whose = [members[~own]]
    if amount >= asked or amount < asked - check.headroom - FINEST:
        whose.append(members[own])
    stakes = [standing.stakes[line.rule.numerator] for line in broken]
    found = (purses_of(standing, some, stakes, most=TRIED, least=amount, every=True) for some in whose)
    for purse in [purse for some in found for purse in some][:TRIED]:
        cuts = tuple(purse.paid(amount))
        steps = tuple(Step("member_reduced", cut.amount, cut.borrower, cut.facility) for cut in cuts)
        yield steps, replace(application, cuts=(*application.cuts, *cuts))


def _freed(
    standing: Standing, application: Application, ends: Ends, known: Sequence[Remedy], renewed: Renewed | None
) -> Iterator[Remedy]:
    """One client's facilities paid down until a dependence ends, or further until nothing breaks, as far as less does
    than is known; of the applicant's own, than lending less."""
    least = {kind: _change(known, kind) for kind in ("amount", "member_reduced")}
    for tried in freed(standing, application, ends):
        steps, _ = tried
        own = steps[0].party == application.applicant
        most = min(least.values()) if own else least["member_reduced"]
        if not _by_one(steps) or sum(step.change for step in steps) >= most:
            continue
        found = asked_anew(standing, tried, renewed)
        if found is not None and not found.passes:
            further = _further(standing, application, steps, found.check)
            found = None if further is None else tried_by(standing, further, renewed)
        if found is not None and found.change < most:
            least["member_reduced"] = found.change
            yield found


def _by_one(steps: Sequence[Step]) -> bool:
    """Whether some steps are facilities of one client paid down."""
    return all((step.kind, step.party) == ("member_reduced", steps[0].party) for step in steps)


def _change(known: Iterable[Remedy], kind: str) -> float:
    """The least that single changes of a kind move."""
    return min((one.change for one in known if one.steps[0].kind == kind), default=inf)


def _further(standing: Standing, application: Application, steps: Sequence[Step], check: Check) -> Try | None:
    """What one client pays down, and besides what still does not fit."""
    broken = [line for line in check.limits if line.breaks]
    amount = sum(step.change for step in steps) + max(line.over for line in broken)
    more = paid_by(standing, application, {step.party: amount for step in steps if step.party is not None})
    if more is None or not _by_one(more[0]):
        return None
    links = [step.link for step in more[0] if step.link is not None]
    pairs = ((link, line) for link in links for line in broken)
    helps = (relieved(standing, standing.stakes[line.rule.numerator], link, line.members) for link, line in pairs)
    return more if all(helps) else None
