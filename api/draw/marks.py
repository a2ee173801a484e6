"""What is marked on a picture: groups of connected clients, guarantee circles, and how control reaches a party."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from api.answers.frame import Answer, Fact, Party, Source
from api.answers.wording import plural
from api.engine import Engine
from api.groups.more_than_all import told as more_said
from api.questions import control, groups, guarantees
from api.questions.asking import MOST
from api.questions.groups.groups import Group, GroupsOf
from api.questions.groups.members import Member, why, widened
from api.questions.guarantees import GuaranteesOf
from api.questions.ownership.concerted import InConcert
from api.questions.ownership.control import Controller, ControlOf
from api.questions.ownership.falls import in_words
from graph.errors import InvalidQuestion
from graph.moment import Moment

GROUPS, CIRCLES, CONTROL = "groups", "circles", "control"
KINDS: Final = (GROUPS, CIRCLES, CONTROL)
MANY = 8
"""Marks of a kind that are drawn; the rest are counted."""


@dataclass(frozen=True)
class Mark:
    """One group, circle or path of control."""

    kind: str
    sign: str
    """What stands at its parties or lines: `1` of a group, `C1` of a circle, `A` of a path of control."""
    name: str
    certain: bool
    """False where only what is possible or suspected makes it."""
    why: dict[str, str]
    """Why each party belongs, by id; in the order in which they came in."""
    parties: tuple[Party, ...]
    ties: tuple[tuple[str, str], ...]
    """Which two parties each step joins."""
    steps: dict[str, str]
    """What stands at the lines that carry it, by fact."""
    facts: tuple[Fact, ...]
    left: int = 0
    """Members that are not even listed."""


@dataclass(frozen=True)
class Marks:
    """All marks of one picture."""

    kinds: tuple[str, ...]
    marks: tuple[Mark, ...]
    reasons: tuple[str, ...]
    """What was found, also where nothing was."""
    sources: tuple[Source, ...]

    @property
    def parties(self) -> tuple[Party, ...]:
        """Parties that are marked, those of paths and circles before members of groups."""
        lines = [mark for mark in self.marks if mark.kind != GROUPS]
        every = [party for mark in (*reversed(lines), *self.marks) for party in mark.parties]
        return tuple({party.id: party for party in every}.values())

    @property
    def kept(self) -> frozenset[str]:
        """Parties on a path or in a circle: they are drawn each."""
        return frozenset(party.id for mark in self.marks if mark.kind != GROUPS for party in mark.parties)

    def groups_of(self, party: str) -> tuple[str, ...]:
        """Signs of the groups a party belongs to."""
        return tuple(mark.sign for mark in self.marks if mark.kind == GROUPS and party in mark.why)


NONE: Final = Marks((), (), (), ())


def marks(engine: Engine, party: str, kinds: Sequence[str], *, moment: Moment) -> Marks:
    """Ask the questions behind each kind of mark. Raises InvalidQuestion where there is no such kind."""
    unknown = sorted(set(kinds) - set(KINDS))
    if unknown:
        raise InvalidQuestion(
            f"nothing is marked as {', '.join(unknown)}", where="mark", remedy=f"name some of {', '.join(KINDS)}"
        )
    found: list[Mark] = []
    reasons: list[str] = []
    sources: list[Source] = []
    if GROUPS in kinds:
        told = groups(engine, party, limit=MOST, moment=moment)
        found += _of_groups(told.answer)
        reasons += [*_numbered(told, found), *more_said(told.answer.overfull, told)]
        sources += told.sources
    if CIRCLES in kinds:
        vouched = guarantees(engine, party, limit=MANY, moment=moment)
        found += _of_circles(vouched.answer)
        reasons.append(_circles_in_short(vouched.answer))
        sources += vouched.sources
    if CONTROL in kinds:
        held = control(engine, party, moment=moment)
        found += _of_control(held.answer)
        reasons += [*_control_in_short(held.answer, found), *more_said(held.answer.overfull, held)]
        sources += held.sources
    asked = tuple(kind for kind in KINDS if kind in kinds)
    return Marks(asked, tuple(found), tuple(dict.fromkeys(reasons)), tuple(sources))


# ── groups ──


def _of_groups(value: GroupsOf) -> Iterator[Mark]:
    every = [(group, True) for group in value.groups] + [(group, False) for group in value.with_suspected]
    for number, (group, certain) in enumerate(every[:MANY], start=1):
        proofs = [fact for member in group.members for fact in _brings(member)]
        suspected = [(one.dependant.id, one.other.id) for member in group.members for one in member.suspected]
        ties = dict.fromkeys([*((fact.tail.id, fact.head.id) for fact in proofs), *suspected])
        name = f"Group of {group.top.name}" + ("" if certain else _wider(group))
        yield Mark(
            GROUPS, str(number), name, certain, {member.party.id: _came_in(member) for member in group.members},
            tuple(member.party for member in group.members), tuple(ties), {}, tuple(proofs), group.page.left,
        )  # fmt: skip


def _wider(group: Group) -> str:
    possible, suspected = widened(group.members)
    what = [*["control that is only possible"] * possible, *["dependence that is only suspected"] * suspected]
    return f", with {' and '.join(what or ['what is only possible or suspected'])}"


def _brings(member: Member) -> Iterator[Fact]:
    for fall in member.proof[-1:]:
        yield from fall.by
    yield from member.dependences


def _came_in(member: Member) -> str:
    return in_words(member.proof[-1]) if member.proof else why(member)


def _numbered(told: Answer[GroupsOf], found: Sequence[Mark]) -> Iterator[str]:
    """What the picture's groups are; where it belongs to none, what the question says."""
    value = told.answer
    if not found:
        yield told.reasons[0]
    for mark in found:
        yield f"{mark.sign}: {mark.name}, {plural(len(mark.why) + mark.left, 'member')}."
    more = len(value.groups) + len(value.with_suspected) - len(found)
    if more:
        yield f"{plural(more, 'more group is', 'more groups are')} not marked."


# ── circles ──


def _of_circles(value: GuaranteesOf) -> Iterator[Mark]:
    for number, circle in enumerate(value.circles[:MANY], start=1):
        sign, ids = f"C{number}", [party.id for party in circle.parties]
        names = [party.name for party in (*circle.parties, circle.parties[0])]
        said = {
            party.id: f"guarantees {after}, is guaranteed by {before}"
            for party, after, before in zip(circle.parties, names[1:], [names[-2], *names], strict=False)
        }
        yield Mark(
            CIRCLES, sign, f"Circle of {plural(len(ids), 'guarantee')}: {' → '.join(names)}", True, said,
            circle.parties, tuple(zip(ids, [*ids[1:], ids[0]], strict=True)),
            {fact.fact_id: sign for fact in circle.guarantees}, circle.guarantees,
        )  # fmt: skip


def _circles_in_short(value: GuaranteesOf) -> str:
    page = value.circles_page
    many = plural(page.total, "closed circle") if page.total else "no closed circle"
    said = f"It sits in {many} of up to {value.length} guarantees"
    return said + (f"; the {page.shown} shortest are marked." if page.left else ".")


# ── control ──


def _of_control(value: ControlOf) -> Iterator[Mark]:
    """A path for each controller that no other path shows, and for each concert that no member could do without."""
    shown: list[set[str]] = []
    number = 0
    every: list[Controller | InConcert] = [*value.controllers, *(one for one in value.concerts if not one.alone)]
    for one in every:
        facts = {fact.fact_id for fall in one.proof for fact in fall.by}
        if number < MANY and not any(facts <= earlier for earlier in shown):
            shown.append(facts)
            yield _path(chr(ord("A") + number), one, value.party)
            number += 1


def _path(sign: str, one: Controller | InConcert, party: Party) -> Mark:
    heads = one.members if isinstance(one, InConcert) else (one.controller,)
    joined = one.evidence if isinstance(one, InConcert) else ()
    facts = [fact for fall in one.proof for fact in fall.by]
    names = " and ".join(head.name for head in heads)
    concert = ", in concert" if isinstance(one, InConcert) else ""
    verb = ("control" if concert else "controls") if one.certain else "may control"
    parties = {party.id: party for fact in (*joined, *facts) for party in (fact.tail, fact.head)}
    parties |= {head.id: head for head in heads}
    said = {head.id: f"{verb} {party.name}{concert}" for head in heads}
    said |= {fall.company.id: in_words(fall) for fall in one.proof}
    steps = {fact.fact_id: f"{sign}{k}" for k, fall in enumerate(one.proof, start=1) for fact in fall.by}
    ends = tuple((fact.tail.id, fact.head.id) for fact in facts)
    return Mark(
        CONTROL, sign, f"{names} {verb} {party.name}{concert}", one.certain, said, tuple(parties.values()), ends,
        steps | {fact.fact_id: sign for fact in joined}, (*joined, *facts),
    )  # fmt: skip


def _control_in_short(value: ControlOf, found: Sequence[Mark]) -> Iterator[str]:
    paths = [mark for mark in found if mark.kind == CONTROL]
    if not paths:
        yield f"Nobody is known to control {value.party.name.removesuffix('.')}."
    for mark in paths:
        yield f"{mark.sign}: {mark.name.removesuffix('.')}."
    left = value.controllers_page.left
    if left:
        yield f"{plural(left, 'more controller is', 'more controllers are')} not marked."
