"""Who guarantees whom: the guarantees that count on a day, as plain arrows."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.structure.guarantees.period import last_days, still_callable
from graph.errors import InvalidQuestion
from graph.model import GUARANTEE_FORMS

Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Pairs:
    """Distinct arrows between different parties, sorted by (tail, head): who guarantees anything for whom."""

    size: int
    """Number of parties n."""
    tail: NDArray[np.uint32]
    head: NDArray[np.uint32]

    @classmethod
    def of(cls, size: int, tail: Any, head: Any) -> "Pairs":
        """Pairs of arrows in any order, repeated ones once and those to itself left out."""
        tail, head = np.asarray(tail, np.int64), np.asarray(head, np.int64)
        if len(tail) and not (min(tail.min(), head.min()) >= 0 and max(tail.max(), head.max()) < size):
            raise InvalidQuestion("no party of this network", where=f"network of {size}")
        key = tail * size + head
        rising = bool((key[1:] >= key[:-1]).all())
        key = key if rising else np.sort(key)
        first = np.append(True, key[1:] != key[:-1]) if len(key) else np.zeros(0, np.bool_)
        tail, head = np.divmod(key[first], max(size, 1))
        proper = tail != head
        return cls(size, tail[proper].astype(np.uint32), head[proper].astype(np.uint32))

    def __len__(self) -> int:
        return len(self.tail)

    def some(self, chosen: NDArray[Any]) -> "Pairs":
        """A part of the pairs, by a mask or by ascending positions."""
        return Pairs(self.size, self.tail[chosen], self.head[chosen])

    def find(self, tail: NDArray[Any], head: NDArray[Any]) -> NDArray[np.int64]:
        """Position of the pair of each arrow, -1 where there is none."""
        mine = self.tail.astype(np.int64) * self.size + self.head
        sought = tail.astype(np.int64) * self.size + head
        at = np.searchsorted(mine, sought)
        return np.where(np.append(mine, -1)[at] == sought, at, -1)


@dataclass(frozen=True)
class Promises:
    """Guarantees between n parties, as arrows guarantor → borrower, in any order."""

    size: int
    guarantor: NDArray[np.uint32]
    """Shape (m,)."""
    borrower: NDArray[np.uint32]
    amount: Numbers
    """Whole units of one currency, NaN where it is not disclosed."""
    link: NDArray[np.int64]
    """Position of each in what it was made of."""

    @classmethod
    def between(cls, size: int, guarantor: Any, borrower: Any, amount: Any = None) -> "Promises":
        """Guarantees between `size` parties, amounts unknown unless given."""
        tail, head = np.asarray(guarantor, np.uint32), np.asarray(borrower, np.uint32)
        amounts = np.full(len(tail), np.nan) if amount is None else np.asarray(amount, np.float64)
        return cls(size, tail, head, amounts, np.arange(len(tail)))

    @classmethod
    def of(cls, links: Any, *, day: int) -> "Promises":
        """A snapshot's GUARANTEES links that may still be called on a day, counted since 1970."""
        fields = links.fields
        pledged = fields["form"] == GUARANTEE_FORMS.index("pledge")
        last = last_days(fields["signed"], fields["due"], fields["expires"], pledged=pledged)
        kept = np.flatnonzero(still_callable(last, day=day))
        size = len(links.out_start) - 1
        return cls(size, links.tail[kept], links.head[kept], fields["amount"][kept], kept)

    def __len__(self) -> int:
        return len(self.guarantor)

    def some(self, chosen: NDArray[Any]) -> "Promises":
        """A part of the guarantees, by a mask or by positions."""
        rows = (self.guarantor[chosen], self.borrower[chosen], self.amount[chosen], self.link[chosen])
        return Promises(self.size, *rows)

    def given_by(self, guarantor: int) -> slice:
        """Positions of one party's promises, where they lie by guarantor, as a snapshot's do."""
        # Sought as another type, every promise would be copied first.
        ends = np.array([guarantor, guarantor + 1], self.guarantor.dtype)
        first, last = np.searchsorted(self.guarantor, ends).tolist()
        return slice(first, last)

    @cached_property
    def pairs(self) -> Pairs:
        """Who guarantees anything for whom."""
        return Pairs.of(self.size, self.guarantor, self.borrower)

    @cached_property
    def place(self) -> NDArray[np.int64]:
        """Position of each guarantee's pair, -1 for one that a party gives for itself."""
        return self.pairs.find(self.guarantor, self.borrower)

    @cached_property
    def given(self) -> Numbers:
        """Disclosed amounts that each party guarantees for others, shape (n,)."""
        others = self.place >= 0
        weights = np.nan_to_num(self.amount[others])
        return np.bincount(self.guarantor[others], weights=weights, minlength=self.size).astype(np.float64, copy=False)

    @cached_property
    def undisclosed(self) -> NDArray[np.int64]:
        """Number of guarantees for others whose amount is not disclosed, by guarantor, shape (n,)."""
        silent = np.isnan(self.amount) & (self.place >= 0)
        return np.bincount(self.guarantor[silent], minlength=self.size)

    @cached_property
    def customers(self) -> NDArray[np.int64]:
        """Number of parties that each party guarantees, shape (n,)."""
        return np.bincount(self.pairs.tail, minlength=self.size)
