"""What drawn years say of a book's losses, how far that may be off, and what each borrower adds to the worst of them.

Errors are standard errors of means of blocks, which are independent: single years, pairs of mirrored ones, or scrambled
sequences. That of expected shortfall is by the delta method, that of value at risk by what lies a standard error of its
level above and below it (Woodruff). Where years cannot tell an error it is not a number: with one block; of a mean
where nothing was lost in any year; beyond a level where the tail has the weight of fewer than five years.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import minimize_scalar

from analytics.contagion.portfolio.discrete import HAIR
from analytics.contagion.portfolio.factors import Plan
from analytics.contagion.portfolio.given import Numbers, fractions
from analytics.contagion.portfolio.montecarlo import Draws, Portfolio, Progress, losses_by_borrower
from analytics.kernels.compiled import frozen
from analytics.kernels.defaults import Room, twist
from graph.errors import InvalidQuestion

FEWEST = 5
"""Years whose weight a tail has at least where it tells an error."""
WORST = 8.0
"""How bad a year is looked for, in standard deviations."""


@dataclass(frozen=True)
class Estimate:
    """A number, and its standard error."""

    value: float
    error: float
    """Not a number where the years drawn cannot tell one."""


@dataclass(frozen=True)
class LossRisk:
    """A book's losses in money."""

    level: float
    expected: Estimate
    value_at_risk: Estimate
    expected_shortfall: Estimate


@dataclass(frozen=True)
class Contributions:
    """What each borrower adds to expected shortfall, in money."""

    each: Numbers
    """Shape (n,); sums to the shortfall."""

    def by(self, key: ArrayLike) -> tuple[NDArray[np.int64], Numbers]:
        """Keys, such as groups or industries, and what each adds."""
        keys, place = np.unique(np.asarray(key, np.int64), return_inverse=True)
        return keys, np.bincount(place, self.each, minlength=len(keys)).astype(np.float64)


def loss_risk(draws: Draws, *, level: float, contagion: bool = True) -> LossRisk:
    r"""Estimate expected loss, value at risk and expected shortfall, each with its standard error.

    .. math:: EL = \frac1S \sum_s w_s L_s, \qquad VaR_q = \min\Big\{l : \frac1S \sum_{L_s > l} w_s \le 1 - q\Big\},
        \qquad ES_q = VaR_q + \frac{1}{(1 - q) S} \sum_s w_s (L_s - VaR_q)^+

    Parameters
    ----------
    draws : Draws
    level : fraction q, below 1
    contagion : bool
        Whether of the losses by all who fail, or by those alone who default by themselves.

    Raises
    ------
    InvalidQuestion
        If the level is no fraction.

    Source
    ------
    Rockafellar & Uryasev, J. Banking & Finance 26 (2002), 1443: shortfall, at whose minimum an error of the value at
    risk has no weight. Woodruff, J. Am. Stat. Assoc. 47 (1952), 635: the error of a quantile. Domain reference §4.13.

    Example
    -------
    >>> from analytics.contagion.portfolio.factors import Factors
    >>> from analytics.contagion.portfolio.montecarlo import simulate
    >>> book = Portfolio.of([1.0], [10.0], Factors.one(0.0, size=1))
    >>> loss_risk(simulate(book, 10, seed=1), level=0.5).expected_shortfall
    Estimate(value=10.0, error=0.0)
    """
    q, loss = float(fractions("level", level, below_one=True)), draws.loss if contagion else draws.alone
    value = _quantile(loss, draws.weight, q)
    beyond = draws.weight * np.maximum(loss - value, 0.0) / (1 - q)
    spread = _error(draws.weight * (loss > value), draws.plan)
    ends = [_quantile(loss, draws.weight, min(max(q + step, 0.0), 1.0)) for step in (-spread, spread)]
    weighed = draws.weight * loss
    tail = draws.weight[loss >= value]
    known = (1 - q) * len(draws) * float(tail.sum()) >= FEWEST * float(np.square(tail).sum()) * (1 - HAIR)
    return LossRisk(
        q,
        Estimate(float(weighed.mean()), _error(weighed, draws.plan) if loss.any() else np.nan),
        Estimate(value, (ends[1] - ends[0]) / 2 if known else np.nan),
        Estimate(value + float(beyond.mean()), _error(beyond, draws.plan) if known and loss.any() else np.nan),
    )


def loss_deviation(draws: Draws, *, contagion: bool = True) -> Estimate:
    r"""Estimate the standard deviation of the loss of a year, with its standard error.

    .. math:: \sigma = \sqrt{\frac1S \sum_s w_s (L_s - EL)^2}, \qquad
        \operatorname{se}(\sigma) = \frac{\operatorname{se}(\sigma^2)}{2 \sigma}

    Parameters
    ----------
    draws : Draws
    contagion : bool
        As `loss_risk`.

    Raises
    ------
    Nothing.

    Source
    ------
    Domain reference §4.11; the error by the delta method.

    Example
    -------
    >>> from analytics.contagion.portfolio.factors import Factors
    >>> from analytics.contagion.portfolio.montecarlo import simulate
    >>> book = Portfolio.of([1.0], [10.0], Factors.one(0.0, size=1))
    >>> loss_deviation(simulate(book, 4, seed=1))
    Estimate(value=0.0, error=0.0)
    """
    loss = draws.loss if contagion else draws.alone
    squares = draws.weight * np.square(loss - float((draws.weight * loss).mean()))
    spread = float(np.sqrt(squares.mean()))
    if not loss.any():
        return Estimate(spread, np.nan)
    return Estimate(spread, _error(squares, draws.plan) / (2 * spread) if spread > 0 else 0.0)


def exceedance(draws: Draws, losses: ArrayLike, *, contagion: bool = True) -> tuple[Numbers, Numbers]:
    r"""Estimate how likely each of some losses is passed, and the standard errors of that: the loss distribution.

    .. math:: P(L > l) = \frac1S \sum_{L_s > l} w_s

    Parameters
    ----------
    draws : Draws
    losses : (k,) array, whole units of one currency
    contagion : bool
        As `loss_risk`.

    Raises
    ------
    InvalidQuestion
        If a loss is not known.

    Source
    ------
    Domain reference §4.11.

    Example
    -------
    >>> from analytics.contagion.portfolio.factors import Factors
    >>> from analytics.contagion.portfolio.montecarlo import simulate
    >>> book = Portfolio.of([1.0], [10.0], Factors.one(0.0, size=1))
    >>> exceedance(simulate(book, 4, seed=1), [9.0, 10.0])[0].tolist()
    [1.0, 0.0]
    """
    asked, loss = np.atleast_1d(np.asarray(losses, np.float64)), draws.loss if contagion else draws.alone
    if np.isnan(asked).any():
        raise InvalidQuestion("must be known", where="losses")
    beyond = [draws.weight * (loss > one) for one in asked.tolist()]
    return np.array([one.mean() for one in beyond]), np.array([_error(one, draws.plan) for one in beyond])


def contributions(
    portfolio: Portfolio,
    draws: Draws,
    *,
    level: float,
    contagion: bool = True,
    workers: int = 1,
    progress: Progress | None = None,
) -> Contributions:
    r"""Say what each borrower adds to expected shortfall: its mean loss in the years that make it up.

    .. math:: C_i = \frac{1}{1 - q}\left(E[\ell_i; L > VaR_q] + \beta\, E[\ell_i; L = VaR_q]\right), \qquad
        \sum_i C_i = ES_q

    with β such that the years counted have probability 1 − q.

    Parameters
    ----------
    portfolio : Portfolio
    draws : Draws
        Of `simulate`; the years of the tail are drawn again.
    level, contagion
        As `loss_risk`.
    workers : int
        Threads; the answer is the same with any.
    progress : callable, optional
        As `losses_by_borrower`.

    Raises
    ------
    InvalidQuestion
        If the level is no fraction.

    Source
    ------
    Tasche, "Risk contributions and performance measurement" (1999), and Acerbi & Tasche, J. Banking & Finance 26
    (2002), 1487, for losses that several years share.

    Example
    -------
    >>> from analytics.contagion.portfolio.factors import Factors
    >>> from analytics.contagion.portfolio.montecarlo import simulate
    >>> book = Portfolio.of([1.0, 1.0], [10.0, 5.0], Factors.one(0.0, size=2))
    >>> contributions(book, simulate(book, 4, seed=1), level=0.5).each.tolist()
    [10.0, 5.0]
    """
    q, loss = float(fractions("level", level, below_one=True)), draws.loss if contagion else draws.alone
    value, mass = _quantile(loss, draws.weight, q), draws.weight / len(draws)
    beyond, at = loss > value, loss == value
    open_ = max(1 - q - float(mass[beyond].sum()), 0.0)
    share = np.where(beyond, mass, 0.0) + np.where(at, mass * open_ / max(float(mass[at].sum()), HAIR), 0.0)
    found = losses_by_borrower(
        portfolio, draws, share / (1 - q), contagion=contagion, workers=workers, progress=progress
    )  # fmt: skip
    return Contributions(found)


def tail_plan(portfolio: Portfolio, loss: float, plan: Plan | None = None) -> Plan:
    r"""Plan years that lose about an amount by defaults alone: the likeliest such factors, and defaults twisted there.

    .. math:: t^* = \arg\max_t \left[\psi(\theta(t), t\,d) - \theta(t)\, x - \tfrac12 t^2\right], \qquad
        \psi'(\theta(t), t\,d) = x, \qquad \mu = t^* d

    with ψ the cumulant of the loss given the factors, and d the direction in which the book's expected losses load on
    them: with one factor its sign.

    Parameters
    ----------
    portfolio : Portfolio
    loss : money x
        Such as the value at risk that few plain draws show.
    plan : Plan, optional
        What else to keep to.

    Raises
    ------
    InvalidQuestion
        If the book cannot lose as much, or nothing is asked for.

    Source
    ------
    Glasserman & Li, "Importance sampling for portfolio credit risk", Management Science 51 (2005), 1643: eq. 17 and
    §5.

    Example
    -------
    >>> from analytics.contagion.portfolio.factors import Factors
    >>> book = Portfolio.of([0.01] * 100, [1.0] * 100, Factors.one(0.2, size=100))
    >>> found = tail_plan(book, 20.0)
    >>> found.goal, bool(-3.5 < found.shift[0] < -2)
    (20.0, True)
    """
    most = float(portfolio.lost[portfolio.pd > 0].sum())
    if not 0 < loss < most:
        remedy = f"ask for more than 0 and less than {most:g}, what is lost if all default"
        raise InvalidQuestion("cannot be what the book loses", where=f"loss {loss:g}", remedy=remedy)
    expected = portfolio.pd * portfolio.lost
    toward = -(expected @ portfolio.factors.loading[portfolio.factors.cell])
    length = float(np.linalg.norm(toward))
    room = Room.of(portfolio.size)
    if length == 0:
        return replace(plan or Plan(), goal=float(loss), shift=())
    unit = toward / length

    def unlikely(t: float) -> float:
        theta, psi = twist(portfolio.odds, portfolio.web, frozen(t * unit, np.float64), 0, float(loss), room)
        return float(theta * loss - psi + t * t / 2)

    best = minimize_scalar(unlikely, bounds=(0.0, WORST), method="bounded", options={"xatol": 0.01})
    return replace(plan or Plan(), goal=float(loss), shift=tuple((float(best.x) * unit).tolist()))


def _quantile(loss: Numbers, weight: Numbers, q: float) -> float:
    """The least loss that is passed with at most 1 − q; weights are summed from the worst, where they are sure."""
    values, place = np.unique(loss, return_inverse=True)
    mass = np.bincount(place, weight, minlength=len(values)) / len(loss)
    passed = np.append(np.cumsum(mass[::-1])[::-1][1:], 0.0)
    return float(values[int(np.argmax(passed <= 1 - q + HAIR))])


def _error(values: Numbers, plan: Plan) -> float:
    """Standard error of a mean of blocks."""
    means = values.reshape(-1, plan.block).mean(axis=1)
    return float(means.std(ddof=1) / np.sqrt(len(means))) if len(means) > 1 else float("nan")
