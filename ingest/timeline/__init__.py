"""What a new statement does to what was known: pure rules over one group of facts, no files, no store.

A group is every fact ever kept of one series or, where a newer statement replaces a whole record, of one
record of its source. What is known is never overwritten: it is retracted from the instant at which
something else became known, and what remains true of it is recorded again.

1.  What holds already, said again, changes nothing, however new the statement.
2.  A later start ends the old value there. A start that is not later cannot be taken literally (the old
    value would never have been true), so the old value ends on the day of the statement and the new one
    starts there, keeping the start it claims as `stated_from`.
3.  A correction (the source says so, or both statements are of one day) retracts the old value and stands
    with the validity it states; it keeps the end that a later value gave to what it corrects.
4.  The same value with another end, with an earlier start, or with a start where none was stated, revises
    what was known of it; with a later start it is a new fact from then on.
    A value of a time that was over when the old value was said leaves what follows that time as it was.
5.  An end ends what is open on the day it states, else on the day of the statement. Of an unknown fact it
    leaves one that has ended.
6.  Rows of one statement about one series, each with its own start, are a history: each holds until the
    next. Two that start together and differ are a conflict: neither is used.
7.  What states no instant was said on its delivery's day; of two statements of one day of which one names no
    hour, neither is newer. A statement older than the newest known is skipped where history has it.
    Otherwise it fills what newer statements leave open and never cuts them; ends that were stated later
    apply to it too. A newer value that names no start began on its own day, if an older one says otherwise.
8.  Something becomes known at its statement's instant, else at the moment of the load. Where that is not
    after the instant at which what it supersedes became known, it is the moment of the load: what was
    answered before is answered still, asked as of then.
9.  A full delivery lists what holds on its day: what it lists as open is open, what it lists only as over has
    ended. Where it came before an older delivery, it says so again after that one. A tie that names no start
    and that an earlier full delivery, or an earlier statement of its record, left out began on its statement's
    day, and after that listing.
10. What the last load of a group said, said again, changes nothing, on whichever day it comes again.

Instants of one call are all naive UTC or all aware.
"""

from ingest.timeline.fact import CONFLICT, Assertion, KeyOf, Known, NewFact, Op, Outcome
from ingest.timeline.merge import merge
from ingest.timeline.said import Brought, Sayings, earlier

__all__ = [
    "CONFLICT",
    "Assertion",
    "Brought",
    "KeyOf",
    "Known",
    "NewFact",
    "Op",
    "Outcome",
    "Sayings",
    "earlier",
    "merge",
]
