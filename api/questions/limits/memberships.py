"""Groups that limits are measured on: who is in them, and the steps by which a party came in."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import NamedTuple

import numpy as np

from analytics.limits.standing import Standing
from analytics.limits.units import Nodes, Readings
from analytics.structure.extended import Ways
from analytics.structure.groups import Groups
from analytics.structure.kinship import lender as circle
from analytics.structure.kinship.circles import PERSON
from analytics.structure.membership import DEPENDENT, SEED, Entry, grow, path
from api.answers.evidence import Evidence
from api.answers.frame import Fact, Page, Party
from api.answers.wording import plural
from api.engine import View
from api.groups.alike import NOT_ALIKE, Apart, told_apart
from api.groups.circles import CLIENTS_2010, connecting, heads_of, kin_of
from api.limits.related import RELATED_2022, related_of
from api.questions.groups.dependences import confirmed_of, dependence
from api.questions.limits.jointly import jointly
from api.questions.limits.steps import (
    DEPENDS,
    FAMILY,
    MAY_UNITE,
    NO_TOP,
    RELATED_ZH,
    SUSPECTED,
    TOP,
    WOULD,
    Behind,
    Step,
    alone,
    clients,
    fall,
    first_of,
    proof_of,
    read_ahead,
    step_of,
)
from api.questions.ownership.falls import Fall
from graph.field import Kind
from graph.model import DEPENDS_ON, HOLDS_OFFICE, OWNS, RELATED_TO

NAMES = {
    "control": ("group client, by control", "集团客户（控制）"),
    "connected": ("group of connected clients, by control and economic dependence", "关联客户组（控制及经济依存）"),
    "lender_related": ("related parties of the lender", "贷款人的关联方"),
}
SHOWN = 20
"""Facts shown behind one step."""


@dataclass(frozen=True)
class AtStake:
    """One member, and what is at stake with it before the facility."""

    party: Party
    at_stake: dict[str, float]
    """By what is counted, in the answer's currency."""


@dataclass(frozen=True)
class Membership:
    """One group, and the proof that a party belongs to it."""

    kind: str
    """`control`, `connected` or `lender_related`."""
    name: str
    name_zh: str
    certain: bool
    """Whether certain control and confirmed dependence alone make it."""
    party: Party
    """Whose membership is proved: the applicant, or a guarantor."""
    steps: tuple[Step, ...]
    """From the top to the party."""
    others: tuple[Step, ...]
    """How others came in: all members shown; before them, of a group that breaks a limit or that a guarantee offered
    would make, whoever depends on somebody. Those with most at stake come first; of any other group those with nothing
    at stake are told without the facts behind."""
    members: tuple[AtStake, ...]
    """Those with most at stake."""
    page: Page
    apart: Apart = NOT_ALIKE
    """What tells it from another of its kind and reading that is called alike."""


def with_apart(
    evidence: Evidence, told: Sequence[Membership], groups: Sequence[tuple[str, Nodes, bool]]
) -> tuple[Membership, ...]:
    """Groups of one answer, those that are called alike with what tells them apart."""
    named = [((one.kind, one.certain, called(one)), group[1]) for one, group in zip(told, groups, strict=True)]
    return tuple(replace(one, apart=apart) for one, apart in zip(told, told_apart(evidence, named), strict=True))


def called(group: Membership) -> Party:
    """By whom a group is called: who is on top, else who has most at stake."""
    tops = (step.party for step in group.steps if step.how in (TOP, NO_TOP))
    return next(tops, group.members[0].party if group.members else group.party)


def around(readings: Readings, party: int) -> Iterator[tuple[str, Nodes, bool]]:
    """Groups of a party: kind, members, and whether the narrow reading makes it; each once.

    Of the lender's related parties also one that is alone in its group: why it is related has to be told.
    """
    for kind in dict.fromkeys((*readings.narrow, *readings.wide)):
        seen = set[bytes]()
        for certain in (True, False):
            for members in readings.of(kind, wide=not certain).around(party):
                several = len(members) > 1 or kind == "lender_related"
                if several and members.tobytes() not in seen:
                    seen.add(members.tobytes())
                    yield kind, members, certain


def membership(
    view: View,
    evidence: Evidence,
    standing: Standing,
    group: tuple[str, Nodes, bool],
    party: int,
    *,
    limit: int,
    falls: Ways | None = None,
    proved: bool = False,
) -> Membership:
    """A group with its largest members, and the steps by which one party came in; `falls` made the wide reading.

    `proved`: also how others came in that depend on somebody, and for all members shown the facts behind.
    """
    kind, members, _ = group
    numerators = dict.fromkeys(rule.numerator for rule in standing.rules if rule.group_kind == kind)
    stakes = {name: standing.stakes[name].own[members] for name in numerators}
    most = np.max([np.zeros(len(members)), *stakes.values()], axis=0)
    order = np.lexsort((members, -most))
    first = order[:limit]
    shown = Shown(
        members[first].tolist(), frozenset(() if proved else members[first[most[first] == 0]].tolist()),
        members[order].tolist() if proved else [],
    )  # fmt: skip
    steps, others = _came(view, evidence, group, party, shown, lender=standing.lender, falls=falls)
    named = evidence.parties(shown.rest)
    shares = tuple(
        AtStake(one, {name: float(amounts[at]) for name, amounts in stakes.items()})
        for one, at in zip(named, first.tolist(), strict=True)
    )
    page = Page(len(members), 0, len(shares))
    return Membership(kind, *NAMES[kind], group[2], evidence.party(party), steps, others, shares, page)


class Shown(NamedTuple):
    """Whom of a group it is told how they came in, those with most at stake first."""

    rest: list[int]
    brief: frozenset[int]
    """Those of whom it is told without the facts behind."""
    also: list[int]
    """Of whom it is told too, where they depend on somebody."""


def _came(
    view: View,
    evidence: Evidence,
    group: tuple[str, Nodes, bool],
    party: int,
    shown: Shown,
    *,
    lender: int,
    falls: Ways | None,
) -> tuple[tuple[Step, ...], tuple[Step, ...]]:
    """The steps by which a party came into a group, and how others did."""
    kind, members, certain = group
    rest, brief = shown.rest, shown.brief
    if kind == "connected":
        arrows = view.dependants if certain else falls or view.wide
        groups = connecting(view, wide=not certain)
        top, came = grown(groups, arrows, members)
        way, behind = list(path(came, party)), Behind("connected", view.groups.control, groups.control)
        steps = tuple(_connected(view, evidence, way, top, arrows, behind))
        told = {top, *(entry.member for entry in way)}
        beside = [x for x in shown.also if came[x].how == DEPENDENT and x not in told]
        every = dict.fromkeys([*beside[: len(rest)], *(x for x in rest if x not in told)])
        falling = [came[x] for x in every if x not in brief and came[x].how != DEPENDENT]
        read_ahead(view, evidence, [_pair(entry, top) for entry in falling], behind)
        others = tuple(
            one for x in every for one in _came_in(view, evidence, came[x], top, arrows, behind, brief=x in brief)
        )
    elif kind == "control":
        steps = tuple(_controlled(view, evidence, members, party, wide=not certain))
        heads = _heads(view, members, party)
        told = {party, *heads[: len(steps) > 1]}
        mine = [x for x in rest if x not in told]
        facts = [x for x in mine if x not in brief]
        united = _united(view, heads, wide=not certain)
        read_ahead(view, evidence, [(_alone_over(view, heads, x), x) for x in facts], united)
        if len(heads) == 1:
            others = tuple(one for x in mine for one in fall(view, evidence, heads[0], x, united, brief=x in brief))
        else:
            ways = (_controlled(view, evidence, members, x, wide=not certain, brief=x in brief) for x in mine)
            others = tuple(some[-1] for some in map(tuple, ways))
    else:
        related = partial(_related, view, evidence, members, lender=lender, wide=not certain)
        steps = tuple(related(party))
        named = {step.party.id for step in steps}
        mine = [x for x in rest if view.snapshot.id(x) not in named]
        others = tuple(tuple(related(x, brief=x in brief))[-1] for x in mine)
    return steps, others


# ── by control ──


def _controlled(
    view: View, evidence: Evidence, members: Nodes, party: int, *, wide: bool, brief: bool = False
) -> Iterator[Step]:
    """Who unites a group by control, and how the party falls to it, `brief` without the facts."""
    heads = _heads(view, members, party)
    if len(heads) == 1:
        yield first_of(evidence, heads[0], _united(view, heads, wide=wide).certain)
        yield from fall(view, evidence, heads[0], party, _united(view, heads, wide=wide), brief=brief)
    else:
        one, inside = _alone_over(view, heads, party), members.tolist()
        found = jointly(view, evidence, party, heads=heads, members=inside, wide=wide, one=one, brief=brief)
        how, proof = MAY_UNITE if found.doubtful else FAMILY, found.proof
        if one is not None and not brief:
            proof = proof_of(view, evidence, one, party, alone(view), certain=True)
        yield step_of(evidence, party, how, through=found.through, proof=proof, facts=found.facts)


def _alone_over(view: View, heads: Sequence[int], party: int) -> int | None:
    """The first of several who surely controls a party by itself; of one head that one."""
    if len(heads) == 1:
        return heads[0]
    return next((x for x in heads if (view.control.controlled_by(x) == party).any()), None)


def _united(view: View, heads: Sequence[int], *, wide: bool) -> Behind:
    """Control by which heads unite a group client: a concert widens that of one alone."""
    return clients(view) if wide and len(heads) == 1 else alone(view)


def _heads(view: View, members: Nodes, party: int) -> Sequence[int]:
    """Who unites some legal persons: as group clients know it, else who controls all of them."""
    if heads := heads_of(view, members):
        return heads
    inside, kin = set(members.tolist()), kin_of(view, CLIENTS_2010).near
    over = [party, *view.control.controllers_of(party, possible=True).tolist()]
    for top in (x for x in over if x in inside or view.snapshot.kind[x] == PERSON):
        if inside <= {top, *kin.at(top).tolist(), *view.control.controlled_by(top, possible=True).tolist()}:
            return (top,)
    return ()


def _pair(entry: Entry, top: int) -> tuple[int, int]:
    """Through whom a member came in by control, and the member."""
    return (top if entry.how == SEED else entry.through), entry.member


# ── by control and dependence ──


def _connected(
    view: View, evidence: Evidence, way: Sequence[Entry], top: int, falls: Ways, behind: Behind
) -> Iterator[Step]:
    evidence.parties([top, *(entry.member for entry in way)])
    yield first_of(evidence, top, behind.possible)
    for entry in way:
        yield from _came_in(view, evidence, entry, top, falls, behind)


def _came_in(
    view: View, evidence: Evidence, entry: Entry, top: int, falls: Ways, behind: Behind, *, brief: bool = False
) -> Iterator[Step]:
    """How one member came in, `brief` without the facts; nothing of the top."""
    if entry.how == DEPENDENT:
        yield _dependent(view, evidence, falls, entry, brief=brief)
    else:
        yield from fall(view, evidence, *_pair(entry, top), behind, brief=brief)


def grown(groups: Groups, falls: Ways, members: Nodes) -> tuple[int, dict[int, Entry]]:
    """The top of the control group that a group grew from, and how each member came in."""
    inside = set(members.tolist())
    own = [x for x in members.tolist() if not groups.beside(x)]
    numbers = sorted({group for x in own for group in groups.of(x).tolist() if int(groups.top[group]) in inside})
    seeds = [(int(groups.top[group]), groups.members(group).tolist()) for group in numbers]
    seeds.sort(key=lambda one: (-len(inside.intersection(one[1])), one[0]))
    alone = [(x, [x]) for x in members.tolist() if groups.beside(x) or not len(groups.of(x))]
    for top, seed in [*seeds, *alone]:
        came = grow(groups, falls, seed)
        if came.keys() == inside:
            return top, came
    raise AssertionError("a group grows from one of its seeds")


def _dependent(view: View, evidence: Evidence, falls: Ways, entry: Entry, *, brief: bool) -> Step:
    """A member that depends on another: what was judged, and what figures suggest."""
    rows = zip(falls.at(entry.through).tolist(), falls.links_at(entry.through).tolist(), strict=True)
    verdicts, known = len(view.judged.dependences.verdicts.confirmed), len(view.judged.dependences.suspected)
    mine = [link for x, link in rows if x == entry.member]
    judged = [link for link in mine if link < verdicts]
    suspicions = [link - verdicts for link in mine if verdicts <= link < verdicts + known]
    how = DEPENDS if judged else SUSPECTED if suspicions else WOULD
    if brief:
        return step_of(evidence, entry.member, how, through=entry.through)
    facts, figures = evidence.facts(DEPENDS_ON, judged), confirmed_of(view, evidence, judged)
    suspected = [dependence(view, evidence, at) for at in suspicions]
    return step_of(
        evidence, entry.member, how, through=entry.through, facts=facts, suspected=suspected, measured=figures
    )


# ── around the lender ──


def _related(
    view: View, evidence: Evidence, members: Nodes, party: int, *, lender: int, wide: bool, brief: bool = False
) -> Iterator[Step]:
    """Why a party, or another of its group, is related to the lender, `brief` without the facts."""
    related, several = related_of(view, lender), (party, *members.tolist())
    known = next(x for reasons in (related.why, related.maybe) for x in several if x in reasons)
    yield from related_steps(view, evidence, related, known, brief=brief)
    if party != known:  # no related party itself, but of one's group
        beside = np.union1d(members, [known, party]).astype(np.uint32)
        yield from _controlled(view, evidence, beside, party, wide=wide, brief=brief)


def related_steps(
    view: View, evidence: Evidence, related: circle.Related, party: int, *, brief: bool = False
) -> Iterator[Step]:
    """How a party came to be related to a lender, from the one next to it on, `brief` without the facts."""
    for x, (reason, through) in related.chain(party):
        yield _why(view, evidence, x, reason, through, brief=brief)


def _why(view: View, evidence: Evidence, x: int, reason: str, through: int, *, brief: bool) -> Step:
    proof, facts = ((), ()) if brief else _rests_on(view, evidence, x, reason, through)
    step = step_of(evidence, x, reason, through=through, proof=proof, facts=facts)
    return replace(step, how_zh=RELATED_ZH[reason])


def _rests_on(
    view: View, evidence: Evidence, x: int, reason: str, through: int
) -> tuple[tuple[Fall, ...], tuple[Fact, ...]]:
    """The facts by which a party is related: those of its control, or others."""
    if reason in (circle.CONTROLLED, circle.CONTROLLER, circle.MAY_FALL, circle.MAY_CONTROL):
        owner, company = (through, x) if reason in (circle.CONTROLLED, circle.MAY_FALL) else (x, through)
        sure = reason in (circle.CONTROLLED, circle.CONTROLLER)
        return proof_of(view, evidence, owner, company, clients(view), certain=sure), ()
    if reason in (circle.RELATIVE, circle.MAY_BE_KIN):
        return (), evidence.facts(RELATED_TO, kinships(view, through, x)[:SHOWN])
    kind = HOLDS_OFFICE if reason == circle.OFFICER else OWNS
    return (), evidence.facts(kind, between(view, kind, x, through)[:SHOWN])


def kinships(view: View, x: int, y: int) -> list[int]:
    """Positions of the kinships of two parties, as far as the rule on related parties counts them; else untested."""
    kin = kin_of(view, RELATED_2022)
    for ties in (kin.near, kin.wide):
        rows = zip(ties.at(x).tolist(), ties.links_at(x).tolist(), strict=True)
        if found := [link for z, link in rows if z == y]:
            return found
    return []


def belongs(group: Membership) -> str:
    """That a party is of a group; a lender's related parties are many and no one group."""
    name, many = f"{group.name} ({group.name_zh})", plural(group.page.total, "party", "parties")
    related = group.kind == "lender_related"
    return f"is among the {name}, {many}" if related else f"sits in a {name} of {many}{group.apart.en}"


def between(view: View, kind: Kind, tail: int, head: int) -> list[int]:
    """Positions of the links of a kind from one party to another."""
    links = view.snapshot.links(kind)
    leaving = links.leaving(tail)
    found: list[int] = leaving[links.head[leaving] == head].tolist()
    return found
