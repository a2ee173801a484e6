"""Members of a group, how each came in, and who would leave if what ties them were refuted."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import islice

import numpy as np

from analytics.structure.control import Control
from analytics.structure.dependence.rules import criterion_names
from analytics.structure.groups import Groups
from analytics.structure.membership import CONTROLLED, DEPENDENT, SEED, Entry, Refuted, grow, leave
from analytics.structure.proof import Step, prove_each
from analytics.structure.reach import Nodes
from analytics.structure.votes import Arrows
from api.answers.evidence import Evidence
from api.answers.frame import Fact, Party
from api.answers.wording import percent
from api.engine import View
from api.groups.concerts import arrows_among, joint_proof, ties_between, without_arrows
from api.groups.together import SUSPECTED, Together, made_of
from api.questions.groups.dependences import Dependence, confirmed, confirmed_of, dependence, measured_by, said
from api.questions.ownership.falls import Fall, in_words, in_words_zh, proofs
from graph.field import Kind
from graph.model import CONTROLS, DEPENDS_ON, OWNS, RELATED_TO

FAMILY, MAY_UNITE = "family", "possible family"
JOINTLY = {
    FAMILY: ("relatives control it together", "亲属共同控制"),
    MAY_UNITE: ("relatives or parties in concert may control it together", "亲属或一致行动人可能共同控制"),
}
"""How members of a group client come in by what several hold together, in both languages."""
SMALL = 200
"""Members up to which it is worked out who would leave."""
SHOWN = 10
"""Dependences, and facts of control, of which it is."""


@dataclass(frozen=True)
class Member:
    """One member of a group, and what ties it in."""

    party: Party
    why: str
    """`top`, `controlled`, `possible` where bands or a concert only allow it, `ring` where members control each other
    and nobody is on top, `dependent` or `suspected`; of a
    group client also `family`, and `possible family` by bands, kinship of unstated degree or a declared concert."""
    through: Party | None
    """The member it depends on or is controlled by; none for the control group it begins with."""
    proof: tuple[Fall, ...]
    """How the top, or the member it came through, controls it."""
    dependences: tuple[Fact, ...]
    """Confirmed dependence on members of the group."""
    suspected: tuple[Dependence, ...]
    """Suspected dependence on members of the group."""
    measured: tuple[Dependence, ...] = ()
    """What figures say today of the confirmed dependences, where they can be computed."""


@dataclass(frozen=True)
class Edge:
    """One fact, or the dependence of one on another, that holds a group together, and who would leave without it."""

    kind: str
    """`DEPENDS_ON`, `OWNS`, `CONTROLS`, `RELATED_TO`, or around a lender also `HOLDS_OFFICE`."""
    party: Party
    """Who depends, is held or controlled, is one of two relatives, or has the officer."""
    other: Party
    state: str
    """Of a dependence `confirmed` or `suspected`; else `stated`."""
    facts: tuple[Fact, ...]
    """None of a dependence that is only suspected: the member's own line tells its figures. A fact comes with what
    other sources state of the same pair, which would count in its place: refuted are all of these."""
    leave: tuple[Party, ...]


@dataclass(frozen=True)
class Grew:
    """A group of connected clients as it grew in one reading."""

    united: Groups
    falls: Arrows
    seed: Nodes
    """The control group it grew from."""
    came: dict[int, Entry]
    """How each member came in, the top of the seed first."""

    @property
    def top(self) -> int:
        """The controller on top of the seed, of a ring its first member; a party alone is its own."""
        return next(iter(self.came))

    @property
    def basis(self) -> str:
        """`control`, or `control and dependence`."""
        dependent = any(entry.how == DEPENDENT for entry in self.came.values())
        return "control and dependence" if dependent else "control"

    @cached_property
    def seeds(self) -> tuple[tuple[Nodes, int], ...]:
        """Control groups from which it grows as a whole, each with its top, its own first: where members depend on
        each other there are several."""
        supports, found = self.falls.reverse, {self.seed.tobytes(): (self.seed, self.top)}
        if any(x in self.came for y in self.seed.tolist() for x in supports.at(y).tolist()):
            dependent = (entry.member for entry in self.came.values() if entry.how == DEPENDENT)
            for seed in (seed for x in dependent for seed in self.united.around(x)):
                if seed.tobytes() not in found and all(x in self.came for x in seed.tolist()):
                    whole = len(grow(self.united, self.falls, seed.tolist())) == len(self.came)
                    found |= {seed.tobytes(): (seed, _top(self.united, seed))} if whole else {}
        return tuple(found.values())

    def leaving(self, refuted: Refuted) -> Nodes:
        """Who would leave without some edges: from whichever of its seeds, or members of a ring on top of one, most of
        it would still grow."""
        ways = ((seed.tolist(), top) for seed, first in self.seeds for top in self._tops(first))
        return min((leave(self.united, self.falls, seed, top=top, refuted=refuted) for seed, top in ways), key=len)

    def _tops(self, top: int) -> list[int]:
        """Who is on top of a seed: one, or all of a ring."""
        ring = self.united.control.ring_of(top)
        return [top, *(int(x) for x in ring if x != top)]

    @property
    def order(self) -> list[int]:
        """Members: the top, what falls to it in that order, then as they came."""
        below = self.united.control.controlled_by(self.top).tolist()
        return list(dict.fromkeys([self.top, *(x for x in below if x in self.came), *self.came]))


def grew(view: View, group: Together, reading: str) -> Grew:
    """How a group of connected clients grew, from its seed on."""
    united, falls = made_of(view, wide=reading == SUSPECTED)
    if group.by_control:
        falls = Arrows.of(united.control.size, (), ())
    came = grow(united, falls, group.seed.tolist())
    top = _top(united, group.seed)
    return Grew(united, falls, group.seed, {top: came[top], **came})


def _top(united: Groups, seed: Nodes) -> int:
    first = next((x for x in seed.tolist() if not united.beside(x)), int(seed[0]))
    for number in united.of(first).tolist():
        if np.array_equal(united.members(number), seed):
            return int(united.top[number])
    return int(seed[0])


def members_of(view: View, evidence: Evidence, group: Grew, shown: Sequence[int]) -> Iterator[Member]:
    """These members of a group, each with what ties it in."""
    top, came = group.top, group.came
    owner = _owners(group, shown)
    proved, possible = dict[int, tuple[Fall, ...]](), set[int]()
    for one in dict.fromkeys(owner.values()):
        sure = set(view.groups.control.controlled_by(one).tolist())
        for certain, control in ((True, view.groups.control), (False, group.united.control)):
            companies = [x for x in shown if owner.get(x) == one and (x in sure) is certain]
            told = proofs(view, evidence, one, companies, certain=certain, control=control)
            proved |= zip(companies, told, strict=True)
            possible |= set() if certain else set(companies)
    at_top = "ring" if len(group.united.control.ring_of(top)) else "top"
    for x in shown:
        beside = came[x].how == DEPENDENT or (came[x].how == SEED and x not in proved)
        facts, suspected, known = _dependences(view, evidence, group, x) if beside else ((), (), ())
        how = at_top if x == top else "possible" if x in possible else "controlled" if x in proved else "ring"
        if came[x].how == DEPENDENT:
            how = "dependent" if facts else "suspected"
        through = None if came[x].how == SEED else evidence.party(came[x].through)
        yield Member(evidence.party(x), how, through, proved.get(x, ()), facts, suspected, known)


def _owners(group: Grew, shown: Iterable[int]) -> dict[int, int]:
    """Which member controls each of these: the one through which it came in, or the top."""
    top, came = group.top, group.came
    held = set(group.united.control.controlled_by(top).tolist())
    owner: dict[int, int] = {}
    for x in shown:
        if came[x].how == CONTROLLED:
            owner[x] = came[x].through
        elif came[x].how == SEED and x != top and x in held:
            owner[x] = top
    return owner


def _dependences(
    view: View, evidence: Evidence, group: Grew, x: int
) -> tuple[tuple[Fact, ...], tuple[Dependence, ...], tuple[Dependence, ...]]:
    """Confirmed and suspected dependence of a party on members, and the figures of what is confirmed."""
    supports = group.falls.reverse
    verdicts = len(view.judged.dependences.verdicts.confirmed)
    on = zip(supports.at(x).tolist(), supports.links_at(x).tolist(), strict=True)
    mine = sorted(link for support, link in on if support in group.came)
    judged = [link for link in mine if link < verdicts]
    suspected = tuple(dependence(view, evidence, link - verdicts) for link in mine if link >= verdicts)
    return evidence.facts(DEPENDS_ON, judged), suspected, tuple(confirmed_of(view, evidence, judged))


# ── what would leave ──


def edges_of(view: View, evidence: Evidence, group: Grew, *, most: int = SHOWN) -> Iterator[Edge]:
    """What ties members to each other, first dependences, those that brought them in before others, then facts of
    control, each with who would leave without it."""
    yield from (_dependence(view, evidence, group, *pair) for pair in islice(_dependent_pairs(group), most))
    arrows = arrows_among(view, group.united.control, group.came)
    for kind, link in proving(view, group)[:most]:
        pair, refuted = refuting(view, arrows, kind, link)
        yield stated(view, evidence, kind, sorted(pair), group.leaving(refuted))


def ties_left(view: View, group: Grew, *, most: int) -> int:
    """How many more dependences and facts tie members to each other than `edges_of` tells."""
    return sum(max(0, many - most) for many in (sum(1 for _ in _dependent_pairs(group)), len(proving(view, group))))


def refuting(view: View, arrows: Iterable[tuple[int, ...]], kind: Kind, link: int) -> tuple[frozenset[int], Refuted]:
    """One fact of control refuted, or what ties two that act in concert, and all that goes with it."""
    if kind is RELATED_TO:
        pair = ties_between(view, link)
        return pair, Refuted(edges=without_arrows(view, arrows, Refuted(), ties=pair))
    refuted = without(kind, link)
    return frozenset([link]), replace(refuted, edges=refuted.edges | without_arrows(view, arrows, refuted))


def _dependent_pairs(group: Grew) -> Iterator[tuple[int, int]]:
    """Members that depend on others, and on whom: by which they came in, then the rest."""
    came, supports = group.came, group.falls.reverse
    first = [(entry.member, entry.through) for entry in came.values() if entry.how == DEPENDENT]
    every = ((x, y) for x in came for y in supports.at(x).tolist() if y in came and y != x)
    yield from dict.fromkeys([*first, *every])


def _dependence(view: View, evidence: Evidence, group: Grew, member: int, through: int) -> Edge:
    falls, verdicts = group.falls, len(view.judged.dependences.verdicts.confirmed)
    rows = zip(falls.at(through).tolist(), falls.links_at(through).tolist(), strict=True)
    pair = frozenset(link for x, link in rows if x == member)
    gone = group.leaving(Refuted(dependences=pair))
    facts = evidence.facts(DEPENDS_ON, sorted(link for link in pair if link < verdicts))
    party, other, *leaving = evidence.parties([member, through, *gone.tolist()])
    return Edge(DEPENDS_ON.name, party, other, "confirmed" if facts else "suspected", facts, tuple(leaving))


def proving(view: View, group: Grew) -> list[tuple[Kind, int]]:
    """Holdings and other control by which members fall, as the control behind the group counts them; of a concert the
    ties, one of each pair, and what its own proof needs."""
    below = dict[int, list[int]]()
    for x, owner in _owners(group, group.came).items():
        below.setdefault(owner, []).append(x)
    return proving_of(view, group.united.control, below)


def proving_of(view: View, control: Control, below: dict[int, list[int]]) -> list[tuple[Kind, int]]:
    """The same for companies that fall to each owner."""
    found: dict[tuple[Kind, int], None] = {}
    for kind, link in facts_of(control, below):
        joint = joint_proof(view, link) if kind is CONTROLS else None
        if joint is None:
            found[kind, link] = None
        else:
            ties = dict.fromkeys(min(ties_between(view, tie)) for tie in joint.concert.ties)
            rows = [(RELATED_TO, tie) for tie in ties]
            found |= dict.fromkeys([*rows, *(row for step in joint.steps for row in _facts(step))])
    return list(found)


def _facts(step: Step) -> list[tuple[Kind, int]]:
    """Holdings and other control that one step of a proof rests on."""
    return [*((OWNS, int(link)) for link in step.holdings), *((CONTROLS, int(link)) for link in step.edges)]


def facts_of(control: Control, below: dict[int, list[int]]) -> list[tuple[Kind, int]]:
    """Facts of control by which companies fall to each owner, each once."""
    proved = (prove_each(control, owner, held) for owner, held in below.items())
    found: dict[tuple[Kind, int], None] = {}
    for step in (step for each in proved for steps in each for step in steps):
        found |= dict.fromkeys(_facts(step))
    return list(found)


def without(kind: Kind, link: int) -> Refuted:
    """One fact of control refuted."""
    return Refuted(holdings=frozenset([link])) if kind is OWNS else Refuted(edges=frozenset([link]))


def stated(view: View, evidence: Evidence, kind: Kind, links: Sequence[int], gone: Nodes) -> Edge:
    """One fact of control, or the ties of two that act in concert, and who would leave without it."""
    at = view.other_control[list(links)] if kind is CONTROLS else links
    facts = evidence.whole(kind, at)
    return Edge(kind.name, facts[0].head, facts[0].tail, "stated", facts, evidence.parties(gone.tolist()))


def widened(members: Iterable[Member]) -> tuple[bool, bool]:
    """What makes a group of the wider reading wider: control that is only possible, dependence only suspected."""
    every = list(members)
    return any(one.why == "possible" for one in every), any(one.suspected for one in every)


def why(member: Member) -> str:
    """What ties a member in, in words."""
    if member.proof:
        only = " (only possible)" if member.why in ("possible", MAY_UNITE) else ""
        return "; then ".join(in_words(fall) for fall in member.proof) + only
    told = [f"it {confirmed(fact, member.measured)}" for fact in member.dependences]
    told += [said(one) for one in member.suspected]
    if member.why == "top":
        return "; ".join(["on top", *told])
    if member.why in JOINTLY:
        return JOINTLY[member.why][0]
    return "; ".join(told) or "members of its ring control each other"


def why_zh(member: Member) -> str:
    """What ties a member in, in Chinese."""
    if member.proof:
        only = "（仅为可能）" if member.why in ("possible", MAY_UNITE) else ""
        return f"{'，进而'.join(in_words_zh(fall) for fall in member.proof)}{only}"
    if member.why in JOINTLY:
        return JOINTLY[member.why][1]
    told = [_confirmed_zh(one, member) for one in member.dependences]
    told += [f"疑似依存于{one.other.name}（{one.name_zh}）" for one in member.suspected]
    return "；".join(told) or ("顶端" if member.why == "top" else "环内成员互相控制")


def _confirmed_zh(fact: Fact, member: Member) -> str:
    """A confirmed dependence in Chinese, with what figures say of it today."""
    known, one = criterion_names().get(fact.values["criterion"]), measured_by(fact, member.measured)
    by = known.name.zh if known else fact.values["criterion"]
    figure = f"，目前为{percent(one.value)}" if one and one.value is not None else ""
    return f"依存于{fact.head.name}（{by}{figure}）"
