"""Votes of a party that nobody is known to hold: who would control it with them, and the group clients of that."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from analytics.limits.standing import Standing
from analytics.limits.units import Nodes, Readings, Units
from analytics.structure.government import APART
from analytics.structure.undisclosed import Undisclosed, undisclosed
from api.engine import View
from api.groups.together import POSSIBLE_CLIENT, groups_of
from graph.field import PARTY_KINDS

COMPANY = PARTY_KINDS.index("Company")


@dataclass(frozen=True)
class Hidden:
    """What is not disclosed of a company that nobody is known to control."""

    votes: Undisclosed
    tops: Nodes
    """Who would control it with the votes that are not disclosed, and is not controlled by another who would."""
    silent: bool
    """Whether nobody at all is known to hold or to control it."""


def hidden_of(view: View, party: int, *, lender: int) -> Hidden:
    """What is not disclosed of a party; government bodies are left out where they connect nobody."""
    return view.kept(("hidden", party, lender, view.government), lambda: _hidden(view, party, lender), most=64)


def _hidden(view: View, party: int, lender: int) -> Hidden:
    control = view.control
    if view.snapshot.kind[party] != COMPANY:
        return Hidden(Undisclosed(0.0, False, (), ()), np.zeros(0, np.uint32), silent=False)
    votes = undisclosed(control, party)
    out = {lender, *control.controlled_by(party, possible=True).tolist()}
    out |= set(control.controllers_of(party, possible=True).tolist())
    state = control.state if view.government == APART else np.zeros(control.size, np.bool_)
    able = {x for x in votes.holders if x not in out and not state[x]}
    tops = [x for x in sorted(able) if able.isdisjoint(control.controllers_of(x, possible=True).tolist())]
    alone = not len(control.holdings.holders.at(party)) and not len(control.controlled_otherwise.at(party))
    return Hidden(votes, np.array(tops, np.uint32), alone)


def with_hidden(view: View, base: Standing, readings: Readings, party: int, *, near: bool = True) -> Readings:
    """Readings with the group clients that would arise if a holder of a party, or with `near` of one that may control
    it, held what is not disclosed too."""
    if all(rule.group_kind != "control" for rule in base.rules):
        return readings
    above = view.control.controllers_of(party, possible=True).tolist() if near else []
    found = [
        united
        for x in dict.fromkeys([party, *above])
        for top in hidden_of(view, x, lender=base.lender).tops.tolist()
        if not view.control.state[top]
        for united in _united(view, top, x)
    ]
    return replace(readings, hidden=Units.of(found)) if found else readings


def _united(view: View, top: int, party: int) -> Iterator[Nodes]:
    """Group clients of one that would control a party, and what comes with the party."""
    mine = np.append(view.control.controlled_by(party, possible=True), party)
    own = np.append(view.control.controlled_by(top, possible=True), top)
    groups = [own, *(group.clients for group in groups_of(view, top, POSSIBLE_CLIENT))]
    for members in groups:
        both = np.union1d(members, mine).astype(np.uint32)
        companies = both[view.snapshot.kind[both] == COMPANY]
        if len(companies) > 1:
            yield companies
