"""What one lender has at stake with every party, as one numerator counts it."""

from dataclasses import dataclass
from functools import cached_property
from math import isnan

import numpy as np
from numpy.typing import NDArray

from analytics.limits.cover import SHARED, UNTIED, Cover, moved, netted
from analytics.limits.exposure import UNKNOWN, Book, Links, Numbers
from analytics.limits.numerators import Numerator
from analytics.limits.units import Clients, Nodes, Units
from analytics.structure.votes import Arrows

NO_PROMISE = np.zeros(0), np.zeros(0, np.bool_)
NAUGHT = 1e-9
"""Below this an amount is nothing; far below a thousandth of a unit."""


@dataclass(frozen=True)
class Stakes:
    """Exposure of one lender by party, after protection; groups are sums over their members."""

    numerator: Numerator
    own: Numbers
    """What counts with each party, shape (n,): what it owes and what it protects."""
    facility: Links
    """Positions of the lender's facilities, ascending."""
    borrower: Nodes
    gross: Numbers
    """What each facility counts before protection."""
    kept: Numbers
    """What of it is left with the borrower."""
    unknown: NDArray[np.bool_]
    """Facilities of which what is drawn is not known."""
    unconverted: NDArray[np.bool_]
    """Facilities whose undrawn part counts whole for want of a factor."""
    promised: Arrows | None
    """Guarantees of each guarantor to this lender, where the numerator counts them; `link` in `promise`."""
    promise: Numbers
    """Amount of each such guarantee, 0 where it is not known."""
    untold: NDArray[np.bool_]
    """Whether that amount is not known."""
    spare: Arrows
    """From each borrower to those whose eligible guarantee, which names no facility, it has not used up; `link` in
    `left`."""
    left: Numbers
    """What of each such guarantee protects nothing yet, NaN where its amount is not known."""
    guarding: Links
    """Positions of eligible guarantees to this lender, where the numerator moves what they protect."""
    taken: Numbers
    """What each of them moves to its giver."""
    taking: Links
    """Positions of eligible guarantees that protect a facility of unknown amount, or, of unknown amount, a facility."""
    taker: Nodes
    """Who gave each of them."""
    thinned: Nodes
    """Borrowers with collateral for all they owe, and an eligible guarantee for one facility: what more they owe takes
    some of the collateral, and so leaves more to the guarantor. Ascending."""
    left_out: NDArray[np.bool_]
    """Parties that the numerator leaves out, shape (n,)."""

    @property
    def size(self) -> int:
        """Number of parties n."""
        return len(self.own)

    @cached_property
    def silent(self) -> NDArray[np.int64]:
        """How many amounts at stake with each party are not known, shape (n,): facilities it has, what it protects, and
        where promises count those of unknown amount and those for a debt that is not known."""
        silent = self.borrower[self.unknown & ~self.left_out[self.borrower]]
        own = np.bincount(np.append(silent, self.taker), minlength=self.size)
        if self.promised is None:
            return own
        times = self.untold[self.promised.link] + (own[self.promised.head] > 0).astype(np.int64)
        return own + np.bincount(np.repeat(self.promised.tail, times), minlength=self.size)

    @cached_property
    def loose(self) -> NDArray[np.int64]:
        """How many facilities of each party count whole for want of a factor, shape (n,)."""
        return np.bincount(self.borrower[self.unconverted], minlength=self.size)

    @cached_property
    def counting(self) -> NDArray[np.bool_]:
        """Whether something is at stake with each party, or may be, shape (n,)."""
        found = (self.own > 0) | (self.silent > 0)
        return found if self.promised is None else found | (np.diff(self.promised.start) > 0)

    @cached_property
    def parties(self) -> Nodes:
        """Parties with whom something is at stake, or may be."""
        return np.flatnonzero(self.counting).astype(np.uint32)

    @cached_property
    def most(self) -> Numbers:
        """What each party adds to a group at most, with all it promised; shape (n,)."""
        if self.promised is None:
            return self.own
        return self.own + np.bincount(self.promised.tail, self.promise[self.promised.link], minlength=self.size)

    @cached_property
    def of(self) -> Arrows:
        """Facilities of each party; `link` is their position among the lender's."""
        return Arrows.of(self.size, self.borrower, self.facility)

    def total(self, members: Nodes) -> float:
        """What counts with some parties together, as `totals` counts it for many sets."""
        if self.promised is not None:
            return float(self.totals(Units(np.array([0, len(members)]), members))[0])
        return float(self.own[members].sum())

    def totals(self, units: Units) -> Numbers:
        """What counts with each unit; a member's promise for another member is not counted again."""
        number = units.number
        sums: Numbers = np.bincount(number, weights=self.own[units.flat], minlength=len(units)).astype(np.float64)
        return sums if self.promised is None else sums + self._contingent(units, number, self.promised)

    def answering(self, party: int) -> list[int]:
        """Who answers by guarantees in the book for more that a party would owe, where they count or protect."""
        promised = [] if self.promised is None else self.promised.reverse.at(party).tolist()
        return list(dict.fromkeys([*promised, *self.spare.at(party).tolist()]))

    def spared(self, party: int) -> list[tuple[int, float]]:
        """Who would answer for more that a party owes, by what of a guarantee for all of it protects nothing yet."""
        if not len(self.left):
            return []
        left = self.left[self.spare.links_at(party)].tolist()
        return [(x, amount) for x, amount in zip(self.spare.at(party).tolist(), left, strict=True) if not isnan(amount)]

    def unsure(self, party: int) -> list[int]:
        """Who would answer for more that a party owes, nobody knows for how much, and counts here."""
        if self.promised is not None:
            back = self.promised.reverse
            return [int(x) for x in back.at(party)[self.untold[back.links_at(party)]]]
        if not len(self.left):
            return []
        silent = self.spare.at(party)[np.isnan(self.left[self.spare.links_at(party)])]
        return [int(x) for x in silent[~self.left_out[silent]]]

    def untold_debt(self, party: int) -> bool:
        """Whether what a party owes is not known."""
        return bool(self.unknown[self.of.links_at(party)].any())

    def behind(self, party: int, members: Nodes) -> tuple[float, float]:
        """What members promised for a party, and what it owes."""
        if self.promised is None:
            return 0.0, 0.0
        back = self.promised.reverse
        inside = np.isin(back.at(party), members)
        return float(self.promise[back.links_at(party)[inside]].sum()), float(self.own[party])

    def _contingent(self, units: Units, number: NDArray[np.int64], promised: Arrows) -> Numbers:
        """What each unit's members promised for outsiders, up to what those owe."""
        counts = np.diff(promised.start)[units.flat]
        whose = np.repeat(np.arange(len(units.flat)), counts)
        at = np.arange(counts.sum()) + (promised.start[units.flat] - np.cumsum(counts) + counts)[whose]
        pairs, place = np.unique(number[whose] << 32 | promised.head[at], return_inverse=True)
        given = np.bincount(place, weights=self.promise[promised.link[at]], minlength=len(pairs))
        debtor = pairs & UNKNOWN
        outside = ~np.isin(pairs, number << 32 | units.flat)
        counted = np.minimum(given, self.own[debtor]) * outside
        return np.bincount(pairs >> 32, weights=counted, minlength=len(units)).astype(np.float64)


def stakes_of(book: Book, cover: Cover, numerator: Numerator, clients: Clients, *, lender: int) -> Stakes:
    r"""Count what a lender has at stake with every party, as one numerator asks.

    Collateral first, then eligible guarantees: they move what they protect to their giver, so that a
    group's sum over its members counts no debt twice. A guarantee protects only where it names this
    lender as its creditor; one that can no longer be called protects nothing.

    .. math:: E_b = \sum_{f \in b} (g_f - c_f - m_f) + \sum_f m_{bf}

    Parameters
    ----------
    book : Book
        m facilities and g guarantees, whole units of one currency.
    cover : Cover
        Pledges, and what each guarantee protects.
    numerator : Numerator
        What is counted: gross g, collateral c, moved m.
    clients : Clients
        Institutions, where the numerator leaves them out.
    lender : int
        Node number.

    Raises
    ------
    Nothing; amounts unknown count 0 and are told in `unknown` and `untold`.

    Source
    ------
    Domain reference §2.6; BCBS LEX30; 集团客户授信业务风险管理指引 (2010) art. 12.

    Example
    -------
    >>> from analytics.limits.numerators import NUMERATORS
    >>> one = np.zeros(1, np.uint32)
    >>> book = Book(one, Arrows.of(2, [1], [0]), one.astype(np.int8), np.array([70.0]), np.array([40.0]),
    ...     np.array([0.5]), Arrows.of(2, [], []), np.zeros(0), one[:0])
    >>> [stakes_of(book, Cover.none(book), NUMERATORS[name], Clients.plain(2), lender=0).own.tolist()
    ...     for name in ("large_exposure", "group_credit", "loan_balance")]
    [[0.0, 90.0], [0.0, 110.0], [0.0, 70.0]]
    """
    mine = np.flatnonzero(book.lender == lender).astype(np.uint32)
    borrower, gross = book.borrower[mine], numerator.gross(book, mine)
    pledges = np.flatnonzero((cover.lender == lender) & numerator.takes_off(cover.kind)).astype(np.uint32)
    kept = netted(gross, mine, borrower, cover, pledges)
    alive = ~book.expired if len(book.expired) else np.ones(len(book.promised), np.bool_)
    unknown = numerator.unknown(book, mine)
    links = _protecting(book, cover, alive, lender) if numerator.moved else mine[:0]
    thinned = _thinned(book, cover, links, pledges)
    taking = _taking(book, cover, links, thinned, mine[unknown], mine[unknown | (kept > NAUGHT)])
    kept, gone = moved(kept, mine, borrower, book, cover, links)
    kept = np.where(kept < NAUGHT, 0.0, kept)
    own = np.bincount(np.append(borrower, gone.guarantor), np.append(kept, gone.amount), book.size).astype(np.float64)
    left_out = clients.institution if numerator.clients == "nonbank" else np.zeros(book.size, np.bool_)
    own[left_out], taking = 0.0, taking[~left_out[book.guarantor[taking]]]
    promised, promise, untold = _promises(book, alive, lender) if numerator.promised else (None, *NO_PROMISE)
    return Stakes(
        numerator, own, mine, borrower, gross, kept, unknown, numerator.unconverted(book, mine), promised, promise,
        untold, *_spare(book, cover, links, gone.amount), links, gone.amount, taking, book.guarantor[taking], thinned,
        left_out,
    )  # fmt: skip


def _protecting(book: Book, cover: Cover, alive: NDArray[np.bool_], lender: int) -> Links:
    """Guarantees that move what they protect: nobody protects what it owes, nor a lender what it lent."""
    theirs = alive & cover.eligible & (book.creditor == lender)
    others = (book.guarantor != book.debtor) & (book.guarantor != lender)
    return np.flatnonzero(theirs & others).astype(np.uint32)


def _spare(book: Book, cover: Cover, links: Links, used: Numbers) -> tuple[Arrows, Numbers]:
    """Guarantees that name no facility, as they stand behind their borrowers, and what each leaves."""
    left = book.promised[links] - used
    open_ = (cover.guaranteed[links] == UNTIED) & ~(left <= NAUGHT)
    mine = links[open_]
    return Arrows.of(book.size, book.debtor[mine], book.guarantor[mine]), left[open_]


def _taking(book: Book, cover: Cover, links: Links, thinned: Nodes, silent: Links, counted: Links) -> Links:
    """Guarantees that protect one of the facilities that are silent, or from which one takes collateral; or, of unknown
    amount, one that counts."""
    promised = book.promised[links]
    return np.concatenate([
        some[_behind(book, cover, some, thinned, rows)]
        for some, rows in ((links[promised > 0], silent), (links[np.isnan(promised)], counted))
    ])  # fmt: skip


def _behind(book: Book, cover: Cover, links: Links, thinned: Nodes, rows: Links) -> NDArray[np.bool_]:
    """Whether each of some guarantees protects some of these facilities, or what shares its collateral with them."""
    if not len(links) or not len(rows):
        return np.zeros(len(links), np.bool_)
    tied = np.isin(cover.guaranteed[links], cover.facility_of(rows))
    loose = np.isin(book.debtor[links], book.borrower[rows])
    sharing = (cover.guaranteed[links] < SHARED) & np.isin(book.debtor[links], thinned)
    return np.asarray(tied | loose & (sharing | (cover.guaranteed[links] == UNTIED)))


def _thinned(book: Book, cover: Cover, links: Links, pledges: Links) -> Nodes:
    """Borrowers whose collateral for all they owe also protects what somebody guarantees."""
    loose = pledges[(cover.facility[pledges] == UNTIED) & (cover.value[pledges] > 0)]
    tied = links[(cover.guaranteed[links] < SHARED) & (book.promised[links] > 0)]
    return np.intersect1d(cover.provider[loose], book.debtor[tied])


def _promises(book: Book, alive: NDArray[np.bool_], lender: int) -> tuple[Arrows, Numbers, NDArray[np.bool_]]:
    """Guarantees to a lender, or to nobody named, as they leave their givers, their amounts, and which are unknown."""
    theirs = alive & ((book.creditor == lender) | (book.creditor == UNKNOWN)) & (book.guarantor != lender)
    links = np.flatnonzero(theirs).astype(np.uint32)
    amounts, giver = book.promised[links], book.guarantor[links]
    return Arrows.of(book.size, giver, book.debtor[links]), np.nan_to_num(amounts), np.isnan(amounts)
