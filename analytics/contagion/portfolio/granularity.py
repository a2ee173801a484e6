"""What it adds to capital that loans are few, and some of them large."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import gammaincinv

from analytics.contagion.portfolio.given import Numbers, fractions
from graph.errors import InvalidAmount, InvalidQuestion

PRECISION, SPREAD, LEVEL = 0.25, 0.25, 0.999
"""Precision ξ of the common factor, how far losses given default spread (γ), and the level of the capital."""


@dataclass(frozen=True)
class Granularity:
    """Capital for what is particular to each borrower, beyond that for the common factor."""

    adjustment: float
    """As a fraction of the whole exposure."""
    contribution: Numbers
    """What each borrower adds to it, shape (n,)."""


def regulatory_delta(precision: float = PRECISION, *, level: float = LEVEL) -> float:
    r"""Weigh what is particular to a borrower against the common factor at a level.

    .. math:: \delta = (\alpha_q - 1) \left(\xi + \frac{1 - \xi}{\alpha_q}\right)

    with :math:`\alpha_q` the quantile of a gamma variable of mean 1 and variance 1/ξ.

    Parameters
    ----------
    precision : float
        ξ, above 0.
    level : fraction q

    Raises
    ------
    InvalidQuestion
        If the level is no fraction.

    Source
    ------
    Gordy & Lütkebohmert, Int. J. Central Banking 9 (2013), 33. Domain reference §4.12 has 4.83.

    Example
    -------
    >>> round(regulatory_delta(), 2)
    4.83
    """
    q = float(fractions("level", level, below_one=True))
    factor = float(gammaincinv(precision, q)) / precision
    return (factor - 1) * (precision + (1 - precision) / factor)


def granularity_adjustment(
    exposures: ArrayLike,
    pd: ArrayLike,
    lgd: ArrayLike,
    capital: ArrayLike,
    *,
    delta: float | None = None,
    spread: float = SPREAD,
) -> Granularity:
    r"""Say what capital a book needs beyond that of one with the same risks in endlessly many small parts.

    .. math:: GA = \frac{1}{2 K^*} \sum_i s_i^2 C_i \left[\delta (K_i + R_i) - K_i\right], \qquad
        C_i = LGD_i + \gamma (1 - LGD_i), \quad R_i = LGD_i\, PD_i, \quad K^* = \sum_i s_i K_i

    Parameters
    ----------
    exposures : (n,) array, whole units of one currency
        By borrower: several loans of one are one exposure, and so are those of one group.
    pd, lgd : fractions, (n,) or one for all
    capital : (n,) array or one for all
        K of each as a fraction of its exposure, as `capital_requirement` has it.
    delta : float, optional
        By default `regulatory_delta`.
    spread : float
        γ.

    Raises
    ------
    InvalidAmount
        If an exposure is negative or not known, or all are 0.
    InvalidQuestion
        If a PD or LGD is no fraction, or no capital is asked for at all.

    Source
    ------
    Gordy & Lütkebohmert, Int. J. Central Banking 9 (2013), 33: the simplified form. Domain reference §4.12.

    Example
    -------
    >>> round(granularity_adjustment([1.0] * 100, 0.01, 0.45, 0.06, delta=4.83).adjustment, 7)
    0.0123147
    """
    x = np.asarray(exposures, np.float64)
    if not (np.isfinite(x).all() and (x >= 0).all() and x.sum() > 0):
        raise InvalidAmount("must be known, not negative, and not all 0", where="exposures")
    p, lost, held = fractions("pd", pd), fractions("lgd", lgd), fractions("capital", capital)
    share = x / x.sum()
    whole = float(np.sum(share * held))
    if not whole > 0:
        raise InvalidQuestion("no capital is asked for", where="capital", remedy="give each borrower's capital")
    weight = regulatory_delta() if delta is None else delta
    each = (lost + spread * (1 - lost)) * (weight * (held + lost * p) - held)
    added = share**2 * each / (2 * whole)
    return Granularity(float(added.sum()), added)
