"""A lender's book as drawn years see it: what each failure costs it, and whom defaults bring down.

Amounts are those of a shock (`api.contagion`), fixed beforehand: what no collateral covers times the loss given
default, or more where the assets that a debtor states do not suffice; guarantors as they are called where all debtors
fail, each for what it promised and no more than is open.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from analytics.contagion.calls.book import NONE
from analytics.contagion.calls.cascade import call_guarantees
from analytics.contagion.portfolio.discrete import HAIR
from analytics.contagion.portfolio.factors import Factors
from analytics.contagion.portfolio.irb import asset_correlation
from analytics.contagion.portfolio.montecarlo import Portfolio
from analytics.contagion.portfolio.sent import Sent
from analytics.contagion.shock.alone import paid_alone
from analytics.contagion.shock.tied import Tied
from api.answers.evidence import Evidence
from api.contagion.industries import DIVISION
from api.engine import View
from api.questions.book.assumed import Assumed, Shared
from api.questions.book.odds import Odds, odds_of
from api.questions.shocks.scenario import Scenario
from api.questions.shocks.sent import Setting, setting_of
from graph.model import LENDS
from graph.traits import Traits

Numbers = NDArray[np.float64]
Places = NDArray[np.int64]
Flags = NDArray[np.bool_]
FACTS: Final = 3
"""Facilities shown of one borrower."""


@dataclass(frozen=True)
class Arrows:
    """Whom a failure costs what: from who fails to who loses."""

    failing: Places
    losing: Places
    amount: Numbers

    def some(self, kept: Flags) -> "Arrows":
        """Those at these places."""
        return Arrows(self.failing[kept], self.losing[kept], self.amount[kept])


@dataclass(frozen=True)
class Staked:
    """What a lender has at stake, and who may default."""

    setting: Setting
    lender: int
    odds: Odds
    owed: Numbers
    """To the lender at default, by debtor, shape (n,)."""
    lost: Numbers
    """What each failure costs it before guarantors pay, shape (n,)."""
    nodes: Places
    """Parties that are drawn: borrowers, and whoever a way leads from to them or their guarantors; shape (k,)."""
    portfolio: Portfolio
    """Of those."""
    correlation: Numbers
    """Part of the variance of its assets that each of them shares with others, shape (k,)."""

    @property
    def borrowers(self) -> Places:
        """Whoever owes the lender, ascending."""
        return np.flatnonzero(self.owed > 0)

    @property
    def rated(self) -> Places:
        """Borrowers of whom a PD is given."""
        return np.flatnonzero((self.owed > 0) & ~np.isnan(self.odds.pd))

    @property
    def shared_guarantees(self) -> int:
        """Loans of the lender behind which several guarantors stand."""
        standing = self.setting.promised.layer.standing
        made, loans = standing.sureties, standing.loans
        some = (loans.lender[made.loan] == self.lender) & (made.counters == NONE) & ~made.pledge & (made.amount > 0)
        pairs = np.unique(np.stack([made.loan[some], made.guarantor[some]]), axis=1)
        return int((np.bincount(pairs[0]) > 1).sum())


def setting_for(view: View, assumed: Assumed) -> Setting:
    """What a shock under the same assumptions runs along."""
    said = Scenario(lgd=assumed.lgd, haircuts=assumed.haircuts, calls=assumed.calls, missing=assumed.missing)
    return setting_of(view, said)


def facilities_of(evidence: Evidence, setting: Setting, lender: int, debtor: int) -> tuple[str, ...]:
    """The largest facilities that a lender gave a debtor, as ids of facts."""
    debts = setting.debts
    at = np.flatnonzero((debts.creditor == lender) & (debts.debtor == debtor) & (debts.facility >= 0))
    at = at[np.lexsort((at, -debts.amount[at]))][:FACTS]
    return tuple(fact.fact_id for fact in evidence.facts(LENDS, debts.facility[at])) if len(at) else ()


def staked(view: View, assumed: Assumed, lender: int) -> Staked:
    """The book of a lender under what is assumed. Raises what `odds_of` and `setting_of` do."""
    setting, odds = setting_for(view, assumed), odds_of(view, assumed, lender)
    debts, size = setting.debts, view.snapshot.size
    mine = debts.creditor == lender
    owed = _summed(debts.debtor[mine], debts.amount[mine], size)
    unpaid = _unpaid(setting, assumed.lgd)
    lost = _summed(debts.debtor[mine], unpaid[mine], size)
    claims, calls, ours, pledged = _arrows(setting, assumed, lender, unpaid)
    if "guarantees" in assumed.layers:
        lost = np.maximum(lost - pledged, 0.0)
    means = _means(setting)
    ways = (claims, calls, *_further(setting)) if assumed.sent else (claims, calls)
    nodes = _reaching(lost > 0, calls.losing[ours], ways)
    at = np.full(size, NONE)
    at[nodes] = np.arange(len(nodes))

    def within(arrows: Arrows) -> Flags:
        return np.asarray((at[arrows.failing] >= 0) & (at[arrows.losing] >= 0))

    claims, inside = claims.some(within(claims)), within(calls)
    calls, ours = calls.some(inside), ours[inside]
    pd = np.nan_to_num(odds.pd[nodes])
    factors = _factors(view, assumed, nodes, pd)
    shared = np.square(factors.loading).sum(axis=1)[factors.cell]
    if assumed.sent:
        tied = Tied.of(setting.known.firms, setting.layers.only_some(assumed.layers))
        whole = Portfolio.of(pd, lost[nodes], factors, sent=Sent(tied, nodes, lender))
        return Staked(setting, lender, odds, owed, lost, nodes, whole, shared)
    portfolio = Portfolio.of(
        pd, lost[nodes], factors,
        claims=(at[claims.failing], at[claims.losing], claims.amount),
        calls=(at[calls.failing], at[calls.losing], calls.amount),
        ours=ours, equity=means[nodes],
    )  # fmt: skip
    return Staked(setting, lender, odds, owed, lost, nodes, portfolio, shared)


def _further(setting: Setting) -> Iterator[Arrows]:
    """Whom a failure, or a fall of output, reaches by any layer, whether or not an amount is known beforehand."""
    debts, made, network = setting.debts, setting.promised.layer.standing, setting.network
    sureties, (holder, company, *_) = made.sureties, setting.shares
    behind = np.where(
        sureties.counters == NONE, made.loans.debtor[sureties.loan], sureties.guarantor[sureties.counters]
    )
    pairs = [(debts.debtor, debts.creditor), (behind, sureties.guarantor), (company, holder)]
    # Who guarantees with another bears what that one cannot pay.
    pairs += [(sureties.guarantor, made.loans.lender[sureties.loan]), (sureties.guarantor, behind)]
    if network is not None:
        pairs += [(network.seller, network.buyer), (network.buyer, network.seller)]
    for failing, losing in pairs:
        ends = np.asarray(failing, np.int64), np.asarray(losing, np.int64)
        yield Arrows(*ends, np.ones(len(ends[0])))


def _unpaid(setting: Setting, lgd: float) -> Numbers:
    """What each debt loses if its debtor alone fails, before guarantors pay."""
    debts = setting.layers.debts
    part = 1 - paid_alone(setting.known.firms, setting.layers).ravel()[debts.row]
    found = np.empty(len(debts.amount))
    # The loss given default as it was given, not with the rounding of 1 - (1 - LGD).
    found[debts.order] = debts.amount * np.where(np.abs(part - lgd) <= HAIR, lgd, part)
    return found


def _arrows(setting: Setting, assumed: Assumed, lender: int, unpaid: Numbers) -> tuple[Arrows, Arrows, Flags, Numbers]:
    """Claims, calls, which of these pay the lender, and what collateral of others brings it, by debtor."""
    debts, size = setting.debts, setting.known.firms.size
    claims = Arrows(debts.debtor, debts.creditor, unpaid)
    apart = (claims.failing != lender) & (claims.losing != lender) & (claims.failing != claims.losing)
    claims = claims.some(apart & ("debts" in assumed.layers))
    standing = setting.promised.layer.standing
    made, loans = standing.sureties, standing.loans
    none = Arrows(*(np.zeros(0, np.int64),) * 2, np.zeros(0))
    if "guarantees" not in assumed.layers or not len(made):
        return claims, none, np.zeros(0, np.bool_), np.zeros(size)
    # Nobody's means end a call here: who cannot pay it fails by it.
    firmly = standing.with_means(np.full(size, np.inf), paid_alone(setting.known.firms, setting.layers)[:, 0])
    called = call_guarantees(firmly, np.unique(loans.debtor).tolist()).called
    debtor = loans.debtor[made.loan]
    ours = (loans.lender[made.loan] == lender) & (made.counters == NONE)
    pledged = _summed(debtor, np.where(made.pledge & ours, called, 0.0), size)
    calls = Arrows(debtor, made.guarantor, called)
    kept = ~made.pledge & (debtor != made.guarantor) & (debtor != lender) & (made.guarantor != lender)
    # Who has nothing to pay from pays nothing.
    pays = np.asarray(ours & (standing.capacity[made.guarantor] > 0), np.bool_)
    return claims, calls.some(kept), pays[kept], pledged


def _summed(of: Places, amount: Numbers, size: int) -> Numbers:
    """Amounts by party."""
    return np.bincount(of, amount, minlength=size).astype(np.float64)


def _means(setting: Setting) -> Numbers:
    """Where losses fail each: its equity, or where that is less its liquidity; NaN where it has, or states, neither."""
    firms = setting.known.firms
    parts = [np.where(figure > 0, figure, np.nan) for figure in (firms.equity, firms.liquidity)]
    return np.where(firms.equity <= 0, np.nan, np.fmin(*parts))


def _reaching(borrower: Flags, guarantors: Places, ways: tuple[Arrows, ...]) -> Places:
    """Borrowers, guarantors of the lender, and whoever a way leads from to one of them."""
    found = borrower.copy()
    found[guarantors] = True
    while True:
        before = int(found.sum())
        for arrows in ways:
            found[arrows.failing[found[arrows.losing]]] = True
        if int(found.sum()) == before:
            return np.flatnonzero(found)


def _factors(view: View, assumed: Assumed, nodes: Places, pd: Numbers) -> Factors:
    """How defaults hang together."""
    if assumed.factors is not None:
        return _several(view, assumed.factors, nodes)
    rho = asset_correlation(pd) if assumed.correlation == "irb" else assumed.correlation
    return Factors.one(rho, size=len(nodes))


def _several(view: View, shared: Shared, nodes: Places) -> Factors:
    """One factor of all, one for each industry and region among some; who states none has none of these."""
    industry, names = divisions(view.snapshot.traits("industry"))
    region = view.snapshot.traits("jurisdiction").code.astype(np.int64)
    rows, cell = np.unique(np.stack([industry[nodes], region[nodes]], axis=1), axis=0, return_inverse=True)
    loading = [np.full((len(rows), 1), np.sqrt(shared.all))]
    parts = np.array([_part(shared, name) for name in names] + [0.0])
    for column, part in ((0, parts), (1, np.full(1, shared.region))):
        known = np.unique(rows[:, column][rows[:, column] >= 0])
        weight = np.sqrt(part[known] if column == 0 else np.broadcast_to(part, len(known)))
        used = known[weight > 0]
        loading.append(weight[weight > 0] * (rows[:, column][:, None] == used))
    return Factors.of(cell.reshape(-1), np.concatenate(loading, axis=1))


def divisions(industry: Traits) -> tuple[Places, list[str]]:
    """Industry of each party by the first signs of its code, -1 where none is stated, and what they are called."""
    cut = [word[:DIVISION] for word in industry.words]
    names = sorted(set(cut))
    place = {name: k for k, name in enumerate(names)}
    return np.array([*(place[name] for name in cut), -1], np.int64)[industry.code], names


def _part(shared: Shared, name: str) -> float:
    """What part an industry shares among itself: the longest beginning of its code that is named."""
    fits = [start for start in shared.industries if name.casefold().startswith(start.casefold())]
    return shared.industries[max(fits, key=len)] if fits else shared.industry
