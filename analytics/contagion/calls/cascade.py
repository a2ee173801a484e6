r"""Calls on guarantors as one fixed point: who fails, who pays what, and what lenders lose.

A lender of a failed debtor claims what its own collateral leaves, :math:`R = D - \min(D, C)`, at once from joint
guarantors (连带) and pledges, and :math:`(1 - \rho) R` from general ones (一般), after the debtor's own recovery.
Guarantee p, of an amount :math:`G_p`, is called for :math:`c_p(S, \lambda)` where S have failed and guarantors pay the
parts λ of their calls:

- by agreed shares :math:`\min(G_p, s_p R_p)`; the others answer for what shares leave of a claim;
- *pro rata*: :math:`\min(G_p, R_p\, G_p / \sum_q G_q)`, and nobody answers for another;
- *in full*: in turns, joint guarantors before general ones and the most able before any shock first, each for
  :math:`\min(G_p, r)` of what is open, r. Those alike share a turn so that as much as can be of r is paid.

A counter-guarantor is called like this for what the guarantor it counters is called for, and for all of it whatever its
liability: what the debtor pays itself comes back to either of them later, as all recourse does. All calls on a
guarantor share its capacity K, whatever the wave they come in:

.. math:: T_i = \sum_{p \text{ of } i} c_p, \qquad \lambda_i = \min(1, K_i / T_i), \qquad
    i \in S \iff i \text{ failed at first, or } T_i > K_i

*It is monotone.* With S larger and λ smaller no :math:`c_p` is smaller: claims rise with S, and in a turn, with the
weights :math:`g_p = \min(G_p, r)`, both the calls, :math:`\min(1, r / \sum \lambda g)\, g_p`, and what is left open,
:math:`\max(0, r - \sum \lambda g)`, rise with r and as λ falls. T then is no smaller, so that λ is no larger and S no
smaller. By Tarski's theorem there is a *least* fixed point, with the fewest failures and calls: it is the one told,
reached from nobody called but for the shock. A larger shock therefore never lowers a call, a failure or a loss, and
names play no part. *It ends*: S can grow n times at most; with S given, pro rata calls are final at once, and other
calls rise by a part of 1e-12 of their claim or are not passed on, and never above G.
"""

from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from analytics.contagion.calls.book import NONE, Numbers, Standing
from analytics.kernels.calls import Work, cascade, missed
from graph.errors import InvalidQuestion, NotConverged

LINKS, LEAST = 1000, 100_000_000
"""Times that each guarantee may be worked on before a cascade is given up, and how many are always allowed: where some
who are alike can only just not pay, their calls rise slowly."""


@dataclass(frozen=True)
class Calls:
    """What a cascade of calls comes to; amounts in whole units of the currency of its loans."""

    standing: Standing
    wave: NDArray[np.int32]
    """In which wave each fails, shape (n,): 1 of who failed at first, 0 of who stands. Nothing rests on it."""
    part: Numbers
    """What part of its calls each guarantor pays, shape (n,)."""
    in_order: Numbers
    """What each guarantee is called for, as `Standing.order` has them."""
    waves: int

    @cached_property
    def called(self) -> Numbers:
        """What each guarantee is called for, shape (m,)."""
        told = np.empty(len(self.in_order))
        told[self.standing.order] = self.in_order
        return told

    @cached_property
    def paid(self) -> Numbers:
        """What each pays of it, shape (m,): counter-guarantors to who has paid, and no more than that."""
        made = self.standing.sureties
        paid = self.called * np.where(made.pledge, 1.0, self.part[made.guarantor])
        level = np.flatnonzero(made.counters == NONE)
        while len(level) < len(made) and len(level):
            level = np.flatnonzero(np.isin(made.counters, level))
            asked = np.bincount(made.counters[level], paid[level], minlength=len(paid))
            some = np.divide(paid, asked, out=np.ones(len(paid)), where=asked > paid)
            paid[level] *= some[made.counters[level]]
        return np.asarray(paid)

    @cached_property
    def residual(self) -> float:
        """The most by which a call misses what the others and who failed ask for."""
        net = self.standing.calling
        asked = np.zeros(len(net.back))
        asked[: len(net.rest)] = np.where(self.due, net.rest, 0.0)
        if len(net.back) > len(net.rest):
            asked[len(net.rest) :] = self.called
        return float(missed(net, self.standing.in_full, asked, self.part, self.in_order))

    @property
    def failed(self) -> NDArray[np.int64]:
        """Who fails, ascending."""
        return np.flatnonzero(self.wave)

    @cached_property
    def due(self) -> NDArray[np.bool_]:
        """Loans of who fails, shape (l,)."""
        return self.wave[self.standing.loans.debtor] > 0

    @cached_property
    def realised(self) -> Numbers:
        """What the debtor's own collateral brings, by loan."""
        loans = self.standing.loans
        return np.where(self.due, np.minimum(loans.amount, loans.collateral), 0.0)

    @cached_property
    def own(self) -> Numbers:
        """What debtors pay themselves in the end beyond it, by loan, to lenders and to who paid for them."""
        loans = self.standing.loans
        return np.where(self.due, self.standing.recovery[loans.debtor] * loans.rest, 0.0)

    @cached_property
    def covered(self) -> Numbers:
        """What guarantors pay to lenders, by loan."""
        return self._by_loan(self.paid)

    @cached_property
    def loss(self) -> Numbers:
        """Each loan's claim less what guarantors pay: the lender's loss when the calls are over.

        Where all guarantors are called at once the debtor's own recovery comes later: `final_loss`.
        """
        made, loans = self.standing.sureties, self.standing.loans
        early = np.zeros(len(loans), np.bool_)
        early[made.loan] = True
        early[made.loan[~made.joint & (made.counters == NONE)]] = False
        open_then = np.where(self.due, loans.rest, 0.0) - np.where(early, 0.0, self.own)
        return np.maximum(open_then - self.covered, 0.0)

    @cached_property
    def final_loss(self) -> Numbers:
        """The same when debtors have paid what they can, to lenders before those who paid for them (民法典 700)."""
        rest = np.where(self.due, self.standing.loans.rest, 0.0)
        return np.maximum(rest - self.covered - self.own, 0.0)

    @cached_property
    def recourse(self) -> Numbers:
        """What debtors pay back in the end on each guarantee to a lender, pro rata to what it paid, shape (m,)."""
        rest = np.where(self.due, self.standing.loans.rest, 0.0)
        over = np.maximum(self.own - np.maximum(rest - self.covered, 0.0), 0.0)
        part = np.divide(over, self.covered, out=np.zeros(len(over)), where=self.covered > 0)
        made = self.standing.sureties
        return np.where(made.counters == NONE, self.paid * np.minimum(part, 1.0)[made.loan], 0.0)

    def by_lender(self, amounts: Numbers) -> Numbers:
        """Sum what is told by loan over the loans of each lender, shape (n,)."""
        return self._over(self.standing.loans.lender, amounts)

    def by_debtor(self, amounts: Numbers) -> Numbers:
        """Sum what is told by loan over the loans of each debtor, shape (n,)."""
        return self._over(self.standing.loans.debtor, amounts)

    def by_guarantor(self, amounts: Numbers) -> Numbers:
        """Sum what is told by guarantee over the guarantees of each guarantor, shape (n,)."""
        return self._over(self.standing.sureties.guarantor, amounts)

    def _over(self, key: NDArray[np.int64], amounts: Numbers) -> Numbers:
        return np.bincount(key, amounts, minlength=self.standing.loans.size).astype(float)

    def _by_loan(self, amounts: Numbers) -> Numbers:
        made = self.standing.sureties
        told = np.where(made.counters == NONE, amounts, 0.0)
        return np.bincount(made.loan, told, minlength=len(self.standing.loans)).astype(float)


def call_guarantees(
    standing: Standing, failed: Collection[int] | NDArray[np.int64], *, tolerance: float = 1e-9, most: int | None = None
) -> Calls:
    r"""Let some fail, and call whoever stands behind them until nobody else fails.

    .. math:: (S, \lambda) = \min \{(S, \lambda) : (S, \lambda) = F(S, \lambda)\}, \qquad
        \text{as this module's note has } F

    Parameters
    ----------
    standing : Standing
        Loans and guarantees between n parties, in whole units of one currency.
    failed : party numbers
        Who fails at first; what they can pay on calls is their capacity too.
    tolerance : float
        Part of its capacity by which a guarantor may be called for more and not fail: rounding, not money.
    most : int, optional
        Guarantees that may be worked on; by default `LINKS` times all there are, and no fewer than `LEAST`.

    Raises
    ------
    InvalidQuestion
        If a party that fails is none of these.
    NotConverged
        If calls still rise beyond the budget.

    Source
    ------
    Domain reference §3, "Cascade": vectors GUA-02 to GUA-07. 民法典 art. 392, 687, 688, 699, 700. Tarski, Pacific J.
    Math. 5 (1955), 285, theorem 1.

    Example
    -------
    A joint guarantor of 100 that can pay 80 fails, and the lender is left with 20 until the debtor has paid its part.

    >>> from analytics.contagion.calls.book import Loans, Standing, Sureties
    >>> loans = Loans.of(3, [2], [0], [100.0])
    >>> behind = Sureties.of(loans, [1], [0], [100.0], joint=True)
    >>> found = call_guarantees(Standing.of(loans, behind, capacity=[0, 80, 0], recovery=0.4), [0])
    >>> found.failed.tolist(), found.paid.tolist(), found.loss.tolist(), found.final_loss.tolist()
    ([0, 1], [80.0], [20.0], [0.0])
    >>> found.recourse.tolist()
    [20.0]
    """
    wave = np.zeros(standing.loans.size, np.int32)
    first = failed if isinstance(failed, np.ndarray) else np.fromiter(failed, np.int64, len(failed))
    strange = first[(first < 0) | (first >= len(wave))]
    if len(strange):
        raise InvalidQuestion("a party that is none of these", where=f"party {strange[0]}")
    wave[first] = 1
    net = standing.calling
    work = Work.on(net, wave)
    budget = max(LEAST, LINKS * (len(net.guarantor) + len(net.back))) if most is None else most
    waves, left = cascade(net, work, standing.in_full, float(tolerance), budget)
    found = Calls(standing, wave, work.ratio, work.call, waves)
    if left < 0:
        raise NotConverged("calls on guarantors", iterations=waves, residual=found.residual)
    return found
