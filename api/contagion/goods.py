"""Supplies at a moment as a network of production: industries, and what each cannot do without."""

from dataclasses import replace
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from analytics.contagion.supply.network import ESSENTIAL, REPLACEABLE, SupplyNetwork
from api.contagion.figures import Known
from api.engine import View
from graph.model import SUPPLIES

Essential = Literal["goods", "all", "none"]
GOODS: Final = "ABCDE"
"""Sections of GB/T 4754 that make or dig what is carried away: what they need of each other they cannot do without [P],
our own reading of Diem et al. (2022), who take physical inputs of physical producers for essential."""
DIVISION: Final = 3
"""Characters of a code that make an industry: C35."""


def network_of(view: View, known: Known, *, essential: Essential, rationed: bool) -> SupplyNetwork | None:
    """Supplies whose amounts are known; a firm of unknown industry is one of its own. None where nobody sells."""
    links = view.snapshot.links(SUPPLIES)
    amount = links.fields["amount"]
    at = np.flatnonzero((amount > 0) & (links.tail != links.head))
    if not len(at):
        return None
    industry, goods = industries_of(view)
    tail, head = links.tail[at], links.head[at]
    sold = np.bincount(tail, amount[at], minlength=view.snapshot.size)
    revenue = np.where(np.isnan(known.revenue), sold, np.maximum(known.revenue, sold))
    made = SupplyNetwork.of(
        view.snapshot.size, tail, head, amount[at], industry=industry, essential=REPLACEABLE, revenue=revenue,
        rationed=rationed,
    )  # fmt: skip
    whole = np.full(view.snapshot.size, essential == "all")
    bound = goods if essential == "goods" else whole
    return replace(
        made, essential=np.where(bound[made.seller] & bound[made.buyer], ESSENTIAL, REPLACEABLE).astype(np.int8)
    )


def industries_of(view: View) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Industry of each party, numbered from 0, and whether it makes or digs goods, both shape (n,)."""
    traits = view.snapshot.traits("industry")
    names = [word[:DIVISION] for word in traits.words]
    unique = sorted(set(names))
    number = np.array([unique.index(name) for name in names] + [-1], np.int64)[traits.code]
    goods = np.array([name[:1] in GOODS for name in names] + [False], np.bool_)[traits.code]
    unknown = np.flatnonzero(number < 0)
    number[unknown] = len(unique) + np.arange(len(unknown))
    return number, goods
