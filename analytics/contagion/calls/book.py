"""Loans, the guarantees behind them, and what firms can pay: what a cascade of calls starts from."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analytics.kernels.calls import Calling
from analytics.kernels.compiled import frozen
from analytics.structure.votes import starts
from graph.errors import InvalidQuestion

Numbers = NDArray[np.float64]
Flags = NDArray[np.bool_]
NONE = -1
"""Position of a loan or guarantee that is none."""


@dataclass(frozen=True)
class Loans:
    """What n parties owe to lenders, each shape (l,), in whole units of one currency."""

    size: int
    """Number of parties n."""
    lender: NDArray[np.int64]
    debtor: NDArray[np.int64]
    amount: Numbers
    collateral: Numbers
    """Value of the debtor's own collateral for this loan alone."""

    @classmethod
    def of(
        cls, size: int, lender: ArrayLike, debtor: ArrayLike, amount: ArrayLike, *, collateral: ArrayLike | None = None
    ) -> "Loans":
        """Loans in any order. Raises InvalidQuestion of amounts that are negative or unknown, and of strangers."""
        ends = np.asarray(lender, np.int64), np.asarray(debtor, np.int64)
        owed = np.asarray(amount, np.float64)
        own = np.zeros(len(owed)) if collateral is None else np.asarray(collateral, np.float64)
        for end in ends:
            _within(end, size, "loans")
        _known("amount of a loan", owed)
        _known("collateral", own)
        return cls(size, ends[0], ends[1], owed, own)

    def __len__(self) -> int:
        return len(self.amount)

    @cached_property
    def rest(self) -> Numbers:
        """What is owed beyond the debtor's own collateral, which goes first (民法典 392)."""
        return self.amount - np.minimum(self.amount, self.collateral)


@dataclass(frozen=True)
class Sureties:
    """Guarantees behind loans, and counter-guarantees behind those, each shape (m,)."""

    guarantor: NDArray[np.int64]
    loan: NDArray[np.int64]
    """The loan behind which it stands in the end."""
    counters: NDArray[np.int64]
    """The guarantee that it counters, `NONE` of one to a lender."""
    amount: Numbers
    """The most it can be called for; what is not disclosed is the whole loan."""
    joint: Flags
    """Called at once (连带), not only for what the debtor does not pay itself (一般)."""
    pledge: Flags
    """Collateral of the guarantor: it pays from its own value, and nobody fails by losing it."""
    share: Numbers
    """Agreed share among several guarantors, negative where none is agreed."""

    @classmethod
    def of(
        cls,
        loans: Loans,
        guarantor: ArrayLike,
        loan: ArrayLike,
        amount: ArrayLike,
        *,
        joint: ArrayLike = False,
        pledge: ArrayLike = False,
        share: ArrayLike | None = None,
        counters: ArrayLike | None = None,
    ) -> "Sureties":
        """Guarantees in any order, amounts NaN where they are not disclosed; a pledge is called at once.

        `counters` names the guarantee that each counters, by its position; its `loan` is then that one's. Raises
        InvalidQuestion of amounts and shares that cannot be, of what is not there, and of guarantees that counter
        each other in a ring.
        """
        who, behind, most = np.asarray(guarantor, np.int64), np.asarray(loan, np.int64), np.asarray(amount, np.float64)
        count = len(who)
        counter = np.full(count, NONE) if counters is None else np.asarray(counters, np.int64)
        _within(who, loans.size, "guarantors")
        _within(counter[counter != NONE], count, "counters")
        behind = _in_the_end(behind, counter)
        _within(behind, len(loans), "loans of guarantees")
        told = np.where(np.isnan(most), loans.amount[behind], most)
        _known("amount of a guarantee", told)
        part = np.full(count, -1.0) if share is None else np.nan_to_num(np.asarray(share, np.float64), nan=-1.0)
        if count and part.max() > 1:
            raise InvalidQuestion("an agreed share is a fraction", where="share", remedy="write 30 % as 0.3")
        apart = np.broadcast_to(np.asarray(pledge, np.bool_), count)
        at_once = np.broadcast_to(np.asarray(joint, np.bool_), count) | apart
        return cls(who, behind, counter, told, at_once, apart, part)

    def __len__(self) -> int:
        return len(self.guarantor)


@dataclass(frozen=True)
class Standing:
    """Loans and guarantees, what firms can pay, and how lenders call: all that is fixed before a shock."""

    loans: Loans
    sureties: Sureties
    capacity: Numbers
    """What each party can pay on calls before it fails, shape (n,)."""
    recovery: Numbers
    """Fraction of what it owes beyond collateral that a failed party pays itself in the end, shape (n,)."""
    in_full: bool
    """Whether a lender calls one guarantor after the other in full, the most able first; else all pro rata."""

    @classmethod
    def of(
        cls, loans: Loans, sureties: Sureties, *, capacity: ArrayLike, recovery: ArrayLike, in_full: bool = False
    ) -> "Standing":
        """Raises InvalidQuestion of capacities that are negative or unknown, and of recoveries that are no fraction."""
        able = np.asarray(capacity, np.float64)
        back = np.asarray(np.broadcast_to(np.asarray(recovery, np.float64), loans.size))
        if able.shape != (loans.size,):
            raise InvalidQuestion(f"{able.size} of {loans.size} parties", where="capacity")
        _known("capacity", able, endless=True)
        if not ((back >= 0) & (back <= 1)).all():
            raise InvalidQuestion("is a fraction", where="recovery", remedy="write 40 % as 0.4")
        return cls(loans, sureties, able, back, in_full)

    def with_means(self, capacity: ArrayLike, recovery: ArrayLike | None = None) -> "Standing":
        """The same where a shock has changed what firms can pay; lenders call in the order of before it."""
        back = self.recovery if recovery is None else recovery
        made = Standing.of(self.loans, self.sureties, capacity=capacity, recovery=back, in_full=self.in_full)
        calling = self.calling._replace(capacity=frozen(made.capacity, np.float64), back=made._back)
        vars(made).update(order=self.order, calling=calling)
        return made

    @cached_property
    def order(self) -> NDArray[np.int64]:
        """Guarantees as they are called: by claim, then agreed shares, then by turns, shape (m,)."""
        made = self.sureties
        if not self.in_full:
            return np.argsort(self._claim, kind="stable")
        return np.lexsort((-self._able, ~made.joint, made.share < 0, self._claim))

    @cached_property
    def _claim(self) -> NDArray[np.int64]:
        """What each guarantee stands behind: a loan, or behind those what the guarantor it counters may ask."""
        made = self.sureties
        return np.where(made.counters == NONE, made.loan, len(self.loans) + made.counters)

    @property
    def _able(self) -> Numbers:
        """What is behind each guarantee before any shock; of a pledge its value."""
        made = self.sureties
        return np.where(made.pledge, made.amount, self.capacity[made.guarantor])

    @property
    def _back(self) -> Numbers:
        """Fraction of each claim that the debtor pays itself in the end."""
        made, back = self.sureties, self.recovery[self.loans.debtor]
        if (made.counters != NONE).any():  # what a debtor pays back to its guarantors comes later, as all recourse
            back = np.append(back, np.zeros(len(made)))
        return frozen(back, np.float64)

    @cached_property
    def calling(self) -> Calling:
        """The same for the kernel."""
        made, order, loans = self.sureties, self.order, self.loans
        claim, able, late = self._claim[order], self._able[order], ~made.joint[order]
        back = self._back
        new = np.zeros(len(order), np.int64)
        new[1:] = np.any([row[1:] != row[:-1] for row in (claim, able, late)], axis=0)
        place = np.empty(len(order), np.int64)
        place[order] = np.arange(len(order))
        owed, given = np.argsort(loans.debtor, kind="stable"), np.argsort(made.guarantor[order], kind="stable")
        return Calling(
            start=_starts(len(back), claim),
            guarantor=frozen(made.guarantor[order], np.uint32),
            amount=frozen(made.amount[order], np.float64),
            share=frozen(made.share[order], np.float64),
            late=frozen(late, np.int8),
            apart=frozen(made.pledge[order], np.int8),
            turn=frozen(np.cumsum(new), np.int64),
            claim=frozen(claim, np.int64),
            number=frozen(order, np.int64),
            place=frozen(place, np.int64),
            back=back,
            rest=frozen(loans.rest, np.float64),
            owed_start=_starts(loans.size, loans.debtor[owed]),
            owed=frozen(owed, np.uint32),
            given_start=_starts(loans.size, made.guarantor[order][given]),
            given=frozen(given, np.uint32),
            capacity=frozen(self.capacity, np.float64),
        )


def _starts(size: int, ascending: NDArray[np.int64]) -> NDArray[np.int64]:
    return frozen(starts(size, ascending.astype(np.uint32)), np.int64)


def _in_the_end(loan: NDArray[np.int64], counters: NDArray[np.int64]) -> NDArray[np.int64]:
    """The loan behind which each guarantee stands, through those that it counters."""
    root = np.where(counters == NONE, np.arange(len(counters)), counters)
    for _ in range(max(len(counters), 1).bit_length() + 1):
        root = root[root]
    ring = np.flatnonzero(counters[root] != NONE)
    if len(ring):
        remedy = "correct what one of them counters"
        raise InvalidQuestion("guarantees counter each other in a ring", where=f"guarantee {ring[0]}", remedy=remedy)
    return np.asarray(loan[root])


def _within(nodes: NDArray[np.int64], size: int, where: str) -> None:
    if len(nodes) and not 0 <= nodes.min() <= nodes.max() < size:
        raise InvalidQuestion(f"one that is none of these {size}", where=where)


def _known(what: str, amounts: Numbers, *, endless: bool = False) -> None:
    if len(amounts) and not ((amounts >= 0).all() and (endless or np.isfinite(amounts).all())):
        remedy = "leave out what is not known, or say what to take it for"
        raise InvalidQuestion("must be known and not negative", where=what, remedy=remedy)
