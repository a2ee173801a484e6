"""The rules brought to one group."""

from collections.abc import Iterable
from datetime import date, datetime

from ingest.timeline.claims import begin_unlisted, bring, end_unlisted
from ingest.timeline.fact import Assertion, KeyOf, Known, Outcome
from ingest.timeline.group import Group
from ingest.timeline.listed import close, reopen, say_again
from ingest.timeline.repeated import LastLoad
from ingest.timeline.said import Brought, Sayings, earlier
from ingest.timeline.statement import Statement, statements


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

    def decided(facts: list[Known], delivered: date) -> Group:
        load = Brought(load_instant, delivered)
        group = Group(facts, sayings, load, replaces_record=replaces_record)
        brought = statements(rows, load)
        for statement in brought:
            _take(group, statement)
        if full and brought:
            reopen(group, brought)
            close(group, brought)
        if after := sayings.next_full:
            say_again(group, after.said, after.instant, after.delivered)
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


def _take(group: Group, statement: Statement) -> None:
    """Bring one statement; of a record, what it leaves out has ended, and what comes late gives way to the next."""
    if group.replaces_record:
        before = [day for said, _, day in group.spoken if earlier(said, statement.said)]
        group.listed = max([*before, *(day for said, day in group.told if earlier(said, statement.said))], default=None)
        group.told.append((statement.said, statement.day))
        if group.is_late(statement):
            begin_unlisted(group, statement)
    group.brought += statement.repeated + len(statement.claims)
    group.unchanged += statement.repeated
    group.conflicts += statement.conflicts
    for claim in statement.claims:
        bring(group, claim)
    if not group.replaces_record:
        return
    if not group.is_late(statement):
        end_unlisted(group, statement)
    following = [mark for mark in group.spoken if earlier(statement.said, mark[0])]
    if following:
        say_again(group, *min(following))
