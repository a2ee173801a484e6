"""A fact while statements are brought to it, and what a claim is to it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from ingest.timeline.fact import ALWAYS, STILL, Assertion, Known
from ingest.timeline.statement import Claim


@dataclass(slots=True, eq=False)
class Held:
    """A fact in work: one that is kept, or one that will be."""

    series: bytes
    digest: bytes
    start: date
    end: date
    stated: date | None
    """Start as stated, where it is another than `start`."""
    recorded_at: datetime
    said: datetime
    """Instant of the statement it rests on; being cut short does not make it newer."""
    day: date
    """Day of that statement."""
    values: Known | Assertion
    known: Known | None = None
    retracted_at: datetime | None = None
    ended: datetime | None = None
    """Instant of the later statement that cut it short."""

    def starts(self, day: date) -> bool:
        """Whether it starts on a day, in fact or as stated."""
        return day in (self.start, self.stated)

    def covers(self, day: date) -> bool:
        """Whether it holds on a day."""
        return self.start <= day < self.end

    def stated_for(self, start: date) -> date | None:
        """Start as stated, once it is held from another day."""
        return self.stated or (self.start if self.start not in (ALWAYS, start) else None)

    def meets(self, start: date, end: date) -> bool:
        """Whether it holds on some day of an interval."""
        return self.start < end and start < self.end


def held_facts(facts: Iterable[Known]) -> Iterable[Held]:
    """Those of the facts that are held."""
    for fact in facts:
        if fact.retracted_at is None:
            yield Held(
                fact.series, fact.digest, fact.valid_from or ALWAYS, fact.valid_to or STILL, fact.stated_from,
                fact.recorded_at, fact.said, fact.said.date(), fact, fact, ended=fact.end_said_at,
            )  # fmt: skip


def alike(held: Held, other: Held) -> bool:
    """Whether two facts would be kept alike."""
    return (held.series, held.digest, held.start, held.end, held.stated) == (
        other.series, other.digest, other.start, other.end, other.stated,
    )  # fmt: skip


def says(held: Held, claim: Claim) -> bool:
    """Whether a held fact is what a claim says: same value, same stated times."""
    same = held.digest == claim.row.digest and held.end == claim.end
    return same and (held.starts(claim.start) or restates(held, claim))


def restates(held: Held, claim: Claim) -> bool:
    """Whether a claim is about a held fact: same value, same start; one without start is about what holds."""
    about = held.covers(claim.seen) if claim.start == ALWAYS else held.starts(claim.start)
    return about and held.digest == claim.row.digest


def placed(claim: Claim, older: list[Held]) -> tuple[date, list[Held]]:
    """Start of a value in the world, and the facts that it revises."""
    same = [held for held in older if restates(held, claim)]
    base = same[-1].start if same and claim.end > same[-1].start else claim.start
    rivals = [held for held in older if held.digest != claim.row.digest and held.start >= base]
    standing = [
        held for held in rivals if held.meets(base, claim.end) and held.start < claim.day and held.day != claim.day
    ]
    if standing and claim.end > claim.day:
        return claim.day, []
    undated = [
        held
        for held in older
        if claim.start != ALWAYS == held.start
        and held.digest == claim.row.digest
        and held.meets(claim.start, claim.end)
    ]
    revised = [*same[-1:], *(held for held in undated if held not in same)]
    returns = claim.start == ALWAYS and not same and any(held.start < claim.day for held in older)
    # What began that day begins there too once it is corrected; another correction has no start.
    wrong = [held for held in rivals if held.meets(base, claim.end)]
    if returns and claim.end > claim.day and all(held.day == claim.day == held.start for held in wrong):
        return claim.day, []
    return base, revised
