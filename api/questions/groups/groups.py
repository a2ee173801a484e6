"""Which groups does a party belong to, and why?"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from api.answers.evidence import Evidence
from api.answers.frame import Answer, Page, Party, Question
from api.answers.wording import ended, listed, names_of, plural
from api.engine import Engine, View
from api.engine.dependence import too_old_said
from api.groups.alike import NOT_ALIKE, Apart, told_apart
from api.groups.more_than_all import MoreThanAll, more_than_all_with
from api.groups.more_than_all import told as more_said
from api.groups.together import (
    BASES_ZH,
    CONFIRMED,
    GROUP_CLIENT,
    POSSIBLE_CLIENT,
    SUSPECTED,
    TOO_WIDE_TOLD,
    TOO_WIDE_ZH,
    Together,
    grouped_with,
    groups_told,
    made_of,
)
from api.limits.criteria import Criteria, apart_said, criteria_of, criteria_said, seen_by, state_said
from api.questions.asking import check_page, node_of
from api.questions.groups.dependences import (
    Dependence,
    Untested,
    dependences_of,
    readings_said,
    said,
    said_zh,
    untested_of,
)
from api.questions.groups.families import family_edges, family_ties_left, united_by
from api.questions.groups.members import SHOWN, SMALL, Edge, Member, edges_of, grew, members_of, ties_left, why, why_zh
from api.questions.groups.untestable import NOTHING, Untestables, told, untestable_of, untestable_said
from api.questions.groups.verdicts import (
    KeptOut,
    Verdict,
    fenced,
    fenced_zh,
    fences_of,
    keeping_out,
    kept_out_said,
    overruled,
    overruled_of,
    overruled_zh,
)
from api.questions.ownership.aside import SetAside, aside_said, set_aside
from graph.errors import InvalidQuestion
from graph.moment import Moment

CONNECTED, CLIENTS = "connected", "group-clients"
READINGS_OF = {CONNECTED: (CONFIRMED, SUSPECTED), CLIENTS: (GROUP_CLIENT, POSSIBLE_CLIENT)}
"""The narrow and the wide reading of each kind of group."""


@dataclass(frozen=True)
class Group:
    """Parties that stand and fall together."""

    top: Party
    """The controller on top, else the first member."""
    heads: tuple[Party, ...]
    """Of a group client (集团客户) who unites it: a legal person, or an individual and relatives."""
    ring: tuple[Party, ...]
    """Of a group that nobody is on top of the ring of those who control each other, the first of whom is named as its
    top; a closed block without a final owner where they hold all of each other."""
    basis: str
    """`control`, `control and dependence`, or `group client`."""
    members: tuple[Member, ...]
    page: Page
    edges: tuple[Edge, ...]
    """The first dependences, kinships and facts of control that brought members in, each with who would leave without
    it; of a large group none is worked out."""
    edges_left: int
    """How many more there are, of which it is not worked out who would leave; 0 for a large group."""
    kept_out: tuple[KeptOut, ...] = ()
    """Of connected clients whom ring fences keep out: who controls a member, or is controlled by one."""
    apart: Apart = NOT_ALIKE
    """What tells it from another of the same reading that has the same on top."""


@dataclass(frozen=True)
class GroupsOf:
    """All groups of one party; they may overlap and are never united through a shared member."""

    party: Party
    kind: str
    """`connected` clients (control and dependence), or `group-clients` of the 2010 guideline (control and kinship)."""
    criteria: tuple[Criteria, ...]
    """Rule sets that dependence was suspected by; none for group clients."""
    groups: tuple[Group, ...]
    """By certain control and confirmed dependence: what a refusal rests on."""
    with_suspected: tuple[Group, ...]
    """Also by control that bands or a declared concert allow and dependence that figures suggest: what limits count;
    empty where the groups are the same."""
    dependences: tuple[Dependence, ...]
    """Every dependence of the party that figures suggest, in its state."""
    untested: tuple[Untested, ...]
    untestable: Untestables
    """Dependences of the party, and on it, that cannot be tested and nobody judged, by name."""
    left_out: str
    """Why nothing could be suspected at all; empty where it could."""
    cut: str
    """Why groups are told by control alone; empty where they are told whole."""
    fences: tuple[Verdict, ...]
    """Control by or of the party that forms no single risk, as judged; group clients know none."""
    overruled: tuple[Verdict, ...]
    """Rejections of a dependence of or on the party that do not count, since another judgement confirms it."""
    overfull: tuple[MoreThanAll, ...]
    """Members whose holders are stated to have more than all votes, so that control of them is in doubt."""
    aside: SetAside
    """What sources state of holders and controllers of its members, and what is stated of its own to go through others,
    that does not count."""


def groups(
    engine: Engine,
    party: str,
    *,
    kind: str = CONNECTED,
    lender: str | None = None,
    criteria: Sequence[str] = (),
    limit: int = 100,
    offset: int = 0,
    moment: Moment,
) -> Answer[GroupsOf]:
    """Find the groups a party belongs to, of connected clients or group clients, each member with its reason.

    Dependence is suspected by the rule sets in `criteria`, else by those the lender is held to.
    """
    check_page(limit, offset)
    if kind not in READINGS_OF:
        raise InvalidQuestion(f"no kind {kind}", where="kind", remedy=f"one of {', '.join(READINGS_OF)}")
    view = engine.view(moment)
    node = node_of(view.snapshot, party)
    of = None if lender is None else node_of(view.snapshot, lender, where="lender")
    view = seen_by(view, of, criteria)
    evidence, page = Evidence(view.snapshot), slice(offset, offset + limit)
    value, reasons = groups_said(view, evidence, node, of, kind=kind, criteria=criteria, page=page)
    asked = {"party": party, "kind": kind, "lender": lender, "criteria": list(criteria)}
    return view.answer(
        Question("groups", {**asked, "limit": limit, "offset": offset}), value, evidence, reasons=reasons
    )


def groups_said(
    view: View,
    evidence: Evidence,
    node: int,
    of: int | None,
    *,
    kind: str = CONNECTED,
    criteria: Sequence[str] = (),
    page: slice,
) -> tuple[GroupsOf, list[str]]:
    """The groups of a party in a view made by `seen_by`, of a lender where there is one, and in sentences."""
    narrow, wide = READINGS_OF[kind]
    sure, cut = groups_told(view, node, narrow)
    found = _told(view, evidence, sure, page, narrow)
    wider, left_out = _wider(view, evidence, node, (sure, cut), page, wide)
    connected = kind == CONNECTED
    value = GroupsOf(
        evidence.party(node),
        kind,
        criteria_of(view, of, criteria) if connected else (),
        found,
        wider,
        dependences_of(view, evidence, node) if connected else (),
        tuple(untested_of(view, node)) if connected else (),
        told(view, evidence, untestable_of(view, node, lender=of)) if connected else NOTHING,
        left_out,
        cut,
        fences_of(view, evidence, node) if connected else (),
        overruled_of(view, evidence, node) if connected else (),
        more_than_all_with(view, evidence, node, (narrow, wide)),
        set_aside(view, evidence, node, among=grouped_with(view, node, (narrow, wide))),
    )
    named = evidence.distinguished(value)
    return value, [
        *_reasons(view, node, named),
        *more_said(named.overfull, evidence),
        *aside_said(named.aside),
        *_state(view, node, of, named),
    ]


def _wider(
    view: View, evidence: Evidence, node: int, narrow: tuple[list[Together], str], page: slice, reading: str
) -> tuple[tuple[Group, ...], str]:
    """The groups with what is possible or suspected where they are others, and why nothing could be suspected."""
    left_out = view.judged.left_out if reading == SUSPECTED else ""
    (sure, before), (wide, cut) = narrow, groups_told(view, node, reading)
    if cut and not before:
        return (), left_out or f"with what is suspected {TOO_WIDE_TOLD.partition(':')[0]}"
    if {one.clients.tobytes() for one in wide} == {one.clients.tobytes() for one in sure}:
        return (), left_out
    return _told(view, evidence, wide, page, reading), left_out


def _told(view: View, evidence: Evidence, groups: Sequence[Together], page: slice, reading: str) -> tuple[Group, ...]:
    """Groups of one reading in the words of an answer, those that are called alike with what tells them apart."""
    found = [_group(view, evidence, one, page, reading) for one in groups]
    called = [((one.heads or one.top), group.clients) for one, group in zip(found, groups, strict=True)]
    return tuple(replace(one, apart=apart) for one, apart in zip(found, told_apart(evidence, called), strict=True))


def _group(view: View, evidence: Evidence, group: Together, page: slice, reading: str) -> Group:
    edges: Iterable[Edge] = ()
    beyond = 0
    small = len(group.clients) <= SMALL
    if group.heads:
        top, basis = group.heads[0], "group client"
        order = list(dict.fromkeys([*(x for x in group.heads if x in group.clients), *group.clients.tolist()]))
        members = united_by(view, evidence, group, order[page], reading)
        if small:
            edges = family_edges(view, evidence, group, reading)
            beyond = family_ties_left(view, group, reading, most=SHOWN)
    else:
        grown = grew(view, group, reading)
        top, basis, order = grown.top, grown.basis, grown.order
        members = members_of(view, evidence, grown, order[page])
        if small:
            edges, beyond = edges_of(view, evidence, grown), ties_left(view, grown, most=SHOWN)
    shown = tuple(members)
    listed = Page(len(order), page.start, len(shown))
    control = made_of(view, wide=reading == SUSPECTED)[0].control if not group.heads else view.control
    ring = evidence.parties(control.ring_of(top).tolist() if len(group.heads) < 2 else [])
    heads = evidence.parties(group.heads)
    fences = () if group.heads else keeping_out(view, evidence, group.clients)
    return Group(evidence.party(top), heads, ring, basis, shown, listed, tuple(edges), beyond, fences)


def _reasons(view: View, node: int, value: GroupsOf) -> Iterator[str]:
    """What groups there are, and how the party came in, in both languages."""
    name = value.party.name
    if value.cut:
        yield ended(f"{value.cut[0].upper()}{value.cut[1:]} · {TOO_WIDE_ZH}")
    if not (value.groups or value.cut):
        yield ended(_alone(value))
    for fence in value.fences:
        yield ended(f"{fenced(view, fence)} · {fenced_zh(view, fence)}")
    for group in (*value.groups, *value.with_suspected):
        yield from (kept_out_said(one, group.top) for one in group.kept_out if one.fence not in value.fences)
    for rejection in value.overruled:
        yield ended(f"{overruled(rejection)} · {overruled_zh(rejection)}")
    for group in value.groups:
        yield ended(f"{_named(group)} · {_named_zh(group)}")
        yield from _without_top(group)
        yield from _mine(value, group, ("", ""))
        if left := group.page.left:
            yield ended(f"{plural(left, 'more member is', 'more members are')} not shown · 另有{left:,}个成员未列出")
    if value.with_suspected:
        count, most = len(value.with_suspected), max(group.page.total for group in value.with_suspected)
        yield ended(
            f"With what is possible or suspected it belongs to {plural(count, 'group')} of up to {most} parties · "
            f"计入可能及疑似情形后属于{count:,}组，最多{most:,}个主体"
        )
    for group in value.with_suspected:
        yield from _without_top(group) if all(group.ring != one.ring for one in value.groups) else ()
        yield from _mine(value, group, (" in the wider reading", "（宽口径）"))
    for one in value.dependences:
        yield ended(f"{name} is {said(one)} · {said_zh(one)}")
    members = (member for group in (*value.groups, *value.with_suspected) for member in group.members)
    yield from readings_said((*value.dependences, *(one for member in members for one in member.suspected)))
    if value.criteria:
        yield from _suspected_by(view, node, value)
    if value.left_out:
        yield f"Nothing could be suspected: {value.left_out}."


def _alone(value: GroupsOf) -> str:
    """That a party is in no group, and why, in both languages."""
    connected, name = value.kind == CONNECTED, value.party.name
    what, what_zh = ("no dependence confirmed", "没有已认定的经济依存")
    if not connected:
        what, what_zh = "relatives hold no majority in it together", "近亲属未共同持有其多数表决权"
    alone, alone_zh = "no control over it or by it is certain", "没有确定的控制关系"
    if value.fences:
        alone, alone_zh = "no control joins it to others", "控制关系不据以合并"
    return f"{name} stands alone: {alone}, {what} · {name}为单一客户：{alone_zh}，{what_zh}"


def _suspected_by(view: View, node: int, value: GroupsOf) -> Iterator[str]:
    """By what dependence was suspected, and what could not be tested."""
    yield criteria_said(value.criteria)
    if view.judged.apart:
        yield apart_said(view)
    yield from untestable_said(value.untestable)
    if old := too_old_said(view.snapshot, node):
        yield ended(f"{old[0][0].upper()}{old[0][1:]} · {old[1]}")


def _state(view: View, node: int, lender: int | None, value: GroupsOf) -> Iterator[str]:
    """Government bodies that control the party, and what the lender's rule sets say of them."""
    over = view.control.controllers_of(node)
    rules = list(state_said(view, lender)) if value.kind == CONNECTED else []
    for state in over[view.control.state[over]].tolist():
        told, told_zh = ("", "") if rules else ("; a government body does not connect", "；政府机构不连接其控制的主体")
        body = view.snapshot.called(state)
        yield ended(f"{body} controls {value.party.name}{told} · {body}控制{value.party.name}{told_zh}")
    yield from rules


def _named(group: Group) -> str:
    """Whom a group unites, in words."""
    if not group.heads:
        others = plural(group.page.total - 1, "other party", "other parties")
        return f"{group.top.name} and {others}{group.apart.en}, by {group.basis}"
    united = group.ring or group.heads
    who = " and ".join(one.name for one in united)
    many = plural(group.page.total, "legal person")
    return f"{who} unite{'s' * (len(united) == 1)} {many} as a group client (集团客户){group.apart.en}"


def _named_zh(group: Group) -> str:
    """The same in Chinese."""
    if not group.heads:
        basis = BASES_ZH[group.basis]
        return f"{group.top.name}及其他{group.page.total - 1:,}个主体{group.apart.zh}，{basis}"
    who = "、".join(one.name for one in (group.ring or group.heads))
    return f"集团客户：{who}联结{group.page.total:,}个法人{group.apart.zh}"


def _without_top(group: Group) -> Iterator[str]:
    """That nobody is on top of a group, where members of a ring control each other."""
    if names := names_of(group.ring):
        yield ended(
            f"{listed(names, by=' and ')} control each other: nobody is on top of the group, and it has no final "
            f"controller · {listed(names, chinese=True)}相互控制：组上无最终控制人"
        )


def _mine(value: GroupsOf, group: Group, reading: tuple[str, str]) -> Iterator[str]:
    """How the party asked about came into a group, in both languages."""
    mine, name = next((m for m in group.members if m.party.id == value.party.id), None), value.party.name
    if mine and mine.why != "top":
        yield ended(f"{name} belongs to it{reading[0]}: {why(mine)} · {name}属于该组{reading[1]}：{why_zh(mine)}")
