"""Relations as ties to walk along or against their arrows."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from analytics.structure.paths import Tie
from api.engine.strength import strength
from graph.links import Links
from graph.model import DEPENDS_ON, GUARANTEES, LENDS, OWES, PLEDGES, VERDICTS
from graph.snapshot import Snapshot

LENDING: Final = {
    LENDS.name: ("tail",),
    GUARANTEES.name: ("tail",),
    PLEDGES.name: ("head",),
    OWES.name: ("tail", "head"),
}
"""Where a lender stands in what ties its clients to it: its credit, guarantees among it, as the domain reference §2.5
has it; their collateral; debts either way. What others lend to it, guarantee for it or take from it as collateral is
its own funding, and no client's business."""


def tie_of(snapshot: Snapshot, links: Links, lenders: NDArray[np.bool_] | None) -> Tie:
    """One relation as ties; what ties clients to one of these lenders counts only where a path ends with it.

    Two firms that borrow from one bank, or gave it collateral, are no related parties for that.
    """
    sides = LENDING.get(links.kind.name, ())
    at_end = {} if lenders is None else {f"{side}_at_end": lenders[getattr(links, side)] for side in sides}
    tail = links.tail
    if links.kind is DEPENDS_ON:
        # A dependence that was rejected ties nobody: as a loop it is walked by no path.
        tail = np.where(links.fields["verdict"] == VERDICTS.index("rejected"), links.head, tail)
    return Tie(tail, links.head, strength(snapshot, links), **at_end)
