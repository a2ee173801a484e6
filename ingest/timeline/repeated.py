"""Whether a load says to a group what the last load that changed it had said.

Facts do not keep every row they were made from: one that a newer line cut short, or that two statements
of a day bent, does not show what it claimed. So the last load is undone, and its rows are brought again:
where they lead to what is known, they are known.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from ingest.timeline.fact import Assertion, Known, NewFact, Outcome
from ingest.timeline.said import Sayings

Shape = tuple[object, ...]


@dataclass(frozen=True)
class LastLoad:
    """The last load that changed a group."""

    known: list[Known]
    """The group after it."""
    before: list[Known]
    day: date
    """Day of its delivery."""

    @classmethod
    def of(cls, known: list[Known], sayings: Sayings) -> "LastLoad":
        """The last load of a group of which something is known."""
        last = max(fact.retracted_by or fact.load for fact in known)
        learned = [fact.recorded_at for fact in known if fact.load == last]
        learned += [fact.retracted_at for fact in known if fact.retracted_at and fact.retracted_by == last]
        before = [
            replace(fact, retracted_at=None, retracted_by=None) if fact.retracted_by == last else fact
            for fact in known
            if fact.load != last
        ]
        return cls(known, before, sayings.day(last) or max(learned).date())

    def may_have_said(self, rows: Iterable[Assertion]) -> bool:
        """Whether every value it brought is among these; most news is told apart by it."""
        values = {(row.series, row.digest) for row in rows} | {(fact.series, fact.digest) for fact in self.before}
        return all((fact.series, fact.digest) in values for fact in self.known)

    def was(self, outcome: Outcome) -> bool:
        """Whether an outcome makes of what was known before it what is known after it, whenever it was learned."""
        gone = {(fact.key, fact.revision) for fact, _ in outcome.retracted}
        after = [_shape(fact, ended=(fact.key, fact.revision) in gone) for fact in self.before]
        after += [_shape(fact) for fact in outcome.recorded]
        return Counter(after) == Counter(_shape(fact) for fact in self.known)


def _shape(fact: Known | NewFact, *, ended: bool = False) -> Shape:
    held = fact.retracted_at is None and not ended
    return fact.key, fact.revision, fact.digest, fact.valid_from, fact.valid_to, fact.stated_from, held
