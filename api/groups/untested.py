"""What cannot be tested of a party: dependences that nobody judged, and control by votes that are not disclosed; and
the groups that would arise by them."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence, Set
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from analytics.limits.application import Cut
from analytics.limits.bearing import Bearing, bearing
from analytics.limits.most import Parts, hanging
from analytics.limits.possible import possible_groups, telling
from analytics.limits.standing import Standing
from analytics.limits.units import Readings, Units, distinct
from analytics.structure.dependence.rules import Criterion
from analytics.structure.dependence.states import ANY
from analytics.structure.extended import Extended, Ways
from analytics.structure.groups import control_groups
from analytics.structure.membership import grow
from api.engine import View
from api.groups.circles import ARISING, WIDEST, connecting
from api.groups.concerts import may_connect, may_unite
from api.groups.funds import paid_off
from api.groups.hidden import NOBODY, fenced_off, hidden_of, hidden_under, with_hidden
from graph.errors import InvalidQuestion
from graph.grouping import spans

Nodes = NDArray[np.uint32]
WALKED = 1_000
"""Parties above and below one of which it is asked what cannot be tested."""


@dataclass(frozen=True)
class Untested:
    """Pairs of a party and others that a criterion cannot be tested for, and that nobody judged."""

    on: Nodes
    """Whom it may depend on, one for each criterion."""
    on_criterion: NDArray[np.int32]
    """Position of the criterion among those that were tested."""
    by: Nodes
    """Who may depend on it."""
    by_criterion: NDArray[np.int32]


def untested(view: View, party: int, *, lender: int) -> Untested:
    """What cannot be tested of a party; a dependence that was confirmed, or rejected under its criterion, is known.

    Whether its lender would fall with it is not asked: no limit counts what a lender lends to itself.
    """
    return view.kept(
        ("untested", party, lender, view.criteria),
        lambda: Untested(*untested_on(view, party), *untested_by(view, party, lender=lender)),
        most=64,
    )


def untested_by(view: View, party: int, *, lender: int) -> tuple[Nodes, NDArray[np.int32]]:
    """Who may depend on a party by criteria that cannot be tested and nobody judged, and the criteria's positions."""
    found = view.judged.dependences.suspected
    order, others = view.kept(("untested by other", view.criteria), lambda: _by_other(view))
    rows = order[slice(*_span(others, party))]
    rows = rows[found.untested_dependant[rows] != lender]
    by, by_criterion = found.untested_dependant[rows], found.untested_criterion[rows]
    if (view.judged.dependences.verdicts.other == party).any():
        theirs = _open(view, by, np.full(len(by), party, np.uint32), by_criterion)
        by, by_criterion = by[theirs], by_criterion[theirs]
    return by, by_criterion


def untested_on(view: View, party: int) -> tuple[Nodes, NDArray[np.int32]]:
    """Whom a party may depend on by criteria that cannot be tested and nobody judged, and the criteria's positions."""
    found = view.judged.dependences.suspected
    mine = slice(*_span(found.untested_dependant, party))
    on, criterion = found.untested_other[mine], found.untested_criterion[mine]
    if (view.judged.dependences.verdicts.dependant == party).any():
        still = _open(view, np.full(len(on), party, np.uint32), on, criterion)
        on, criterion = on[still], criterion[still]
    return on, criterion


def untested_among(view: View, parties: NDArray[np.bool_], *, lender: int) -> tuple[Nodes, Nodes]:
    """Dependants and others of the pairs with one of some parties that a criterion cannot be tested for and nobody
    judged; whether the lender would fall with others is not asked."""
    found = view.judged.dependences.suspected
    dependant, other = found.untested_dependant, found.untested_other
    at = np.flatnonzero((parties[dependant] | parties[other]) & (dependant != lender))
    dependant, other, criterion = dependant[at], other[at], found.untested_criterion[at]
    told = view.judged.dependences.verdicts
    known = told.dependant.astype(np.int64) << 32 | told.other
    touched = np.flatnonzero(np.isin(dependant.astype(np.int64) << 32 | other, known))
    keep = np.ones(len(at), np.bool_)
    keep[touched] = _open(view, dependant[touched], other[touched], criterion[touched])
    return dependant[keep], other[keep]


def untested_within(view: View, members: Nodes, *, lender: int) -> tuple[Nodes, Nodes, NDArray[np.int32]]:
    """Dependants, others and the criteria's positions of the pairs of some parties, ascending, that a criterion cannot
    be tested for and nobody judged; whether the lender would fall with others is not asked."""
    found = view.judged.dependences.suspected
    first, end = (found.untested_dependant.searchsorted(members, side) for side in ("left", "right"))
    at, _ = spans(first, end)
    dependant, other = found.untested_dependant[at], found.untested_other[at]
    place = np.minimum(members.searchsorted(other), len(members) - 1)
    keep = (members[place] == other) & (dependant != lender)
    dependant, other, criterion = dependant[keep], other[keep], found.untested_criterion[at][keep]
    if len(dependant) and np.isin(view.judged.dependences.verdicts.dependant, members).any():
        still = _open(view, dependant, other, criterion)
        dependant, other, criterion = dependant[still], other[still], criterion[still]
    return dependant, other, criterion


def criteria_of(view: View, criterion: NDArray[np.int32]) -> list[tuple[Criterion, int]]:
    """Criteria by their positions, each with how often it stands there."""
    rules = view.judged.dependences.suspected.rules
    return [(rules[at], many) for at, many in sorted(Counter(criterion.tolist()).items())]


def unassessed(view: View, parties: Iterable[int], falls: Ways, *, lender: int) -> frozenset[int]:
    """Those of some parties with a dependence, of or on them, that is suspected or cannot be tested, and not judged; of
    `falls` those that are gone count no more."""
    gone = falls.gone if isinstance(falls, Extended) else frozenset[int]()
    return frozenset(x for x in parties if not view.control.state[x] and _unassessed(view, x, lender, gone))


@dataclass(frozen=True)
class Also:
    """What is asked around a party, beside what cannot be tested of it."""

    others: tuple[int, ...] = ()
    """Who answers for it: the same is asked of them."""
    on: tuple[int, ...] = ()
    """On whom it may depend besides."""
    by: tuple[int, ...] = ()
    """Who may depend on it besides."""
    touched: tuple[int, ...] = ()
    """With whom something would be at stake by what is asked for, whatever there is now."""
    cuts: Sequence[Cut] = ()
    """Facilities that would be paid down."""
    near: bool = True
    """Whether it is asked too of whom each falls with, and of who falls with it."""


def parts_of(view: View) -> Parts:
    """Which parties hang together by control, ring fences or none, and dependence in the wide reading."""

    def make() -> Parts:
        united = connecting(view, wide=True)
        if view.verdicts.fenced:
            united = control_groups(may_unite(view).as_possible(), government=view.government)
        return hanging(united, view.falls(wide=True))

    return view.kept(("hanging", view.criteria, view.government), make)


def with_untested(
    view: View,
    base: Standing,
    readings: Readings,
    party: int,
    *,
    also: Also,
    falls: Ways,
) -> Readings:
    """Readings with the groups that would arise if what cannot be tested of a party held."""
    brings = _bearing(view, base, falls, (party, *also.others, *also.touched))
    readings = with_hidden(view, base, readings, (party, *also.others), brings, near=also.near)
    if all(rule.group_kind != "connected" for rule in base.rules):
        return readings
    found: list[Nodes] = []
    try:
        for x in dict.fromkeys([party, *also.others]):
            asked = also if x == party else Also(near=also.near, cuts=also.cuts)
            found += _arising(view, base, x, asked, brings, falls=falls)
    except InvalidQuestion as problem:
        if problem.where != "groups":
            raise
        return replace(readings, missing=tuple(dict.fromkeys([*readings.missing, ARISING])))
    several = [group for group in found if len(group) > 1]
    return replace(readings, untested=Units.ordered(distinct(several))) if several else readings


def united_by_votes(view: View, base: Standing, party: int, *, others: Iterable[int], falls: Ways) -> list[Nodes]:
    """Groups that would arise around a party, and who answers for it, by votes alone that are not disclosed."""
    asked = list(dict.fromkeys([party, *others]))
    brings = _bearing(view, base, falls, asked)
    return [group for x in asked for group in _arising(view, base, x, Also(), brings, falls=falls, dependences=False)]


def _bearing(view: View, base: Standing, falls: Ways, touched: Iterable[int]) -> Bearing:
    """With whom comes something at stake, now or by what is asked for."""
    part, new = parts_of(view), falls.more.items() if isinstance(falls, Extended) else ()
    ends = {*touched, *(x for tail, heads in new for x in (tail, *(head for head, _ in heads)))}
    name = ("at stake by part", base.lender, view.criteria, view.government)
    return Bearing(part, view.kept(name, lambda: bearing(base, part)), frozenset(part[list(ends)].tolist()))


def _arising(
    view: View,
    base: Standing,
    party: int,
    also: Also,
    brings: Bearing,
    *,
    falls: Ways,
    dependences: bool = True,
) -> Iterator[Nodes]:
    """Groups that would arise around one party; if none of the `dependences` held, by votes alone."""
    groups, lender = connecting(view, wide=True), base.lender
    below = list(grow(groups, falls, [party, *groups.below(party)])) if also.near else [party]
    above = _above(view, party, falls) if also.near else []
    if len(below) + len(above) >= WALKED:
        raise InvalidQuestion(f"more than {WALKED:,} parties hang together", where="groups")
    several, others = False, _Others(view, brings, lender, also, dependences=dependences)
    some = others.falling(below, besides=also.by)
    for x in [party, *above]:
        # Whether the lender would fall with others, or who might control it, is asked of nobody.
        over = others.bearing(x, besides=also.on if x == party else ()) if x != lender else NOBODY
        by = some if x == party else others.falling([x])
        if len(over) or by:
            chosen = telling(base, groups, falls, over, also.cuts)
            for group in possible_groups(groups, falls, x, on=chosen, by=[*by, *some], most=WIDEST):
                several = several or len(group) > 1
                yield group
    if not several and others.left_out:
        # Who brings nothing along makes no more of a group than it is: one of them stands for all.
        x, y, on = others.left_out
        ends: dict[str, list[int]] = {"on": [y], "by": []} if on else {"on": [], "by": [y]}
        yield from possible_groups(groups, falls, x, **ends, most=WIDEST)


class _Others:
    """Who comes along with a party if what cannot be tested holds, as far as something is at stake with them."""

    def __init__(self, view: View, brings: Bearing, lender: int, also: Also, *, dependences: bool) -> None:
        self._view, self._brings, self._lender, self._near = view, brings, lender, also.near
        self._dependences, self._paid = dependences, paid_off(view, lender, also.cuts)
        self.left_out: tuple[int, int, bool] | None = None
        """A party, one who brings nothing along, and whether the party would depend on it."""

    def bearing(self, party: int, *, besides: Iterable[int]) -> Nodes:
        """On whom it may depend, and who would control it by votes that are not disclosed: with these it would fall."""
        tops = hidden_of(self._view, party, lender=self._lender).tops.tolist()
        tops = [x for x in tops if not fenced_off(self._view, party, x)]
        on = self._on(party) if self._dependences else NOBODY
        ends = on, np.array(tops, np.uint32)
        return self._kept(np.unique(np.concatenate([*ends, np.array(tuple(besides), np.uint32)])), party, on=True)

    def falling(self, parties: Collection[int], *, besides: Iterable[int] = ()) -> list[int]:
        """Others that may depend on one of some parties, or that it would control with votes not disclosed."""
        found, own = dict[int, None](), set(parties)
        for x in parties:
            by = self._by(x) if self._dependences else NOBODY
            found |= dict.fromkeys(self._kept(by, x, on=False).tolist())
            if self._near:
                under = hidden_under(self._view, x, self._brings.bringing, lender=self._lender).tolist()
                found |= dict.fromkeys(y for y in under if not fenced_off(self._view, y, x))
        first = next(iter(parties))
        found |= dict.fromkeys(self._kept(np.array(tuple(besides), np.uint32), first, on=False).tolist())
        return [y for y in found if y not in own]

    def _on(self, party: int) -> Nodes:
        """On whom it may depend, but for a lender whom it has paid down so far."""
        on, criterion = untested_on(self._view, party)
        return on[~((on == self._lender) & self._off(np.full(len(on), party), criterion))] if self._paid else on

    def _by(self, party: int) -> Nodes:
        by, criterion = untested_by(self._view, party, lender=self._lender)
        return by[~self._off(by, criterion)] if self._paid and party == self._lender else by

    def _off(self, parties: NDArray[np.integer], criterion: NDArray[np.int32]) -> NDArray[np.bool_]:
        rules = self._view.judged.dependences.suspected.rules
        pairs = zip(parties.tolist(), criterion.tolist(), strict=True)
        return np.array([(x, rules[at].id) in self._paid for x, at in pairs], np.bool_)

    def _kept(self, others: Nodes, party: int, *, on: bool) -> Nodes:
        kept = self._brings.bringing(others) if len(others) else others
        if len(kept) < len(others) and self.left_out is None:
            self.left_out = party, int(np.setdiff1d(others, kept)[0]), on
        return kept


def _above(view: View, party: int, falls: Ways) -> list[int]:
    """Who may control a party, alone or in concert, and on whom it depends: with these it would fall."""
    over = [*may_connect(view).controllers_of(party, possible=True).tolist(), *falls.reverse.at(party).tolist()]
    return [x for x in dict.fromkeys(over) if x != party and not view.control.state[x]]


def _unassessed(view: View, party: int, lender: int, gone: Set[int]) -> bool:
    found, ties = view.judged.dependences, untested(view, party, lender=lender)
    if len(ties.on) or len(ties.by):
        return True
    verdicts = len(found.verdicts.confirmed)
    if any(at >= verdicts and at not in gone for at in view.wide.links_at(party).tolist()):
        return True
    return any(found.state[at] == 0 and verdicts + at not in gone for at in found.suspected.of(party))


def _by_other(view: View) -> tuple[Nodes, Nodes]:
    """Rows of the pairs that cannot be tested by their other side, and these sides, ascending."""
    others = view.judged.dependences.suspected.untested_other
    order = np.argsort(others, kind="stable").astype(np.uint32)
    return order, others[order]


def _span(sorted_: Nodes, party: int) -> tuple[int, int]:
    """Where the entries of one party begin and end; sought in the array's own type, else all of it would be copied."""
    sought = np.array(party, sorted_.dtype)
    return int(sorted_.searchsorted(sought)), int(sorted_.searchsorted(sought, side="right"))


def _open(view: View, dependant: Nodes, other: Nodes, criterion: NDArray[np.int32]) -> NDArray[np.bool_]:
    """Which of some pairs nobody judged."""
    told, rules = view.judged.dependences.verdicts, view.judged.dependences.suspected.rules
    sure, rejected = set[tuple[int, int]](), set[tuple[int, int, str]]()
    touched = np.isin(told.dependant, dependant) & np.isin(told.other, other)
    for at in np.flatnonzero(touched).tolist():
        pair = int(told.dependant[at]), int(told.other[at])
        if told.confirmed[at]:
            sure.add(pair)
        else:
            rejected.add((*pair, told.criterion[at]))

    def judged(x: int, y: int, which: int) -> bool:
        return (x, y) in sure or not rejected.isdisjoint({(x, y, rules[which].id), (x, y, ANY)})

    rows = zip(dependant.tolist(), other.tolist(), criterion.tolist(), strict=True)
    return np.array([not judged(*row) for row in rows], np.bool_)
