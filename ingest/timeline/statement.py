"""The assertions of a load, sorted into statements, each without repetitions and contradictions."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from ingest.timeline.fact import ALWAYS, STILL, Assertion
from ingest.timeline.said import Brought


@dataclass(frozen=True, slots=True)
class Claim:
    """An assertion with its times filled in."""

    row: Assertion
    start: date
    end: date
    instant: datetime
    """When it becomes known."""
    said: datetime
    """When it was said; of two claims, the later is the newer."""
    day: date
    followed: bool = False
    """Whether another row of its statement's history comes after it."""

    @property
    def seen(self) -> date:
        """Last day on which its source can have seen it."""
        return min(self.day, self.end - timedelta(days=1))

    def begun(self, delivered: date, listed: date | None) -> date:
        """Its start; a tie's that names none is the day of its statement, and after a listing that left it out.

        `listed` is the day of its record's last statement before.
        """
        told = listed and min(listed, self.day - timedelta(days=1))  # of two on one day, the later tells of it
        unlisted = max(filter(None, (self.row.unlisted_on, told)), default=None)
        if not self.row.tie or self.start != ALWAYS or unlisted is None:
            return self.start
        after = unlisted + timedelta(days=1)
        day = max(self.day if self.row.said_at else min(self.day, delivered), after)
        return next((begun for begun in (day, after) if begun < self.end), ALWAYS)

    @property
    def over(self) -> date:
        """Day from which it is over, for a claim that something ended."""
        return self.day if self.end == STILL else self.end

    def order(self) -> tuple[date, int, str, bytes, bytes, date, date]:
        """What never was goes first, then earlier effect; what ends goes before what begins on the same day."""
        ends = self.row.op in ("end", "retract")
        effect = {"end": self.over, "retract": ALWAYS}.get(self.row.op, self.start)
        return (effect, 0 if ends else 1, self.row.op, self.row.series, self.row.digest, self.start, self.end)


@dataclass(frozen=True)
class Statement:
    """What a source said at one instant."""

    claims: list[Claim]
    conflicts: list[Assertion]
    repeated: int
    series: frozenset[bytes]
    """Series of which it says anything."""
    lasting: frozenset[bytes]
    """Series of which it says more than that they are over on its day."""
    instant: datetime
    said: datetime
    day: date


def statements(stated: Iterable[Assertion], load: Brought) -> list[Statement]:
    """Assertions by statement, oldest first; what states no instant was said on the delivery's day.

    Several statements published at one instant are told apart, and ordered, by their own days.
    """
    groups: dict[tuple[datetime, date, bool], list[Claim]] = defaultdict(list)
    for row in stated:
        undated = row.stated_at is None
        said = row.said_at or row.stated_at or load.said
        day = row.stated_on or (load.delivered if undated else said.date())
        start, end = row.valid_from or ALWAYS, row.valid_to or STILL
        groups[said, day, undated].append(Claim(row, start, end, row.stated_at or load.instant, said, day))
    return [_agree(groups[mark]) for mark in sorted(groups)]


def _agree(claims: list[Claim]) -> Statement:
    """One statement's claims without repetitions and contradictions."""
    conflicts: list[Assertion] = []
    runs = _histories([claim for claim in claims if claim.row.op in ("record", "correct")], conflicts)
    ends = _ends([claim for claim in claims if claim.row.op == "end"], conflicts)
    retracts = [claim for claim in sorted(claims, key=Claim.order) if claim.row.op == "retract"]
    never = {claim.row.series for claim in retracts}
    kept = [claim for claim in retracts if claim.row.series not in runs]
    kept += [end for end in ends if end.row.series not in never and not _absorbed(end, runs[end.row.series])]
    for series, run in runs.items():
        # What never was, and something else was, is a correction.
        kept += [replace(claim, row=replace(claim.row, op="correct")) if series in never else claim for claim in run]
    repeated = len(claims) - len(kept) - len(conflicts)
    over = [series for series, run in runs.items() if run and all(claim.end <= claim.day for claim in run)]
    # An end of its own says when; of rows that contradict each other none is used, and nothing ends.
    over = [series for series in over if not any(row.series == series for row in conflicts)]
    spoken, first = frozenset(claim.row.series for claim in claims), claims[0]
    return Statement(
        sorted(kept, key=Claim.order), conflicts, repeated, spoken, spoken - set(over),
        first.instant, first.said, first.day,
    )  # fmt: skip


def _histories(claims: list[Claim], conflicts: list[Assertion]) -> dict[bytes, list[Claim]]:
    """Values by series, each until the next; those that start together and differ are conflicts."""
    starts: dict[tuple[bytes, date], list[Claim]] = defaultdict(list)
    for claim in claims:
        starts[claim.row.series, claim.start].append(claim)
    runs: dict[bytes, list[Claim]] = defaultdict(list)
    for (series, _), rivals in sorted(starts.items()):
        chosen = [claim for claim in rivals if claim.row.op == "correct"] or rivals
        if len({(claim.row.digest, claim.end) for claim in chosen}) > 1:
            conflicts += [claim.row for claim in rivals]
        else:
            runs[series].append(chosen[0])
    for run in runs.values():
        following = [claim.start for claim in run[1:]] + [STILL]
        run[:] = [
            replace(claim, end=min(claim.end, after), followed=after != STILL)
            for claim, after in zip(run, following, strict=True)
        ]
    return runs


def _ends(claims: list[Claim], conflicts: list[Assertion]) -> list[Claim]:
    """Ends, one for each start; a stated day goes before an unstated one, and two stated days are a conflict."""
    starts: dict[tuple[bytes, date], list[Claim]] = defaultdict(list)
    for claim in claims:
        starts[claim.row.series, claim.start].append(claim)
    ends = []
    for rivals in starts.values():
        chosen = [claim for claim in rivals if claim.end != STILL] or rivals
        if len({claim.end for claim in chosen}) > 1:
            conflicts += [claim.row for claim in rivals]
        else:
            ends.append(min(chosen, key=Claim.order))
    return sorted(ends, key=Claim.order)


def _absorbed(end: Claim, run: list[Claim]) -> bool:
    """Whether an end is about a row of its own statement: it bounds the same value, another replaces the old one."""
    places = [place for place, claim in enumerate(run) if claim.start < end.over or claim.start == end.start]
    if places and run[places[-1]].row.digest == end.row.digest:
        run[places[-1]] = replace(run[places[-1]], end=min(run[places[-1]].end, end.over))
    return bool(places)
