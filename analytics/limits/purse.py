"""What one client may pay down: its facilities that count alike, of which it does not matter which falls."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analytics.limits.application import Cut
from analytics.limits.remedy import payable
from analytics.limits.stakes import Stakes
from analytics.limits.standing import Standing
from analytics.limits.threshold import FINEST
from analytics.limits.units import Nodes


@dataclass(frozen=True)
class Purse:
    """Facilities of one client that the same numerators count, the largest first."""

    borrower: int
    facilities: tuple[int, ...]
    """Positions in the book."""
    drawn: tuple[float, ...]
    """Of each what is drawn, whole units of the book's currency."""
    counted: tuple[bool, ...]
    """Whether each of the numerators asked about counts them."""

    def left(self, cuts: Iterable[Cut]) -> float:
        """What is drawn in all, less what is paid down already."""
        return sum(self.drawn) - sum(cut.amount for cut in cuts if cut.facility in self.facilities)

    def paid(self, amount: float, cuts: Sequence[Cut] = ()) -> Iterator[Cut]:
        """So much paid down besides what is paid down already, of the largest first; no more than is drawn."""
        for facility, drawn in zip(self.facilities, self.drawn, strict=True):
            most = drawn - sum(cut.amount for cut in cuts if cut.facility == facility)
            if min(most, amount) > 0:
                yield Cut(facility, self.borrower, min(most, amount))
                amount -= min(most, amount)


def purses_of(
    standing: Standing,
    members: Nodes,
    stakes: Sequence[Stakes],
    *,
    most: int,
    least: float = 0.0,
    every: bool = False,
) -> list[Purse]:
    r"""Put what some parties may pay down together, by client and by what counts it; the greatest sum first.

    Paid down by a unit, whichever facility of a purse it is, every exposure that counts them falls by a unit.

    .. math:: \{f \in payable(U) : borrower_f = x, \; [g^n_f > 0]_n = s\}_{x, s}

    Parameters
    ----------
    standing : Standing
    members : (k,) array of node numbers
        The parties U.
    stakes : Stakes by numerator
        That tell facilities of one client apart where only some count them.
    most : int
        Purses that are told.
    least : float, whole units of the book's currency
        What may be paid down in all of each that is told.
    every : bool
        Whether only facilities are meant that all these numerators count.

    Raises
    ------
    Nothing.

    Source
    ------
    Domain reference §2.7; as `payable`.

    Example
    -------
    >>> from datetime import date
    >>> from analytics.limits.capital import Capital
    >>> from analytics.limits.catalogue import shipped
    >>> from analytics.limits.cover import Cover
    >>> from analytics.limits.exposure import Book
    >>> from analytics.limits.standing import standing_of
    >>> book, rules = Book.lent(3, [0] * 3, [1, 2, 1], [30, 40, 20]), [shipped().rule("CN_LE_GROUP_20")]
    >>> standing = standing_of(book, Cover.none(book), rules, lender=0, capital=Capital(()), day=date(2026, 11, 27))
    >>> found = purses_of(standing, np.array([1, 2], np.uint32), list(standing.stakes.values()), most=2)
    >>> [(purse.borrower, purse.drawn) for purse in found]
    [(1, (30.0, 20.0)), (2, (40.0,))]
    >>> [(cut.facility, cut.amount) for cut in found[0].paid(35.0)]
    [(0, 30.0), (2, 5.0)]
    """
    rows = payable(standing, members)
    counted = np.array([one.gross[rows] > 0 for one in stakes], np.bool_).reshape(len(stakes), len(rows))
    if every:
        rows, counted = rows[counted.all(axis=0)], counted[:, counted.all(axis=0)]
    return _together(standing, rows, counted, most=most, least=least) if len(rows) else []


def _together(
    standing: Standing, rows: NDArray[np.int64], counted: NDArray[np.bool_], *, most: int, least: float
) -> list[Purse]:
    """Facilities of one client that the same numerators count, the greatest sums first."""
    some = next(iter(standing.stakes.values()))
    links, borrower = some.facility[rows], some.borrower[rows].astype(np.int64)
    drawn = standing.book.drawn[links]
    sort = (1 << np.arange(len(counted), dtype=np.int64)) @ counted
    names, first, of = np.unique(borrower << len(counted) | sort, return_index=True, return_inverse=True)
    sums = np.bincount(of, drawn)
    order = np.lexsort((names, -sums))
    made = ((int(first[k]), of == k) for k in order[sums[order] > least - FINEST][:most].tolist())
    return [
        Purse(int(borrower[at]), tuple(links[own].tolist()), tuple(drawn[own].tolist()), tuple(counted[:, at].tolist()))
        for at, own in made
    ]
