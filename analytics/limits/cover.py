"""What protects a book: collateral, and guarantees by those whose promise counts."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.limits.exposure import ELSEWHERE, UNKNOWN, Book, Links, Numbers

UNTIED = UNKNOWN
"""Facility of a pledge or guarantee that names none: it protects all its debtor's facilities with the lender."""
STRANGE = ELSEWHERE
"""Facility of one that names a facility of which nothing is known; it protects nothing here."""
SHARED = UNKNOWN - 2
"""Facility of one that names a number which facilities of several borrowers have; it protects nothing here."""


@dataclass(frozen=True)
class Cover:
    """Pledges, and what of a book's guarantees protects which facility."""

    provider: NDArray[np.uint32]
    """Who gives each pledge, shape (p,)."""
    lender: NDArray[np.uint32]
    """To whom."""
    kind: NDArray[np.int8]
    """Position in COLLATERAL, -1 unknown: taken off by no rule."""
    value: Numbers
    """Whole units of the book's currency, NaN unknown: counts 0."""
    facility: NDArray[np.uint32]
    """Position of the first row of the facility each pledge is for, `UNTIED`, `STRANGE` or `SHARED`."""
    guaranteed: NDArray[np.uint32]
    """The same of each guarantee of the book, shape (g,)."""
    eligible: NDArray[np.bool_]
    """Guarantees whose giver counts as a protection provider, shape (g,); a corporate guarantor normally does not."""
    first: Links = field(default_factory=lambda: np.zeros(0, np.uint32))
    """Position of the first row of each row's facility, shape (m,): several rows may be one, such as what is drawn and
    what is granted; empty where each is its own."""

    @classmethod
    def none(cls, book: Book) -> "Cover":
        """No protection at all."""
        free = np.zeros(0, np.uint32)
        count = len(book.promised)
        untied = np.full(count, UNTIED, np.uint32)
        return cls(free, free, np.zeros(0, np.int8), np.zeros(0), free, untied, np.zeros(count, np.bool_))

    @classmethod
    def of(
        cls,
        pledges: Any,
        *,
        facility: NDArray[np.uint32],
        guaranteed: NDArray[np.uint32],
        eligible: NDArray[np.bool_],
        first: Links,
    ) -> "Cover":
        """Cover of a snapshot's PLEDGES links; facilities as positions among its LENDS links."""
        fields = pledges.fields
        return cls(pledges.tail, pledges.head, fields["kind"], fields["value"], facility, guaranteed, eligible, first)

    def facility_of(self, rows: Links) -> Links:
        """The facility of some rows of the book, by its first row."""
        return self.first[rows] if len(self.first) else rows


@dataclass(frozen=True)
class Moved:
    """Protected parts that left the facilities for their providers."""

    guarantor: NDArray[np.uint32]
    amount: Numbers


def netted(left: Numbers, mine: Links, borrower: NDArray[np.uint32], cover: Cover, pledges: Links) -> Numbers:
    r"""Take collateral off what some facilities of one lender count.

    A pledge for one facility is taken off its rows in proportion, down to 0; one that names no facility is then
    taken off all that its provider still owes, in proportion.

    .. math:: e_f' = \max\Big(e_f - \sum_{p \to f} v_p, 0\Big), \qquad
        e_f'' = e_f' \Big(1 - \min\big(1, \tfrac{\sum_{p \to \varnothing} v_p}{\sum_{f \in b} e_f'}\big)\Big)

    Parameters
    ----------
    left : (k,) array, whole units of currency
        What each facility counts.
    mine : (k,) array of positions in the book, ascending
    borrower : (k,) array of node numbers
    cover : Cover
    pledges : (q,) array of positions in the cover
        Those that count, all to the same lender.

    Raises
    ------
    Nothing; a pledge of unknown value counts 0.

    Source
    ------
    集团客户授信业务风险管理指引 (2010) art. 12; BCBS LEX30; domain reference §2.6.

    Example
    -------
    >>> n, two = np.zeros(1, np.uint32), np.zeros(2, np.uint32)
    >>> cover = Cover(two, two, np.zeros(2, np.int8), np.array([30.0, 7]), np.array([0, UNTIED], np.uint32), n, n > 0)
    >>> netted(np.array([20.0, 50]), np.array([0, 1], np.uint32), two, cover, np.arange(2, dtype=np.uint32)).tolist()
    [0.0, 43.0]
    """
    value = np.nan_to_num(cover.value[pledges])
    loose = cover.facility[pledges] == UNTIED
    left = left - _spread(left, cover.facility_of(mine), cover.facility[pledges[~loose]], value[~loose])
    return left - _spread(left, borrower, cover.provider[pledges[loose]], value[loose])


def moved(
    left: Numbers, mine: Links, borrower: NDArray[np.uint32], book: Book, cover: Cover, guarantees: Links
) -> tuple[Numbers, Moved]:
    r"""Move what eligible guarantors protect from the facilities to them.

    Of one facility never more moves than is left of it, shared by the guarantors in proportion to their
    promises; then those that name no facility protect what their borrower still owes.

    .. math:: m_f = \min\Big(e_f, \sum_g G_{gf}\Big), \qquad m_{gf} = m_f \frac{G_{gf}}{\sum_h G_{hf}}

    Parameters
    ----------
    left : (k,) array, whole units of currency
        What is left of each facility once collateral is taken off.
    mine : (k,) array of positions in the book, ascending
    borrower : (k,) array of node numbers
    book : Book
    cover : Cover
    guarantees : (q,) array of positions in the book
        Eligible ones, promised to the lender whose facilities these are.

    Raises
    ------
    Nothing; a guarantee of unknown amount protects nothing.

    Source
    ------
    BCBS LEX30, substitution; domain reference vector LIM-09.

    Example
    -------
    A loan of 100 to 1, of which 2 guarantees 60.

    >>> from analytics.structure.votes import Arrows
    >>> one = np.zeros(1, np.uint32)
    >>> book = Book(one, Arrows.of(3, [1], [0]), np.zeros(1, np.int8), np.array([100.0]), np.zeros(1), np.zeros(1),
    ...     Arrows.of(3, [2], [1]), np.array([60.0]), one)
    >>> cover = Cover(one[:0], one[:0], np.zeros(0, np.int8), np.zeros(0), one[:0], one, one == 0)
    >>> left, gone = moved(np.array([100.0]), one, one + 1, book, cover, one)
    >>> left.tolist(), gone.guarantor.tolist(), gone.amount.tolist()
    ([40.0], [2], [60.0])
    """
    promised = np.nan_to_num(book.promised[guarantees])
    loose, amount = cover.guaranteed[guarantees] == UNTIED, np.zeros(len(guarantees))
    for some, whose, of in (
        (~loose, cover.guaranteed[guarantees[~loose]], cover.facility_of(mine)),
        (loose, book.debtor[guarantees[loose]], borrower),
    ):
        amount[some] = promised[some] * _used(left, of, whose, promised[some])
        left = left - _spread(left, of, whose, promised[some])
    return left, Moved(book.guarantor[guarantees], amount)


def _found(sorted_: NDArray[np.uint32], wanted: NDArray[np.uint32]) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Where each number stands among sorted ones, and whether it does."""
    place = np.searchsorted(sorted_, wanted)
    known = place < len(sorted_)
    known[known] = sorted_[place[known]] == wanted[known]
    return place, known


def _spread(left: Numbers, borrower: NDArray[np.uint32], whose: NDArray[np.uint32], value: Numbers) -> Numbers:
    """What of each row is protected by what protects all rows of one facility, or of one borrower."""
    if not len(whose):
        return np.zeros(len(left))
    who, pool, owed = _sums(left, borrower, whose, value)
    rate = np.divide(np.minimum(pool, owed), owed, out=np.zeros(len(owed)), where=owed > 0)
    place, found = _found(who, borrower)
    return np.where(found, left * np.append(rate, 0.0)[place], 0.0)


def _used(left: Numbers, borrower: NDArray[np.uint32], whose: NDArray[np.uint32], value: Numbers) -> Numbers:
    """Fraction of each piece of such protection that finds something to protect."""
    if not len(whose):
        return np.zeros(0)
    who, pool, owed = _sums(left, borrower, whose, value)
    rate = np.divide(np.minimum(pool, owed), pool, out=np.zeros(len(pool)), where=pool > 0)
    return np.asarray(rate[np.searchsorted(who, whose)])


def _sums(
    left: Numbers, borrower: NDArray[np.uint32], whose: NDArray[np.uint32], value: Numbers
) -> tuple[NDArray[np.uint32], Numbers, Numbers]:
    """Facilities or borrowers that something protects, by how much, and what they owe."""
    who, at = np.unique(whose, return_inverse=True)
    pool = np.bincount(at, weights=value, minlength=len(who)).astype(np.float64)
    place, found = _found(who, borrower)
    owed = np.bincount(place[found], weights=left[found], minlength=len(who)).astype(np.float64)
    return who, pool, owed
