"""Which groups does a party belong to, and why?"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from analytics.structure.groups import Groups, connected_groups
from analytics.structure.membership import CONTROLLED, DEPENDENT, SEED, Entry, Refuted, grow, leave
from analytics.structure.reach import Nodes
from analytics.structure.votes import Arrows
from api.answer import Answer, Fact, Page, Party, Question
from api.engine import Engine
from api.evidence import Evidence
from api.questions.asking import check_page, node_of
from api.questions.control import Fall, in_words, proofs
from api.questions.dependences import Dependence, Untested, dependence, dependences_of, said, untested_of
from api.view import View
from api.wording import plural
from graph.errors import InvalidQuestion
from graph.model import DEPENDS_ON
from graph.moment import Moment

WIDEST = 20_000
"""Parties that are looked at for the sake of economic dependence."""
SMALL = 200
"""Members up to which it is worked out who would leave."""
SHOWN = 20
"""Dependences of a group of which it is."""


@dataclass(frozen=True)
class Member:
    """One member of a group, and what ties it in."""

    party: Party
    why: str
    """`top`, `controlled`, `possible` where bands only allow it, `ring`, `dependent` or `suspected`."""
    through: Party | None
    """The member it depends on or is controlled by; none for the control group it begins with."""
    proof: tuple[Fall, ...]
    """How the top, or the member it came through, controls it."""
    dependences: tuple[Fact, ...]
    """Confirmed dependence on members of the group."""
    suspected: tuple[Dependence, ...]
    """Suspected dependence on members of the group."""


@dataclass(frozen=True)
class Edge:
    """One dependence that holds a group together, and who would leave if it were refuted."""

    dependant: Party
    other: Party
    state: str
    """`confirmed` or `suspected`."""
    leave: tuple[Party, ...]


@dataclass(frozen=True)
class Group:
    """Parties that stand and fall together."""

    top: Party
    """The controller on top, else the first member."""
    basis: str
    """`control`, or `control and dependence`."""
    members: tuple[Member, ...]
    page: Page
    edges: tuple[Edge, ...]
    """Dependences that brought members in; of a large group none is worked out."""


@dataclass(frozen=True)
class GroupsOf:
    """All groups of one party; they may overlap and are never united through a shared member."""

    party: Party
    groups: tuple[Group, ...]
    """By control and confirmed dependence: what a refusal rests on."""
    with_suspected: tuple[Group, ...]
    """With suspected dependence: what limits count; empty where the groups are the same."""
    dependences: tuple[Dependence, ...]
    """Every dependence of the party that figures suggest, in its state."""
    untested: tuple[Untested, ...]
    left_out: str
    """Why nothing could be suspected at all; empty where it could."""


def groups(engine: Engine, party: str, *, limit: int = 100, offset: int = 0, moment: Moment) -> Answer[GroupsOf]:
    """Find the groups of connected clients a party belongs to, each member with its reason."""
    check_page(limit, offset)
    view = engine.view(moment)
    node = node_of(view.snapshot, party)
    evidence = Evidence(view.snapshot)
    page = slice(offset, offset + limit)
    narrow = groups_of(view, node)
    found = tuple(_group(view, evidence, members, page, wide=False) for members in narrow)
    wider, left_out = _wider(view, evidence, node, narrow, page)
    dependences = dependences_of(view, evidence, node)
    untested = tuple(untested_of(view, node))
    value = GroupsOf(evidence.party(node), found, wider, dependences, untested, left_out)
    question = Question("groups", {"party": party, "limit": limit, "offset": offset})
    return view.answer(question, value, evidence, reasons=list(_reasons(view, node, value)))


def _wider(
    view: View, evidence: Evidence, node: int, narrow: list[Nodes], page: slice
) -> tuple[tuple[Group, ...], str]:
    """The groups with what is suspected where they are others, and why nothing could be suspected."""
    left_out = view.judged.left_out
    try:
        wide = groups_of(view, node, wide=True)
    except InvalidQuestion as problem:
        return (), left_out or str(problem)
    if {frozenset(group.tolist()) for group in wide} == {frozenset(group.tolist()) for group in narrow}:
        return (), left_out
    return tuple(_group(view, evidence, members, page, wide=True) for members in wide), left_out


def groups_of(view: View, node: int, *, wide: bool = False) -> list[Nodes]:
    """Members of each group of a party, by control and by confirmed dependence; none where it stands alone.

    The wide reading counts suspected dependence too.
    """
    falls = view.falls(wide=wide)
    if len(falls.head):
        near = _near(view, falls, node)
        connected = connected_groups(view.groups, falls, near)
        return [members for members in connected if node in members and len(members) > 1]
    return [members for members in view.groups.around(node) if len(members) > 1]


def _near(view: View, falls: Arrows, node: int) -> list[int]:
    """Whoever hangs together with a party by control groups and dependences, in either direction."""
    seen: set[int] = set()
    for group in view.groups.near([node], lambda x: [*falls.at(x).tolist(), *falls.reverse.at(x).tolist()]):
        seen.update(group.tolist())
        if len(seen) > WIDEST:
            raise InvalidQuestion(
                f"more than {WIDEST:,} parties hang together", where="groups", remedy="ask for control instead"
            )
    return sorted(seen)


def _group(view: View, evidence: Evidence, members: Nodes, page: slice, *, wide: bool) -> Group:
    falls = view.falls(wide=wide)
    top, came = _seed(view, falls, members)
    controlled = view.groups.control.controlled_by(top).tolist()
    order = list(dict.fromkeys([top, *(x for x in controlled if x in came), *came]))
    shown = tuple(members_of(view, evidence, falls, order[page], came))
    basis = "control and dependence" if any(entry.how == DEPENDENT for entry in came.values()) else "control"
    edges = tuple(edges_of(view, evidence, falls, top, came)) if len(members) <= SMALL else ()
    return Group(evidence.party(top), basis, shown, Page(len(order), page.start, len(shown)), edges)


def _seed(view: View, falls: Arrows, members: Nodes) -> tuple[int, dict[int, Entry]]:
    """The top of the control group that a group grew from, and how each member came in, the top first."""
    inside = set(members.tolist())
    tops = {int(view.groups.top[group]) for x in members for group in view.groups.of(int(x))} & inside
    alone = sorted(x for x in inside if not len(view.groups.of(x)))
    control = view.groups.control
    best = sorted(tops, key=lambda x: (-len(inside.intersection(control.controlled_by(x).tolist())), x))
    for top in [*best, *alone]:
        came = grow(view.groups, falls, _around(view.groups, top))
        if came.keys() == inside:
            return top, {top: came[top], **came}
    raise AssertionError("a group grows from one of its seeds")


def seed_of(view: View, falls: Arrows, members: Nodes) -> tuple[int, list[int], dict[int, Entry]]:
    """The top of a group, the control group it grew from, and how each member came in."""
    top, came = _seed(view, falls, members)
    return top, _around(view.groups, top), came


def _around(groups: Groups, top: int) -> list[int]:
    """The control group of a top, itself where it stands alone."""
    mine = [group for group in groups.of(top).tolist() if int(groups.top[group]) == top]
    return groups.members(mine[0]).tolist() if mine else [top]


def members_of(
    view: View,
    evidence: Evidence,
    falls: Arrows,
    shown: list[int],
    came: dict[int, Entry],
    *,
    united: Groups | None = None,
) -> Iterator[Member]:
    """These members of a group, each with what ties it in; the control groups it grew among are those of the view."""
    top = next(iter(came))
    held = set((united or view.groups).control.controlled_by(top).tolist())
    owner: dict[int, int] = {}
    for x in shown:
        if came[x].how == CONTROLLED:
            owner[x] = came[x].through
        elif came[x].how == SEED and x != top and x in held:
            owner[x] = top
    proved: dict[int, tuple[Fall, ...]] = {}
    possible = set[int]()
    for one in dict.fromkeys(owner.values()):
        sure = set(view.control.controlled_by(one).tolist())
        for certain in (True, False):
            companies = [x for x in shown if owner.get(x) == one and (x in sure) is certain]
            proved |= zip(companies, proofs(view, evidence, one, companies, certain=certain), strict=True)
            possible |= set() if certain else set(companies)
    for x in shown:
        facts, suspected = _dependences(view, evidence, falls, x, came) if came[x].how == DEPENDENT else ((), ())
        why = "top" if x == top else "possible" if x in possible else "controlled" if x in proved else "ring"
        if came[x].how == DEPENDENT:
            why = "dependent" if facts else "suspected"
        through = None if came[x].how == SEED else evidence.party(came[x].through)
        yield Member(evidence.party(x), why, through, proved.get(x, ()), facts, suspected)


def _dependences(
    view: View, evidence: Evidence, falls: Arrows, x: int, came: dict[int, Entry]
) -> tuple[tuple[Fact, ...], tuple[Dependence, ...]]:
    """Confirmed and suspected dependence of a party on members."""
    supports = falls.reverse
    verdicts = len(view.judged.dependences.verdicts.confirmed)
    on = zip(supports.at(x).tolist(), supports.links_at(x).tolist(), strict=True)
    mine = sorted(link for support, link in on if support in came)
    facts = evidence.facts(DEPENDS_ON, [link for link in mine if link < verdicts])
    return facts, tuple(dependence(view, evidence, link - verdicts) for link in mine if link >= verdicts)


def edges_of(
    view: View,
    evidence: Evidence,
    falls: Arrows,
    top: int,
    came: dict[int, Entry],
    *,
    most: int = SHOWN,
    united: Groups | None = None,
) -> Iterator[Edge]:
    """Dependences that brought members in, each with who would leave without it."""
    groups = united or view.groups
    verdicts = len(view.judged.dependences.verdicts.confirmed)
    for entry in [entry for entry in came.values() if entry.how == DEPENDENT][:most]:
        rows = zip(falls.at(entry.through).tolist(), falls.links_at(entry.through).tolist(), strict=True)
        pair = frozenset(link for x, link in rows if x == entry.member)
        gone = leave(groups, falls, _around(groups, top), top=top, refuted=Refuted(dependences=pair))
        state = "confirmed" if any(link < verdicts for link in pair) else "suspected"
        dependant, other, *leaving = evidence.parties([entry.member, entry.through, *gone.tolist()])
        yield Edge(dependant, other, state, tuple(leaving))


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
    if value.with_suspected:
        count, most = len(value.with_suspected), max(group.page.total for group in value.with_suspected)
        yield f"With what is suspected it belongs to {plural(count, 'group')} of up to {most} parties."
    for one in value.dependences:
        yield f"{name} is {said(one)}."
    if value.left_out:
        yield f"Nothing could be suspected: {value.left_out}."
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
    told = [*_dependence(member.dependences), *(said(one) for one in member.suspected)]
    return "; ".join(told) or "members of its ring control each other"


def _dependence(facts: Iterable[Fact]) -> Iterator[str]:
    for fact in facts:
        yield f"it depends on {fact.head.name} ({fact.values.get('reason') or fact.values['criterion']})"
