"""Companies that the check of a book rests on and of which more than all votes are stated to be held."""

import numpy as np

from api.book.check import Checked
from api.engine import View
from api.groups.overfull import overfull_among, overfull_of_book


def doubtful_of(view: View, found: Checked) -> list[int]:
    """Clients, companies in a group of clients, and, where related parties are limited, the lender and these."""
    related = [use.units.flat for use in found.wide.uses if use.rule.group_kind == "lender_related"]
    own = [np.array([found.standing.lender])] if related else []
    return sorted({*overfull_of_book(view, found.clients), *overfull_among(view, [*related, *own])})


def refused(view: View, doubtful: list[int], kind: str) -> bool:
    """Whether groups of a kind rest on votes that are refused: those of companies of which more than all are stated."""
    return bool(kind and doubtful) and view.overfull == "refuse"
