"""Where a lender stands on a day: the rules that bind it, its limits, and its stakes as each rule counts them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np

from analytics.limits.capital import Cap, Capital, cap_of
from analytics.limits.catalogue import Rule
from analytics.limits.cover import Cover
from analytics.limits.exposure import Book
from analytics.limits.numerators import NUMERATORS
from analytics.limits.stakes import Stakes, stakes_of
from analytics.limits.units import Clients
from graph.errors import InvalidQuestion


@dataclass(frozen=True)
class Standing:
    """All that the checks of one lender on one day share; made once."""

    rules: tuple[Rule, ...]
    caps: Mapping[str, Cap]
    """Limit of each rule, by its id."""
    stakes: Mapping[str, Stakes]
    """Stakes by numerator."""
    book: Book
    cover: Cover
    clients: Clients
    capital: Capital
    day: date
    lender: int

    @property
    def size(self) -> int:
        """Number of parties n."""
        return self.book.size


def standing_of(
    book: Book,
    cover: Cover,
    rules: Iterable[Rule],
    *,
    lender: int,
    capital: Capital,
    day: date,
    clients: Clients | None = None,
) -> Standing:
    r"""Work out what all checks of one lender share.

    .. math:: (L_r)_{r \in R}, \qquad (E^{num}_x)_{num \in N(R),\; x \le n}

    Parameters
    ----------
    book, cover
        Facilities, guarantees and what protects them, whole units of one currency.
    rules : iterable of Rule
        Those in force for the lender.
    lender : int
        Node number.
    capital : Capital
        The lender's figures, in the book's currency.
    day : date
    clients : Clients, optional
        What parties are; by default none is an institution, and all are disclosed.

    Raises
    ------
    InvalidQuestion
        If the lender is no party of the book, or an amount of it is negative or infinite.

    Source
    ------
    Domain reference §2.6.

    Example
    -------
    >>> from analytics.limits.capital import Figure
    >>> from analytics.limits.catalogue import shipped
    >>> book = Book.lent(2, [0], [1], [70])
    >>> bank = Capital((Figure("net_capital", 1200.0, date(2026, 9, 30)),))
    >>> found = standing_of(book, Cover.none(book), [shipped().rule("CN_LOAN_SINGLE_10")], lender=0, capital=bank,
    ...     day=date(2026, 11, 27))
    >>> found.caps["CN_LOAN_SINGLE_10"].value, float(found.stakes["loan_balance"].own[1])
    (120.0, 70.0)
    """
    _check(book, cover, lender)
    known, asked = clients or Clients.plain(book.size), tuple(rules)
    wanted = dict.fromkeys(rule.numerator for rule in asked)
    stakes = {name: stakes_of(book, cover, NUMERATORS[name], known, lender=lender) for name in wanted}
    caps = {rule.id: cap_of(rule, capital, day) for rule in asked}
    return Standing(asked, caps, stakes, book, cover, known, capital, day, lender)


def _check(book: Book, cover: Cover, lender: int) -> None:
    """Refuse what cannot be."""
    if not 0 <= lender < book.size:
        raise InvalidQuestion("no party of this book", where=f"lender {lender}")
    given = {"drawn": book.drawn, "undrawn": book.undrawn, "promised": book.promised, "pledged": cover.value}
    for name, amounts in given.items():
        if (amounts < 0).any() or np.isinf(amounts).any():
            raise InvalidQuestion("amounts must be finite and not negative", where=name)
