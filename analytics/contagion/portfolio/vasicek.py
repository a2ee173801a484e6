r"""A book of many small loans with one common factor: the loss that is not exceeded, and the mean of what exceeds it.

Borrower i defaults where :math:`\sqrt\rho Z + \sqrt{1 - \rho}\, \epsilon_i < \Phi^{-1}(PD_i)`. Given the factor,
defaults are independent, and of infinitely many small loans just the conditional part is lost.
"""

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtr, ndtri, owens_t

from analytics.contagion.portfolio.given import Numbers, fractions


def conditional_pd(pd: ArrayLike, correlation: ArrayLike, *, level: ArrayLike) -> Numbers:
    r"""Say how likely a default is in a year as bad as that of a level: the loss quantile of an endless book.

    .. math:: PD(q) = \Phi\!\left(\frac{\Phi^{-1}(PD) + \sqrt{\rho}\, \Phi^{-1}(q)}{\sqrt{1 - \rho}}\right)

    Parameters
    ----------
    pd : fractions, of any shape that goes together with the others
    correlation : fractions ρ, below 1
        Of two borrowers' assets.
    level : fractions q
        Probability of a year no worse, such as 0.999.

    Raises
    ------
    InvalidQuestion
        If one is no fraction.

    Source
    ------
    Vasicek, "Loan portfolio value", Risk 15 (2002), 160. Domain reference §4.11.

    Example
    -------
    >>> round(float(conditional_pd(0.01, 0.2, level=0.99)), 9)
    0.075250789
    """
    p, rho, q = fractions("pd", pd), fractions("correlation", correlation, below_one=True), fractions("level", level)
    tilt = np.where(rho > 0, np.sqrt(rho), 0.0)
    far = np.where(tilt > 0, tilt * ndtri(np.where(tilt > 0, q, 0.5)), 0.0)
    return np.asarray(ndtr((ndtri(p) + far) / np.sqrt(1 - rho)))


def expected_shortfall(pd: ArrayLike, correlation: ArrayLike, *, level: ArrayLike) -> Numbers:
    r"""Say what part of an endless book defaults on average in the years that are worse than a level.

    .. math:: ES_q = \frac{1}{1 - q} \int_q^1 PD(u)\, du
        = \frac{1}{1 - q}\, \Phi_2\!\left(\Phi^{-1}(PD),\ \Phi^{-1}(1 - q);\ \sqrt{\rho}\right)

    Parameters
    ----------
    pd, correlation : fractions
        As `conditional_pd`.
    level : fractions q, below 1

    Raises
    ------
    InvalidQuestion
        If one is no fraction.

    Source
    ------
    Acerbi & Tasche, J. Banking & Finance 26 (2002), 1487, for what it means; domain reference §4.11 for the
    closed form.

    Example
    -------
    >>> round(float(expected_shortfall(0.01, 0.2, level=0.99)), 9)
    0.105129371
    """
    p, rho = fractions("pd", pd), fractions("correlation", correlation, below_one=True)
    q = fractions("level", level, below_one=True)
    both = bivariate_normal(ndtri(p), ndtri(1 - q), np.sqrt(rho))
    return np.asarray(np.clip(both / (1 - q), 0.0, 1.0))


def bivariate_normal(x: ArrayLike, y: ArrayLike, correlation: ArrayLike) -> Numbers:
    r"""Say how likely two standard normal numbers both lie below given ones.

    .. math:: \Phi_2(h, k; \rho) = \tfrac12 \left[\Phi(h) + \Phi(k) - \delta\right] - T(h, a_{hk}) - T(k, a_{kh}),
        \qquad a_{hk} = \frac{k - \rho h}{h \sqrt{1 - \rho^2}}

    with T of Owen, and δ = 1 where one of h and k is negative and the other is not, else 0.

    Parameters
    ----------
    x, y : arrays h and k that go together
        May be infinite.
    correlation : between -1 and 1, neither of them

    Raises
    ------
    Nothing.

    Source
    ------
    Owen, Ann. Math. Stat. 27 (1956), 1075.

    Example
    -------
    >>> round(float(bivariate_normal(0, 0, 0.5)), 12)  # 1/4 + arcsin(1/2) / 2π
    0.333333333333
    """
    h, k, r = np.broadcast_arrays(*(np.asarray(given, np.float64) for given in (x, y, correlation)))
    root = np.sqrt(1 - r * r)
    far = ~(np.isfinite(h) & np.isfinite(k))
    a, b = np.where(far, 1.0, h) + 0.0, np.where(far, 1.0, k) + 0.0  # no zero with a sign
    # Above or below an end at 0 the ratio is infinite, and both zero is their limit along h = k.
    zero = (a == 0) & (b == 0)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        first = np.where(zero, (1 - r) / root, (b - r * a) / (a * root))
        second = np.where(zero, (1 - r) / root, (a - r * b) / (b * root))
    apart = ((a < 0) & (b >= 0)) | ((b < 0) & (a >= 0))
    found = (ndtr(a) + ndtr(b) - apart) / 2 - owens_t(a, first) - owens_t(b, second)
    return np.asarray(np.where(far, np.minimum(ndtr(h), ndtr(k)), np.clip(found, 0.0, 1.0)))
