"""What each firm has to lose, and what its creditors get if it fails."""

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import ArrayLike, NDArray

from graph.errors import InvalidQuestion

Numbers = NDArray[np.float64]
LGD = 0.45
"""Lost at least of the uncovered debts of a failed firm: 45 % of senior unsecured claims [M] (Basel foundation
approach), since the assets of one that fails are rarely worth what its last statement says."""


@dataclass(frozen=True)
class Firms:
    """Figures of n parties in whole units of one currency; NaN where one is unknown, which is never 0."""

    equity: Numbers
    """Assets without liabilities. One who had none before the shock is not failed by a loss."""
    liquidity: Numbers
    """Short-term assets without short-term liabilities, from which losses in cash are paid; as equity."""
    margin: Numbers
    """Revenue of a year without cost of material: what a year without output costs."""
    assets: Numbers
    """All of them: what creditors of a failed firm are paid from."""
    liabilities: Numbers
    """All of them."""
    recovered: Numbers
    """Fraction of its uncovered debts that a failed firm pays at most; less where the assets that are known do not
    suffice."""

    @classmethod
    def of(
        cls,
        size: int,
        *,
        equity: ArrayLike | None = None,
        liquidity: ArrayLike | None = None,
        margin: ArrayLike | None = None,
        assets: ArrayLike | None = None,
        liabilities: ArrayLike | None = None,
        recovered: ArrayLike = 1 - LGD,
    ) -> "Firms":
        """Figures as far as they are known. Raises InvalidQuestion of other sizes, and of what cannot be."""
        given = (equity, liquidity, margin, assets, liabilities)
        known = [np.full(size, np.nan) if one is None else np.asarray(one, np.float64) for one in given]
        equal = np.broadcast_to(np.asarray(recovered, np.float64), (size,)).copy()
        made = cls(known[0], known[1], known[2], known[3], known[4], equal)
        for part in fields(made):
            if getattr(made, part.name).shape != (size,):
                raise InvalidQuestion(f"not one figure for each of {size} parties", where=part.name)
        for name in ("assets", "liabilities"):
            if (getattr(made, name) < 0).any():
                raise InvalidQuestion("is not negative", where=name, remedy="correct the statement, or leave it out")
        if not ((made.recovered >= 0) & (made.recovered <= 1)).all():
            raise InvalidQuestion("is a fraction", where="recovered")
        return made

    @property
    def size(self) -> int:
        """Number of parties n."""
        return len(self.equity)

    @property
    def owned(self) -> Numbers:
        """Equity that calls are paid from: 0 where there is none, infinite where it is not known, shape (n,)."""
        return _to_pay(self.equity)

    @property
    def cash(self) -> Numbers:
        """Liquidity likewise, shape (n,)."""
        return _to_pay(self.liquidity)

    @property
    def means(self) -> Numbers:
        """What each can pay on calls: its equity, or where that is less its liquidity; infinite where neither is known,
        shape (n,)."""
        return np.minimum(self.owned, self.cash)

    @property
    def to_lose(self) -> Numbers:
        """Equity where there is some, else 0, shape (n,)."""
        return np.where(self.equity > 0, self.equity, 0.0)


def _to_pay(figure: Numbers) -> Numbers:
    return np.where(np.isnan(figure), np.inf, np.maximum(np.nan_to_num(figure), 0.0))
