"""Who owes whom how much, by seniority, and what else each has: what clearing and distress start from."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analytics.kernels.clearing import Owing
from analytics.kernels.compiled import frozen
from analytics.structure.votes import Arrows
from graph.errors import InvalidQuestion

Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Debts:
    """Debts between n parties in classes of seniority, what they owe outside, and what they have from outside."""

    classes: int
    """Classes C, the most senior first."""
    start: NDArray[np.int64]
    """Debts of class c of debtor i are at `start[i * C + c]:start[i * C + c + 1]`, shape (n C + 1,)."""
    creditor: NDArray[np.uint32]
    amount: Numbers
    """Whole units of one currency, shape (m,)."""
    outside: Numbers
    """Owed to nobody of these, by debtor and class, shape (n, C)."""
    assets: Numbers
    """From outside, shape (n,)."""
    order: NDArray[np.int64]
    """Where each debt stood in what it was made of, shape (m,)."""

    @classmethod
    def of(
        cls,
        size: int,
        debtor: ArrayLike,
        creditor: ArrayLike,
        amount: ArrayLike,
        *,
        assets: ArrayLike,
        seniority: ArrayLike | None = None,
        outside: ArrayLike | None = None,
    ) -> "Debts":
        """Debts in any order; seniority counts classes from 0, the most senior; several of one pair stand side by side.

        Raises InvalidQuestion of negative or unknown amounts, debts to oneself, and of parties that are none.
        """
        ends = np.stack([np.asarray(debtor, np.int64), np.asarray(creditor, np.int64)])
        owed, own = np.asarray(amount, np.float64), np.asarray(assets, np.float64)
        rank = np.zeros(len(owed), np.int64) if seniority is None else np.asarray(seniority, np.int64)
        given = np.zeros((size, 1)) if outside is None else np.asarray(outside, np.float64)
        given = given[:, None] if given.ndim == 1 else given
        classes = max(int(rank.max(initial=0)) + 1, given.shape[1])
        beyond = np.zeros((size, classes))
        beyond[:, : given.shape[1]] = given
        _check(size, ends, owed, own, beyond, rank)
        row = ends[0] * classes + rank
        order = np.lexsort((ends[1], row))
        start = np.zeros(size * classes + 1, np.int64)
        np.cumsum(np.bincount(row, minlength=size * classes), out=start[1:])
        return cls(classes, start, ends[1][order].astype(np.uint32), owed[order], beyond, own, order)

    @property
    def size(self) -> int:
        """Number of parties n."""
        return len(self.assets)

    @cached_property
    def row(self) -> NDArray[np.int64]:
        """Debtor and class of each debt, `i * C + c`, shape (m,)."""
        return np.repeat(np.arange(self.size * self.classes), np.diff(self.start))

    @cached_property
    def debtor(self) -> NDArray[np.int64]:
        """Debtor of each debt, shape (m,)."""
        return self.row // self.classes

    @cached_property
    def owed_by_class(self) -> Numbers:
        """Owed in all by debtor and class, shape (n, C)."""
        inside = np.bincount(self.row, self.amount, minlength=self.size * self.classes)
        return inside.reshape(self.size, self.classes) + self.outside

    @cached_property
    def owed(self) -> Numbers:
        """Owed in all, p̄, shape (n,)."""
        return np.asarray(self.owed_by_class.sum(axis=1))

    @cached_property
    def part(self) -> Numbers:
        """Fraction of its debtor's class that each debt is, shape (m,)."""
        whole = self.owed_by_class.ravel()[self.row]
        return np.divide(self.amount, whole, out=np.zeros(len(whole)), where=whole > 0)

    def received(self, by_class: Numbers) -> Numbers:
        """What each receives where debtors pay this much by class, shape (n,)."""
        return np.bincount(self.creditor, self.part * by_class.ravel()[self.row], minlength=self.size).astype(float)

    def split(self, paid: Numbers) -> Numbers:
        """What of payments goes to each class, the more senior first, shape (n, C)."""
        before = np.cumsum(self.owed_by_class, axis=1) - self.owed_by_class
        return np.clip(paid[:, None] - before, 0.0, self.owed_by_class)

    def owing(self, recovered: Sequence[float], shares: "Shares | None") -> Owing:
        """The same for kernels."""
        held = Shares.none(self.size) if shares is None else shares
        return Owing(
            self.classes, frozen(self.start, np.int64), frozen(self.creditor, np.uint32), frozen(self.part, np.float64),
            frozen(self.owed_by_class.ravel(), np.float64), frozen(self.assets, np.float64), float(recovered[0]),
            float(recovered[1]), frozen(held.holders.start, np.int64), frozen(held.holders.head, np.uint32),
            frozen(held.share[held.holders.link], np.float64),
        )  # fmt: skip


@dataclass(frozen=True)
class Shares:
    """Equity of parties that others of them hold."""

    holders: Arrows
    """From each company to its holders; `link` in `share`."""
    share: Numbers
    """Fraction of the company's equity."""

    @classmethod
    def of(cls, size: int, holder: ArrayLike, company: ArrayLike, share: ArrayLike) -> "Shares":
        """Holdings in any order. Raises InvalidQuestion where more than all of a company is held."""
        held = np.asarray(share, np.float64)
        whole = np.bincount(np.asarray(company, np.int64), held, minlength=size)
        if len(held) and (not (held >= 0).all() or whole.max() > 1 + 1e-9):
            raise InvalidQuestion("shares are fractions, and of one company no more than all", where="shares")
        return cls(Arrows.of(size, company, holder), held)

    @classmethod
    def none(cls, size: int) -> "Shares":
        """Nobody holds anything."""
        return cls(Arrows.of(size, (), ()), np.zeros(0))

    def worth(self, equity: Numbers) -> Numbers:
        """What each has in shares where equities are these, shape (n,)."""
        value = self.share[self.holders.link] * equity[self.holders.tail]
        return np.bincount(self.holders.head, value, minlength=len(equity)).astype(float)


def _check(size: int, ends: NDArray[np.int64], *amounts: Any) -> None:
    """Refuse what cannot be."""
    owed, own, beyond, rank = amounts
    if len(own) != size:
        raise InvalidQuestion(f"{len(own)} of {size} parties", where="assets")
    if ends.size and not 0 <= ends.min() <= ends.max() < size:
        raise InvalidQuestion("a party that is none of these", where="debts")
    if (ends[0] == ends[1]).any():
        raise InvalidQuestion("nobody owes to itself", where="debts", remedy="leave such debts out")
    for name, given in (("amount", owed), ("assets", own), ("outside", beyond), ("seniority", rank)):
        if (given.size and not (given >= 0).all()) or not np.isfinite(given).all():
            raise InvalidQuestion("must be known and not negative", where=name, remedy="leave out what is not known")
