"""Which groups does a party belong to, and why?"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analytics.structure.groups import connected_groups
from api.answer import Answer, Fact, Page, Party, Question
from api.engine import Engine
from api.evidence import Evidence
from api.questions.asking import check_page, node_of
from api.questions.control import Fall, in_words, proofs
from api.view import View
from api.wording import plural
from graph.errors import InvalidQuestion
from graph.model import DEPENDS_ON
from graph.moment import Moment

WIDEST = 20_000
"""Parties that are looked at for the sake of economic dependence."""


@dataclass(frozen=True)
class Member:
    """One member of a group, and what ties it in."""

    party: Party
    why: str
    """`top`, `controlled`, `ring` or `dependent`."""
    proof: tuple[Fall, ...]
    """How the top controls it."""
    dependences: tuple[Fact, ...]
    """Confirmed dependence on members of the group."""


@dataclass(frozen=True)
class Group:
    """Parties that stand and fall together."""

    top: Party
    """The controller on top, else the first member."""
    basis: str
    """`control`, or `control and dependence`."""
    members: tuple[Member, ...]
    page: Page


@dataclass(frozen=True)
class GroupsOf:
    """All groups of one party; they may overlap and are never united through a shared member."""

    party: Party
    groups: tuple[Group, ...]


def groups(engine: Engine, party: str, *, limit: int = 100, offset: int = 0, moment: Moment) -> Answer[GroupsOf]:
    """Find the groups of connected clients a party belongs to, each member with its reason."""
    check_page(limit, offset)
    view = engine.view(moment)
    node = node_of(view.snapshot, party)
    evidence = Evidence(view.snapshot)
    page = slice(offset, offset + limit)
    found = tuple(_group(view, evidence, members, page) for members in groups_of(view, node))
    value = GroupsOf(evidence.party(node), found)
    question = Question("groups", {"party": party, "limit": limit, "offset": offset})
    return view.answer(question, value, evidence, reasons=list(_reasons(view, node, value)))


def groups_of(view: View, node: int) -> list[NDArray[np.uint32]]:
    """Members of each group of a party, by control and by confirmed dependence; none where it stands alone."""
    if len(view.confirmed):
        near = _near(view, node)
        connected = connected_groups(view.groups, view.dependants, near)
        return [members for members in connected if node in members and len(members) > 1]
    return [members for members in view.groups.around(node) if len(members) > 1]


def _near(view: View, node: int) -> list[int]:
    """Whoever hangs together with a party by control groups and dependences, in either direction."""
    falls = view.dependants
    seen: set[int] = set()
    for group in view.groups.near([node], lambda x: [*falls.at(x).tolist(), *falls.reverse.at(x).tolist()]):
        seen.update(group.tolist())
        if len(seen) > WIDEST:
            raise InvalidQuestion(
                f"more than {WIDEST:,} parties hang together", where="groups", remedy="ask for control instead"
            )
    return sorted(seen)


def _group(view: View, evidence: Evidence, members: NDArray[np.uint32], page: slice) -> Group:
    inside = set(members.tolist())
    top = _top(view, members)
    controlled = view.control.controlled_by(top).tolist()
    order = [top, *(x for x in controlled if x in inside), *sorted(inside - {top, *controlled})]
    shown = tuple(_members(view, evidence, top, order[page], inside))
    dependent = len(inside - {top, *controlled}) > 0
    basis = "control and dependence" if dependent and len(view.confirmed) else "control"
    return Group(evidence.party(top), basis, shown, Page(len(order), page.start, len(shown)))


def _top(view: View, members: NDArray[np.uint32]) -> int:
    """The member that controls most of the others."""
    inside = set(members.tolist())
    tops = {int(view.groups.top[group]) for x in members for group in view.groups.of(int(x))} & inside
    top: int = max(
        sorted(tops or inside), key=lambda x: len(inside.intersection(view.control.controlled_by(x).tolist()))
    )
    return top


def _members(view: View, evidence: Evidence, top: int, shown: list[int], inside: set[int]) -> Iterator[Member]:
    """These members of a group, each with what ties it in."""
    held = set(view.control.controlled_by(top).tolist())
    dependent = {x: mine for x in shown if x not in {top, *held} and len(mine := _dependences(view, x, inside))}
    owner = {x: top if x in held else _owner(view, x, inside) for x in shown if x != top and x not in dependent}
    proved: dict[int, tuple[Fall, ...]] = {}
    for one in dict.fromkeys(owner.values()):
        if one is not None:
            companies = [x for x in shown if owner.get(x) == one]
            proved |= zip(companies, proofs(view, evidence, one, companies), strict=True)
    for x in shown:
        why = "top" if x == top else "dependent" if x in dependent else "controlled" if x in proved else "ring"
        facts = evidence.facts(DEPENDS_ON, dependent[x]) if x in dependent else ()
        yield Member(evidence.party(x), why, proved.get(x, ()), facts)


def _dependences(view: View, x: int, inside: set[int]) -> NDArray[np.int64]:
    """Positions of the confirmed dependences of a party on members."""
    supports = view.dependants.reverse
    on = zip(supports.at(x).tolist(), supports.links_at(x).tolist(), strict=True)
    mine: NDArray[np.int64] = view.confirmed[[link for support, link in on if support in inside]]
    return mine


def _owner(view: View, x: int, inside: set[int]) -> int | None:
    """A member that controls the party."""
    return next((owner for owner in view.control.controllers_of(x).tolist() if owner in inside), None)


def _reasons(view: View, node: int, value: GroupsOf) -> Iterator[str]:
    name = value.party.name
    if not value.groups:
        yield f"{name} stands alone: no control over it or by it is certain, no dependence confirmed."
    for group in value.groups:
        yield f"{group.top.name} and {plural(group.page.total - 1, 'other party', 'other parties')}, by {group.basis}."
        mine = next((m for m in group.members if m.party.id == value.party.id), None)
        if mine and mine.why != "top":
            yield f"{name} belongs to it: {why(mine)}."
        if group.page.left:
            yield f"{plural(group.page.left, 'more member is', 'more members are')} not shown."
    over = view.control.controllers_of(node)
    states = over[view.control.state[over]]
    for state in states:
        yield f"{view.snapshot.name_of(int(state))} controls {name}; a government body does not connect."


def why(member: Member) -> str:
    """What ties a member in, in words."""
    if member.proof:
        return "; then ".join(in_words(fall) for fall in member.proof)
    if member.why == "top":
        return "on top"
    return "; ".join(_dependence(member.dependences)) or "members of its ring control each other"


def _dependence(facts: Iterable[Fact]) -> Iterator[str]:
    for fact in facts:
        yield f"it depends on {fact.head.name} ({fact.values.get('reason') or fact.values['criterion']})"
