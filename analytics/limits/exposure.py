"""What is at stake with a party or a group: its facilities, and what it has guaranteed for others."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analytics.structure.votes import Arrows
from graph.errors import InvalidQuestion
from graph.model import FACILITIES

UNKNOWN = 0xFFFFFFFF
"""Creditor of a guarantee that names none."""
Numbers = NDArray[np.float64]
Links = NDArray[np.uint32]


@dataclass(frozen=True)
class Book:
    """Facilities and guarantees between n parties; amounts in whole units of one currency, NaN unknown."""

    lender: NDArray[np.uint32]
    """Shape (m,)."""
    borrowed: Arrows
    """Facilities of each borrower: arrows borrower → lender, `link` the facility's position."""
    kind: NDArray[np.int8]
    """Position in FACILITIES, -1 unknown."""
    drawn: Numbers
    undrawn: Numbers
    ccf: Numbers
    """Credit conversion factor of the undrawn part, a fraction."""
    guaranteed: Arrows
    """Guarantees of each guarantor: arrows guarantor → borrower, `link` the guarantee's position."""
    promised: Numbers
    """Amount of each guarantee."""
    creditor: NDArray[np.uint32]
    """To whom each guarantee is promised; `UNKNOWN` where none is named."""

    @classmethod
    def of(cls, lends: Any, guarantees: Any, creditor: NDArray[np.uint32]) -> "Book":
        """Book of a snapshot's LENDS and GUARANTEES links; creditors as node numbers, in link order."""
        facilities, promises = lends.fields, guarantees.fields
        return cls(
            lends.tail,
            Arrows.arriving(lends),
            facilities["kind"],
            facilities["drawn"],
            facilities["undrawn"],
            facilities["ccf"],
            Arrows.leaving(guarantees),
            promises["amount"],
            creditor,
        )

    @property
    def size(self) -> int:
        """Number of parties n."""
        return len(self.borrowed.start) - 1


@dataclass(frozen=True)
class Exposure:
    """What is at stake with some parties together, and what each facility and guarantee adds."""

    drawn: float
    undrawn: float
    """Undrawn parts times their conversion factors."""
    by_kind: dict[str, float]
    """Drawn and converted undrawn amounts by kind of facility."""
    contingent: float
    """Guarantees given for others, none counted beyond what its borrower owes."""
    facilities: Links
    """Positions of the facilities, largest first."""
    facility_amount: Numbers
    """What each of them adds, NaN where no amount is known."""
    guarantees: Links
    """Positions of the guarantees given to parties outside, largest first."""
    guarantee_amount: Numbers
    """What each of them adds, NaN where its amount is unknown."""
    unknown_facilities: int
    unconverted: int
    """Undrawn amounts without a conversion factor, counted whole."""
    unknown_guarantees: int
    unknown_guarantees_most: float
    """What guarantees of unknown amount could add at most."""
    inside: int
    """Guarantees between the parties themselves; their debt is counted already."""

    @property
    def direct(self) -> float:
        """Drawn and converted undrawn amounts."""
        return self.drawn + self.undrawn


def exposure_to(book: Book, parties: ArrayLike, *, lender: int | None = None) -> Exposure:
    r"""Add up what a lender, or all lenders together, have at stake with some parties.

    A guarantee that one of the parties gave for another is not counted again; those for one outsider are
    counted together and at most up to what it owes. Amounts unknown stay unknown and are counted.

    .. math::

        E = \sum_f (d_f + c_f u_f), \qquad
        C = \sum_{b \notin P} \min\Big(\sum_{g \in P} G_{gb},\; E_b\Big)

    Parameters
    ----------
    book : Book
        m facilities and g guarantees, amounts in whole units of one currency.
    parties : (k,) array of node numbers
        A party alone, or the members of its group.
    lender : int, optional
        Only facilities of this lender, and guarantees promised to it or to nobody named.

    Raises
    ------
    InvalidQuestion
        If a party is no node of the book.

    Source
    ------
    Domain reference §2.6 (on-balance and off-balance times CCF) and §3 (contingent exposure).

    Example
    -------
    Bank 0 lends 100 to 1 and 50, with 40 undrawn, to 2; 1 guarantees 80 for 2.

    >>> book = Book(np.zeros(2, np.uint32), Arrows.of(3, [1, 2], [0, 0]), np.zeros(2, np.int8),
    ...     np.array([100.0, 50]), np.array([0.0, 40]), np.array([0, 0.5]),
    ...     Arrows.of(3, [1], [2]), np.array([80.0]), np.array([0], np.uint32))
    >>> alone, both = exposure_to(book, [1]), exposure_to(book, [1, 2], lender=0)
    >>> alone.direct, alone.contingent, both.direct, both.contingent, both.inside
    (100.0, 70.0, 170.0, 0.0, 1)
    """
    members = np.unique(np.asarray(parties, np.int64))
    if len(members) and not 0 <= members[0] <= members[-1] < book.size:
        raise InvalidQuestion("no party of this book", where=f"party {members[[0, -1]].tolist()}")
    links, _ = _facilities(book, members, lender)
    drawn, undrawn, known = _amounts(book, links)
    amounts = np.where(known, drawn + undrawn, np.nan)
    order = np.lexsort((links, -np.nan_to_num(amounts)))
    kinds = np.bincount(book.kind[links] + 1, weights=drawn + undrawn, minlength=len(FACILITIES) + 1)
    names = ("unknown", *FACILITIES)
    loose = np.isnan(book.ccf[links]) & (book.undrawn[links] > 0)
    return Exposure(
        drawn=float(drawn.sum()),
        undrawn=float(undrawn.sum()),
        by_kind={name: float(amount) for name, amount in zip(names, kinds, strict=True) if amount},
        facilities=links[order],
        facility_amount=amounts[order],
        unknown_facilities=int((~known).sum()),
        unconverted=int(loose.sum()),
        **_contingent(book, members, lender),
    )


def _facilities(book: Book, members: NDArray[np.int64], lender: int | None) -> tuple[Links, NDArray[np.int64]]:
    """Facilities of some borrowers, and for each which borrower's it is."""
    spans, whose = _spans(book.borrowed.start, members)
    links = book.borrowed.link[spans]
    if lender is None:
        return links, whose
    mine = book.lender[links] == lender
    return links[mine], whose[mine]


def _amounts(book: Book, links: Links) -> tuple[Numbers, Numbers, NDArray[np.bool_]]:
    """Drawn and converted undrawn amounts, and whether either is known."""
    drawn, undrawn, ccf = book.drawn[links], book.undrawn[links], book.ccf[links]
    known = ~(np.isnan(drawn) & np.isnan(undrawn))
    return np.nan_to_num(drawn), np.nan_to_num(undrawn) * np.where(np.isnan(ccf), 1.0, ccf), known


def _contingent(book: Book, members: NDArray[np.int64], lender: int | None) -> dict[str, Any]:
    """The guarantee half of an exposure."""
    spans, _ = _spans(book.guaranteed.start, members)
    borrower, links = book.guaranteed.head[spans].astype(np.int64), book.guaranteed.link[spans]
    if lender is not None:
        mine = (book.creditor[links] == lender) | (book.creditor[links] == UNKNOWN)
        borrower, links = borrower[mine], links[mine]
    outside = ~np.isin(borrower, members)
    inside = int((~outside).sum())
    borrower, links = borrower[outside], links[outside]
    borrowers, place = np.unique(borrower, return_inverse=True)
    owed_links, whose = _facilities(book, borrowers, lender)
    drawn, undrawn, _ = _amounts(book, owed_links)
    owed = np.bincount(whose, weights=drawn + undrawn, minlength=len(borrowers))
    promised = book.promised[links]
    unknown = np.isnan(promised)
    given = np.bincount(place, weights=np.nan_to_num(promised), minlength=len(borrowers))
    counted = np.minimum(given, owed)
    share = np.divide(counted, given, out=np.zeros(len(given)), where=given > 0)
    amounts = promised * share[place]
    order = np.lexsort((links, -np.nan_to_num(amounts)))
    return {
        "contingent": float(counted.sum()),
        "guarantees": links[order],
        "guarantee_amount": amounts[order],
        "unknown_guarantees": int(unknown.sum()),
        "unknown_guarantees_most": float((owed - counted)[np.unique(place[unknown])].sum()),
        "inside": inside,
    }


def _spans(start: NDArray[np.int64], nodes: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Positions of all links of some nodes, and for each which node's it is."""
    first, count = start[nodes], start[nodes + 1] - start[nodes]
    whose = np.repeat(np.arange(len(nodes)), count)
    return np.arange(count.sum()) + (first - np.cumsum(count) + count)[whose], whose
