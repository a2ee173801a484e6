"""Votes that nobody is known to hold: who would control a company with them, what a party would, and the group clients
of that."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from analytics.limits.bearing import Bearing
from analytics.limits.standing import Standing
from analytics.limits.units import Nodes, Readings, Units
from analytics.structure.government import APART
from analytics.structure.undisclosed import Undisclosed, undisclosed
from analytics.structure.votes import FINE
from api.engine import View
from api.groups.circles import circle_parts
from api.groups.concerts import may_unite
from api.groups.together import POSSIBLE_CLIENT, groups_of
from graph.field import PARTY_KINDS

COMPANY = PARTY_KINDS.index("Company")
NOBODY = np.zeros(0, np.uint32)


@dataclass(frozen=True)
class Hidden:
    """What is not disclosed of a company that nobody is known to control."""

    votes: Undisclosed
    tops: Nodes
    """Who would control it with the votes that are not disclosed, and is not controlled by another who would."""
    held: Mapping[int, float]
    """Least fraction of the votes that each of these has, with what it controls; in concert all members have."""
    acting: tuple[tuple[tuple[int, ...], float], ...]
    """Concerts that would control it so: the members with a part in it, and what all have."""
    silent: bool
    """Whether nobody at all is known to hold or to control it."""
    behind: frozenset[int] = frozenset()
    """Those of the tops who may control a member of such a concert: they would by it."""

    @property
    def blocks(self) -> list[tuple[tuple[int, ...], float]]:
        """Who would control it, a concert as one, and what each has; who has most first."""
        joint = [one for one in self.acting if len(one[0]) > 1 and not set(one[0]).isdisjoint(self.held)]
        inside = {x for members, _ in joint for x in members}.union(self.behind if joint else ())
        found = [*joint, *(((x,), has) for x, has in self.held.items() if x not in inside)]
        return sorted(found, key=lambda one: (-one[1], one[0]))


def hidden_of(view: View, party: int, *, lender: int) -> Hidden:
    """What is not disclosed of a party; the lender is left out, and so are government bodies where they connect
    nobody."""
    state = view.control.state if view.government == APART else np.zeros(view.snapshot.size, np.bool_)
    return view.kept(("hidden", party, lender, view.government), lambda: _hidden(view, party, [lender], state), most=64)


def may_decide(view: View, party: int) -> Hidden:
    """What is not disclosed of a party, and who would control it with that, be it a government body."""
    none: NDArray[np.bool_] = np.zeros(view.snapshot.size, np.bool_)
    return view.kept(("hidden", party), lambda: _hidden(view, party, (), none), most=64)


def _hidden(view: View, party: int, without: Iterable[int], state: NDArray[np.bool_]) -> Hidden:
    control = may_unite(view)
    if view.snapshot.kind[party] != COMPANY:
        return Hidden(Undisclosed(0.0, False, (), ()), NOBODY, {}, (), silent=False)
    votes = undisclosed(control, party)
    out = {*without, *control.controlled_by(party, possible=True).tolist()}
    out |= set(control.controllers_of(party, possible=True).tolist())
    acting = _acting(view, party)
    joint = {member: has for members, has in acting for member in members}
    held = {**joint, **dict(zip(votes.holders, votes.held, strict=True))}
    able = {x for x in held if x not in out and not state[x]}
    tops = [x for x in sorted(able) if able.isdisjoint(control.controllers_of(x, possible=True).tolist())]
    alone = not len(control.holdings.holders.at(party)) and not len(control.controlled_otherwise.at(party))
    members = {x for some, _ in acting for x in some}
    over = {x for member in members for x in control.controllers_of(member, possible=True).tolist()}
    behind = frozenset(over.intersection(tops) - members)
    return Hidden(votes, np.array(tops, np.uint32), {x: held[x] for x in tops}, acting, alone, behind)


def _acting(view: View, party: int) -> tuple[tuple[tuple[int, ...], float], ...]:
    """Concerts that would have a majority with what is not disclosed: the members that take part in the company, and
    what all have."""
    together = view.together
    if together is None:
        return ()
    votes = undisclosed(together.control, party, together.circles(party))
    size = together.parties
    joint = ((x - size, share) for x, share in zip(votes.holders, votes.held, strict=True) if x >= size)
    return tuple((together.taking_part(number, party, possible=True), has) for number, has in joint)


def hidden_under(view: View, party: int, kept: Callable[[Nodes], Nodes], *, lender: int) -> Nodes:
    """Companies that a party would control with votes of theirs which are not disclosed, ascending, of those that are
    `kept`. Government bodies have none where they connect nobody."""
    control, held = may_unite(view), view.control.holdings
    if control.state[party] and view.government == APART:
        return NOBODY
    mine = [party, *control.controlled_by(party, possible=True).tolist()]
    heads = [held.head[held.start[x] : held.start[x + 1]] for x in mine if held.start[x] < held.start[x + 1]]
    open_ = _partly_undisclosed(view)
    found = {y for some in heads for y in some[open_[some]].tolist()}.difference(mine, [lender])
    return np.array([y for y in kept(_nodes(found)).tolist() if _could(view, party, y)], np.uint32) if found else NOBODY


def _partly_undisclosed(view: View) -> NDArray[np.bool_]:
    """Companies of which nobody is known to hold some votes, shape (n,)."""
    told = view.control.holdings.disclosed
    return view.kept(("partly undisclosed",), lambda: (told < 1) & (view.snapshot.kind == COMPANY))


def _nodes(parties: Iterable[int]) -> Nodes:
    return np.array(sorted(parties), np.uint32)


def hidden_among(view: View, companies: NDArray[np.bool_], *, lender: int) -> tuple[Nodes, Nodes]:
    """Of some companies that nobody controls for certain those of whom votes are not disclosed, each with each holder:
    who would control one with these is among them, or controls one of them."""
    control, held = view.control, view.control.holdings
    open_ = companies & _partly_undisclosed(view) & ~control.controlled
    at = np.flatnonzero(open_[held.head] & (held.tail != lender) & (held.tail != held.head))
    at = at[~control.state[held.tail[at]]] if view.government == APART else at
    # What hangs together with a holder has no more than all of it holds, and with what is not disclosed not enough.
    part, company = circle_parts(view)[held.tail[at]], held.head[at].astype(np.int64)
    _, place = np.unique(company << 32 | part, return_inverse=True)
    joint = np.bincount(place, held.low[at])[place] if len(at) else np.zeros(0)
    enough = (control.certain.votes.bar[company] >> 10) / FINE - 1e-9
    at = at[1 - held.disclosed[company] + joint >= enough]
    return held.head[at].astype(np.uint32), held.tail[at].astype(np.uint32)


def fenced_off(view: View, company: int, holder: int) -> bool:
    """Whether a ring fence keeps a company out of the risk of one that would control it, or of its line."""
    against = {x for y, x in view.verdicts.fenced if y == company}
    if not against:
        return False
    control = view.control
    line = [holder, *control.controlled_by(holder, possible=True).tolist(), *control.controllers_of(holder).tolist()]
    return not against.isdisjoint(line)


def _could(view: View, party: int, company: int) -> bool:
    """Whether a party would control a company, that does not control it, with what is not disclosed of it."""
    able = view.kept(("able", company), lambda: _able(view, company), most=64)
    return party in able and party not in may_unite(view).controlled_by(company, possible=True)


def _able(view: View, company: int) -> frozenset[int]:
    """Who would have a majority of a company with what is not disclosed of it, alone or in concert."""
    acting = {member for members, _ in _acting(view, company) for member in members}
    over = {x for member in acting for x in may_unite(view).controllers_of(member, possible=True).tolist()}
    return frozenset(undisclosed(may_unite(view), company).holders).union(acting, over)


def with_hidden(
    view: View, base: Standing, readings: Readings, parties: Iterable[int], brings: Bearing, *, near: bool = True
) -> Readings:
    """Readings with the group clients that would arise if a holder of one of some parties, or with `near` of one that
    may control it, held what is not disclosed too, or if one of these held what is not disclosed of others."""
    if all(rule.group_kind != "control" for rule in base.rules):
        return readings
    state, asked = view.control.state, list(dict.fromkeys(parties))
    above = [may_unite(view).controllers_of(x, possible=True).tolist() for x in asked] if near else []
    found: list[Nodes] = []
    for x in dict.fromkeys([*asked, *(y for some in above for y in some)]):
        pairs = [(top, [x]) for top in hidden_of(view, x, lender=base.lender).tops.tolist() if not state[top]]
        if near and not state[x]:
            pairs.append((x, hidden_under(view, x, brings.bringing, lender=base.lender).tolist()))
        found += [united for top, companies in pairs if companies for united in _united(view, top, companies)]
    return replace(readings, hidden=Units.of(found)) if found else readings


def _united(view: View, top: int, companies: Iterable[int]) -> Iterator[Nodes]:
    """Group clients of one that would control some companies, and what comes with these."""
    control = may_unite(view)
    mine = np.unique(np.concatenate([np.append(control.controlled_by(x, possible=True), x) for x in companies]))
    own = np.append(control.controlled_by(top, possible=True), top)
    groups = [own, *(group.clients for group in groups_of(view, top, POSSIBLE_CLIENT))]
    for members in groups:
        both = np.union1d(members, mine).astype(np.uint32)
        united = both[view.snapshot.kind[both] == COMPANY]
        if len(united) > 1:
            yield united
