"""A store in a list: outcomes of the rules of change applied as a store would apply them."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, time, timedelta

from ingest.timeline import Assertion, Brought, Known, NewFact, Op, Outcome, Sayings, merge
from ingest.timeline.fact import ALWAYS, STILL

LOADED = datetime(2026, 1, 10, 8)
DELIVERED = date(2026, 1, 1)


def day(text: str) -> date:
    return date.fromisoformat(text)


def key_of(series: bytes, start: date | None) -> bytes:
    return series + b"@" + str(start).encode()


def says(
    value: str, start: str | None = None, end: str | None = None, *, at: str | None = None, op: Op = "record",
    on: str | None = None, series: str = "s",
) -> Assertion:  # fmt: skip
    return Assertion(
        series.encode(), value.encode(), op, day(start) if start else None, day(end) if end else None,
        datetime.fromisoformat(at) if at else None, day(on) if on else None,
    )  # fmt: skip


class Kept(list[Known]):
    """Known facts, and the loads that changed them."""

    def __init__(self, facts: Iterable[Known], loads: dict[int, Brought]) -> None:
        super().__init__(facts)
        self.loads = loads


def kept(known: list[Known], outcome: Outcome, by: Brought | None = None) -> Kept:
    """What is kept after an outcome is applied, as a store would apply it."""
    number = max([0, *(fact.retracted_by or fact.load for fact in known)]) + 1
    gone = {(fact.key, fact.revision): at for fact, at in outcome.retracted}
    after = [
        replace(fact, retracted_at=gone[fact.key, fact.revision], retracted_by=number)
        if (fact.key, fact.revision) in gone
        else fact
        for fact in known
    ]
    loads = dict(getattr(known, "loads", {}))
    if by and (outcome.retracted or outcome.recorded):
        loads[number] = by
    return Kept([*after, *(as_known(fact, number) for fact in outcome.recorded)], loads)


def absent(held: Iterable[Known], *, load_instant: datetime, delivered: date) -> Outcome:
    """What a full delivery leaves out ends on its day: fact by fact, as `end_absent` does for whole columns.

    `held` are facts that are not retracted. What has ended by that day stays as it is; what had not begun
    is retracted and leaves nothing.
    """
    outcome = Outcome()
    for fact in held:
        if (fact.valid_to or STILL) <= delivered:
            continue
        at = max(load_instant, fact.recorded_at)
        outcome.retracted.append((fact, at))
        if (fact.valid_from or ALWAYS) < delivered:
            outcome.recorded.append(
                NewFact(
                    fact.series, fact.key, fact.revision + 1, fact.digest, fact.valid_from, delivered,
                    fact.stated_from, at, None, fact.said, datetime.combine(delivered, time.max), fact,
                )
            )  # fmt: skip
    return outcome


def left_out(known: list[Known], *, at: datetime, delivered: date) -> Kept:
    """What is kept after a full delivery that says nothing of it."""
    held = [fact for fact in known if not fact.retracted_at]
    return kept(known, absent(held, load_instant=at, delivered=delivered), Brought(at, delivered))


def as_known(new: NewFact, number: int) -> Known:
    return Known(
        new.series, new.key, new.revision, new.digest, new.valid_from, new.valid_to, new.stated_from,
        new.recorded_at, new.retracted_at, new.said_at, new.end_said_at, number, number if new.retracted_at else None,
        tie=new.values.tie,
    )  # fmt: skip


def load(
    known: list[Known], *stated: Assertion, at: datetime = LOADED, delivered: date = DELIVERED,
    record: bool = False, full: bool = False, next_full: Brought | None = None,
) -> Kept:  # fmt: skip
    outcome = merge(
        known, stated, key_of=key_of, load_instant=at, delivered=delivered, replaces_record=record, full=full,
        sayings=Sayings(getattr(known, "loads", {}), next_full),
    )  # fmt: skip
    return kept(known, outcome, Brought(at, delivered))


def later(days: int = 1) -> datetime:
    return LOADED + timedelta(days=days)


def held(known: list[Known], at: datetime | None = None) -> list[tuple[str, str, str | None, str | None]]:
    """Series, value and interval of everything held at an instant (none: in the end)."""
    at = at or datetime.max
    found = [f for f in known if f.recorded_at <= at and (f.retracted_at is None or at < f.retracted_at)]
    rows = [(f.series.decode(), f.digest.decode(), f.valid_from, f.valid_to) for f in found]
    rows.sort(key=lambda row: (row[0], row[2] or date.min))
    return [(s, v, str(start) if start else None, str(end) if end else None) for s, v, start, end in rows]


def values(known: list[Known], at: datetime | None = None) -> list[tuple[str, str | None, str | None]]:
    return [row[1:] for row in held(known, at)]
