"""One function a question, each `(engine, …, *, moment) -> Answer`.

HTTP, the command line and pages parse, call one of these and show the answer; none of them adds to it. A
question reads one view of the engine, collects what it shows in an `Evidence`, and says in reasons what
a reader would ask next: why, how much is not shown, and what is not known.
"""

from api.questions.book_groups import book_groups
from api.questions.book_guarantees import book_guarantees
from api.questions.book_limits import book_limits
from api.questions.book_related import book_related
from api.questions.changes import changes, earlier
from api.questions.control import control
from api.questions.credit_check import credit_check
from api.questions.exposure import exposure
from api.questions.groups import groups
from api.questions.guarantees import guarantees
from api.questions.links import links
from api.questions.network import network
from api.questions.owners import owners
from api.questions.party import party
from api.questions.search import search
from api.questions.tiers import downstream, upstream

__all__ = [
    "book_groups",
    "book_guarantees",
    "book_limits",
    "book_related",
    "changes",
    "control",
    "credit_check",
    "downstream",
    "earlier",
    "exposure",
    "groups",
    "guarantees",
    "links",
    "network",
    "owners",
    "party",
    "search",
    "upstream",
]
