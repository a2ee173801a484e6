r"""CreditRisk+: losses in whole units, where sectors make defaults more or less likely together.

Given its sectors' factors, a borrower defaults as a Poisson variable of mean :math:`p_i (w_{i0} + \sum_k w_{ik} S_k)`
with S gamma, of mean 1. What a sector loses then is a negative binomial number of defaults, each of which loses a size
drawn from the sector; what belongs to no sector, a Poisson number. Both have Panjer's recursion.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.signal import fftconvolve

from analytics.contagion.portfolio.given import Numbers, fractions
from graph.errors import InvalidQuestion

DEEPEST = -500.0
"""Logarithm of the least probability of no loss that a recursion starts from; below, it is made of equal parts."""

LEAST = 1e-9
"""Spread over its mean of a sector's expected number of defaults below which it is none."""


def credit_losses(
    exposures: ArrayLike,
    pds: ArrayLike,
    *,
    spread: ArrayLike = 0.0,
    weights: ArrayLike | None = None,
    most: int,
) -> Numbers:
    r"""Say how likely each loss is.

    .. math:: G(z) = e^{\mu_0 (Q_0(z) - 1)} \prod_k \left(\frac{1 - P_k}{1 - P_k Q_k(z)}\right)^{\alpha_k}, \qquad
        \alpha_k = \frac{\mu_k^2}{\sigma_k^2}, \quad P_k = \frac{\sigma_k^2}{\mu_k + \sigma_k^2}

    with :math:`Q_k` the sizes of the defaults of sector k.

    Parameters
    ----------
    exposures : (n,) array, whole numbers ≥ 1
        What is lost by each default, in units of the caller's choice.
    pds : (n,) array, fractions
    spread : (K,) array or one number
        Standard deviation σ of each sector's expected number of defaults; 0 is Poisson.
    weights : (n, K) array, fractions, optional
        What part of each borrower's risk is in each sector, the rest is its own; by default all is in one.
    most : int
        Largest loss that is told, in units.

    Raises
    ------
    InvalidQuestion
        If an exposure is no whole number above 0, a PD no fraction, weights sum to more than 1, or sizes do not fit.

    Source
    ------
    Credit Suisse First Boston, "CreditRisk+: a credit risk management framework" (1997); Panjer, ASTIN
    Bulletin 12 (1981), 22. Domain reference §4.11.

    Example
    -------
    >>> credit_losses([1], [0.03], spread=0.03, most=2).round(12).tolist()
    [0.970873786408, 0.028277877274, 0.000823627493]
    """
    units, p, part, sd = _checked(exposures, pds, spread, weights)
    if most < 0:
        raise InvalidQuestion("is not negative", where=f"most {most}")
    found = np.zeros(most + 1)
    found[0] = 1.0
    for share, spreads in zip(part, sd, strict=True):
        if (share * p).any():
            found = _added(found, _sector(np.bincount(units, share * p).astype(np.float64), spreads, most))
    return found


def _checked(
    exposures: ArrayLike, pds: ArrayLike, spread: ArrayLike, weights: ArrayLike | None
) -> tuple[NDArray[np.int64], Numbers, list[Numbers], list[float]]:
    """Units, PDs, and by sector the parts of borrowers and the spread; the last is what is in no sector."""
    size, p = np.asarray(exposures, np.float64), fractions("pds", pds)
    part = np.ones((len(size), 1)) if weights is None else fractions("weights", weights)
    if size.shape != p.shape or part.shape[:1] != p.shape:
        raise InvalidQuestion("one PD and one row of weights for each", where="exposures")
    sd = np.broadcast_to(np.asarray(spread, np.float64), part.shape[1:])
    if not ((size >= 1) & (size == np.floor(size))).all() or not (sd >= 0).all():
        raise InvalidQuestion(
            "must be whole numbers above 0, and spreads not negative", where="exposures",
            remedy="divide by a unit and round, and let each PD make up for it",
        )  # fmt: skip
    own = 1 - part.sum(axis=1)
    if (own < -1e-9).any():
        raise InvalidQuestion("sum to more than 1", where="weights", remedy="give fractions of each borrower's risk")
    return size.astype(np.int64), p, [*part.T, np.maximum(own, 0.0)], [*sd.tolist(), 0.0]


def _sector(rate: Numbers, spread: float, most: int) -> Numbers:
    """Losses of one sector, from how many defaults of each size are expected."""
    mean = float(rate.sum())
    relative = spread / mean
    # Below that the numbers of defaults are Poisson's to the last digit.
    dispersed = relative > LEAST
    alpha = relative**-2.0 if dispersed else np.inf
    ratio = spread * relative
    heads = ratio / (1 + ratio) if dispersed else 0.0
    depth = alpha * np.log1p(-heads) if dispersed else -mean
    halvings = max(0, int(np.ceil(np.log2(max(depth / DEEPEST, 1.0)))))
    parts = 2.0**halvings
    slope = (alpha / parts - 1) * heads if dispersed else mean / parts
    found = _panjer(rate / mean, np.exp(depth / parts), heads, slope, most)
    for _ in range(halvings):
        found = _added(found, found)
    return found


def _panjer(chance: Numbers, nothing: float, a: float, b: float, most: int) -> Numbers:
    """Panjer's recursion: g_n = Σ_j (a + b j / n) q_j g_{n - j}, from the probability of nothing."""
    found = np.zeros(most + 1)
    found[0] = nothing
    sizes = np.flatnonzero(chance)
    weight = chance[sizes]
    for n in range(1, most + 1):
        reach = int(np.searchsorted(sizes, n, side="right"))
        j = sizes[:reach]
        found[n] = np.sum((a + b * j / n) * weight[:reach] * found[n - j])
    return found


def _added(a: Numbers, b: Numbers) -> Numbers:
    """Losses that two independent parts make together, as far as they are told."""
    return np.asarray(np.maximum(fftconvolve(a, b)[: len(a)], 0.0))
