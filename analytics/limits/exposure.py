"""What is at stake with a party or a group: its facilities, and what it has guaranteed for others."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analytics.structure.guarantees.period import last_days, still_callable
from analytics.structure.votes import Arrows
from graph.errors import InvalidQuestion
from graph.model import FACILITIES, GUARANTEE_FORMS

UNKNOWN = 0xFFFFFFFF
"""Creditor of a guarantee that names none."""
ELSEWHERE = 0xFFFFFFFE
"""Creditor of a guarantee that names one who is no party here; it is no lender's."""
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
    """To whom each guarantee is promised; `UNKNOWN` where none is named, `ELSEWHERE` where no party here is."""
    expired: NDArray[np.bool_] = field(default_factory=lambda: np.zeros(0, np.bool_))
    """Whether the last day on which each guarantee can be called has passed; empty where none has."""

    @classmethod
    def of(cls, lends: Any, guarantees: Any, creditor: NDArray[np.uint32], *, day: int) -> "Book":
        """Book of a snapshot's LENDS and GUARANTEES links; creditors as node numbers, in link order.

        `day`, counted since 1970, is the one on which guarantees must still be callable by contract and law.
        """
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
            expired(guarantees, day=day),
        )

    @classmethod
    def lent(cls, size: int, lender: ArrayLike, borrower: ArrayLike, drawn: ArrayLike) -> "Book":
        """Drawn loans between `size` parties, and nothing else."""
        owed, none = Arrows.of(size, borrower, lender), np.zeros(0)
        kind, free = np.full(len(owed.head), FACILITIES.index("loan"), np.int8), np.zeros(len(owed.head))
        amounts, unnamed = np.asarray(drawn, np.float64), np.zeros(0, np.uint32)
        return cls(
            np.asarray(lender, np.uint32), owed, kind, amounts, free, free, Arrows.of(size, (), ()), none, unnamed
        )

    @property
    def size(self) -> int:
        """Number of parties n."""
        return len(self.borrowed.start) - 1

    @cached_property
    def borrower(self) -> NDArray[np.uint32]:
        """Who owes each facility, shape (m,)."""
        return _tails(self.borrowed)

    @cached_property
    def guarantor(self) -> NDArray[np.uint32]:
        """Who gave each guarantee, shape (g,)."""
        return _tails(self.guaranteed)

    @cached_property
    def debtor(self) -> NDArray[np.uint32]:
        """For whom each guarantee was given, shape (g,)."""
        debtor = np.empty_like(self.guaranteed.head)
        debtor[self.guaranteed.link] = self.guaranteed.head
        return debtor

    @cached_property
    def counted(self) -> tuple[Numbers, Numbers]:
        """Drawn and converted undrawn amount of each facility, 0 where unknown."""
        return np.nan_to_num(self.drawn), np.nan_to_num(self.undrawn) * np.where(np.isnan(self.ccf), 1.0, self.ccf)


def expired(guarantees: Any, *, day: int) -> NDArray[np.bool_]:
    r"""Say of each guarantee whether it can no longer be called.

    .. math:: e_l = [\,t_l < d\,], \quad t_l \text{ the last day of guarantee } l

    Parameters
    ----------
    guarantees : links of a snapshot
        GUARANTEES links; their days are counted since 1970.
    day : int
        The day d, counted since 1970.

    Raises
    ------
    Nothing.

    Source
    ------
    民法典 692 and 担保法 25–26, as `analytics.structure.guarantees.period` reads them.

    Example
    -------
    One that can be called until day 99, and one of which no day is known:

    >>> from types import SimpleNamespace
    >>> none = np.full(2, np.iinfo(np.int32).min, np.int32)
    >>> ends = np.array([99, none[0]], np.int32)
    >>> fields = {"form": np.zeros(2, np.int8), "signed": none, "due": none, "expires": ends}
    >>> expired(SimpleNamespace(fields=fields), day=100).tolist()
    [True, False]
    """
    promises = guarantees.fields
    pledged = promises["form"] == GUARANTEE_FORMS.index("pledge")
    last = last_days(promises["signed"], promises["due"], promises["expires"], pledged=pledged)
    return ~still_callable(last, day=day)


@dataclass(frozen=True)
class Exposure:
    """What is at stake with some parties together, and what each facility and guarantee adds."""

    drawn: float
    undrawn: float
    """Undrawn parts times their conversion factors."""
    by_kind: dict[str, float]
    """Drawn and converted undrawn amounts by kind of facility."""
    contingent: float
    """Guarantees given for others, none counted beyond what its borrower owes the creditor it names."""
    facilities: Links
    """Positions of the facilities, largest first."""
    facility_amount: Numbers
    """What each of them adds, NaN where no amount is known."""
    guarantees: Links
    """Positions of the guarantees given to parties outside, largest first."""
    guarantee_amount: Numbers
    """What each of them adds, NaN where its amount is unknown."""
    unknown_facilities: int
    unknown_drawn: int
    """Facilities of which only the undrawn amount is known, and counted."""
    unknown_by_kind: dict[str, int]
    """Facilities whose drawn amount is unknown, by kind."""
    unconverted: int
    """Undrawn amounts without a conversion factor, counted whole."""
    unknown_guarantees: int
    unknown_guarantees_most: float
    """What guarantees of unknown amount could add at most, as far as the debts behind them are known."""
    unknown_debts: int
    """Guarantees for a debt of which not all is known: they count at most up to what is."""
    inside: int
    """Guarantees between the parties themselves; their debt is counted already."""
    expired: int
    """Guarantees that can no longer be called, and are not counted."""

    @property
    def direct(self) -> float:
        """Drawn and converted undrawn amounts."""
        return self.drawn + self.undrawn


def exposure_to(book: Book, parties: ArrayLike, *, lender: int | None = None) -> Exposure:
    r"""Add up what a lender, or all lenders together, have at stake with some parties.

    A guarantee that one of the parties gave for another is not counted again. Those for one outsider b are
    counted together, those promised to one creditor c at most up to what b owes it, then those that name
    no creditor (∅) at most up to what b owes beyond. Amounts unknown stay unknown and are counted.

    .. math::

        E = \sum_f (d_f + c_f u_f), \qquad
        C_{bc} = \min\Big(\sum_{g \in P} G_{gbc},\; E_{bc}\Big), \qquad
        C = \sum_{b \notin P} \Big(\sum_c C_{bc} +
            \min\big(\sum_{g \in P} G_{gb\varnothing},\; E_b - \sum_c C_{bc}\big)\Big)

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
    return Exposure(**_direct(book, links), **_contingent(book, members, lender))


def _direct(book: Book, links: Links) -> dict[str, Any]:
    """The half of an exposure that is owed by the parties themselves."""
    drawn, undrawn = (amounts[links] for amounts in book.counted)
    silent, loose = np.isnan(book.drawn[links]), np.isnan(book.undrawn[links])
    amounts = np.where(silent & loose, np.nan, drawn + undrawn)
    order = np.lexsort((links, -(drawn + undrawn)))
    names, kind = ("unknown", *FACILITIES), book.kind[links] + 1
    kinds = np.bincount(kind, weights=drawn + undrawn, minlength=len(names))
    unknown = np.bincount(kind[silent], minlength=len(names)).tolist()
    return {
        "drawn": float(drawn.sum()),
        "undrawn": float(undrawn.sum()),
        "by_kind": {name: float(amount) for name, amount in zip(names, kinds, strict=True) if amount},
        "facilities": links[order],
        "facility_amount": amounts[order],
        "unknown_facilities": int((silent & loose).sum()),
        "unknown_drawn": int((silent & ~loose).sum()),
        "unknown_by_kind": {name: many for name, many in zip(names, unknown, strict=True) if many},
        "unconverted": int((np.isnan(book.ccf[links]) & (book.undrawn[links] > 0)).sum()),
    }


def _facilities(book: Book, members: NDArray[np.int64], lender: int | None) -> tuple[Links, NDArray[np.int64]]:
    """Facilities of some borrowers, and for each which borrower's it is."""
    spans, whose = book.borrowed.spans_of(members)
    links = book.borrowed.link[spans]
    if lender is None:
        return links, whose
    mine = book.lender[links] == lender
    return links[mine], whose[mine]


def _contingent(book: Book, members: NDArray[np.int64], lender: int | None) -> dict[str, Any]:
    """The guarantee half of an exposure."""
    borrower, links, expired = _promises(book, members, lender)
    outside = np.append(members, -1)[np.searchsorted(members, borrower)] != borrower
    inside = int((~outside).sum())
    borrower, links = borrower[outside], links[outside]
    promised = book.promised[links]
    unknown = np.isnan(promised)
    pairs, place = np.unique(borrower << 32 | book.creditor[links], return_inverse=True)
    given = _summed(place, np.where(unknown, 0.0, promised), len(pairs))
    debt = _debt(book, pairs, lender)
    counted = _capped(given, debt)
    share = np.divide(counted, given, out=np.zeros(len(given)), where=given > 0)
    amounts = promised * share[place]
    silent = _summed(place, unknown, len(pairs)) > 0
    most = _capped(np.where(silent, np.inf, given), debt)
    order = np.lexsort((links, -np.where(unknown, 0.0, amounts)))
    return {
        "contingent": float(counted.sum()),
        "guarantees": links[order],
        "guarantee_amount": amounts[order],
        "unknown_guarantees": int(unknown.sum()),
        "unknown_debts": int(debt.unknown[place].sum()),
        "unknown_guarantees_most": max(0.0, float(most.sum() - counted.sum())),
        "inside": inside,
        "expired": expired,
    }


def _promises(book: Book, members: NDArray[np.int64], lender: int | None) -> tuple[NDArray[np.int64], Links, int]:
    """Guarantees of some guarantors that can be called, each with its borrower; how many no longer can."""
    spans, _ = book.guaranteed.spans_of(members)
    borrower, links = book.guaranteed.head[spans].astype(np.int64), book.guaranteed.link[spans]
    if lender is not None:
        mine = (book.creditor[links] == lender) | (book.creditor[links] == UNKNOWN)
        borrower, links = borrower[mine], links[mine]
    if not len(book.expired):
        return borrower, links, 0
    expired = book.expired[links]
    return borrower[~expired], links[~expired], int(expired.sum())


class Debt(NamedTuple):
    """What is owed behind guarantees, for each pair of a borrower and a creditor."""

    borrower: NDArray[np.int64]
    """Position of each pair's borrower among the borrowers."""
    nameless: NDArray[np.bool_]
    """Pairs whose guarantees name no creditor."""
    whole: Numbers
    """What the borrower owes in all."""
    named: Numbers
    """What of it is owed to the creditor of the pair."""
    unknown: NDArray[np.bool_]
    """Pairs with a facility behind them of which what is drawn is not known."""


def _debt(book: Book, pairs: NDArray[np.int64], lender: int | None) -> Debt:
    """What is owed behind pairs, ascending, of borrower · 2³² + creditor."""
    borrowers, of = np.unique(pairs >> 32, return_inverse=True)
    links, whose = _facilities(book, borrowers, lender)
    amounts = book.counted[0][links] + book.counted[1][links]
    whole = _summed(whose, amounts, len(borrowers))
    owing = borrowers[whose] << 32 | book.lender[links]
    at = np.searchsorted(pairs, owing)
    guaranteed = np.append(pairs, -1)[at] == owing
    named = _summed(at[guaranteed], amounts[guaranteed], len(pairs))
    silent, nameless = np.isnan(book.drawn[links]), (pairs & UNKNOWN) == UNKNOWN
    untold = np.where(
        nameless, _summed(whose, silent, len(borrowers))[of], _summed(at[guaranteed], silent[guaranteed], len(pairs))
    )
    return Debt(of, nameless, whole[of], named, untold > 0)


def _capped(given: Numbers, debt: Debt) -> Numbers:
    """What of each pair's guarantees counts; those that name no creditor share what the others leave."""
    counted = np.minimum(given, debt.named)
    left = debt.whole - _summed(debt.borrower, counted)[debt.borrower]
    return np.where(debt.nameless, np.minimum(given, np.maximum(left, 0.0)), counted)


def _tails(arrows: Arrows) -> NDArray[np.uint32]:
    """Where each arrow leaves from, by its position."""
    tails = np.empty(len(arrows.link), np.uint32)
    tails[arrows.link] = np.repeat(np.arange(len(arrows.start) - 1, dtype=np.uint32), np.diff(arrows.start))
    return tails


def _summed(place: NDArray[np.int64], amounts: NDArray[Any], count: int = 0) -> Numbers:
    """Sum of the amounts at each place; of none, floats too."""
    return np.bincount(place, weights=amounts, minlength=count).astype(np.float64, copy=False)
