"""What changed about a party between two moments?"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

import numpy as np

from api.answer import Answer, AsOf, Page, Party, Question, Source
from api.engine import Engine
from api.evidence import Evidence
from api.questions.asking import check_page, plural
from api.view import WALKED
from api.wording import gist, values
from graph.errors import InvalidQuestion
from graph.field import Kind
from graph.model import KINDS, RECORDS, SAME_AS
from graph.moment import Moment
from graph.records import statements

Key = tuple[Any, ...]


@dataclass(frozen=True)
class State:
    """What a fact said at one of the two moments."""

    fact_id: str
    values: dict[str, Any]
    text: str


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
    entered: int
    left: int
    changed: int
    joined: tuple[str, ...]
    """Ids that became part of the party."""
    parted: tuple[str, ...]
    """Ids that no longer are."""
    changes: tuple[Change, ...]
    page: Page


@dataclass(frozen=True)
class Said:
    """One fact as it stood, with its ends."""

    kind: Kind
    ends: tuple[Party, ...]
    row: dict[str, Any]


def changes(
    engine: Engine, party: str, *, since: Moment, limit: int = 100, offset: int = 0, moment: Moment
) -> Answer[ChangesOf]:
    """Compare what was said about a party at two moments, of the world or of knowledge."""
    check_page(limit, offset)
    earlier, later = engine.view(since), engine.view(moment)
    old, new = Evidence(earlier.snapshot), Evidence(later.snapshot)
    node = later.snapshot.node(party)
    was = earlier.snapshot.node(party) if _knew(earlier.snapshot, party) else None
    before = {} if was is None else dict(_statements(old, was))
    after = dict(_statements(new, node))
    found = [c for key in (before | after) if (c := _compared(before.get(key), after.get(key)))]
    found.sort(key=lambda c: (list(KINDS).index(c.kind), c.what, c.tail.id, c.head.id if c.head else "", _latest(c)))
    then, now = (set() if was is None else set(earlier.snapshot.members(was))), set(later.snapshot.members(node))
    shown = tuple(found[offset : offset + limit])
    count = {what: sum(c.what == what for c in found) for what in ("entered", "left", "changed")}
    value = ChangesOf(
        new.party(node),
        AsOf(since.valid_at, since.known_at),
        **count,
        joined=tuple(sorted(now - then)) if was is not None else (),
        parted=tuple(sorted(then - now)),
        changes=shown,
        page=Page(len(found), offset, len(shown)),
    )
    cited = {state.fact_id for c in shown for state in (c.before, c.after) if state}
    asked = {"party": party, "since_valid_at": since.valid_at, "since_known_at": since.known_at}
    question = Question("changes", {**asked, "limit": limit, "offset": offset})
    for change in before.values(), after.values():
        new.cite(_sources(change, cited))
    return later.answer(question, value, new, reasons=list(_reasons(value)))


def earlier(moment: Moment, *, valid_at: date | None, known_at: datetime | None) -> Moment:
    """The moment that changes are counted from: another day, another instant of knowledge, or both."""
    if valid_at is None and known_at is None:
        raise InvalidQuestion("no earlier moment", where="since", remedy="give since_valid_at, since_known_at or both")
    known = moment.known_at if known_at is None else known_at
    return replace(moment, valid_at=moment.valid_at if valid_at is None else valid_at, known_at=known)


def _knew(snapshot: Any, party: str) -> bool:
    return bool(snapshot.find([party])[0] < snapshot.size)


def _statements(evidence: Evidence, node: int) -> Iterator[tuple[Key, Said]]:
    """Everything said about a party, by what each statement is about."""
    snapshot = evidence.snapshot
    for kind in (*WALKED, SAME_AS):
        for indirect in (False, True) if kind.name == "OWNS" else (False,):
            links = snapshot.links(kind, indirect=indirect)
            at = np.unique(np.concatenate((links.leaving(node), links.arriving(node).astype(np.int64))))
            rows = statements(snapshot.facts, kind, links.fact[at])
            tails, heads = evidence.parties(links.tail[at]), evidence.parties(links.head[at])
            for row, tail, head in zip(rows, tails, heads, strict=True):
                yield _about(kind, (tail, head), row), Said(kind, (tail, head), row)
    for kind in RECORDS:
        if kind.ends:
            for row in snapshot.records(kind, node):
                yield _about(kind, (), row), Said(kind, (evidence.party(node),), row)


def _about(kind: Kind, ends: Iterable[Party], row: dict[str, Any]) -> Key:
    fact = row["fact"]
    words = tuple(row[name] for f in kind.fields if f.key for name in f.columns)
    return kind.name, *(end.id for end in ends), fact["source"], fact["source_ref"], *words


def _compared(before: Said | None, after: Said | None) -> Change | None:
    said = after or before
    if said is None:
        return None
    what = "entered" if before is None else "left" if after is None else "changed"
    fields: tuple[str, ...] = ()
    if before and after:
        fields = tuple(_different(before, after))
        if not fields:
            return None
    head = said.ends[1] if len(said.ends) > 1 else None
    return Change(what, said.kind.name, said.ends[0], head, _state(before), _state(after), fields)


def _different(before: Said, after: Said) -> Iterator[str]:
    old, new = values(before.kind, before.row), values(after.kind, after.row)
    yield from (f.name for f in before.kind.fields if old.get(f.name) != new.get(f.name))
    for name in ("valid_from", "valid_to", "confidence", "note"):
        if before.row["fact"][name] != after.row["fact"][name]:
            yield name


def _state(said: Said | None) -> State | None:
    if said is None:
        return None
    stated = values(said.kind, said.row)
    text = gist(said.kind, stated) if said.kind.is_relation else _brief(stated)
    return State(said.row["fact"]["fact_id"], stated, text)


def _brief(stated: dict[str, Any]) -> str:
    return ", ".join(str(value) for value in list(stated.values())[:3])


def _latest(change: Change) -> str:
    state = change.after or change.before
    return state.fact_id if state else ""


def _sources(said: Iterable[Said], cited: set[str]) -> Iterator[Source]:
    for one in said:
        if one.row["fact"]["fact_id"] in cited:
            yield Source(kind=one.kind.name, **one.row["fact"])


def _reasons(value: ChangesOf) -> Iterator[str]:
    name = value.party.name
    if not (value.page.total or value.joined or value.parted):
        yield f"Nothing about {name} is different from what was said as of {value.since.valid_at}."
        return
    counted = [
        f"{count:,} {what}"
        for what, count in (("entered", value.entered), ("left", value.left), ("changed", value.changed))
        if count
    ]
    if counted:
        yield f"{plural(value.page.total, 'fact')} about {name}: {', '.join(counted)}."
    for change in value.changes[:10]:
        yield in_words(change) + "."
    if value.joined:
        yield f"Joined: {', '.join(value.joined)}."
    if value.parted:
        yield f"No longer the same party: {', '.join(value.parted)}."
    if value.page.left:
        yield f"{plural(value.page.left, 'more change is', 'more changes are')} not shown."


def in_words(change: Change) -> str:
    """A change in one clause."""
    kind = KINDS[change.kind]
    who = f"{change.tail.name} → {change.head.name}" if change.head else change.tail.name
    before, after = (state.text if state else "" for state in (change.before, change.after))
    if change.what == "changed" and before != after:
        return f"{who}, {kind.en.lower()}: {before or 'nothing'} became {after or 'nothing'}"
    if change.what == "changed":
        return f"{who}, {kind.en.lower()}: {', '.join(change.fields).replace('_', ' ')} changed"
    said = f" ({after or before})" if after or before else ""
    return f"{who}, {kind.en.lower()}{said} {change.what}"
