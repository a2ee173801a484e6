"""Amounts at stake that nobody states: each facility and guarantee once, however many parties answer for it."""

import numpy as np
from numpy.typing import NDArray

from analytics.limits.cover import UNTIED
from analytics.limits.exposure import UNKNOWN, Book
from analytics.limits.stakes import Stakes
from analytics.limits.standing import Standing
from analytics.limits.units import Nodes
from graph.model import GUARANTEES, LENDS

Unsized = tuple[str, int]
"""A facility or a guarantee of unknown amount: the name of its kind, and its position in the book."""


def unsized(standing: Standing, stakes: Stakes, members: Nodes) -> list[Unsized]:
    r"""List what of unknown amount is at stake with some parties together.

    Their facilities, guarantees they gave where these count or protect, and facilities of others for which they
    answer; of a guarantee for one of themselves nothing hangs on its amount, as what it moves stays with them.

    .. math:: \{f : b_f \in U \lor guarantors(f) \cap U \ne \emptyset, \; drawn_f \text{ unknown}\} \cup
        \{g : giver_g \in U, \; amount_g \text{ unknown}\}

    Parameters
    ----------
    standing : Standing
    stakes : Stakes
        As one numerator counts.
    members : (k,) array of node numbers, ascending
        The parties U.

    Raises
    ------
    Nothing.

    Source
    ------
    As `stakes_of`.

    Example
    -------
    >>> from datetime import date
    >>> from math import nan
    >>> from analytics.limits.capital import Capital
    >>> from analytics.limits.catalogue import shipped
    >>> from analytics.limits.cover import Cover
    >>> from analytics.limits.standing import standing_of
    >>> book, rules = Book.lent(3, [0, 0], [1, 2], [nan, 40]), [shipped().rule("CN_LE_GROUP_20")]
    >>> standing = standing_of(book, Cover.none(book), rules, lender=0, capital=Capital(()), day=date(2026, 11, 27))
    >>> unsized(standing, standing.stakes["large_exposure"], np.array([1, 2], np.uint32))
    [('LENDS', 0)]
    """
    promised, members = standing.book.promised, members[~stakes.left_out[members]]
    answering = [*_promised(standing, stakes, members), *_protecting(standing, stakes, members)]
    rows, found = np.isin(stakes.borrower, members), list[Unsized]()
    for guarantee in dict.fromkeys(answering):
        if np.isnan(promised[guarantee]):
            found.append((GUARANTEES.name, guarantee))
        if not np.isnan(promised[guarantee]) or stakes.numerator.promised:
            rows |= _behind(standing, stakes, guarantee)
    return found + [(LENDS.name, int(k)) for k in stakes.facility[rows & stakes.unknown]]


def unsized_count(standing: Standing, stakes: Stakes, members: Nodes) -> int:
    r"""Count them.

    .. math:: |\text{unsized}(U)|

    Parameters
    ----------
    standing, stakes, members
        As `unsized`.

    Raises
    ------
    Nothing.

    Source
    ------
    As `unsized`.

    Example
    -------
    As `unsized`.

    >>> len([("LENDS", 0)])
    1
    """
    many = int(stakes.silent[members].sum())
    # Only who answers for others can bring in what is counted with somebody else, or hangs on nothing.
    if not many or (stakes.promised is None and not np.isin(stakes.taker, members).any()):
        return many
    return len(unsized(standing, stakes, members))


def alive(book: Book, guarantees: NDArray[np.bool_]) -> list[int]:
    r"""Positions of those of some guarantees that can still be called.

    .. math:: \{g : \neg expired_g\}

    Parameters
    ----------
    book : Book
    guarantees : (g,) array

    Raises
    ------
    Nothing.

    Source
    ------
    民法典 692.

    Example
    -------
    >>> alive(Book.lent(2, [0], [1], [30]), np.zeros(0, np.bool_))
    []
    """
    found: list[int] = np.flatnonzero(guarantees & ~book.expired if len(book.expired) else guarantees).tolist()
    return found


def _promised(base: Standing, stakes: Stakes, members: Nodes) -> list[int]:
    """Guarantees that some parties gave for others, where promises count."""
    book = base.book
    if not stakes.numerator.promised:
        return []
    theirs = np.isin(book.guarantor, members) & np.isin(book.creditor, [base.lender, UNKNOWN])
    theirs &= (book.guarantor != base.lender) & ~np.isin(book.debtor, members)
    return alive(book, theirs)


def _protecting(base: Standing, stakes: Stakes, members: Nodes) -> list[int]:
    """Guarantees of some parties by which it is not known what moves to them: from others, or in place of others."""
    book, given = base.book, stakes.taking[np.isin(stakes.taker, members)]
    others = stakes.guarding[~np.isin(book.guarantor[stakes.guarding], members)]
    debtor = book.debtor[given]
    found: list[int] = given[~np.isin(debtor, members) | np.isin(debtor, book.debtor[others])].tolist()
    return found


def _behind(base: Standing, stakes: Stakes, guarantee: int) -> NDArray[np.bool_]:
    """The facilities that a guarantee is for: the one it names where it moves what it protects, and takes nothing of
    the collateral of others; else all of its debtor's."""
    debtor, named = base.book.debtor[guarantee], base.cover.guaranteed[guarantee]
    if stakes.numerator.promised or named == UNTIED or np.isin(debtor, stakes.thinned):
        return np.asarray(stakes.borrower == debtor)
    return np.asarray(base.cover.facility_of(stakes.facility) == named)
