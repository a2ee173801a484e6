"""Supplies at a moment as a network of production: industries, and what each cannot do without."""

from dataclasses import replace
from typing import Literal

import numpy as np

from analytics.contagion.supply.network import ESSENTIAL, REPLACEABLE, SupplyNetwork
from api.contagion.figures import Known
from api.contagion.industries import industries_of
from api.engine import View
from graph.model import SUPPLIES

Essential = Literal["goods", "all", "none"]


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
