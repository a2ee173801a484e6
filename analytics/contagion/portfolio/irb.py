"""Basel's internal ratings: asset correlation, capital and risk weights (`irb.toml`)."""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import ArrayLike

from analytics.contagion.portfolio.given import Numbers, fractions
from analytics.contagion.portfolio.vasicek import conditional_pd
from analytics.rules.reading import read_rows
from analytics.rules.rule import Norm
from graph.errors import InvalidQuestion, UnknownRule

LEVEL = 0.999
"""Years no worse than what capital is for."""
STANDARD_MATURITY = 2.5
"""Years."""


@dataclass(frozen=True, kw_only=True)
class AssetClass(Norm):
    """How borrowers of a class hang together."""

    low: float
    """Correlation of the least likely to survive."""
    high: float
    """Of the safest."""
    decay: float
    multiplier: float
    discount: float
    """Most that small turnover takes off: all of it up to `small`, nothing from `large` on, in million euros."""
    floor: float
    """Least PD that counts."""
    small: float = 0.0
    large: float = 1.0


@cache
def asset_classes() -> dict[str, AssetClass]:
    r"""Read the classes of borrowers, by id.

    .. math:: id \mapsto (low, high, decay, multiplier, discount)

    Parameters
    ----------
    none : what the package's file says

    Raises
    ------
    InvalidRule
        If the file says what cannot be; it is tested, so that only a changed one can.

    Source
    ------
    `irb.toml`, each row with its citation.

    Example
    -------
    >>> asset_classes()["BASEL_CORPORATE"].high
    0.24
    """
    return read_rows(AssetClass, "analytics.contagion.portfolio", "irb.toml")


def asset_correlation(pd: ArrayLike, *, kind: str = "BASEL_CORPORATE", turnover: ArrayLike = np.inf) -> Numbers:
    r"""Say how Basel takes the assets of two borrowers to hang together.

    .. math:: R = m \left[\rho_1 w + \rho_0 (1 - w)\right]
        - d \left(1 - \frac{\min(\max(S, S_0), S_1) - S_0}{S_1 - S_0}\right),
        \qquad w = \frac{1 - e^{-50 PD}}{1 - e^{-50}}

    Parameters
    ----------
    pd : fractions
    kind : str
        Id of a class of `irb.toml`: :math:`\rho_1` its low and :math:`\rho_0` its high correlation, m its multiplier,
        d its discount, :math:`S_0` and :math:`S_1` what it calls small and large.
    turnover : array, million euros
        A year's sales S; counts only in the class of small corporates.

    Raises
    ------
    InvalidQuestion
        If a PD is no fraction.
    UnknownRule
        If no class has this id.

    Source
    ------
    `irb.toml`.

    Example
    -------
    >>> asset_correlation([0.0, 0.01]).round(6).tolist()
    [0.24, 0.192784]
    """
    if kind not in asset_classes():
        known = f"it is one of {', '.join(asset_classes())}"
        raise UnknownRule("no class of borrowers of this id", where=kind, remedy=known)
    chosen, p = asset_classes()[kind], fractions("pd", pd)
    weight = np.expm1(-chosen.decay * p) / np.expm1(-chosen.decay)
    size = (np.clip(turnover, chosen.small, chosen.large) - chosen.small) / (chosen.large - chosen.small)
    whole = chosen.multiplier * (chosen.low * weight + chosen.high * (1 - weight))
    return np.asarray(whole - chosen.discount * (1 - size))


def capital_requirement(
    pd: ArrayLike,
    lgd: ArrayLike,
    maturity: ArrayLike = STANDARD_MATURITY,
    *,
    kind: str = "BASEL_CORPORATE",
    turnover: ArrayLike = np.inf,
) -> Numbers:
    r"""Say what capital Basel asks for, as a part of the exposure: unexpected loss, and more for longer loans.

    .. math:: K = LGD \left[PD(0.999; R) - PD\right] \frac{1 + (M - 2.5)\, b}{1 - 1.5\, b},
        \qquad b = (0.11852 - 0.05478 \ln PD)^2

    Parameters
    ----------
    pd : fractions
        Above 0; floors (`AssetClass.floor`) are the caller's. Where it is 1 nothing is unexpected.
    lgd : fractions
    maturity : years M
    kind, turnover
        As `asset_correlation`.

    Raises
    ------
    InvalidQuestion
        If a PD or LGD is no fraction, a PD is 0 or so small that 1.5 b passes 1, or a maturity is negative.
    UnknownRule
        As `asset_correlation`.

    Source
    ------
    As `irb.toml`; domain reference §4.12.

    Example
    -------
    >>> round(float(capital_requirement(0.01, 0.45)), 6)
    0.073853
    """
    p, lost, years = fractions("pd", pd), fractions("lgd", lgd), np.asarray(maturity, np.float64)
    if not ((p > 0).all() and (years >= 0).all()):
        remedy = "raise it to the floor that the rules set, such as 0.0003"
        raise InvalidQuestion("must be above 0, and a maturity not negative", where="pd", remedy=remedy)
    bad = conditional_pd(p, asset_correlation(p, kind=kind, turnover=turnover), level=LEVEL)
    slope = (0.11852 - 0.05478 * np.log(p)) ** 2
    if not (1.5 * slope < 1).all():
        remedy = "raise it to the floor that the rules set, such as 0.0003"
        raise InvalidQuestion("is too small for the adjustment for maturity", where="pd", remedy=remedy)
    return np.asarray(lost * (bad - p) * (1 + (years - STANDARD_MATURITY) * slope) / (1 - 1.5 * slope))


def risk_weight(
    pd: ArrayLike,
    lgd: ArrayLike,
    maturity: ArrayLike = STANDARD_MATURITY,
    *,
    kind: str = "BASEL_CORPORATE",
    turnover: ArrayLike = np.inf,
) -> Numbers:
    r"""Say what an exposure weighs, as a fraction of itself, where 8 % of weighted exposure is held as capital.

    .. math:: RW = 12.5\, K

    Parameters
    ----------
    pd, lgd, maturity, kind, turnover
        As `capital_requirement`.

    Raises
    ------
    InvalidQuestion, UnknownRule
        As `capital_requirement`.

    Source
    ------
    Basel II (June 2006) Annex 5 prints such weights: vectors PRT-01 to PRT-03.

    Example
    -------
    >>> (100 * risk_weight([0.0003, 0.01], 0.45)).round(2).tolist()
    [14.44, 92.32]
    """
    return 12.5 * capital_requirement(pd, lgd, maturity, kind=kind, turnover=turnover)
