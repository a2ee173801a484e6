"""Why each member of a group would come in that stands only if what cannot be tested holds."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np

from analytics.limits.lines import Line
from analytics.limits.units import Nodes
from api.answers.evidence import Evidence
from api.answers.frame import Party
from api.engine import View
from api.groups.circles import connecting, control_units
from api.groups.hidden import hidden_of, hidden_under
from api.groups.untested import untested_within
from api.questions.groups.untestable import Untestable, told

HOWS_ZH: Final = {
    (ASKED := "asked about"): "所查主体",
    (UNITED := "in one group by control with"): "同属一个控制集团，另一方为",
    (FALLS := "depends, as judged or suspected, on"): "经济依存于（已认定或疑似）",
    (HOLDS := "is depended on, as judged or suspected, by"): "被依存（已认定或疑似），依存方为",
    (MAY_FALL := "may depend, which cannot be tested, on"): "可能经济依存于（无法检验）",
    (MAY_HOLD := "may be depended on, which cannot be tested, by"): "可能被依存（无法检验），依存方为",
    (MAY_CONTROL := "would control, with votes that are not disclosed,"): "若未披露表决权归其所有，则控制",
    (MAY_BE_CONTROLLED := "would be controlled, with votes that are not disclosed, by"): (
        "若未披露表决权归对方所有，则受控制于"
    ),
    (OTHERWISE := "comes in with the others"): "随其他成员纳入",
}
"""How a member comes in, in both languages."""
UNTESTED: Final = (MAY_FALL, MAY_HOLD, MAY_CONTROL, MAY_BE_CONTROLLED)
"""Steps that hold only if what cannot be tested does."""


@dataclass(frozen=True)
class Coming:
    """How one member would come in, from the party that is asked about on."""

    how: str
    """In words, to be followed by the name of `through` where there is one."""
    how_zh: str
    through: Party | None
    """A member that came in before it."""
    open: bool
    """Whether this very step is what cannot be tested; else it follows once another has come in."""
    untestable: Untestable | None
    """Of a dependence that cannot be tested, what is missing, and the judgement that ends it."""


class _Step(NamedTuple):
    how: str
    through: int
    pair: tuple[int, int] | None = None


def comings(view: View, evidence: Evidence, line: Line, party: int, *, lender: int) -> dict[int, Coming]:
    """The shortest way in of each member of the group of a line, by its node number."""
    found = _walked(view, line, party, lender=lender)
    pairs = {step.pair for step in found.values() if step.pair}
    rows = zip(*(side.tolist() for side in untested_within(view, line.members, lender=lender)), strict=True)
    wanted = [row for row in rows if row[:2] in pairs]
    ends = told(view, evidence, wanted, most=len(pairs)).listed
    named = {(one.dependant.id, one.other.id): one for one in ends}

    def said(step: _Step) -> Coming:
        through = None if step.how in (ASKED, OTHERWISE) else evidence.party(step.through)
        pair = None if step.pair is None else tuple(evidence.party(x).id for x in step.pair)
        open_ = None if pair is None else named[pair[0], pair[1]]
        return Coming(step.how, HOWS_ZH[step.how], through, step.how in UNTESTED, open_)

    return {x: said(step) for x, step in found.items()}


def _walked(view: View, line: Line, party: int, *, lender: int) -> dict[int, _Step]:
    """Members from the party on, breadth first; what is known before what cannot be tested."""
    found, inside = {party: _Step(ASKED, party)}, set(line.members.tolist())
    open_ = untested_within(view, line.members, lender=lender)[:2] if line.rule.group_kind == "connected" else ()
    pairs = list(dict.fromkeys(zip(*(side.tolist() for side in open_), strict=True))) if open_ else []
    wave = [party]
    while wave:
        # All that follows of itself first: only then what cannot be tested brings in another.
        for x in wave:
            for y, how in _known(view, line.rule.group_kind, x):
                if y in inside and y not in found:
                    found[y] = _Step(how, x)
                    wave.append(y)
        reached, wave = list(found), []
        for x in reached:
            for y, how, pair in _untested(view, x, line.members, pairs, lender=lender):
                if y in inside and y not in found:
                    found[y] = _Step(how, x, pair)
                    wave.append(y)
    return found | {x: _Step(OTHERWISE, x) for x in inside - found.keys()}


def _known(view: View, kind: str, party: int) -> Iterator[tuple[int, str]]:
    """Who comes along with a party by what is certain, possible or suspected."""
    if kind == "control":
        for members in control_units(view, wide=True).around(party):
            yield from ((y, UNITED) for y in members.tolist())
        return
    groups, falls = connecting(view, wide=True), view.falls(wide=True)
    for group in groups.of(party).tolist():
        yield from ((int(y), UNITED) for y in groups.members(group).tolist())
    yield from ((y, UNITED) for y in groups.below(party))
    yield from ((y, FALLS) for y in falls.at(party).tolist())
    yield from ((y, HOLDS) for y in falls.reverse.at(party).tolist())


def _untested(
    view: View, party: int, members: Nodes, pairs: list[tuple[int, int]], *, lender: int
) -> Iterator[tuple[int, str, tuple[int, int] | None]]:
    """Who comes along with a party if what cannot be tested holds."""
    for dependant, other in pairs:
        if other == party:
            yield dependant, MAY_FALL, (dependant, other)
        elif dependant == party:
            yield other, MAY_HOLD, (dependant, other)
    yield from ((y, MAY_CONTROL, None) for y in hidden_of(view, party, lender=lender).tops.tolist())
    under = hidden_under(view, party, lambda heads: heads[np.isin(heads, members)], lender=lender)
    yield from ((y, MAY_BE_CONTROLLED, None) for y in under.tolist())
