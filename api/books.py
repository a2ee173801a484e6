"""A lender's book: its clients, what each owes, and the groups they form in every reading."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Final

import numpy as np
from numpy.typing import NDArray

from analytics.limits.units import Units
from analytics.structure.groups import grown_groups
from analytics.structure.kinship.circles import group_clients
from analytics.structure.kinship.kin import degrees
from analytics.structure.reach import Nodes
from api.limits import CLIENTS_2010, connecting, kin_of
from api.view import View
from graph.errors import InvalidQuestion

CONFIRMED, SUSPECTED, GROUP_CLIENT = "confirmed", "suspected", "group-client"
READINGS: Final = {
    CONFIRMED: ("确定的控制及已确认的经济依存", "certain control and confirmed dependence"),
    SUSPECTED: (
        "控制（含可能）及已确认、疑似的经济依存",
        "control, also possible, and confirmed or suspected dependence",
    ),
    GROUP_CLIENT: ("集团客户（2010）", "group clients of the 2010 guideline"),
}
"""How groups are made; limits count the second, a refusal rests on the first."""


@dataclass(frozen=True)
class Lending:
    """What a lender has lent, by party."""

    lender: int
    clients: Nodes
    """Whoever has a facility of it, ascending."""
    owed: NDArray[np.float64]
    """Drawn and converted undrawn amounts, shape (n,), in the moment's currency."""
    silent: NDArray[np.int64]
    """Facilities of which what is drawn is not known, shape (n,)."""

    @cached_property
    def client(self) -> NDArray[np.bool_]:
        """Whether each party is a client, shape (n,)."""
        mask = np.zeros(len(self.owed), np.bool_)
        mask[self.clients] = True
        return mask

    @cached_property
    def total(self) -> float:
        """All that is owed to it."""
        return float(self.owed.sum())

    def of(self, units: Units) -> NDArray[np.float64]:
        """What each of some sets of parties owes together."""
        return np.bincount(units.number, weights=self.owed[units.flat], minlength=len(units)).astype(np.float64)


@dataclass(frozen=True)
class Together:
    """Clients of one book that stand and fall together."""

    clients: Nodes
    """Ascending, at least two."""
    seed: Nodes
    """The control group from which they were reached; it need hold no client. Empty for group clients."""
    heads: tuple[int, ...] = ()
    """Who unites a group client: the legal person on top, or an individual and relatives."""


def lending(view: View, lender: int) -> Lending:
    """What a lender has lent, by party."""

    def make() -> Lending:
        book = view.book
        mine = np.flatnonzero(book.lender == lender)
        drawn, undrawn = book.counted
        borrower = book.borrower[mine]
        owed = np.bincount(borrower, weights=(drawn + undrawn)[mine], minlength=book.size).astype(np.float64)
        silent = np.bincount(borrower[np.isnan(book.drawn[mine])], minlength=book.size)
        return Lending(lender, np.unique(borrower).astype(np.uint32), owed, silent)

    return view.kept(("lending", lender), make)


def groups_among(view: View, clients: Nodes, reading: str) -> list[Together]:
    """Groups of at least two of some clients in one reading; they overlap where the law lets them."""
    check_reading(reading)
    make = _circles if reading == GROUP_CLIENT else partial(_grown, reading=reading)
    return view.kept(("groups", reading, clients.tobytes()), lambda: make(view, clients))


def groups_in(view: View, lender: int, reading: str) -> list[Together]:
    """Groups of at least two clients of a lender, in one reading."""
    return groups_among(view, lending(view, lender).clients, reading)


def _grown(view: View, clients: Nodes, reading: str) -> list[Together]:
    wide = reading == SUSPECTED
    grown = grown_groups(connecting(view, wide=wide), view.falls(wide=wide), clients.tolist())
    return [Together(one.clients, one.seed) for one in grown if len(one.clients) > 1]


def check_reading(reading: str) -> None:
    """Raise InvalidQuestion where there is no such reading."""
    if reading not in READINGS:
        raise InvalidQuestion(f"no reading {reading}", where="reading", remedy=f"one of {', '.join(READINGS)}")


def units_of(groups: Sequence[Together]) -> Units:
    """Clients of each group as units."""
    start = np.cumsum([0, *(len(group.clients) for group in groups)]).astype(np.int64)
    return Units(start, np.concatenate([np.zeros(0, np.uint32), *(group.clients for group in groups)]))


def ranked(lent: Lending, groups: Sequence[Together]) -> list[int]:
    """Positions of groups: the most owed first, then the larger one, then by the first client."""
    owed = lent.of(units_of(groups))
    rows = [
        (-amount, -len(one.clients), one.clients.tolist(), k)
        for k, (amount, one) in enumerate(zip(owed, groups, strict=True))
    ]
    return [row[-1] for row in sorted(rows)]


def _circles(view: View, clients: Nodes) -> list[Together]:
    """Group clients of which at least two are clients here."""
    if not degrees()[CLIENTS_2010].in_force(view.snapshot.moment.valid_at):
        return []
    kin = kin_of(view, CLIENTS_2010)
    client = np.zeros(view.snapshot.size, np.bool_)
    client[clients] = True
    none = np.zeros(0, np.uint32)
    circles = group_clients(view.control, kin, view.snapshot.kind, among=client)
    return [Together(circle.members, none, circle.heads) for circle in circles]
