"""What changed about a party between two moments?"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, NamedTuple

import numpy as np

from api.answers.evidence import Evidence
from api.answers.frame import Answer, AsOf, Page, Party, Question, Source
from api.answers.namesakes import distinguished
from api.answers.wording import gist, plural, value, values
from api.engine import Engine
from api.questions.asking import check_page, node_of
from api.questions.parties.differences import Difference, Word, differences
from graph.errors import InvalidQuestion
from graph.field import Kind
from graph.model import KINDS
from graph.moment import Moment, write_instant
from graph.records import statements
from graph.snapshot import Snapshot


@dataclass(frozen=True)
class State:
    """What a fact said at one of the two moments."""

    fact_id: str
    values: dict[str, Any]
    text: str
    """The values in a few words; of what changed, where these do not tell it, the fields that did."""


@dataclass(frozen=True)
class Change:
    """One fact that entered, left or changed."""

    what: str
    """`entered`, `left` or `changed`."""
    kind: str
    tail: Party
    head: Party | None
    """None for what is said about the party alone."""
    before: State | None
    after: State | None
    fields: tuple[str, ...]
    """Fields that say something else than before."""


@dataclass(frozen=True)
class ChangesOf:
    """What is different about a party."""

    party: Party
    since: AsOf
    of_knowledge: bool
    """Whether the moments are of one day: what `left` is no longer held, though it may never have ended."""
    entered: int
    left: int
    changed: int
    joined: tuple[str, ...]
    """Ids that became part of the party."""
    parted: tuple[str, ...]
    """Ids that no longer are."""
    changes: tuple[Change, ...]
    page: Page


BESIDE = ("valid_from", "valid_to", "confidence", "note")
"""What every fact says beside its own fields, and may be changed too."""


class Said(NamedTuple):
    """One fact as it stood, with its ends."""

    ends: tuple[Party, ...]
    row: dict[str, Any]


def changes(
    engine: Engine, party: str, *, since: Moment, limit: int = 100, offset: int = 0, moment: Moment
) -> Answer[ChangesOf]:
    """Compare what was said about a party at two moments, of the world or of knowledge."""
    check_page(limit, offset)
    if (since.valid_at, since.known_at) > (moment.valid_at, moment.known_at):
        raise InvalidQuestion(
            f"{since.valid_at}, known at {write_instant(since.known_at)}, comes after the moment that is asked about",
            where="since" if since.valid_at > moment.valid_at else "since_known",
            remedy="name the earlier moment by since or since_known, the later by valid_at and known_at",
        )
    earlier, later = engine.view(since), engine.view(moment)
    old, new = Evidence(earlier.snapshot), Evidence(later.snapshot)
    node = node_of(later.snapshot, party)
    was = earlier.snapshot.node(party) if _knew(earlier.snapshot, party) else None
    found = differences(earlier.snapshot, was, later.snapshot, node)
    then, now = (set() if was is None else set(earlier.snapshot.members(was))), set(later.snapshot.members(node))
    shown = tuple(_shown(old, new, found[offset : offset + limit]))
    count = {what: sum(one.what == what for one in found) for what in ("entered", "left", "changed")}
    compared = ChangesOf(
        new.party(node),
        AsOf(since.valid_at, since.known_at),
        since.valid_at == moment.valid_at,
        **count,
        joined=tuple(sorted(now - then)) if was is not None else (),
        parted=tuple(sorted(then - now)),
        changes=shown,
        page=Page(len(found), offset, len(shown)),
    )
    asked = {"party": party, "since": since.valid_at, "since_known": since.known_at}
    question = Question("changes", {**asked, "limit": limit, "offset": offset})
    return later.answer(question, compared, new, reasons=list(_reasons(distinguished(compared))))


def earlier(moment: Moment, *, valid_at: date | None, known_at: datetime | None) -> Moment:
    """The moment that changes are counted from: another day, another instant of knowledge, or both."""
    if valid_at is None and known_at is None:
        raise InvalidQuestion(
            "no earlier moment",
            where="since",
            remedy="give a day by since, or an instant by since_known",
        )
    known = moment.known_at if known_at is None else known_at
    return replace(moment, valid_at=moment.valid_at if valid_at is None else valid_at, known_at=known)


def _knew(snapshot: Snapshot, party: str) -> bool:
    return bool(snapshot.find([party])[0] < snapshot.size)


def _shown(old: Evidence, new: Evidence, page: list[Difference]) -> Iterator[Change]:
    """Differences in words, with their sources."""
    before = _said(old, [(one.kind, one.before) for one in page])
    after = _said(new, [(one.kind, one.after) for one in page])
    for one, was, said in zip(page, before, after, strict=True):
        new.cite(Source(kind=one.kind.name, **state.row["fact"]) for state in (was, said) if state)
        ends = (said or was or Said((), {})).ends
        fields = tuple(_different(one.kind, was.row, said.row)) if was and said else ()
        head = ends[1] if len(ends) > 1 else None
        yield Change(one.what, one.kind.name, ends[0], head, *_states(one.kind, was, said, fields), fields)


def _said(evidence: Evidence, words: list[tuple[Kind, Word | None]]) -> list[Said | None]:
    """What these facts say, read kind by kind."""
    read: dict[tuple[str, int], dict[str, Any]] = {}
    for name in dict.fromkeys(kind.name for kind, word in words if word):
        rows = [word.row for kind, word in words if word and kind.name == name]
        facts = statements(evidence.snapshot.facts, KINDS[name], np.array(rows, np.uint32))
        read |= {(name, row): fact for row, fact in zip(rows, facts, strict=True)}
    return [Said(evidence.parties(word.ends), read[kind.name, word.row]) if word else None for kind, word in words]


def _different(kind: Kind, before: dict[str, Any], after: dict[str, Any]) -> Iterator[str]:
    old, new = _all(kind, before), _all(kind, after)
    yield from (name for name in (*(f.name for f in kind.fields), *BESIDE) if old.get(name) != new.get(name))


def _all(kind: Kind, row: dict[str, Any]) -> dict[str, Any]:
    """What a fact says, and what is said beside it."""
    return values(kind, row) | {name: row["fact"][name] for name in BESIDE}


def _states(
    kind: Kind, was: Said | None, said: Said | None, fields: tuple[str, ...]
) -> tuple[State | None, State | None]:
    before, after = (_state(kind, each) for each in (was, said))
    if before and after and was and said and fields and (not kind.is_relation or before.text == after.text):
        before, after = (
            replace(state, text=_named(kind, each.row, fields)) for state, each in ((before, was), (after, said))
        )
    return before, after


def _state(kind: Kind, said: Said | None) -> State | None:
    if said is None:
        return None
    stated = values(kind, said.row)
    text = gist(kind, stated) if kind.is_relation else _brief(kind, stated)
    return State(said.row["fact"]["fact_id"], stated, text)


def _brief(kind: Kind, stated: dict[str, Any]) -> str:
    return ", ".join(value(kind, name, said) for name, said in list(stated.items())[:3])


def _named(kind: Kind, row: dict[str, Any], fields: tuple[str, ...]) -> str:
    """Some fields by name, each with what it says."""
    said = _all(kind, row)
    told = ((name, said.get(name), name.replace("_", " ")) for name in fields)
    return ", ".join(f"no {word}" if it is None else f"{word} {value(kind, name, it)}" for name, it, word in told)


def _reasons(answer: ChangesOf) -> Iterator[str]:
    name = answer.party.name
    if not (answer.page.total or answer.joined or answer.parted):
        yield f"Nothing about {name} is different from what was said as of {answer.since}."
        return
    counted = [
        f"{count:,} {in_time(what, of_knowledge=answer.of_knowledge)}"
        for what, count in (("entered", answer.entered), ("left", answer.left), ("changed", answer.changed))
        if count
    ]
    if counted:
        yield f"{plural(answer.page.total, 'fact')} about {name}: {', '.join(counted)}."
    for change in answer.changes[:10]:
        yield in_words(change, of_knowledge=answer.of_knowledge) + "."
    if answer.joined:
        yield f"Joined: {', '.join(answer.joined)}."
    if answer.parted:
        yield f"No longer the same party: {', '.join(answer.parted)}."
    if answer.page.left:
        yield f"{plural(answer.page.left, 'more change is', 'more changes are')} not shown."


def in_time(what: str, *, of_knowledge: bool) -> str:
    """What happened to a fact, in words: where only what was known differs, nothing has left the world."""
    return "no longer held" if of_knowledge and what == "left" else what


def in_words(change: Change, *, of_knowledge: bool) -> str:
    """A change in one clause."""
    kind = KINDS[change.kind]
    who = f"{change.tail.name} → {change.head.name}" if change.head else change.tail.name
    about = f"{who}, {(kind.en if kind.is_relation else kind.name).lower()}"
    before, after = (state.text if state else "" for state in (change.before, change.after))
    if change.what == "changed":
        return f"{about}: {before or 'nothing'} became {after or 'nothing'}"
    said = f" ({after or before})" if after or before else ""
    return f"{about}{said} {in_time(change.what, of_knowledge=of_knowledge)}"
