"""Control by declared concerts (一致行动) among connected clients, which the wide reading counts as possible.

Each member may be said to control what all of them do together and it has a part in; what is so controlled joins the
group of each of them, and these groups are never united through it.
"""

from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from analytics.structure.concert import Concert, Together, find_concerts
from analytics.structure.concerted import Concerted, concerted_control, lost, surely_part, with_concerted
from analytics.structure.control import Control
from analytics.structure.heads import heads
from analytics.structure.membership import Refuted
from analytics.structure.proof import Step
from analytics.structure.votes import Arrows
from api.engine import View
from graph.model import RELATED_TO


@dataclass(frozen=True)
class JointProof:
    """By what a concert controls a company."""

    concert: Concert
    certain: bool
    steps: tuple[Step, ...]


def concerted_of(view: View, *, fenced: bool = True) -> Concerted | None:
    """What members of concerts may control together with others; none where no concert controls what a member does
    not. Unless `fenced`, as if there were no ring fences; then arrows stand behind those of the other, where these are
    others."""
    return view.kept(("concerted", fenced), lambda: _concerted(view, fenced=fenced))


def _concerted(view: View, *, fenced: bool) -> Concerted | None:
    together, fences = view.together, view.verdicts.fenced
    if together is None:
        return None
    if fenced and not fences:
        return concerted_of(view, fenced=False)
    if fenced:
        found = concerted_control(together, view.groups.control, fences)
        return found if len(found) else None
    found, before = concerted_control(together, view.control), concerted_of(view) if fences else None
    return replace(found, first=found.first + (0 if before is None else len(before))) if len(found) else None


def _set_of(view: View, position: int) -> Concerted | None:
    """The arrows among which one stands by its position."""
    for fenced in (True, False):
        found = concerted_of(view, fenced=fenced)
        if found is not None and found.first <= position < found.first + len(found):
            return found
    return None


def may_connect(view: View) -> Control:
    """Control that connected clients are grown from, what a concert makes possible among the possible."""
    if not view.concerts:
        return view.groups.control
    found, control = concerted_of(view), view.groups.control
    return control if found is None else view.kept(("may connect",), lambda: with_concerted(control, found))


def may_unite(view: View) -> Control:
    """Control that group clients are made of, who know no ring fences: what a concert makes possible among the
    possible."""
    found = concerted_of(view, fenced=False) if view.concerts else None
    if found is None:
        return view.control
    if not view.verdicts.fenced:
        return may_connect(view)
    return view.kept(("may unite",), lambda: with_concerted(view.control, found))


def joint_proof(view: View, position: int) -> JointProof | None:
    """By what a concert gives a member the arrow of control at this position; none of other control."""
    found, together = _set_of(view, position) if view.concerts else None, view.together
    if found is None or together is None:
        return None
    _, company, number = found.at(position)
    return proof_of(view, together, number, company)


def proof_of(view: View, together: Together, number: int, company: int) -> JointProof:
    """By what a concert controls a company."""
    return view.kept(("by concert", number, company), lambda: _proof(together, number, company), most=64)


def _proof(together: Together, number: int, company: int) -> JointProof:
    certain = bool((together.controlled_by(number) == company).any())
    steps = together.prove(number, company, possible=not certain)
    concert = together.concerts[number]
    return JointProof(concert, certain, tuple(_of_companies(concert, steps, company)))


def _of_companies(concert: Concert, steps: Iterable[Step], company: int) -> Iterator[Step]:
    """Steps to a company, those to other members of the concert left out."""
    return (step for step in steps if step.company == company or step.company not in concert.members)


@dataclass(frozen=True)
class JointControl:
    """A company that members of a concert may each be said to control."""

    company: int
    members: tuple[int, ...]
    proof: JointProof


def joint_controls(view: View, arrows: Iterable[int], about: int) -> list[JointControl]:
    """What concerts control by some of their arrows, one company of each: the party asked about, else the first."""
    given, together = list(arrows), view.together
    found = _set_of(view, given[0]) if given else None
    if found is None or together is None:
        return []
    rows = sorted((found.at(position)[2], found.at(position)[1]) for position in given)
    chosen: dict[int, int] = {}
    for number, company in rows:
        chosen[number] = about if company == about else chosen.get(number, company)
    return [
        JointControl(
            company, _members_over(found, together, number, company), proof_of(view, together, number, company)
        )
        for number, company in chosen.items()
    ]


def _members_over(found: Concerted, together: Together, number: int, company: int) -> tuple[int, ...]:
    """Members of a concert that may control a company, in concert or by themselves."""
    over = set(found.member[(found.company == company) & (found.concert == number)].tolist())
    over |= set(together.control.controllers_of(company, possible=True).tolist())
    return tuple(x for x in together.concerts[number].members if x in over)


def joint_votes(view: View, joint: JointControl) -> tuple[float, float] | None:
    """Least and most of a company's votes that all members of a concert have, with what they control; none where they
    control it on another basis."""
    together = view.together
    number = number_of(view, joint.proof.concert.members[0])
    if together is None or number is None or not joint.proof.steps[-1].holdings:
        return None
    inside = together.circle(number, joint.company, possible=True)
    held = together.control.holdings
    links = held.holders.links_at(joint.company)[np.isin(held.holders.at(joint.company), sorted(inside))]
    return min(float(held.low[links].sum()), 1.0), min(float(held.high[links].sum()), 1.0)


def held_in_concert(view: View, party: int) -> bool:
    """Whether a concert controls a party for certain, so that each of its members counts as one that may."""
    if not view.concerts:
        return False
    found, together = concerted_of(view), view.together
    if found is None or together is None or not (found.company == party).any():
        return False
    over = set(found.concert[found.company == party].tolist())
    return not over.isdisjoint(together.concerts_over(party))


def needed_ties(view: View, joint: JointProof, step: Step, member: int) -> tuple[int, ...]:
    """What makes a member act with those whose votes a step of the proof needs; nothing where it needs none."""
    return ties_among(view, joint.concert, {member, *(x for x in step.holders if x in joint.concert.members)})


def ties_among(view: View, concert: Concert, members: Iterable[int]) -> tuple[int, ...]:
    """What makes some members of a concert act together: what ties them to each other, or all where others tie them;
    nothing where it is one alone."""
    needed = set(members)
    if len(needed) < 2:
        return ()
    links = view.snapshot.links(RELATED_TO)
    near = tuple(tie for tie in concert.ties if {int(links.tail[tie]), int(links.head[tie])} <= needed)
    tied = find_concerts(links.tail[list(near)], links.head[list(near)]) if near else ()
    return near if tied and needed == set(tied[0].members) else concert.ties


def acting_over(view: View, company: int) -> dict[int, tuple[int, ...]]:
    """With whom each holder of a company votes as one: it acts in a concert, or is controlled by one, of which several
    members certainly have a part in the company; whom the others control is not named beside them."""
    together = view.together
    if together is None:
        return {}
    found, part = dict[int, tuple[int, ...]](), dict[int, tuple[int, ...]]()
    own, size, control = _numbers(view), together.parties, together.control
    holders = control.holdings.holders.at(company)
    may_fall = control.holdings.holders.any_at(holders) | view.control.controlled_otherwise.any_at(holders)
    for holder, held in zip(holders.tolist(), may_fall.tolist(), strict=True):
        over = control.controllers_of(holder).tolist() if held else ()
        numbers = [*([own[holder]] if holder in own else []), *(x - size for x in over if x >= size)]
        for number in numbers if holder != company else ():
            if number not in part:
                part[number] = heads(together, number, company)
            if len(part[number]) > 1 and holder in together.circle(number, company):
                found[holder] = part[number]
                break
    return found


def number_of(view: View, party: int) -> int | None:
    """Number of the concert that a party acts in; none where it acts with nobody."""

    return _numbers(view).get(party)


def _numbers(view: View) -> dict[int, int]:
    """Number of the concert of everybody who acts in one."""

    def make() -> dict[int, int]:
        return {x: number for number, concert in enumerate(view.concerts) for x in concert.members}

    return view.kept(("concert of",), make)


def together_with(view: View, together: Together, number: int, member: int) -> dict[int, bool]:
    """What a member controls in concert with others and not, or not for certain, by itself, and whether the concert
    does and the member has a part in it for certain; such first."""
    found, certain = concerted_of(view, fenced=False), surely_part(together, number, member)
    sure = set(together.controlled_by(number).tolist())
    maybe = set(view.control.controlled_by(member, possible=True).tolist()) & sure
    mine = maybe - set(view.control.controlled_by(member).tolist())
    if found is not None:
        mine |= set(found.company[found.member == member].tolist())
    return {y: y in certain for y in sorted(mine, key=lambda y: (y not in certain, y))}


def arrows_among(view: View, control: Control, members: Iterable[int]) -> tuple[tuple[int, ...], ...]:
    """Positions of the arrows of concerts among some parties in the control that unites them, concert by concert."""
    fenced = control.edges is not may_unite(view).edges or not view.verdicts.fenced
    found = concerted_of(view, fenced=fenced)
    if found is None or any(control.edges is alone.edges for alone in (view.groups.control, view.control)):
        return ()
    made = view.kept(("concerted by member", fenced), lambda: Arrows.of(control.size, found.member, found.company))
    inside = np.array(sorted(members), np.uint32)
    by: dict[int, list[int]] = {}
    for member in inside[made.any_at(inside)].tolist():
        for row in made.links_at(member)[np.isin(made.at(member), inside)].tolist():
            by.setdefault(int(found.concert[row]), []).append(row + found.first)
    return tuple(tuple(sorted(by[number])) for number in sorted(by))


def without_arrows(
    view: View, arrows: Iterable[tuple[int, ...]], refuted: Refuted, *, ties: Set[int] = frozenset()
) -> frozenset[int]:
    """Arrows of concerts that would not be there without some edges, or without some of their ties."""
    together, gone = view.together, frozenset[int]()
    for positions in arrows:
        found = _set_of(view, positions[0])
        if found is None or together is None:
            continue
        concert = together.concerts[found.at(positions[0])[2]]
        if ties and ties.isdisjoint(concert.ties):
            continue
        parts = [one.members for one in _parted(view, concert, ties)] if ties else None
        gone |= lost(found, together, positions, refuted=refuted, parts=parts)
    return gone


def _parted(view: View, concert: Concert, ties: Set[int]) -> tuple[Concert, ...]:
    links, left = view.snapshot.links(RELATED_TO), [tie for tie in concert.ties if tie not in ties]
    return find_concerts(links.tail[left], links.head[left], positions=left) if left else ()


def ties_between(view: View, tie: int) -> frozenset[int]:
    """The declared ties between the two parties of one of them, whichever way and by whomever they are stated."""
    acting = acting_of(view)
    links = view.snapshot.links(RELATED_TO)
    x, y = int(links.tail[tie]), int(links.head[tie])
    rows = zip(acting.at(x).tolist(), acting.links_at(x).tolist(), strict=True)
    return frozenset(link for z, link in rows if z == y)


def acting_of(view: View) -> Arrows:
    """Both ways, who declared to act in concert with whom; positions are those of RELATED_TO."""

    def make() -> Arrows:
        return both_ways(view, np.array([tie for concert in view.concerts for tie in concert.ties], np.int64))

    return view.kept(("acting",), make)


def both_ways(view: View, at: NDArray[np.int64]) -> Arrows:
    """Some ties, both ways; positions are those of RELATED_TO."""
    links = view.snapshot.links(RELATED_TO)
    tail, head = links.tail[at], links.head[at]
    both = Arrows.of(view.snapshot.size, np.append(tail, head), np.append(head, tail))
    return Arrows(both.start, both.head, np.append(at, at).astype(np.uint32)[both.link])
