"""Collateral that names a number which facilities of several borrowers have: it is taken off none, and told."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from analytics.limits.cover import SHARED
from api.engine import View
from api.limits.lender import cover_of
from graph.model import LENDS, PLEDGES


def shared_collateral(view: View, lender: int) -> list[tuple[int, str, frozenset[int]]]:
    """Collateral that names a number which facilities of several borrowers have: provider, number, and those.

    It is taken off none of them.
    """
    return view.kept(("shared collateral", lender), lambda: _shared(view, lender))


def shared_said(provider: str, number: str) -> tuple[str, str]:
    """Such collateral in both languages."""
    return (
        f"collateral of {provider} names facility number {number}, which several borrowers have: it is taken off none",
        f"{provider}的押品所载授信编号{number}为多个借款人共用，未予扣除",
    )


def _shared(view: View, lender: int) -> list[tuple[int, str, frozenset[int]]]:
    pledges, lends, cover = view.snapshot.links(PLEDGES), view.snapshot.links(LENDS), cover_of(view)
    found = []
    for k in np.flatnonzero((cover.facility == SHARED) & (cover.lender == lender)).tolist():
        number = pledges.text("facility_id")[k].as_py()
        named = pc.fill_null(pc.equal(lends.text("facility_id").cast(pa.string()), number), False)
        mine = named.to_numpy(zero_copy_only=False) & (lends.tail == lender)
        found.append((int(cover.provider[k]), number, frozenset(lends.head[mine].tolist())))
    return found
