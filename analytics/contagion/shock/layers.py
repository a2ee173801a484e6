"""What ties firms together: debts, guarantees, supplies and shares."""

from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analytics.contagion.debts import Debts, Shares
from analytics.contagion.shock.calling import Guarantees
from analytics.contagion.shock.firms import Firms, Numbers
from analytics.contagion.shock.supplying import Supplies
from graph.errors import InvalidQuestion

Flags = NDArray[np.bool_]
LAYERS = ("production", "guarantees", "debts", "shares")


@dataclass(frozen=True)
class Layers:
    """Ties of n firms; a layer that is none carries nothing."""

    debts: Debts
    """Between them, without what each debtor's own collateral covers; `assets` are not read."""
    covered: Numbers
    """What own collateral covers of each debt, in the order of the debts given, shape (m,)."""
    shares: Shares
    cut: Numbers
    """What own collateral is worth less than it was taken for, by who owns it, shape (n,)."""
    production: Supplies | None = None
    guarantees: Guarantees | None = None
    unmatched: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))
    """Firms whose known debts are more than the liabilities they state: the debts count."""
    only: tuple[str, ...] = LAYERS
    """Layers that carry anything."""

    @classmethod
    def of(
        cls,
        firms: Firms,
        *,
        debts: tuple[ArrayLike, ArrayLike, ArrayLike] = ((), (), ()),
        covered: ArrayLike | None = None,
        cut: ArrayLike | None = None,
        seniority: ArrayLike | None = None,
        shares: tuple[ArrayLike, ArrayLike, ArrayLike] = ((), (), ()),
        production: Supplies | None = None,
        guarantees: Guarantees | None = None,
    ) -> "Layers":
        """Layers of debtors, creditors and amounts, and of holders, companies and fractions.

        What a firm owes beyond its known debts, as its liabilities tell, is owed to others in the first class. Raises
        InvalidQuestion as `Debts.of` and `Shares.of`, and where more than a debt is covered.
        """
        debtor, creditor, amount = debts
        owed = np.asarray(amount, np.float64)
        taken = np.zeros(len(owed)) if covered is None else np.asarray(covered, np.float64)
        if ((taken < 0) | (taken > owed)).any():
            raise InvalidQuestion("collateral covers from nothing to all of a debt", where="covered")
        known = np.bincount(np.asarray(debtor, np.int64), owed, minlength=firms.size)
        beyond = np.maximum(np.nan_to_num(firms.liabilities) - known, 0.0)
        more = np.flatnonzero(known > firms.liabilities * (1 + 1e-9))
        made = Debts.of(
            firms.size, debtor, creditor, owed - taken, assets=np.zeros(firms.size), seniority=seniority, outside=beyond
        )
        less = np.zeros(firms.size) if cut is None else np.asarray(cut, np.float64)
        return cls(made, taken, Shares.of(firms.size, *shares), less, production, guarantees, more)

    def only_some(self, names: tuple[str, ...]) -> "Layers":
        """The same ties, of which these layers alone carry anything. Raises InvalidQuestion of a layer that is none."""
        strange = [name for name in names if name not in LAYERS]
        if strange:
            raise InvalidQuestion(f"is none of {', '.join(LAYERS)}", where=f"layer {strange[0]}")
        return replace(self, only=names)

    @cached_property
    def pledged(self) -> Numbers:
        """Assets of each that its own collateral takes out, and what that lost of its worth, shape (n,)."""
        covered = self.covered[self.debts.order]
        return np.bincount(self.debts.debtor, covered, minlength=self.debts.size) + self.cut
