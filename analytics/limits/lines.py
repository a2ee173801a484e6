"""Every rule held against every client and group that a facility changes."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import inf, isnan, nan

import numpy as np

from analytics.limits.application import Application
from analytics.limits.capital import Cap
from analytics.limits.catalogue import Rule
from analytics.limits.effects import Effect, Sums, effect_on, foremost, sums_of
from analytics.limits.facility import Added
from analytics.limits.standing import Standing
from analytics.limits.threshold import breaks, room
from analytics.limits.touch import HAIR, Part, Touch, first_break, parts_of, touch_of
from analytics.limits.units import Nodes, Readings, concerns, distinct, fits

NOBODY = np.zeros(0, np.uint32)


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
    bears: bool
    """Whether it bears on the verdict: the rule is about this unit at this amount, and the facility adds to it, may add
    to it, or is its member's; else only on what a larger one could be."""
    concerned: bool
    """Whether it bears for certain, and not only if none of it is an institution, or some amount is not nothing."""
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
    """Whether it bears, and the limit is broken with the facility."""
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
        return not self.bears or ((self.told or not self.tested) and not self.breaks)

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
    `every` one is asked for. A rule that counts nothing of it is held where guarantors are offered, who make groups.

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
    facility, whole = application.facility, [Part(-inf, inf, NOBODY)]
    promised = any(giver.amount > 0 for giver in facility.guarantors)
    effects, counting = dict[tuple[str, bytes], Effect](), dict[tuple[str, bytes], list[Part]]()
    touches, sums = dict[str, Touch](), dict[tuple[str, str], Sums]()
    near = _Near(application.readings)
    for rule in standing.rules:
        stakes, name = standing.stakes[rule.numerator], rule.numerator
        if not promised and not stakes.numerator.weight(facility.kind, facility.ccf):
            continue
        if name not in touches:
            touches[name] = touch_of(application, stakes)
        touch = touches[name]
        narrow = _touched(standing, near, rule, touch.parties, wide=False)
        wide = _touched(standing, near, rule, touch.parties, wide=True) if application.readings.wide else []
        known = distinct([*narrow, *wide])
        perhaps = _untested(standing, application, rule, touch, None if every else sums)
        for k, members in enumerate(distinct([*known, *perhaps])):
            key = name, members.tobytes()
            if rule.client != "any" and key not in counting:
                counting[key] = parts_of(members, stakes.counting, touch.stages)
            parts = [part for part in counting.get(key, whole) if concerns(rule, part.counting, standing.clients)]
            if parts:
                if key not in effects:
                    effects[key] = effect_on(standing, application, stakes, members)
                reading = k < len(narrow), k < len(known)
                yield _line(standing, application, (rule, members, effects[key]), (touch, parts), reading)


class _Near:
    """Units of each kind and reading around parties, looked up once for all rules."""

    def __init__(self, readings: Readings) -> None:
        self.readings = readings
        self._found: dict[tuple[str, bool, int], list[Nodes]] = {}

    def units(self, kind: str, party: int, *, wide: bool) -> list[Nodes]:
        """Members of each unit that a party sits in."""
        name = kind, wide, party
        if name not in self._found:
            self._found[name] = self.readings.of(kind, wide=wide).around(party)
        return self._found[name]


def _touched(standing: Standing, near: _Near, rule: Rule, parties: Sequence[int], *, wide: bool) -> list[Nodes]:
    """Units of a rule that hold one of these parties."""
    around = {x: near.units(rule.group_kind, x, wide=wide) for x in parties} if rule.group_kind else {}
    found: list[Nodes] = []
    if rule.scope in ("single", "either"):
        related = rule.scope == "single" and rule.group_kind
        found += [np.array([x], np.uint32) for x in parties if not related or around[x]]
    if rule.scope in ("group", "either"):
        found += [members for units in around.values() for members in units if len(members) > 1]
    if rule.scope == "all" and any(around.values()):
        found.append(near.readings.of(rule.group_kind, wide=wide).everybody)
    if rule.scope == "anonymous" and any(standing.clients.anonymous[x] for x in parties):
        found.append(np.flatnonzero(standing.clients.anonymous).astype(np.uint32))
    return distinct(found)


def _untested(
    standing: Standing, application: Application, rule: Rule, touch: Touch, sums: dict[tuple[str, str], Sums] | None
) -> Iterable[Nodes]:
    """Units of a limit that stand only if what cannot be tested holds: all, or by what they come to the foremost."""
    units, name = application.readings.perhaps(rule.group_kind), (rule.numerator, rule.group_kind)
    if not len(units) or rule.severity != "limit" or rule.scope not in ("group", "either"):
        return ()
    if sums is None:
        return map(units.members, range(len(units)))
    if name not in sums:
        sums[name] = sums_of(standing, application, standing.stakes[rule.numerator], units)
    counting, found = standing.stakes[rule.numerator].counting[units.flat], dict[int, None]()
    for _, _, parties in touch.stages if rule.client != "any" else touch.stages[-1:]:
        fit = fits(rule, units, standing.clients, counted=counting | np.isin(units.flat, parties))
        found |= dict.fromkeys(foremost(sums[name], standing.caps[rule.id].value, rule.comparison, fit))
    return map(units.members, sorted(found))


def _line(
    standing: Standing,
    application: Application,
    held: tuple[Rule, Nodes, Effect],
    touched: tuple[Touch, list[Part]],
    reading: tuple[bool, bool],
) -> Line:
    """A rule held against one unit, of which it speaks for some sizes of the facility; `reading` says whether the unit
    is certain, and whether it is one of both readings."""
    (rule, members, effect), (touch, parts) = held, touched
    cap, stakes, facility = standing.caps[rule.id], standing.stakes[rule.numerator], application.facility
    weight, applicant = stakes.numerator.weight(facility.kind, facility.ccf), application.applicant
    left = float(room(effect.before, cap.value, rule.comparison))
    left = 0.0 if -HAIR <= left < 0 else left  # rounding, not money
    gained, thinned = effect.gain.at(touch.rest), applicant in stakes.thinned
    # Of what counts nothing only the groups that its guarantees may make are touched.
    within = bool((members == applicant).any())
    inside = bool(weight or not reading[0]) and within
    # What a member would answer for is the unit's anyway where the applicant is one too.
    may = thinned or not (within or touch.unsure.isdisjoint(members.tolist() if touch.unsure else ()))
    most = nan if isnan(cap.value) else effect.gain.most(left if inside or may else max(left, 0.0))
    most = most if isnan(most) else first_break(most, parts)
    now = next((part.counting for part in parts if part.holds(touch.rest)), None)
    bears = now is not None and (inside or may or gained > HAIR)
    banks = rule.client == "nonbank" and now is not None and _all_institutions(standing, now, application.perhaps)
    after = effect.before + gained
    return Line(
        rule=rule,
        cap=cap,
        members=members,
        certain=reading[0],
        tested=reading[1],
        deciding=rule.severity == "limit" or (rule.severity == "assess" and int(members[0]) in application.unassessed),
        bears=bears,
        concerned=bears and not banks and (inside or gained > HAIR),
        gain=effect.gain,
        before=effect.before,
        after=after,
        rest=touch.rest,
        rest_most=most,
        amount_most=_amount(most, facility.taken_off(stakes.numerator), weight),
        breaks=bears and bool(breaks(after, cap.value, rule.comparison)),
        unknown=effect.unknown,
        unconverted=effect.unconverted,
        thinned=thinned,
    )


def _amount(most: float, taken_off: float, weight: float) -> float:
    """The greatest amount of which collateral leaves no more than this; of what counts nothing, all or nothing."""
    if isnan(most):
        return nan
    return max(most + taken_off, 0.0) / weight if weight else inf if most >= 0 else 0.0


def _all_institutions(standing: Standing, members: Nodes, perhaps: frozenset[int]) -> bool:
    """Whether all that counts of a unit may be institutions."""
    others = members[~standing.clients.institution[members]] if perhaps else members
    return bool(perhaps) and perhaps.issuperset(others.tolist())
