"""What one statement does to a group: it records, ends, corrects and retracts."""

from dataclasses import replace
from datetime import date, datetime

from ingest.timeline.fact import ALWAYS, STILL, Known
from ingest.timeline.group import Group
from ingest.timeline.held import Held, placed, says
from ingest.timeline.said import earlier
from ingest.timeline.statement import Claim, Statement


def bring(group: Group, claim: Claim) -> None:
    """Bring one claim."""
    {"end": _end, "retract": _retract}.get(claim.row.op, record)(group, claim)


def record(group: Group, claim: Claim) -> None:
    """Hold a value for the time it claims, as far as newer statements leave it."""
    live = group.live(claim.row.series)
    older = [held for held in live if not _newer(group, held, claim)]
    if any(says(held, claim) for held in live) or _is_history(group, claim, claim.end):
        group.unchanged += 1
        return
    _begin_later(group, claim)
    start, replaced = _corrected(group, claim, older) if claim.row.op == "correct" else placed(claim, older)
    if start == ALWAYS and not any(held.start < claim.day for held in older):
        start = claim.begun(group.load.delivered, group.listed)
    end, ended = _bounded(group, claim, start, replaced)
    live = group.live(claim.row.series)
    same = [held for held in live if held.digest == claim.row.digest and (held.start, held.end) == (start, end)]
    if start >= end or same:
        group.unchanged += 1
        group.outdated += not same
        return
    cut = [held for held in older if held in replaced or held.meets(start, end)]
    at = max([group.superseding(claim.instant, cut), *group.seen(claim.row.series, start, end)])
    for held in cut:
        group.retire(held, at, start if held not in replaced else held.start, said=claim.said)
        # What was said after a time was over stands after it, unless the claim's own statement goes on there.
        if end == claim.end <= held.day and not (claim.followed or group.replaces_record or held in replaced):
            group.resume(held, at, end)
    stated = claim.row.valid_from if claim.row.valid_from not in (None, start) else None
    fact = Held(
        claim.row.series, claim.row.digest, start, end, stated, at, claim.said, claim.day, claim.row, ended=ended
    )  # fmt: skip
    group.facts[claim.row.series].append(fact)


def _begin_later(group: Group, claim: Claim) -> None:
    """Begin on its own day what a newer statement said without a start: of the days before, this claim tells."""
    for held in group.live(claim.row.series):
        other = held.digest != claim.row.digest or claim.end <= claim.day
        if other and earlier(claim.said, held.said) and max(claim.start, claim.day) < held.day < held.end:
            _begin(group, held, claim.instant)


def begin_unlisted(group: Group, statement: Statement) -> None:
    """Begin on their own day ties that a newer statement of the record gave without a start, and this one not."""
    for series in sorted(group.facts.keys() - statement.series):
        for held in group.live(series):
            if held.values.tie and earlier(statement.said, held.said) and statement.day < held.day < held.end:
                _begin(group, held, statement.instant)


def _begin(group: Group, held: Held, instant: datetime) -> None:
    """Begin on the day it was said what names no start."""
    if held.start == ALWAYS and held.stated is None:
        held.retracted_at = group.superseding(instant, [held])
        group.resume(held, held.retracted_at, held.day)


def _end(group: Group, claim: Claim) -> None:
    end = claim.day if claim.end == STILL else claim.end
    if not any(fact.series == claim.row.series for fact in group.known) and not group.facts[claim.row.series]:
        record(group, replace(claim, end=end))
        return
    older = _older(group, claim)
    # A start on the day of the end itself, where nothing began, says nothing of what ends.
    names_one = claim.start > end or _has_start(group, claim)
    if names_one:
        older = [held for held in older if held.starts(claim.start)]
    begun = [held for held in older if held.start < end or (claim.start != ALWAYS and held.starts(claim.start))]
    ended = [held for held in begun if held.end > end]
    if not ended and claim.end != STILL:
        last = [held for held in group.live(claim.row.series) if held.start < end][-1:]
        about = [held for held in last if held in begun and held.digest == claim.row.digest and held.end != end]
        ended = [held for held in about if claim.start == ALWAYS or held.starts(claim.start)]
    then = _then(group, claim)
    if then and not any((fact.valid_to or STILL) > end for fact in then):
        ended = [held for held in ended if not held.known]
    if not ended or _is_history(group, claim, end):
        group.unchanged += 1
        return
    at = group.superseding(claim.instant, ended)
    for held in ended:
        group.retire(held, at, end, said=claim.said)


def _retract(group: Group, claim: Claim) -> None:
    wrong = [held for held in _older(group, claim) if claim.start == ALWAYS or held.starts(claim.start)]
    if not any(claim.start in (ALWAYS, fact.valid_from, fact.stated_from) for fact in _then(group, claim)):
        wrong = [held for held in wrong if not held.known]
    group.unchanged += not wrong
    at = group.superseding(claim.instant, wrong)
    for held in wrong:
        held.retracted_at = at


def end_unlisted(group: Group, statement: Statement) -> None:
    """End what the newest statement of a record leaves out."""
    others = [held for series in sorted(group.facts.keys() - statement.lasting) for held in group.live(series)]
    for held in others:
        if not earlier(statement.said, held.said) and held.end > statement.day:
            at = group.superseding(statement.instant, [held])
            group.retire(held, at, statement.day, said=statement.said)


# ── what the rules rest on ─────────────────────────────────────────────────────────────────────────


def _newer(group: Group, held: Held, claim: Claim) -> bool:
    """Whether a fact rests on a statement after this one; of one statement, or day, on a later line."""
    apart = earlier(held.said, claim.said) or earlier(claim.said, held.said) or held.day != claim.day
    if not apart and not (group.replaces_record and held.known):
        # A value without a start began on the day it was said: it is of the same line as another without.
        moved = held.known is not None and held.stated is None and held.start == held.day
        return not (moved and claim.start == ALWAYS) and (held.stated or held.start) > claim.start
    return earlier(claim.said, held.said)


def _older(group: Group, claim: Claim) -> list[Held]:
    live = group.live(claim.row.series)
    return [held for held in live if not earlier(claim.said, held.said)]


def _then(group: Group, claim: Claim) -> list[Known]:
    """What was held of the series at an old claim's instant; of a new claim, what is held."""
    facts = [fact for fact in group.known if fact.series == claim.row.series]
    if not group.is_late(claim):
        return [fact for fact in facts if fact.retracted_at is None]
    begun = [fact for fact in facts if not earlier(claim.said, fact.said)]
    return [fact for fact in begun if not fact.retracted_at or earlier(claim.said, group.gone(fact))]


def _has_start(group: Group, claim: Claim) -> bool:
    """Whether a fact of the series was ever said to start where a claim does."""
    known = any(
        claim.start in (fact.valid_from, fact.stated_from) for fact in group.known if fact.series == claim.row.series
    )
    return known or (claim.start != ALWAYS and any(held.starts(claim.start) for held in group.facts[claim.row.series]))


def _is_history(group: Group, claim: Claim, end: date) -> bool:
    """Whether an old statement is one that history has: it was held later than its own instant."""
    if not group.is_late(claim):
        return False
    return any(
        fact.series == claim.row.series
        and (claim.row.op == "end" or fact.digest == claim.row.digest)
        and end in (fact.valid_to or STILL, STILL)
        and claim.seen < (fact.valid_to or STILL)
        and (not fact.retracted_at or earlier(claim.said, group.gone(fact)))
        and (
            claim.start in (fact.valid_from, fact.stated_from)
            if claim.start != ALWAYS
            else (fact.valid_from or ALWAYS) <= claim.seen
        )
        for fact in group.known
    )


def _corrected(group: Group, claim: Claim, older: list[Held]) -> tuple[date, list[Held]]:
    """Start of a correction, and what it corrects."""
    before = [held for held in older if held.known or (held.said, held.day) != (claim.said, claim.day)]
    undated = claim.start == ALWAYS
    wrong = [held for held in before if (held.covers(claim.seen) if undated else held.starts(claim.start))]
    if not wrong:
        return placed(claim, older)
    return (wrong[-1].start if claim.start == ALWAYS else claim.start), wrong[-1:]


def _bounded(group: Group, claim: Claim, start: date, replaced: list[Held]) -> tuple[date, datetime | None]:
    """End of a claim, and when another statement said it.

    Newer values and ends that were said later bound it; a correction keeps its successor.
    """
    end, said = claim.end, None
    for held in group.live(claim.row.series):
        bound, by = STILL, None
        if _newer(group, held, claim) and held.meets(start, end):
            bound, by = max(held.start, start), held.said
        elif held.ended and earlier(claim.said, held.ended) and (held in replaced or held.start < start < held.end):
            bound, by = held.end, held.ended
        elif claim.row.op == "correct" and replaced and held.start >= replaced[-1].end:
            bound, by = replaced[-1].end, replaced[-1].ended
        if bound < end:
            end, said = bound, by
    return end, said
