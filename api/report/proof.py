"""What a printed picture of a group shows: how its members came in, each by all that makes it so."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from api.answers.frame import Fact, Party
from api.answers.wording import band
from api.questions.group_report import Sheet
from api.questions.groups.members import Member
from api.report.boxes import FOLDED
from api.report.picture import Line
from api.report.words import Words
from graph.model import DEPENDS_ON

MOST_DRAWN, MOST_PARENTS, MOST_LEAVES = 36, 14, 7
"""Members a printed picture holds, those of them that bring in others, and of those they bring in beside each."""


@dataclass(frozen=True)
class Shown:
    """Facts of a picture, and what its lines say beside a share."""

    facts: list[Fact]
    notes: dict[Line, str]
    """The whole where a holder of it is not drawn, and a question mark where it is only possible or suspected."""
    folded: bool
    doubtful: bool


def proof_of(words: Words, sheet: Sheet, party: Party) -> Shown:
    """The facts that bring members in: of those who bring in others the busiest, of the rest a few beside each."""
    every = list({fact.fact_id or _ends(fact): fact for m in sheet.group.members for fact in brings(m)}.values())
    kept = _busiest(every, [sheet.group.top.id, party.id])
    leaves: dict[str, dict[str, Fact]] = {}
    seen: set[str] = set()
    for fact in every:
        near, far, _ = _ends(fact)
        if near in kept and far not in kept | seen:
            leaves.setdefault(near, {})[far] = fact
            seen.add(far)
    room = max(min((MOST_DRAWN - len(kept)) // max(len(leaves), 1), MOST_LEAVES), 1)
    drawn, folds = set(kept), list[Fact]()
    for mine in leaves.values():
        shown = list(mine) if len(mine) <= room + 1 else list(mine)[:room]
        drawn |= set(shown)
        if len(mine) > len(shown):
            folds.append(_fold(words, [fact for far, fact in mine.items() if far not in drawn]))
    facts = [fact for fact in every if set(_ends(fact)[:2]) <= drawn]
    notes, doubtful = _notes(words, sheet, drawn)
    return Shown([*facts, *folds], notes, bool(folds), doubtful)


def brings(member: Member) -> Iterator[Fact]:
    """The facts that bring a member in; a suspicion as the dependence it would be."""
    for fall in member.proof[-1:]:
        yield from fall.by
    yield from member.dependences
    for one in member.suspected:
        yield Fact("", DEPENDS_ON.name, one.dependant, one.other, {}, "")


def _notes(words: Words, sheet: Sheet, drawn: set[str]) -> tuple[dict[Line, str], bool]:
    """What stands beside a share, by line; and whether some of it is doubtful."""
    notes: dict[Line, str] = {}
    doubtful = False
    for member in sheet.group.members:
        for fall in member.proof[-1:]:
            whole = (
                "" if {fact.tail.id for fact in fall.by} <= drawn else words("part_of", whole=band(fall.low, fall.high))
            )
            unsure = _unsure(member)
            doubtful |= unsure
            for fact in fall.by:
                notes[_line(fact)] = whole + (" ?" if unsure else "")
        for one in member.suspected:
            notes[one.dependant.id, one.other.id, DEPENDS_ON.name] = "?"
            doubtful = True
    return {line: note for line, note in notes.items() if note}, doubtful


def _unsure(member: Member) -> bool:
    """Whether the last step of a proof is itself only possible, and not only one before it."""
    if member.why != "possible":
        return False
    if member.proof[-1].concert:
        return True
    return not member.proof[-1].certain


def _line(fact: Fact) -> Line:
    return fact.tail.id, fact.head.id, fact.kind


def _ends(fact: Fact) -> Line:
    """Who brings whom in, and by what: a holder what it holds, who is depended on who depends."""
    ends = (fact.tail.id, fact.head.id) if fact.kind != DEPENDS_ON.name else (fact.head.id, fact.tail.id)
    return *ends, fact.kind


def _busiest(every: Sequence[Fact], always: Sequence[str]) -> set[str]:
    """Parties that bring in the most, with all that brings them in themselves."""
    brought: dict[str, list[str]] = {}
    for near, far, _ in map(_ends, every):
        brought.setdefault(far, []).append(near)
    counts = Counter(_ends(fact)[0] for fact in every)
    kept: set[str] = set()
    for one in [*always, *(party for party, _ in counts.most_common())]:
        wave, new = [one], {one} - kept
        while wave:
            before = [near for near in brought.get(wave.pop(), ()) if near not in new | kept]
            new |= set(before)
            wave += before
        if len(kept | new) <= MOST_PARENTS or one in always:
            kept |= new
    return kept


def _fold(words: Words, leaves: Sequence[Fact]) -> Fact:
    """One mark for members that are not drawn each."""
    first = leaves[0]
    near = first.head if first.kind == DEPENDS_ON.name else first.tail
    mark = Party(f"fold {near.id}", words("fold", count=len(leaves)), FOLDED)
    ends = (mark, near) if first.kind == DEPENDS_ON.name else (near, mark)
    return Fact("", first.kind, *ends, {}, "")
