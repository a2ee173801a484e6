"""Every rule held against every client and group that a facility changes."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from math import isnan, nan

import numpy as np
from numpy.typing import NDArray

from analytics.limits.application import Application
from analytics.limits.capital import Cap
from analytics.limits.catalogue import Rule
from analytics.limits.effects import Effect, Sums, effect_on, foremost, sums_of
from analytics.limits.facility import Added
from analytics.limits.stakes import Stakes
from analytics.limits.standing import Standing
from analytics.limits.threshold import FINEST, breaks, room
from analytics.limits.units import Nodes, Readings, concerns, distinct, fits


@dataclass(frozen=True)
class Line:
    """One rule held against one client or group."""

    rule: Rule
    cap: Cap
    members: Nodes
    certain: bool
    """Whether the narrow reading makes this unit: certain control and confirmed dependence alone."""
    tested: bool
    """Whether the unit is one of the two readings: else it stands only if what cannot be tested holds."""
    deciding: bool
    """Whether it must not break: a limit, or a duty to look into what nobody has judged."""
    concerned: bool
    """Whether the rule is about this unit for certain, and not only if none of it is an institution."""
    gain: Added
    """What the facility adds, for every size it may have."""
    before: float
    """Exposure now, whole units of the book's currency."""
    after: float
    """Exposure with the facility."""
    rest: float
    """What of the facility its collateral leaves, as the rule counts it."""
    rest_most: float
    """How much that could be at most; negative infinity where the limit is broken already."""
    amount_most: float
    """Greatest amount of the facility that breaks nothing here; NaN where the limit is unknown."""
    breaks: bool
    unknown: int
    """Facilities of unknown amount: exposures are at least what is told."""
    unconverted: int
    """Facilities that count whole for want of a conversion factor: exposures are at most what is told."""
    thinned: bool
    """Whether collateral of the applicant for all it owes would leave more to who guarantees one of its facilities."""

    @property
    def measured(self) -> bool:
        """Whether capital of late and amounts are known."""
        return not (isnan(self.cap.value) or self.cap.stale or self.unknown or self.thinned)

    @property
    def told(self) -> bool:
        """Whether the rule itself is known too."""
        return self.measured and not self.rule.unread

    @property
    def passes(self) -> bool:
        """Whether it is known to be kept; of a unit that may not be, that nothing known breaks it."""
        return (self.told or not self.tested) and not self.breaks

    @property
    def forbids(self) -> bool:
        """Whether a verified limit breaks by what is certain and judged, against capital of late."""
        sure = self.certain and self.concerned and not (self.rule.unread or self.cap.stale or self.thinned)
        return self.breaks and sure and self.rule.severity == "limit"

    @property
    def over(self) -> float:
        """By how much the limit is broken; 0 where it is not."""
        return max(-float(room(self.after, self.cap.value, self.rule.comparison)), 0.0) if self.breaks else 0.0


def lines_of(standing: Standing, application: Application, *, every: bool = False) -> Iterator[Line]:
    r"""Hold every rule in force against every client and group that a facility changes.

    Of groups that stand only if what cannot be tested holds, those that break a limit or come nearest to it, unless
    `every` one is asked for.

    .. math:: (r, U) : w_r > 0, \quad U \cap (\{x\} \cup \{\text{who answers for } x\}) \ne \varnothing

    Parameters
    ----------
    standing : Standing
    application : Application
    every : bool

    Raises
    ------
    Nothing; `check_credit` looks whether the application can be.

    Source
    ------
    Domain reference §2.7: an applicant in two overlapping groups must pass both; and §2.2, step 5: whom a rule is
    about follows from those with whom something is, or would be, at stake.

    Example
    -------
    As `check_credit`, which reads its verdict off these lines.

    >>> from analytics.limits.facility import Facility
    >>> Application(1, Facility(5.0), Readings({})).facility.amount
    5.0
    """
    facility = application.facility
    effects: dict[tuple[str, bytes], Effect] = {}
    counting: dict[tuple[str, bytes], Nodes] = {}
    sums: dict[tuple[str, str], Sums] = {}
    for rule in standing.rules:
        stakes, name = standing.stakes[rule.numerator], rule.numerator
        if not stakes.numerator.weight(facility.kind, facility.ccf):
            continue
        parties, mask = _changed(application, stakes), stakes.counting
        narrow = _touched(standing, application.readings, rule, parties, wide=False)
        wide = _touched(standing, application.readings, rule, parties, wide=True) if application.readings.wide else []
        known = distinct([*narrow, *wide])
        perhaps = _untested(standing, application, rule, parties, None if every else sums)
        for k, members in enumerate(distinct([*known, *perhaps])):
            key = name, members.tobytes()
            if rule.client != "any" and key not in counting:
                counting[key] = _counting(members, mask, parties)
            counted = counting.get(key, members)
            if concerns(rule, counted, standing.clients):
                if key not in effects:
                    effects[key] = effect_on(standing, application, stakes, members)
                reading = k < len(narrow), k < len(known)
                sure = rule.client != "nonbank" or not _all_institutions(standing, counted, application.perhaps)
                yield _line(standing, application, rule, members, effects[key], (*reading, sure))


def _changed(application: Application, stakes: Stakes) -> list[int]:
    """Parties whose exposure the facility may change: the applicant first, then those who answer for it."""
    givers = [giver for giver in application.facility.guarantors if giver.amount > 0]
    if not stakes.numerator.promised:
        givers = [giver for giver in givers if giver.eligible and stakes.numerator.moved]
    before = stakes.answering(application.applicant)
    return list(dict.fromkeys([application.applicant, *(giver.party for giver in givers), *before]))


def _counting(members: Nodes, mask: NDArray[np.bool_], parties: list[int]) -> Nodes:
    """Members with whom something is at stake, or would be."""
    counted = mask[members]
    for party in parties:
        counted |= members == party
    return members if counted.all() else members[counted]


def _touched(standing: Standing, readings: Readings, rule: Rule, parties: list[int], *, wide: bool) -> list[Nodes]:
    """Units of a rule that hold one of these parties."""
    groups = readings.of(rule.group_kind, wide=wide)
    around = {x: groups.around(x) for x in parties} if rule.group_kind else {}
    found: list[Nodes] = []
    if rule.scope in ("single", "either"):
        related = rule.scope == "single" and rule.group_kind
        found += [np.array([x], np.uint32) for x in parties if not related or around[x]]
    if rule.scope in ("group", "either"):
        found += [members for units in around.values() for members in units if len(members) > 1]
    if rule.scope == "all" and any(around.values()):
        found.append(groups.everybody)
    if rule.scope == "anonymous" and any(standing.clients.anonymous[x] for x in parties):
        found.append(np.flatnonzero(standing.clients.anonymous).astype(np.uint32))
    return distinct(found)


def _untested(
    standing: Standing,
    application: Application,
    rule: Rule,
    parties: list[int],
    sums: dict[tuple[str, str], Sums] | None,
) -> Iterable[Nodes]:
    """Units of a limit that stand only if what cannot be tested holds: all, or by what they come to the foremost."""
    units, name = application.readings.perhaps(rule.group_kind), (rule.numerator, rule.group_kind)
    if not len(units) or rule.severity != "limit" or rule.scope not in ("group", "either"):
        return ()
    if sums is None:
        return map(units.members, range(len(units)))
    if name not in sums:
        sums[name] = sums_of(standing, application, standing.stakes[rule.numerator], units)
    counted = standing.stakes[rule.numerator].counting[units.flat] | np.isin(units.flat, parties)
    fit = fits(rule, units, standing.clients, counted=counted)
    return map(units.members, foremost(sums[name], standing.caps[rule.id].value, rule.comparison, fit))


def _line(
    standing: Standing,
    application: Application,
    rule: Rule,
    members: Nodes,
    effect: Effect,
    reading: tuple[bool, bool, bool],
) -> Line:
    """A rule held against one unit; `reading` says whether it is certain, whether it is one of both readings, and
    whether the rule is about it for certain."""
    cap, numerator, facility = standing.caps[rule.id], standing.stakes[rule.numerator].numerator, application.facility
    left = float(room(effect.before, cap.value, rule.comparison))
    left = 0.0 if -FINEST / 2 <= left < 0 else left  # rounding, not money
    most = nan if isnan(cap.value) else effect.gain.most(left)
    rest = facility.rest(numerator)
    after = effect.before + effect.gain.at(rest)
    return Line(
        rule=rule,
        cap=cap,
        members=members,
        certain=reading[0],
        tested=reading[1],
        deciding=rule.severity == "limit" or (rule.severity == "assess" and int(members[0]) in application.unassessed),
        concerned=reading[2],
        gain=effect.gain,
        before=effect.before,
        after=after,
        rest=rest,
        rest_most=most,
        amount_most=max(most + facility.taken_off(numerator), 0.0) / numerator.weight(facility.kind, facility.ccf),
        breaks=bool(breaks(after, cap.value, rule.comparison)),
        unknown=effect.unknown,
        unconverted=effect.unconverted,
        thinned=application.applicant in standing.stakes[rule.numerator].thinned,
    )


def _all_institutions(standing: Standing, members: Nodes, perhaps: frozenset[int]) -> bool:
    """Whether all that counts of a unit may be institutions."""
    others = members[~standing.clients.institution[members]] if perhaps else members
    return bool(perhaps) and perhaps.issuperset(others.tolist())
