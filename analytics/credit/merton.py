"""Default as equity that is gone: a firm's shares as a call on its assets."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr

from graph.errors import InvalidQuestion

Numbers = NDArray[np.float64]
HALVINGS: Final = 60
STEPS: Final = 100


@dataclass(frozen=True)
class Assets:
    """What the market implies about a firm's assets."""

    value: Numbers
    """V, in the unit of equity and debt."""
    volatility: Numbers
    """Of their yearly return."""
    distance: Numbers
    """To default, in standard deviations, where assets earn the riskless rate."""

    @property
    def probability(self) -> Numbers:
        """Of default within the years asked for, under the riskless rate."""
        return np.asarray(ndtr(-self.distance))


def implied_assets(
    equity: ArrayLike, volatility: ArrayLike, debt: ArrayLike, *, rate: ArrayLike = 0.0, years: float = 1.0
) -> Assets:
    r"""Find the assets whose call is worth what the shares are worth, and moves as they move.

    .. math:: E = V \Phi(d_1) - D e^{-rT} \Phi(d_2), \quad \sigma_E E = \Phi(d_1) \sigma_V V, \quad
        d_{1,2} = \frac{\ln(V / D) + (r \pm \frac12 \sigma_V^2) T}{\sigma_V \sqrt T}

    The volatility of assets lies between 0 and that of equity, and is found there by halving; the value that goes
    with each by Newton's method, from above.

    Parameters
    ----------
    equity : array, > 0
        Market value of all shares E.
    volatility : array, > 0
        Of their yearly return.
    debt : array, > 0
        What falls due within the years, same unit D.
    rate : array
        Riskless, continuous r.
    years : float, > 0
        T.

    Raises
    ------
    InvalidQuestion
        If equity, volatility, debt or years is not a number above 0, or a rate is not finite.

    Source
    ------
    Merton, "On the pricing of corporate debt", Journal of Finance 29 (1974), 449; solved for both unknowns as in Hull,
    "Options, Futures, and Other Derivatives", chapter on credit risk: vector SCR-05.

    Example
    -------
    >>> found = implied_assets(3.0, 0.8, 10.0, rate=0.05)
    >>> [round(float(x), 4) for x in (found.value, found.volatility, found.probability)]
    [12.3954, 0.2123, 0.127]
    """
    e, s, d, r = (np.atleast_1d(np.asarray(x, np.float64)) for x in (equity, volatility, debt, rate))
    for name, column in (("equity", e), ("volatility", s), ("debt", d), ("years", np.array([years]))):
        if not (np.isfinite(column).all() and (column > 0).all()):
            raise InvalidQuestion("must be a number above 0", where=name)
    if not np.isfinite(r).all():
        raise InvalidQuestion("must be a number", where="rate")
    owed, root = d * np.exp(-r * years), np.sqrt(years)
    low, high = np.zeros(np.broadcast_shapes(e.shape, s.shape, owed.shape)), s + np.zeros_like(e * owed)
    for _ in range(HALVINGS):
        middle = 0.5 * (low + high)
        value = _value(e, owed, middle * root)
        moves = ndtr(_d1(value, owed, middle * root)) * middle * value > s * e
        low, high = np.where(moves, low, middle), np.where(moves, middle, high)
    implied = 0.5 * (low + high)
    value = _value(e, owed, implied * root)
    distance = _d1(value, owed, implied * root) - implied * root
    shape = np.broadcast_shapes(*(np.shape(x) for x in (equity, volatility, debt, rate)))
    return Assets(*(column.reshape(shape) for column in (value, implied, distance)))


def _d1(value: Numbers, owed: Numbers, width: Numbers) -> Numbers:
    return np.asarray(np.log(value / owed) / width + 0.5 * width)


def _value(equity: Numbers, owed: Numbers, width: Numbers) -> Numbers:
    """V of a given width: the call is convex and V at most equity and debt together, so that Newton only falls."""
    value = equity + owed
    for _ in range(STEPS):
        d1 = _d1(value, owed, width)
        slope = ndtr(d1)
        over = value * slope - owed * ndtr(d1 - width) - equity
        value = value - over / slope
        if (np.abs(over) <= 1e-13 * (equity + owed)).all():
            break
    return np.asarray(value)


def distance_to_default(
    assets: ArrayLike, debt: ArrayLike, volatility: ArrayLike, *, drift: ArrayLike = 0.0, years: float = 1.0
) -> Numbers:
    r"""Say by how many standard deviations assets are expected to stand above debt.

    .. math:: DD = \frac{\ln(V / D) + (\mu - \frac12 \sigma^2) T}{\sigma \sqrt T}, \qquad PD = \Phi(-DD)

    Parameters
    ----------
    assets : array, > 0
        V.
    debt : array, > 0
        What falls due, or `default_point`; same unit.
    volatility : array, > 0
        Of the yearly growth of assets.
    drift : array
        Expected yearly growth μ; the riskless rate for prices.
    years : float, > 0
        T.

    Raises
    ------
    InvalidQuestion
        If assets, debt, volatility or years is not above 0; what is NaN stays NaN.

    Source
    ------
    Crosbie and Bohn, "Modeling default risk", KMV (2003); domain reference §5.2.

    Example
    -------
    >>> round(float(distance_to_default(120.0, 100.0, 0.2, drift=0.02)), 4)
    0.9116
    """
    v, d, s = (np.asarray(x, np.float64) for x in (assets, debt, volatility))
    for name, column in (("assets", v), ("debt", d), ("volatility", s), ("years", np.asarray(years))):
        if (column <= 0).any():
            raise InvalidQuestion("must be a number above 0", where=name)
    return np.asarray((np.log(v / d) + (np.asarray(drift) - 0.5 * s**2) * years) / (s * np.sqrt(years)))


def default_point(short: ArrayLike, long: ArrayLike) -> Numbers:
    r"""Say at what value of its assets a firm is taken to default.

    .. math:: D = D_{short} + \tfrac12 D_{long}

    Parameters
    ----------
    short : array
        Debt due within a year, ≥ 0.
    long : array
        Debt due later, ≥ 0, same unit.

    Raises
    ------
    InvalidQuestion
        If either is negative.

    Source
    ------
    Crosbie and Bohn, "Modeling default risk", KMV (2003).

    Example
    -------
    >>> float(default_point(60.0, 50.0))
    85.0
    """
    soon, later = np.asarray(short, np.float64), np.asarray(long, np.float64)
    if (soon < 0).any() or (later < 0).any():
        raise InvalidQuestion("must not be negative", where="debt")
    return np.asarray(soon + 0.5 * later)
