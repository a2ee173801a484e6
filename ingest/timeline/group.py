"""The facts of one group while statements are brought to them, and how they are retracted and recorded."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime

from ingest.timeline.fact import ALWAYS, STILL, Assertion, KeyOf, Known, NewFact, Outcome
from ingest.timeline.held import Held, alike, held_facts
from ingest.timeline.said import Brought, Sayings, earlier
from ingest.timeline.statement import Claim, Statement


class Group:
    """The facts of one group in work."""

    def __init__(self, known: Iterable[Known], sayings: Sayings, load: Brought, *, replaces_record: bool) -> None:
        self.sayings = sayings
        self.load = load
        self.replaces_record = replaces_record
        self.known = list(known)
        self.after: dict[tuple[int, datetime], datetime] = {}
        """When it was said what a load recorded at an instant."""
        for fact in self.known:
            said, mark = fact.end_said_at or fact.said, (fact.load, fact.recorded_at)
            self.after[mark] = max(said, self.after.get(mark, said))
        told = [(fact.recorded_at, said) for fact in self.known for said in (fact.said, fact.end_said_at) if said]
        self.spoken = {(said, at, said.date()) for at, said in told}
        """Every statement that left something: when it was said and known, and its day."""
        self.told: list[tuple[datetime, date]] = []
        """Statements brought: when they were said, and their days."""
        self.listed: date | None = None
        """Day of the record's last statement before the one that is brought: it listed all that held on it."""
        gone = [self.gone(fact) for fact in self.known if fact.retracted_at]
        self.newest = max([*self.after.values(), *gone], default=None)
        self.facts: dict[bytes, list[Held]] = defaultdict(list)
        """Every fact in work by series, retracted ones of this load included."""
        self.brought = 0
        self.unchanged = 0
        self.outdated = 0
        self.conflicts: list[Assertion] = []
        self.revisions: dict[bytes, int] = {}
        for fact in self.known:
            self.revisions[fact.key] = max(fact.revision, self.revisions.get(fact.key, -1))
        for held in held_facts(self.known):
            self.facts[held.series].append(held)
        self.before = {series: list(held) for series, held in self.facts.items()}
        """What was held before."""

    def outcome(self, key_of: KeyOf) -> Outcome:
        """What changed, with keys and revisions; what was retracted and recorded alike did not change."""
        work = [held for series in sorted(self.facts) for held in self.facts[series]]
        fresh = [held for held in work if not held.known and held.recorded_at != held.retracted_at]
        recorded: list[Held] = []
        ended: dict[bytes, list[Held]] = defaultdict(list)
        for held in work:
            if held.known and held.retracted_at:
                ended[held.series].append(held)
        for held in sorted(fresh, key=lambda held: (held.recorded_at, held.series, held.start)):
            same = [old for old in ended[held.series] if old.retracted_at == held.recorded_at and alike(old, held)]
            if same:
                same[0].retracted_at = held.retracted_at
            else:
                recorded.append(held)
                if held.retracted_at:
                    ended[held.series].append(held)
        gone = [(held.known, held.retracted_at) for held in work if held.known and held.retracted_at]
        unchanged = self.unchanged if gone or recorded else self.brought
        outdated = min(self.outdated, unchanged)
        return Outcome(gone, [self._new(held, key_of) for held in recorded], unchanged, outdated, self.conflicts)

    def _new(self, held: Held, key_of: KeyOf) -> NewFact:
        start, end = None if held.start == ALWAYS else held.start, None if held.end == STILL else held.end
        key = key_of(held.series, start)
        self.revisions[key] = self.revisions.get(key, -1) + 1
        said = held.said if held.said != held.recorded_at else None
        return NewFact(
            held.series, key, self.revisions[key], held.digest, start, end, held.stated, held.recorded_at,
            held.retracted_at, said, held.ended, held.values,
        )  # fmt: skip

    def live(self, series: bytes) -> list[Held]:
        """What is held of a series, by start."""
        return sorted((held for held in self.facts[series] if not held.retracted_at), key=lambda held: held.start)

    def is_late(self, told: Claim | Statement) -> bool:
        """Whether something newer has been said of the group."""
        return self.newest is not None and earlier(told.said, self.newest)

    def seen(self, series: bytes, start: date, end: date) -> list[datetime]:
        """Instants up to which something else was held of these days."""
        past = [
            fact.retracted_at
            for fact in self.known
            if fact.series == series
            and fact.retracted_at
            and (fact.valid_from or ALWAYS) < end
            and start < (fact.valid_to or STILL)
        ]
        return past + [held.retracted_at for held in self.facts[series] if held.retracted_at and held.meets(start, end)]

    def superseding(self, instant: datetime, cut: list[Held]) -> datetime:
        """When something becomes known that supersedes these facts."""
        if any(held.known and held.recorded_at >= instant for held in cut):
            instant = max(instant, self.load.instant)
        return max([instant, *(held.recorded_at for held in cut)])

    def retire(self, held: Held, at: datetime, end: date, *, said: datetime) -> None:
        """Retract a fact, and record what was true of it before `end`."""
        held.retracted_at = at
        if held.start < end:
            rest = replace(held, end=end, recorded_at=at, known=None, retracted_at=None, ended=said)
            self.facts[held.series].append(rest)

    def resume(self, held: Held, at: datetime, start: date) -> None:
        """Record what stays true of a retired fact from a day on: a statement about the past says nothing of it."""
        if held.end > start:
            stated = held.stated_for(start)
            rest = replace(held, start=start, stated=stated, recorded_at=at, known=None, retracted_at=None)
            self.facts[held.series].append(rest)

    def gone(self, fact: Known) -> datetime:
        """When something else was said than a retracted fact: what was recorded in its place tells."""
        assert fact.retracted_at  # noqa: S101 - it is asked of nothing else
        said = self.after.get((fact.retracted_by or 0, fact.retracted_at))
        return said or self.sayings.told_by(fact.retracted_at, fact.retracted_by)
