"""What a delivery that lists everything says by listing and by leaving out, also where it came before an older one."""

from dataclasses import replace
from datetime import date, datetime

from ingest.timeline.claims import record
from ingest.timeline.fact import ALWAYS, Known
from ingest.timeline.group import Group
from ingest.timeline.held import Held
from ingest.timeline.said import earlier
from ingest.timeline.statement import Claim, Statement


def reopen(group: Group, brought: list[Statement]) -> None:
    """Open what a full delivery still lists, though it had ended by an earlier one's silence."""
    last: dict[bytes, Claim] = {}
    delivered = group.load.delivered
    for statement in brought[-1:] if group.replaces_record else brought:
        last |= {claim.row.series: claim for claim in statement.claims}
    for series, claim in sorted(last.items()):
        listed = claim.row.op in ("record", "correct") and claim.start <= delivered < claim.end
        if listed and not any(held.covers(delivered) for held in group.live(series)):
            group.unchanged = max(0, group.unchanged - 1)
            record(group, replace(claim, instant=group.load.instant, said=group.load.said, day=delivered))


def close(group: Group, brought: list[Statement]) -> None:
    """End what holds where a full delivery lists only what is over: of one record, its statement has ended it."""
    day, said = group.load.delivered, group.load.said
    last: dict[bytes, date] = {}
    for claim in (claim for statement in brought for claim in statement.claims):
        if claim.row.op in ("record", "correct"):
            last[claim.row.series] = max(claim.end, last.get(claim.row.series, ALWAYS))
    for series in sorted(series for series, end in last.items() if end <= day and not group.replaces_record):
        kept = [held for held in group.live(series) if isinstance(held.values, Known)]
        standing = [held for held in kept if held.end > day and not earlier(said, held.said)]
        if standing:
            group.unchanged = max(0, group.unchanged - 1)
        for held in standing:
            group.retire(held, group.superseding(group.load.instant, [held]), day, said=said)


def say_again(group: Group, said: datetime, instant: datetime, day: date) -> None:
    """Bring again what is newer than these statements, is known already, and listed all that held on its day.

    Its own values hold from that day on, and what it left out does not; `said` and `instant` are when it was
    said and when it became known.
    """
    for series in sorted(group.facts):
        told = [held for held in group.before.get(series, ()) if not earlier(said, held.said)]
        listed = [held for held in told if held.end > day]
        lost = [held for held in listed if held.retracted_at]
        if listed and not lost:
            continue
        live = [held for held in group.live(series) if not held.known]
        overruled = [held for held in live if held.end > day and earlier(held.said, said)]
        at = group.superseding(instant, overruled)
        for held in overruled:
            group.outdated += held.start >= day
            group.retire(held, at, day, said=said)
        for held in lost:
            _list(group, held, max(at, held.retracted_at or at), said, day)


def _list(group: Group, listed: Held, at: datetime, said: datetime, day: date) -> None:
    """Hold a value again from the day on which it was listed."""
    live = group.live(listed.series)
    begun = any(held.start < day for held in live)
    start = max(listed.start, day) if begun else listed.start
    if any(held.covers(start) or held.covers(max(listed.start, day)) for held in live):
        return
    end = min([listed.end, *(held.start for held in live if held.start > start)])
    stated = listed.stated_for(start)
    at = max([at, *group.seen(listed.series, start, end)])
    fresh = replace(listed, start=start, end=end, stated=stated, recorded_at=at, said=said)
    fresh.day, fresh.known, fresh.retracted_at, fresh.ended = day, None, None, None
    group.facts[listed.series].append(fresh)
