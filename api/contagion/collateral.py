"""What collateral brings: its worth after haircuts, and what of each facility the borrower's own covers."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from analytics.limits.cover import UNTIED
from api.engine import View
from api.limits.numbered import Numbered
from graph.model import COLLATERAL, LENDS, PLEDGES

Numbers = NDArray[np.float64]


def worth_of(view: View, haircuts: Mapping[str, float]) -> Numbers:
    """What each pledge brings, 0 where its value is not known."""
    pledges = view.snapshot.links(PLEDGES)
    cut = np.array([haircuts.get(kind, 0.0) for kind in COLLATERAL] + [haircuts.get("other", 0.0)])
    return np.asarray(np.nan_to_num(pledges.fields["value"]) * (1 - cut[pledges.fields["kind"]]))


def covered_of(view: View, haircuts: Mapping[str, float]) -> Numbers:
    """What the borrower's own collateral covers of each facility: that for one facility in proportion to its rows,
    what names none in proportion to all that is left to its lender."""
    lends, pledges, book = view.snapshot.links(LENDS), view.snapshot.links(PLEDGES), view.book
    amount = np.add(*book.counted)
    covered = np.zeros(len(amount))
    if not len(pledges.tail) or not len(amount):
        return covered
    worth = worth_of(view, haircuts)
    numbered = Numbered.of(lends, [pledges.text("facility_id")])
    secured = numbered.pledged(0, pledges.head, pledges.tail).astype(np.int64)
    own = secured < len(amount)
    own[own] = lends.head[secured[own]] == pledges.tail[own]
    value = np.bincount(secured[own], worth[own], minlength=len(amount))
    whole = np.bincount(numbered.first, amount, minlength=len(amount))
    part = np.divide(value, whole, out=np.zeros(len(amount)), where=whole > 0)
    covered = amount * np.minimum(part, 1.0)[numbered.first]
    untied = secured == UNTIED
    pairs, place = np.unique(pledges.head[untied].astype(np.int64) << 32 | pledges.tail[untied], return_inverse=True)
    free = np.bincount(place, worth[untied], minlength=len(pairs))
    mine = lends.tail.astype(np.int64) << 32 | lends.head
    at = np.searchsorted(pairs, mine)
    tied = (at < len(pairs)) & (np.append(pairs, -1)[np.minimum(at, len(pairs))] == mine)
    at, left = at[tied], (amount - covered)[tied]
    rest = np.bincount(at, left, minlength=len(pairs))
    share = np.divide(free, rest, out=np.zeros(len(pairs)), where=rest > 0)
    covered[tied] += left * np.minimum(share, 1.0)[at]
    return covered
