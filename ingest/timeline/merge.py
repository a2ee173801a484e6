"""The rules brought to one group."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime

from ingest.timeline.fact import ALWAYS, STILL, Assertion, KeyOf, Known, NewFact, Outcome
from ingest.timeline.held import Held, alike, held_facts, placed, says
from ingest.timeline.repeated import LastLoad
from ingest.timeline.said import Brought, Sayings, earlier
from ingest.timeline.statement import Claim, Statement, statements


def merge(
    known: Iterable[Known],
    stated: Iterable[Assertion],
    *,
    key_of: KeyOf,
    load_instant: datetime,
    delivered: date,
    replaces_record: bool = False,
    full: bool = False,
    sayings: Sayings = Sayings({}),  # noqa: B008 - nothing changes it
) -> Outcome:
    """Bring the assertions of one load to what is known of their group.

    `replaces_record`: the group is one record, and what a newer statement of it leaves out has ended.
    `full`: what the delivery lists last as open is open on its day, though an earlier one left it out.
    `sayings`: earlier loads; what one that is not among them brought was said when it became known. A newer
    full delivery among them says again what it listed and what it left out.
    The order of `stated` does not matter.
    """
    facts, rows = list(known), list(stated)

    def decided(facts: list[Known], delivered: date) -> _Group:
        load = Brought(load_instant, delivered)
        group = _Group(facts, sayings, load, replaces_record=replaces_record)
        brought = statements(rows, load)
        for statement in brought:
            group.take(statement)
        if full and brought:
            group.reopen(brought)
            group.close(brought)
        if sayings.next_full:
            group.say_again(sayings.next_full)
        return group

    group = decided(facts, delivered)
    outcome = group.outcome(key_of)
    if not facts or not (outcome.retracted or outcome.recorded):
        return outcome
    last = LastLoad.of(facts, sayings)
    # A delivery that states no day speaks of the day of its load; again on another day, it is the same one.
    days = {delivered, last.day} if delivered == load_instant.date() else {delivered}
    repeated = last.may_have_said(rows) and any(last.was(decided(last.before, day).outcome(key_of)) for day in days)
    return Outcome(unchanged=group.brought, conflicts=group.conflicts) if repeated else outcome


class _Group:
    """The facts of one group while the statements of a load are brought to them."""

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
        gone = [self._gone(fact) for fact in self.known if fact.retracted_at]
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

    def take(self, statement: Statement) -> None:
        """Bring one statement."""
        self.brought += statement.repeated + len(statement.claims)
        self.unchanged += statement.repeated
        self.conflicts += statement.conflicts
        for claim in statement.claims:
            {"end": self._end, "retract": self._retract}.get(claim.row.op, self._record)(claim)
        if self.replaces_record and not self._late(statement):
            self._end_unlisted(statement)
        following = [mark for mark in self.spoken if earlier(statement.said, mark[0])]
        if self.replaces_record and following:
            # The record's next statement listed all that it still held.
            self._say_again(*min(following))

    def reopen(self, brought: list[Statement]) -> None:
        """Open what a full delivery still lists, though it had ended by an earlier one's silence."""
        last: dict[bytes, Claim] = {}
        delivered = self.load.delivered
        for statement in brought[-1:] if self.replaces_record else brought:
            last |= {claim.row.series: claim for claim in statement.claims}
        for series, claim in sorted(last.items()):
            listed = claim.row.op in ("record", "correct") and claim.start <= delivered < claim.end
            if listed and not any(held.covers(delivered) for held in self._live(series)):
                self.unchanged -= 1
                self._record(replace(claim, instant=self.load.instant, said=self.load.said, day=delivered))

    def close(self, brought: list[Statement]) -> None:
        """End what holds where a full delivery lists only what is over: of one record, its statement has ended it."""
        day, said = self.load.delivered, self.load.said
        last: dict[bytes, date] = {}
        for claim in (claim for statement in brought for claim in statement.claims):
            if claim.row.op in ("record", "correct"):
                last[claim.row.series] = max(claim.end, last.get(claim.row.series, ALWAYS))
        for series in sorted(series for series, end in last.items() if end <= day and not self.replaces_record):
            for held in self._live(series):
                if held.known and held.end > day and not earlier(said, held.said):
                    self.unchanged -= 1
                    self._retire(held, self._after(self.load.instant, [held]), day, said=said)

    def say_again(self, full: Brought) -> None:
        """Bring what a newer full delivery said: its own values hold from its day on, and what it left out does not."""
        self._say_again(full.said, full.instant, full.delivered)

    def _say_again(self, said: datetime, instant: datetime, day: date) -> None:
        for series in sorted(self.facts):
            told = [held for held in self.before.get(series, ()) if not earlier(said, held.said)]
            listed = [held for held in told if held.end > day]
            lost = [held for held in listed if held.retracted_at]
            if listed and not lost:
                continue
            live = [held for held in self._live(series) if not held.known]
            overruled = [held for held in live if held.end > day and earlier(held.said, said)]
            at = self._after(instant, overruled)
            for held in overruled:
                self.outdated += held.start >= day
                self._retire(held, at, day, said=said)
            for held in lost:
                self._list(held, max(at, held.retracted_at or at), said, day)

    def _list(self, listed: Held, at: datetime, said: datetime, day: date) -> None:
        """Hold a value again from the day on which it was listed."""
        live = self._live(listed.series)
        begun = any(held.start < day for held in live)
        start = max(listed.start, day) if begun else listed.start
        if any(held.covers(start) for held in live):
            return
        end = min([listed.end, *(held.start for held in live if held.start > start)])
        stated = listed.stated or (listed.start if listed.start not in (ALWAYS, start) else None)
        at = max([at, *self._seen(listed.series, start, end)])
        fresh = replace(listed, start=start, end=end, stated=stated, recorded_at=at, said=said)
        fresh.day, fresh.known, fresh.retracted_at, fresh.ended = day, None, None, None
        self.facts[listed.series].append(fresh)

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

    # ── the four things a claim can do ─────────────────────────────────────────────────────────────

    def _record(self, claim: Claim) -> None:
        live = self._live(claim.row.series)
        older = [held for held in live if not self._newer(held, claim)]
        if any(says(held, claim) for held in live) or self._is_history(claim, claim.end):
            self.unchanged += 1
            return
        start, replaced = self._corrected(claim, older) if claim.row.op == "correct" else placed(claim, older)
        end, ended = self._bounded(claim, start, replaced)
        same = [held for held in live if held.digest == claim.row.digest and (held.start, held.end) == (start, end)]
        if start >= end or same:
            self.unchanged += 1
            self.outdated += not same
            return
        cut = [held for held in older if held in replaced or held.meets(start, end)]
        at = max([self._after(claim.instant, cut), *self._seen(claim.row.series, start, end)])
        for held in cut:
            self._retire(held, at, start if held not in replaced else held.start, said=claim.said)
            if held not in replaced and end == claim.end <= claim.day:
                self._resume(held, at, end)
        stated = claim.row.valid_from if claim.row.valid_from not in (None, start) else None
        fact = Held(
            claim.row.series, claim.row.digest, start, end, stated, at, claim.said, claim.day, claim.row, ended=ended
        )  # fmt: skip
        self.facts[claim.row.series].append(fact)

    def _end(self, claim: Claim) -> None:
        end = claim.day if claim.end == STILL else claim.end
        if not any(fact.series == claim.row.series for fact in self.known) and not self.facts[claim.row.series]:
            self._record(replace(claim, end=end))
            return
        older = self._older(claim)
        if claim.start >= end or self._has_start(claim):
            older = [held for held in older if held.starts(claim.start)]
        begun = [held for held in older if held.start < end or (claim.start != ALWAYS and held.starts(claim.start))]
        ended = [held for held in begun if held.end > end]
        if not ended and claim.end != STILL:
            last = [held for held in self._live(claim.row.series) if held.start < end][-1:]
            about = [held for held in last if held in begun and held.digest == claim.row.digest and held.end != end]
            ended = [held for held in about if claim.start == ALWAYS or held.starts(claim.start)]
        then = self._then(claim)
        if then and not any((fact.valid_to or STILL) > end for fact in then):
            ended = [held for held in ended if not held.known]
        if not ended or self._is_history(claim, end):
            self.unchanged += 1
            return
        at = self._after(claim.instant, ended)
        for held in ended:
            self._retire(held, at, end, said=claim.said)

    def _retract(self, claim: Claim) -> None:
        wrong = [held for held in self._older(claim) if claim.start == ALWAYS or held.starts(claim.start)]
        if not any(claim.start in (ALWAYS, fact.valid_from, fact.stated_from) for fact in self._then(claim)):
            wrong = [held for held in wrong if not held.known]
        self.unchanged += not wrong
        at = self._after(claim.instant, wrong)
        for held in wrong:
            held.retracted_at = at

    def _end_unlisted(self, statement: Statement) -> None:
        others = [held for series in sorted(self.facts.keys() - statement.series) for held in self._live(series)]
        for held in others:
            if not earlier(statement.said, held.said) and held.end > statement.day:
                at = self._after(statement.instant, [held])
                self._retire(held, at, statement.day, said=statement.said)

    # ── what the rules rest on ─────────────────────────────────────────────────────────────────────

    def _live(self, series: bytes) -> list[Held]:
        return sorted((held for held in self.facts[series] if not held.retracted_at), key=lambda held: held.start)

    def _newer(self, held: Held, claim: Claim) -> bool:
        """Whether a fact rests on a statement after this one; of one statement, or day, on a later line."""
        apart = earlier(held.said, claim.said) or earlier(claim.said, held.said) or held.day != claim.day
        if not apart and not (self.replaces_record and held.known):
            # A value without a start began on the day it was said: it is of the same line as another without.
            moved = held.known is not None and held.stated is None and held.start == held.day
            return not (moved and claim.start == ALWAYS) and (held.stated or held.start) > claim.start
        return earlier(claim.said, held.said)

    def _older(self, claim: Claim) -> list[Held]:
        live = self._live(claim.row.series)
        return [held for held in live if not earlier(claim.said, held.said)]

    def _late(self, told: Claim | Statement) -> bool:
        return self.newest is not None and earlier(told.said, self.newest)

    def _gone(self, fact: Known) -> datetime:
        """When something else was said than a retracted fact: what was recorded in its place tells."""
        assert fact.retracted_at  # noqa: S101 - it is asked of nothing else
        said = self.after.get((fact.retracted_by or 0, fact.retracted_at))
        return said or self.sayings.told_by(fact.retracted_at, fact.retracted_by)

    def _then(self, claim: Claim) -> list[Known]:
        """What was held of the series at an old claim's instant; of a new claim, what is held."""
        facts = [fact for fact in self.known if fact.series == claim.row.series]
        if not self._late(claim):
            return [fact for fact in facts if fact.retracted_at is None]
        begun = [fact for fact in facts if not earlier(claim.said, fact.said)]
        return [fact for fact in begun if not fact.retracted_at or earlier(claim.said, self._gone(fact))]

    def _has_start(self, claim: Claim) -> bool:
        """Whether a fact of the series was ever said to start where a claim does."""
        known = any(
            claim.start in (fact.valid_from, fact.stated_from) for fact in self.known if fact.series == claim.row.series
        )
        return known or (
            claim.start != ALWAYS and any(held.starts(claim.start) for held in self.facts[claim.row.series])
        )

    def _is_history(self, claim: Claim, end: date) -> bool:
        """Whether an old statement is one that history has: it was held later than its own instant."""
        if not self._late(claim):
            return False
        return any(
            fact.series == claim.row.series
            and (claim.row.op == "end" or fact.digest == claim.row.digest)
            and end in (fact.valid_to or STILL, STILL)
            and claim.seen < (fact.valid_to or STILL)
            and (not fact.retracted_at or earlier(claim.said, self._gone(fact)))
            and (
                claim.start in (fact.valid_from, fact.stated_from)
                if claim.start != ALWAYS
                else (fact.valid_from or ALWAYS) <= claim.seen
            )
            for fact in self.known
        )

    def _corrected(self, claim: Claim, older: list[Held]) -> tuple[date, list[Held]]:
        """Start of a correction, and what it corrects."""
        before = [held for held in older if held.known or (held.said, held.day) != (claim.said, claim.day)]
        undated = claim.start == ALWAYS
        wrong = [held for held in before if (held.covers(claim.seen) if undated else held.starts(claim.start))]
        if not wrong:
            return placed(claim, older)
        return (wrong[-1].start if claim.start == ALWAYS else claim.start), wrong[-1:]

    def _bounded(self, claim: Claim, start: date, replaced: list[Held]) -> tuple[date, datetime | None]:
        """End of a claim, and when another statement said it.

        Newer values and ends that were said later bound it; a correction keeps its successor.
        """
        end, said = claim.end, None
        for held in self._live(claim.row.series):
            bound, by = STILL, None
            if self._newer(held, claim) and held.meets(start, end):
                bound, by = max(held.start, start), held.said
            elif held.ended and earlier(claim.said, held.ended) and (held in replaced or held.start < start < held.end):
                bound, by = held.end, held.ended
            elif claim.row.op == "correct" and replaced and held.start >= replaced[-1].end:
                bound, by = replaced[-1].end, replaced[-1].ended
            if bound < end:
                end, said = bound, by
        return end, said

    def _seen(self, series: bytes, start: date, end: date) -> list[datetime]:
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

    def _after(self, instant: datetime, cut: list[Held]) -> datetime:
        """When something becomes known that supersedes these facts."""
        if any(held.known and held.recorded_at >= instant for held in cut):
            instant = max(instant, self.load.instant)
        return max([instant, *(held.recorded_at for held in cut)])

    def _retire(self, held: Held, at: datetime, end: date, *, said: datetime) -> None:
        """Retract a fact, and record what was true of it before `end`."""
        held.retracted_at = at
        if held.start < end:
            rest = replace(held, end=end, recorded_at=at, known=None, retracted_at=None, ended=said)
            self.facts[held.series].append(rest)

    def _resume(self, held: Held, at: datetime, start: date) -> None:
        """Record what stays true of a retired fact from a day on: a statement about the past says nothing of it."""
        if held.end > start:
            stated = held.stated or (held.start if held.start not in (ALWAYS, start) else None)
            rest = replace(held, start=max(start, held.start), stated=stated, recorded_at=at, known=None)
            rest.retracted_at = None
            self.facts[held.series].append(rest)
