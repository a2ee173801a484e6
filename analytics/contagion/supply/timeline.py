r"""A shock period by period, where stocks of inputs last a while, shocks fade and firms recover.

A proposal of ours beside the published index, which it becomes where nothing is in stock and the shock persists. In
period t firm i loses :math:`\psi_i(t) = \psi_i \delta^t` of itself while t is less than its time to recover, and
nothing after; δ = 1 persists, δ = 0 is a shock in the first period alone. Of a group of inputs that fail together a
buyer has a stock worth some periods of normal use. It makes what the scarcest allows, out of what is delivered and of
stock, and stock is filled again with what is delivered and not used. Orders fall at once: stocks do not help upstream.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from analytics.contagion.supply.cascade import check_asked
from analytics.contagion.supply.network import Numbers, SupplyNetwork
from graph.errors import InvalidQuestion


@dataclass(frozen=True)
class Timeline:
    """Losses by period, as fractions; rows are periods 0 to T."""

    down: Numbers
    """Part of all sales that is lost for want of inputs, shape (T + 1,)."""
    up: Numbers
    """For want of orders."""
    total: Numbers
    """Either, the larger of the two firm by firm."""
    lost: Numbers
    """By each firm over all periods, in periods of its production, shape (n,)."""
    last_down: Numbers
    """State of the last period, shape (n,)."""
    last_up: Numbers


def over_time(
    network: SupplyNetwork,
    shock: ArrayLike,
    *,
    periods: int,
    stock: ArrayLike = 0.0,
    recovery: ArrayLike = np.inf,
    kept: float = 1.0,
) -> Timeline:
    r"""Follow a shock through some periods, in each of which a loss goes one supply further.

    .. math:: d_j(t) = \max\Big(\psi_j(t),\ \max_g \big(1 - q_g(t) - n_g(t)\big)\Big), \quad
        n_g(t + 1) = \min\big(n_g(0),\ n_g(t) + q_g(t) - 1 + d_j(t)\big)

    where q is the part of a group of inputs g that is delivered, from the losses of the period before.

    Parameters
    ----------
    network : SupplyNetwork, sales of one period
    shock : (n,) array, ψ in period 0
    periods : int, those after the first
    stock : number or (n,) array, periods
        How long each firm's stocks of inputs last in normal use.
    recovery : number or (n,) array, periods
        Period from which a firm's own shock is over.
    kept : float
        Part δ of the shock that is left of it a period later.

    Raises
    ------
    InvalidQuestion
        If a shock or δ is no fraction, or a stock, a recovery or the periods are negative.

    Source
    ------
    Hallegatte, Risk Analysis 34 (2014), 152: inventories in disaster losses; the rule here is our own [P]. With
    no stock and a shock that persists, the rounds of Diem et al., Scientific Reports 12 (2022), 7719.

    Example
    -------
    >>> network = SupplyNetwork.of(3, [0, 1], [1, 2], [60, 100], industry=[0, 1, 2], revenue=[60, 200, 0])
    >>> over_time(network, [1, 0, 0], periods=4, stock=2.0).down.tolist()
    [0.375, 0.375, 0.375, 1.0, 1.0]
    """
    first, lasts, until = _asked(network, shock, stock, recovery)
    if periods < 0 or not 0 <= kept <= 1:
        raise InvalidQuestion("periods are not negative, and what is left of a shock is a fraction", where="time")
    held = lasts[network.inputs.owner]
    full, own = held.copy(), np.where(until > 0, first, 0.0)
    down, up = own.copy(), own.copy()
    lost, rows = np.maximum(down, up), [_parts(network.sales, down, up)]
    for t in range(1, periods + 1):
        own = np.where(t < until, first * kept**t, 0.0)
        down, held = _without_inputs(network, own, down, held, full)
        unsold = np.bincount(network.seller, network.reliance * up[network.buyer], minlength=network.size)
        up = np.maximum(own, np.minimum(unsold, 1.0))
        lost += np.maximum(down, up)
        rows.append(_parts(network.sales, down, up))
    told = np.array(rows)
    return Timeline(told[:, 0], told[:, 1], told[:, 2], lost, down, up)


def _asked(
    network: SupplyNetwork, shock: ArrayLike, stock: ArrayLike, recovery: ArrayLike
) -> tuple[Numbers, Numbers, Numbers]:
    """Shock, stocks and recovery of each firm; refuse what cannot be."""
    check_asked(network, 1.0)
    first = np.asarray(shock, np.float64)
    lasts, until = (np.broadcast_to(np.asarray(given, np.float64), (network.size,)) for given in (stock, recovery))
    if first.shape != (network.size,) or not ((first >= 0) & (first <= 1)).all():
        raise InvalidQuestion("a shock is a fraction of what each firm makes", where="shock")
    if not (lasts >= 0).all() or not (until >= 0).all():
        raise InvalidQuestion("is not negative", where="stock or recovery")
    return first, lasts, until


def _without_inputs(
    network: SupplyNetwork, own: Numbers, down: Numbers, held: Numbers, full: Numbers
) -> tuple[Numbers, Numbers]:
    """Losses of the next period for want of inputs, and stocks after it."""
    inputs = network.inputs
    felt = _felt(network, down)[network.seller[inputs.link]] * inputs.part
    short = np.bincount(inputs.group, felt, minlength=len(held))
    after = own.copy()
    np.maximum.at(after, inputs.owner, np.minimum(short - held, 1.0))
    used = 1 - after[inputs.owner]
    return after, np.clip(held + (1 - short) - used, 0.0, full)


def _felt(network: SupplyNetwork, down: Numbers) -> Numbers:
    """Losses that nobody stands in for."""
    if not network.rationed:
        return down
    sales = network.sales
    left = np.bincount(network.industry, sales * (1 - down), minlength=network.industries)[network.industry]
    return down * np.minimum(1.0, np.divide(sales, left, out=np.ones(len(sales)), where=left > 0))


def _parts(sales: Numbers, down: Numbers, up: Numbers) -> tuple[float, float, float]:
    whole = sales.sum()
    return float(sales @ down / whole), float(sales @ up / whole), float(sales @ np.maximum(down, up) / whole)
