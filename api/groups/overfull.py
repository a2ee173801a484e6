"""Companies of whose votes holders are stated to have more than all, among those that an answer rests on."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from analytics.limits.units import Nodes, Readings
from analytics.structure.owners.portions import capital
from api.engine import View
from api.groups.together import POSSIBLE_CLIENT, SUSPECTED, groups_told
from graph.model import OWNS

OVERFULL: Final = "overfull"
"""What readings lack where such shares are refused."""


def overfull_by(view: View, layer: str) -> NDArray[np.float64]:
    """How much of each company's `votes` or `capital` holders are stated to have, at least, where that is more than
    all; else 0, shape (n,). Empty where it is more than all of none."""
    return view.kept(("overfull", layer), lambda: _overfull_by(view, layer))


def _overfull_by(view: View, layer: str) -> NDArray[np.float64]:
    stated = view.votes if layer == "votes" else capital(view.snapshot.links(OWNS))
    found = np.zeros(view.snapshot.size if len(stated.overfull) else 0)
    found[stated.overfull] = stated.given[stated.overfull]
    return found


def overfull_among(view: View, sets: Iterable[NDArray[np.integer]], *, layer: str = "votes") -> list[int]:
    """Those companies among some sets of parties, ascending; each set is only looked up."""
    found = overfull_by(view, layer)
    if not len(found):
        return []
    return sorted({int(x) for members in sets for x in members[found[members] > 0]})


def overfull_around(view: View, readings: Readings, parties: Sequence[int], *, beside: Sequence[int] = ()) -> list[int]:
    """Those on which the groups of some parties rest, and those among these and some beside them."""
    if not len(overfull_by(view, "votes")):
        return []
    return overfull_among(view, [np.array([*parties, *beside], np.int64), *_around(readings, parties)])


def _around(readings: Readings, parties: Sequence[int]) -> Iterator[Nodes]:
    for kind in dict.fromkeys((*readings.narrow, *readings.wide)):
        for wide in (False, True):
            units = readings.of(kind, wide=wide)
            yield from (members for x in parties for members in units.around(x))


def overfull_of_book(view: View, clients: Nodes) -> list[int]:
    """Those that are clients of a book, or hang together with two clients of it in any reading."""

    def make() -> list[int]:
        client = np.zeros(view.snapshot.size, np.bool_)
        client[clients] = True
        every = np.flatnonzero(overfull_by(view, "votes")).tolist()
        return [x for x in every if client[x] or _unites(view, x, client)]

    if not len(overfull_by(view, "votes")):
        return []
    return view.kept(("overfull of book", view.criteria, view.government, clients.tobytes()), make)


def _unites(view: View, company: int, client: NDArray[np.bool_]) -> bool:
    """Whether a company sits in a group of two clients."""
    return any(
        int(client[group.clients].sum()) > 1
        for reading in (SUSPECTED, POSSIBLE_CLIENT)
        for group in groups_told(view, company, reading)[0]
    )
