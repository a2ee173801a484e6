r"""Which firms fail for the production they lose, and what banks lose by them: the financial systemic risk index.

A firm that loses the fraction H of its production loses that of its profit, and fails where this uses up its equity, or
its liquidity. A bank loses what failed firms owe it, at most its equity; then distress spreads between banks.
"""

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analytics.contagion.distress import Distress, Impact, debtrank
from graph.errors import InvalidQuestion

Numbers = NDArray[np.float64]
Flags = NDArray[np.bool_]
Missing = Literal["median", "leave out"]
HAIR = 1e-9
"""Part of its equity or liquidity by which a loss may fall short and still count as all of it: rounding, not money."""
ITEMS = ("revenue", "material", "equity", "liquidity")


@dataclass(frozen=True)
class Statements:
    """Statements of n firms, whole units of one currency, shape (n,) each; NaN where not known."""

    revenue: Numbers
    material: Numbers
    """Cost of material."""
    equity: Numbers
    liquidity: Numbers
    """Short-term assets less short-term liabilities."""
    estimated: Flags
    """Firms some item of which is a median of their industry."""

    @classmethod
    def of(cls, revenue: ArrayLike, material: ArrayLike, equity: ArrayLike, liquidity: ArrayLike) -> "Statements":
        """Statements as they are. Raises InvalidQuestion where there are not as many of each."""
        items = [np.asarray(item, np.float64) for item in (revenue, material, equity, liquidity)]
        if len({item.shape for item in items}) > 1:
            raise InvalidQuestion("not as many of each item", where="statements")
        revenue, material, equity, liquidity = items
        return cls(revenue, material, equity, liquidity, np.zeros(len(revenue), np.bool_))

    @property
    def profit(self) -> Numbers:
        """Revenue less cost of material."""
        return self.revenue - self.material

    @property
    def unknown(self) -> Flags:
        """Firms some item of which is not known."""
        known = [np.isfinite(getattr(self, name)) for name in ITEMS]
        return np.asarray(~np.logical_and.reduce(known))

    @property
    def sunk(self) -> Flags:
        """Firms with negative equity, profit or liquidity."""
        return ~self.unknown & ((self.equity < 0) | (self.profit < 0) | (self.liquidity < 0))

    def with_medians(self, industry: ArrayLike) -> "Statements":
        """The same with medians of the industry, over firms that say it, for what is not known; marked as estimated.

        What no firm of an industry says stays unknown.
        """
        of = np.asarray(industry, np.int64)
        filled = {}
        for name in ITEMS:
            values = getattr(self, name).copy()
            for k in np.unique(of[~np.isfinite(values)]):
                said = values[(of == k) & np.isfinite(values)]
                if len(said):
                    values[(of == k) & ~np.isfinite(values)] = np.median(said)
            filled[name] = values
        full = replace(self, **filled)
        return replace(full, estimated=self.estimated | (self.unknown & ~full.unknown))


@dataclass(frozen=True)
class Loans:
    """What n firms owe b banks, and what banks own."""

    firm: NDArray[np.int64]
    bank: NDArray[np.int64]
    amount: Numbers
    equity: Numbers
    """Of each bank, shape (b,)."""

    @classmethod
    def of(cls, firm: ArrayLike, bank: ArrayLike, amount: ArrayLike, *, equity: ArrayLike) -> "Loans":
        """Loans in any order. Raises InvalidQuestion of negative or unknown amounts, and of banks without equity."""
        debtor, lender = np.asarray(firm, np.int64), np.asarray(bank, np.int64)
        owed, own = np.asarray(amount, np.float64), np.asarray(equity, np.float64)
        if not (owed >= 0).all() or not np.isfinite(owed).all():
            raise InvalidQuestion("must be known and not negative", where="loans", remedy="leave out what is not known")
        if len(lender) and not 0 <= lender.min() <= lender.max() < len(own):
            raise InvalidQuestion("a bank that is none of these", where="loans")
        poor = np.flatnonzero(~((own > 0) & np.isfinite(own)))
        if len(poor):
            raise InvalidQuestion(
                f"{len(poor)} banks have no equity or none that is known, the first is bank {poor[0]}",
                where="equity of banks", remedy="leave out a bank that has failed before, and its loans",
            )  # fmt: skip
        return cls(debtor, lender, owed, own)

    def lost_on(self, part: Numbers) -> Numbers:
        """What each bank loses where these fractions of what firms owe are lost, shape (b,)."""
        return np.bincount(self.bank, self.amount * part[self.firm], minlength=len(self.equity)).astype(float)


@dataclass(frozen=True)
class BankLosses:
    """What lost production costs banks."""

    profit_loss: Numbers
    """Of each firm, shape (n,); NaN where its statements do not say."""
    by_equity: Flags
    """Firms whose equity it uses up."""
    by_liquidity: Flags
    """Firms whose liquidity it uses up."""
    excluded: Flags
    """Firms with negative equity, profit or liquidity: left out from the start, they fail of nothing new."""
    left_out: Flags
    """Firms whose statements are not known."""
    estimated: Flags
    """Firms judged by medians of their industry."""
    lost: Numbers
    """By each bank on failed firms, whole units, shape (b,); may pass its equity."""
    share: Numbers
    """Of each bank's equity, at most 1, shape (b,)."""
    equity: Numbers
    spread: Distress | None
    """Distress between banks after that; None where nothing is said of what they owe each other."""

    @property
    def defaulted(self) -> Flags:
        """Firms that fail."""
        return self.by_equity | self.by_liquidity

    @property
    def index(self) -> float:
        """FSRI: part of all banks' equity that is lost at first."""
        return float(self.share @ self.equity / self.equity.sum())

    @property
    def index_with_banks(self) -> float:
        """FSRI+: part that is lost in the end; FSRI where nothing is said of what banks owe each other."""
        return self.index if self.spread is None else float(self.spread.h @ self.equity / self.equity.sum())


def bank_losses(
    loss: ArrayLike,
    statements: Statements,
    loans: Loans,
    *,
    missing: Missing = "leave out",
    industry: ArrayLike | None = None,
    lgd: ArrayLike = 1.0,
    between: Impact | None = None,
) -> BankLosses:
    r"""Tell which firms fail for what they no longer make, and what their banks lose by it.

    .. math:: \ell_i = H_i (r_i - m_i), \quad D = \{i : \ell_i > 0,\ \ell_i \ge e_i \text{ or } \ell_i \ge q_i\}, \quad
        \text{FSRI} = \sum_b \frac{E_b}{\sum_c E_c} \min\Big(1, \sum_{i \in D} \frac{\lambda_i L_{ib}}{E_b}\Big)

    and FSRI+ the same of h where that minimum is the shock to linear DebtRank between banks.

    Parameters
    ----------
    loss : (n,) array
        Fraction H of its production that each firm loses, as `Cascade.loss`.
    statements : Statements, r, m, e, q of n firms
    loans : Loans
        L, and equity E of b banks.
    missing : "leave out" or "median"
        What becomes of firms whose statements are not known: no failure, or the median of their industry.
    industry : (n,) array of industry numbers, for medians
    lgd : number or (n,) array
        Fraction λ of a loan to a failed firm that is lost.
    between : Impact, optional
        What banks owe each other, over the equity of the creditor.

    Raises
    ------
    InvalidQuestion
        If there are not as many losses as firms, medians are asked for without industries, a fraction is none, or a
        loan is to a firm that is none of these.

    Source
    ------
    Fialkowski, Diem, Borsos & Thurner, "A data-driven econo-financial stress-testing framework ..."; the rule as in
    its authors' published code. Domain reference §4.9.

    Example
    -------
    >>> firms = Statements.of([100, 100], [60, 60], [25, 25], [30, 30])
    >>> loans = Loans.of([0, 1], [0, 1], [90, 40], equity=[100, 100])
    >>> found = bank_losses([0.7, 0.3], firms, loans)
    >>> found.profit_loss.round(9).tolist(), found.defaulted.tolist(), found.index
    ([28.0, 12.0], [True, False], 0.45)
    """
    part, given = _asked(loss, lgd, loans, len(statements.revenue))
    statements = _judged_by(statements, missing, industry)
    by_equity, by_liquidity = _failures(part * statements.profit, statements)
    at_banks = loans.lost_on(np.where(by_equity | by_liquidity, given, 0.0))
    share = np.minimum(1.0, at_banks / loans.equity)
    return BankLosses(
        part * statements.profit, by_equity, by_liquidity, statements.sunk, statements.unknown, statements.estimated,
        at_banks, share, loans.equity, None if between is None else debtrank(between, share),
    )  # fmt: skip


def _judged_by(statements: Statements, missing: Missing, industry: ArrayLike | None) -> Statements:
    """Statements with what becomes of those that are not known."""
    if missing == "leave out":
        return statements
    if industry is None:
        raise InvalidQuestion("medians are of industries", where="missing statements", remedy="give industries")
    return statements.with_medians(industry)


def _failures(lost: Numbers, statements: Statements) -> tuple[Flags, Flags]:
    """Firms whose equity, and whose liquidity, a loss uses up."""
    judged = ~statements.unknown & ~statements.sunk & (lost > 0)
    by_equity, by_liquidity = (
        judged & (lost >= buffer * (1 - HAIR)) for buffer in (statements.equity, statements.liquidity)
    )
    return by_equity, by_liquidity


def _asked(loss: ArrayLike, lgd: ArrayLike, loans: Loans, size: int) -> tuple[Numbers, Numbers]:
    """Losses, and losses given failure, of each firm; refuse what cannot be."""
    part, given = np.asarray(loss, np.float64), np.broadcast_to(np.asarray(lgd, np.float64), (size,))
    if part.shape != (size,) or not ((part >= 0) & (part <= 1)).all() or not ((given >= 0) & (given <= 1)).all():
        raise InvalidQuestion("a loss is a fraction for each firm that has statements", where="losses")
    if len(loans.firm) and not 0 <= loans.firm.min() <= loans.firm.max() < size:
        raise InvalidQuestion("a firm that is none of these", where="loans")
    return part, given
