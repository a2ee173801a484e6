"""What each failure may cost one lender, all firms at once and by a fast estimate, so that the dearest are sent."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import csr_array

from analytics.contagion.calls.book import NONE, Standing
from analytics.contagion.shock.alone import paid_alone
from analytics.contagion.shock.calling import Guarantees
from analytics.contagion.shock.firms import Firms, Numbers
from analytics.contagion.shock.layers import Layers
from analytics.contagion.shock.supplying import Supplies
from analytics.contagion.supply.network import SupplyNetwork
from graph.errors import InvalidQuestion

STEPS: Final = 6
"""Steps that an estimate looks ahead: coupled shocks rarely fail anybody later [P]."""


@dataclass(frozen=True)
class Ties:
    """Parts of what each firm has to lose, n × n with the cause in the row; what is not known carries nothing."""

    failing: csr_array
    """By a failure: claims, calls and shares over the lesser of equity and liquidity, at most 1 each."""
    short: csr_array
    """Part of its output that each loses for want of inputs with all of another's."""
    unsold: csr_array
    """The same for want of orders; what one leads to does not come back as the other."""
    hurt: Numbers
    """By all of its own output, shape (n,)."""

    @classmethod
    def of(cls, firms: Firms, layers: Layers, *, worst: bool = False, together: bool = False) -> "Ties":
        """Of layers, those that carry nothing left out; `worst` as `paid_alone`, so that no way of one failure is left
        out; `together` with what several lead to: a guarantor that has less leaves more to who lent, or counted on it.
        """
        size, debts, shares, on = firms.size, layers.debts, layers.shares, layers.only
        paid = paid_alone(firms, layers, worst=worst)
        with np.errstate(invalid="ignore"):
            equity = np.where(firms.equity > 0, firms.equity, np.inf)
            able = np.fmin(equity, np.where(firms.liquidity > 0, firms.liquidity, np.inf))
        rows: list[tuple[ArrayLike, NDArray[np.int64], Numbers]] = []
        if "debts" in on:
            into, lost = debts.creditor.astype(np.int64), debts.amount * (1 - paid.ravel()[debts.row])
            rows.append((debts.debtor, into, lost / able[into]))
        if "shares" in on:
            into, company = shares.holders.head.astype(np.int64), shares.holders.tail
            rows.append((company, into, shares.share[shares.holders.link] * firms.to_lose[company] / equity[into]))
        if "guarantees" in on and isinstance(layers.guarantees, Guarantees):
            standing = layers.guarantees.standing
            made, asked = standing.sureties, _asked(standing, paid[:, 0])
            # Collateral is no cash: who loses it has so much less equity. Whoever has nothing to pay from fails.
            means = np.where(made.pledge, equity[made.guarantor], firms.means[made.guarantor])
            part = np.divide(asked, means, out=(asked > 0).astype(float), where=means > 0)
            rows.append((standing.loans.debtor[made.loan], made.guarantor, part))
            if together:
                into = _counting_on(standing)
                rows.append((made.guarantor, into, ~made.pledge * made.amount / able[into]))
        made_of = layers.production.network if isinstance(layers.production, Supplies) else None
        none = csr_array((size, size))
        short, unsold = _halting(made_of) if made_of is not None and "production" in on else (none, none)
        margin = np.nan_to_num(np.maximum(firms.margin, 0.0))
        return cls(_summed(size, rows), short, unsold, np.minimum(margin / able, 1.0))


def stake_of(firms: Firms, layers: Layers, lender: int, *, worst: bool = False, together: bool = False) -> Numbers:
    r"""Tell what a lender loses by each failure itself, whoever fails with it, before any guarantor pays.

    .. math:: v_i = \sum_{l : i \to b} (1 - p_l) d_l + \sum_{g : i \text{ for a loan of } b} G_g
        \text{, the latter where several fail together}

    Parameters
    ----------
    firms : Firms
        Of n parties.
    layers : Layers
        Debts d without what own collateral covers, whole units of one currency, of which p is paid (`paid_alone`).
    lender : int
        Node number, b.
    worst : bool
        As `paid_alone`.
    together : bool
        Whether others fail too, so that the lender also loses by what a guarantor of its loans cannot pay.

    Raises
    ------
    InvalidQuestion
        If the lender is none of these.

    Source
    ------
    Domain reference §4.10: losses of lenders after collateral and own means.

    Example
    -------
    >>> firms = Firms.of(3, recovered=0.4)
    >>> stake_of(firms, Layers.of(firms, debts=([0, 1], [2, 2], [100, 50])), 2).tolist()
    [60.0, 30.0, 0.0]
    """
    if not 0 <= lender < firms.size:
        raise InvalidQuestion("a party that is none of these", where=f"lender {lender}")
    debts = layers.debts
    mine = debts.creditor == lender
    lost = debts.amount[mine] * (1 - paid_alone(firms, layers, worst=worst).ravel()[debts.row[mine]])
    stake = np.bincount(debts.debtor[mine], lost, minlength=firms.size).astype(float)
    if together and "guarantees" in layers.only and isinstance(layers.guarantees, Guarantees):
        standing = layers.guarantees.standing
        made = standing.sureties
        ours = (_counting_on(standing) == lender) & ~made.pledge
        np.add.at(stake, made.guarantor[ours], made.amount[ours])
    return stake


def screen(ties: Ties, stake: ArrayLike, *, steps: int = STEPS) -> Numbers:
    r"""Estimate what each firm's failure would cost, in one backward sweep over all ties a step.

    A firm that loses half of what it has to lose counts as half failed, and parts add up: an estimate, which puts
    failures in order and decides nothing. Where debts alone tie firms, what a failure leaves to creditors is not less
    than it alone would leave, and no way is longer than the steps, no failure costs more than it.

    .. math:: x \leftarrow v + F x + \sum_{P} P y_P, \qquad y_P \leftarrow \mathrm{diag}(u) x + P y_P

    with parts F by failure, P of output for want of inputs and of orders, u by its own output, y the cost of output.

    Parameters
    ----------
    ties : Ties
        Of n firms.
    stake : (n,) array, whole units of one currency
        What each failure costs by itself, v; not negative.
    steps : int
        How far it looks ahead, at least 0.

    Raises
    ------
    InvalidQuestion
        If a stake is negative or not known, not one of each of n, or the steps are fewer than none.

    Source
    ------
    Linear DebtRank, Bardoscia et al., PLoS ONE 10 (2015), e0130406, eq. 8, transposed: one sweep for all firms. Market
    shares as Diem et al., Scientific Reports 12 (2022), 7719, of each firm alone.

    Example
    -------
    >>> firms = Firms.of(3, equity=[10, 20, 90], recovered=0.5)
    >>> layers = Layers.of(firms, debts=([0, 1], [1, 2], [20, 40]))
    >>> screen(Ties.of(firms, layers), stake_of(firms, layers, 2)).tolist()
    [10.0, 20.0, 0.0]
    """
    value = np.asarray(stake, np.float64)
    if value.shape != ties.hurt.shape or not ((value >= 0) & np.isfinite(value)).all() or steps < 0:
        raise InvalidQuestion(f"a stake in each of {len(ties.hurt)}, and steps not below 0", where="screen")
    worth, down, up = value.copy(), np.zeros(len(value)), np.zeros(len(value))
    for _ in range(steps):
        own = ties.hurt * worth
        down, up = own + ties.short @ down, own + ties.unsold @ up
        worth = value + ties.failing @ worth + ties.short @ down + ties.unsold @ up
    return np.asarray(worth)


def ways(ties: Ties, stake: ArrayLike) -> NDArray[np.bool_]:
    r"""Say from whom any way, however long, leads to a failure that costs a lender something.

    .. math:: R = \{i : \exists k\; x^{(k)}_i > 0\}, \qquad x^{(k)} \text{ the screen after } k \text{ steps}

    Parameters
    ----------
    ties : Ties
        Of n firms.
    stake : (n,) array
        What each failure costs by itself.

    Raises
    ------
    InvalidQuestion
        If there is not one stake of each of n.

    Source
    ------
    Reachability against the arrows of `screen`, whose sums are all of what is not negative.

    Example
    -------
    >>> firms = Firms.of(3, equity=[10, 20, 90], recovered=0.5)
    >>> layers = Layers.of(firms, debts=([0, 1], [1, 2], [20, 40]))
    >>> ways(Ties.of(firms, layers), [0, 1, 0]).tolist()
    [True, True, False]
    """
    cost = np.asarray(stake, np.float64) > 0
    if cost.shape != ties.hurt.shape:
        raise InvalidQuestion(f"a stake in each of {len(ties.hurt)}", where="ways")
    down, up, reached = np.zeros_like(cost), np.zeros_like(cost), -1
    while int(cost.sum()) + int(down.sum()) + int(up.sum()) > reached:
        reached = int(cost.sum()) + int(down.sum()) + int(up.sum())
        own = (ties.hurt > 0) & cost
        down, up = down | own | (ties.short @ down > 0), up | own | (ties.unsold @ up > 0)
        cost = cost | (ties.failing @ cost > 0) | (ties.short @ down > 0) | (ties.unsold @ up > 0)
    return np.asarray(cost)


def _asked(standing: Standing, paid: Numbers) -> Numbers:
    """What each guarantee is called for where its debtor alone fails: by amounts, up to all that is owed where it is
    joint, else up to what is lacking; of one that counters another, what that is called for."""
    loans, made = standing.loans, standing.sureties
    lacking = loans.rest * (1 - paid[loans.debtor])
    direct = made.counters == NONE
    promised = np.bincount(made.loan[direct], made.amount[direct], minlength=len(loans))
    claim = np.where(made.joint, loans.rest[made.loan], lacking[made.loan])
    part = np.divide(claim, promised[made.loan], out=np.zeros(len(made)), where=promised[made.loan] > 0)
    asked = made.amount * np.where(direct, np.minimum(part, 1.0), 1.0)
    level = np.flatnonzero(direct)
    while len(level):
        level = np.flatnonzero(np.isin(made.counters, level))
        asked[level] = np.minimum(asked[level], asked[made.counters[level]])
    return np.asarray(asked)


def _counting_on(standing: Standing) -> NDArray[np.int64]:
    """Who loses where each guarantor pays less: the lender, or the guarantor that it counters."""
    made = standing.sureties
    return np.where(made.counters == NONE, standing.loans.lender[made.loan], made.guarantor[made.counters])


def _halting(network: SupplyNetwork) -> tuple[csr_array, csr_array]:
    """Output that each loses with a supplier, as far as others of its industry do not stand in, and with a buyer."""
    inputs, size = network.inputs, network.size
    supplier, owner = network.seller[inputs.link].astype(np.int64), inputs.owner[inputs.group].astype(np.int64)
    felt = np.ones(size)
    if network.rationed:
        whole = np.bincount(network.industry, network.sales, minlength=network.industries)[network.industry]
        rest = whole - network.sales
        felt = np.minimum(1.0, np.divide(network.sales, rest, out=np.ones(size), where=rest > 0))
    short = _summed(size, [(supplier, owner, inputs.part * felt[supplier])])
    return short, _summed(size, [(network.buyer, network.seller.astype(np.int64), network.reliance)])


def _summed(size: int, rows: list[tuple[ArrayLike, NDArray[np.int64], Numbers]]) -> csr_array:
    """Parts by cause and by whom they hit; several of one pair add up to no more than all."""
    cause, into = (
        np.concatenate([np.zeros(0, np.int64), *(np.asarray(one[k], np.int64) for one in rows)]) for k in (0, 1)
    )
    part: Numbers = np.concatenate([np.zeros(0), *(one[2] for one in rows)])
    made = csr_array((part, (cause, into)), shape=(size, size))
    made.sum_duplicates()
    made.data = np.minimum(made.data, 1.0)
    return made
