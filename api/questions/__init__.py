"""One function a question, each `(engine, …, *, moment) -> Answer`.

HTTP, the command line and pages parse, call one of these and show the answer; none of them adds to it. A
question reads one view of the engine, collects what it shows in an `Evidence`, and says in reasons what
a reader would ask next: why, how much is not shown, and what is not known.
"""

from api.questions.book.groups import book_groups
from api.questions.book.guarantees import book_guarantees
from api.questions.book.limits import book_limits
from api.questions.book.losses import book_losses
from api.questions.book.related import book_related
from api.questions.book.reverse import book_reverse
from api.questions.book.risk import book_risk
from api.questions.book.systemic import book_systemic
from api.questions.groups.groups import groups
from api.questions.guarantees import guarantees
from api.questions.limits.credit_check import credit_check
from api.questions.links.links import links
from api.questions.links.tiers import downstream, upstream
from api.questions.ownership.control import control
from api.questions.ownership.owners import owners
from api.questions.parties.changes import changes, earlier
from api.questions.parties.network import network
from api.questions.parties.party import party
from api.questions.parties.search import search
from api.questions.risk.risk import risk
from api.questions.shocks.shock import shock
from api.questions.shocks.stressed import exposure

__all__ = [
    "book_groups",
    "book_guarantees",
    "book_limits",
    "book_losses",
    "book_related",
    "book_reverse",
    "book_risk",
    "book_systemic",
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
    "risk",
    "search",
    "shock",
    "upstream",
]
