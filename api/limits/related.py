"""Related parties of a lender, and the units that limits on them are measured on."""

from collections.abc import Set
from typing import Final

import numpy as np

from analytics.limits.catalogue import KIN
from analytics.limits.units import Units, distinct
from analytics.structure.kinship.kin import degrees
from analytics.structure.kinship.lender import Related, related_parties
from analytics.structure.votes import Holdings
from api.engine import View
from api.groups.circles import control_units, kin_of
from api.groups.concerts import may_unite
from graph.model import HOLDS_OFFICE, OWNS

RELATED_2022: Final = KIN["lender_related"]
"""How far kin reaches around a lender."""


def related_of(view: View, lender: int) -> Related:
    """Related parties of a lender; what members of a declared concert control together each of them may control."""
    return view.kept(("related", lender), lambda: _related(view, lender))


def _related(view: View, lender: int) -> Related:
    kin, rule = kin_of(view, RELATED_2022), degrees()[RELATED_2022]
    return related_parties(
        may_unite(view), shares_of(view, lender), officers_of(view, lender), kin, rule, lender=lender
    )  # fmt: skip


def shares_of(view: View, lender: int, *, but: Set[int] = frozenset()) -> Holdings:
    """Shares of a lender's capital, but some facts by their positions, whose shares are then still somebody's."""
    owns = view.snapshot.links(OWNS)
    at, fields = owns.arriving(lender).astype(np.int64), owns.fields
    held = Holdings.between(
        view.snapshot.size, owns.tail[at], owns.head[at], fields["share_low"][at], fields["share_high"][at],
        fields["share_ends"][at],
    ).fitted(view.overfull)  # fmt: skip
    gone = [place for place, k in enumerate(at.tolist()) if k in but]
    return held.without(gone) if gone else held


def officers_of(view: View, lender: int, *, but: Set[int] = frozenset()) -> list[int]:
    """Who holds an office at a lender, but by some facts by their positions."""
    offices = view.snapshot.links(HOLDS_OFFICE)
    return [int(offices.tail[k]) for k in offices.arriving(lender).tolist() if k not in but]


def related_units(view: View, lender: int, *, wide: bool) -> Units:
    """The related parties that one group holds, group by group, and those in none.

    In the wide reading whole groups, the lender's own companies left out, and also holders that may have the
    share from which one is related, and kin of unstated degree.
    """
    return view.kept(("related units", lender, wide), lambda: _related_units(view, lender, wide=wide), most=16)


def _related_units(view: View, lender: int, *, wide: bool) -> Units:
    related, units = related_of(view, lender), control_units(view, wide=wide)
    parties = np.union1d(related.parties, related.possible) if wide else related.parties
    own = np.append(view.control.controlled_by(lender), lender)
    touched = np.unique(units.number[np.isin(units.flat, parties)]).tolist()
    groups = [units.members(k) for k in touched]
    sets = [np.setdiff1d(group, own) if wide else np.intersect1d(group, parties) for group in groups]
    alone = np.setdiff1d(parties, np.concatenate([*sets, np.zeros(0, np.uint32)]))
    return Units.of([*distinct(sets), *([x] for x in alone.tolist())])
