"""What collateral brings: its worth after haircuts, what of each facility the borrower's own covers, and what it is
not known to be for."""

from collections.abc import Mapping
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from analytics.limits.cover import UNTIED
from api.contagion.rates import Moves
from api.engine import View
from api.limits.numbered import Numbered
from graph.model import COLLATERAL, GUARANTEES, LENDS, PLEDGES

Numbers = NDArray[np.float64]


GUARANTEED: Final = 0
"""Column of facilities that guarantees name."""
PLEDGED: Final = 1
"""The same of pledges."""


class Secured(NamedTuple):
    """Which facility each pledge is for."""

    facility: NDArray[np.int64]
    """Of each pledge, by its first row."""
    own: NDArray[np.bool_]
    """Whether that is its giver's own."""
    untied: NDArray[np.bool_]
    """Whether it names none."""


def numbered_of(view: View) -> Numbered:
    """Facilities by their numbers, as guarantees and pledges name them."""
    links = view.snapshot.links
    return view.kept(
        ("facilities by number",),
        lambda: Numbered.of(links(LENDS), [links(kind).text("facility_id") for kind in (GUARANTEES, PLEDGES)]),
    )


def worth_of(view: View, haircuts: Mapping[str, float], moves: Moves | None = None) -> Numbers:
    """What each pledge brings, 0 where its value is not known."""
    return np.asarray(_values(view) * (1.0 if moves is None else moves.pledges) * (1 - _haircut(view, haircuts)))


def cut_of(view: View, haircuts: Mapping[str, float], moves: Moves | None = None) -> Numbers:
    """What haircuts and rates take of the collateral that each party gave for what it owes itself, shape (n,)."""
    pledges = view.snapshot.links(PLEDGES)
    tied = secured_of(view)
    mine = tied.own | tied.untied
    lost = np.maximum(_values(view) - worth_of(view, haircuts, moves), 0.0)[mine]
    return np.bincount(pledges.tail[mine], lost, minlength=view.snapshot.size).astype(float)


def _values(view: View) -> Numbers:
    return np.asarray(np.nan_to_num(view.snapshot.links(PLEDGES).fields["value"]))


def _haircut(view: View, haircuts: Mapping[str, float]) -> Numbers:
    """Fraction of its value that each pledge loses, by its kind."""
    cut = np.array([haircuts.get(kind, 0.0) for kind in COLLATERAL] + [haircuts.get("other", 0.0)])
    return np.asarray(cut[view.snapshot.links(PLEDGES).fields["kind"]])


def secured_of(view: View) -> Secured:
    """Which facility each pledge is for."""
    lends, pledges = view.snapshot.links(LENDS), view.snapshot.links(PLEDGES)
    secured = numbered_of(view).pledged(PLEDGED, pledges.head, pledges.tail).astype(np.int64)
    own = secured < len(lends.head)
    own[own] = lends.head[secured[own]] == pledges.tail[own]
    return Secured(secured, own, secured == UNTIED)


def loose_of(view: View) -> NDArray[np.int64]:
    """Pledges that protect nothing here: for a facility nobody knows or several have, or, naming none, of a giver who
    has no facility of that lender."""
    lends, pledges = view.snapshot.links(LENDS), view.snapshot.links(PLEDGES)
    tied = secured_of(view)
    lent = lends.tail.astype(np.int64) << 32 | lends.head
    owes = np.isin(pledges.head.astype(np.int64) << 32 | pledges.tail, lent)
    return np.flatnonzero(np.where(tied.untied, ~owes, tied.facility >= len(lends.head)))


def beyond_assets(view: View, assets: Numbers) -> NDArray[np.int64]:
    """Who pledged more, by what that is stated to be worth, than all its assets."""
    given = np.bincount(view.snapshot.links(PLEDGES).tail, _values(view), minlength=view.snapshot.size)
    return np.flatnonzero(given > assets * (1 + 1e-9))


def covered_of(view: View, haircuts: Mapping[str, float], amount: Numbers, moves: Moves | None = None) -> Numbers:
    """What the borrower's own collateral covers of each facility, of these amounts: that for one facility in proportion
    to its rows, what names none in proportion to all that is left to its lender."""
    lends, pledges = view.snapshot.links(LENDS), view.snapshot.links(PLEDGES)
    covered = np.zeros(len(amount))
    if not len(pledges.tail) or not len(amount):
        return covered
    worth = worth_of(view, haircuts, moves)
    first = numbered_of(view).first
    secured, own, untied = secured_of(view)
    value = np.bincount(secured[own], worth[own], minlength=len(amount))
    whole = np.bincount(first, amount, minlength=len(amount))
    part = np.divide(value, whole, out=np.zeros(len(amount)), where=whole > 0)
    covered = amount * np.minimum(part, 1.0)[first]
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
