"""What a lender has lent: its clients, what each owes, and the groups that they form."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from analytics.limits.units import Units
from analytics.structure.reach import Nodes
from api.engine import View
from api.groups.together import Together, groups_among, units_of


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


def groups_in(view: View, lender: int, reading: str) -> list[Together]:
    """Groups of at least two clients of a lender, in one reading."""
    return groups_among(view, lending(view, lender).clients, reading)


def ranked(lent: Lending, groups: Sequence[Together]) -> list[int]:
    """Positions of groups: the most owed first, then the larger one, then by the first client."""
    owed = lent.of(units_of(groups))
    rows = [
        (-amount, -len(one.clients), one.clients.tolist(), k)
        for k, (amount, one) in enumerate(zip(owed, groups, strict=True))
    ]
    return [row[-1] for row in sorted(rows)]
