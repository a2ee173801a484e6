"""What a guarantor is expected to be called for."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from graph.errors import InvalidAmount, InvalidShare

Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Contingent:
    """Guarantees at what they may cost, whole units of one currency."""

    gross: float
    """Known amounts, each as far as it counts."""
    expected: float
    """What is expected of those whose borrower's default is rated."""
    each: Numbers
    """Expected of each guarantee, NaN where amount, PD or LGD is unknown, shape (m,)."""
    unrated: float
    """Known amounts without a PD or an LGD: expected at least 0, at most this."""
    undisclosed: int
    """Guarantees of unknown amount."""


def expected_contingent(counted: ArrayLike, pd: ArrayLike, lgd: ArrayLike) -> Contingent:
    r"""Weigh guarantees by how likely their borrowers fail and how little of the debt then comes back.

    .. math:: C = \sum_g \min(G_g, D_{b(g)}), \qquad \mathbb{E} C = \sum_g PD_{b(g)}\, LGD_{b(g)}\, \min(G_g, D_{b(g)})

    Parameters
    ----------
    counted : (m,) array, whole units of one currency
        Each guarantee as far as it counts, min(G, D), NaN where unknown: `Exposure.guarantee_amount`,
        where those within a group do not occur and none exceeds the debt behind it.
    pd, lgd : (m,) arrays, fractions
        Of each guarantee's borrower: probability of default, and loss given default; NaN where unknown.

    Raises
    ------
    InvalidAmount
        If an amount is negative, or there are not as many of each.
    InvalidShare
        If a PD or LGD lies outside 0 to 1.

    Source
    ------
    Domain reference §3, contingent exposure.

    Example
    -------
    >>> found = expected_contingent([80, 50, np.nan], [0.02, np.nan, 0.1], [0.45, 0.45, 0.45])
    >>> found.gross, round(found.expected, 9), found.unrated, found.undisclosed
    (130.0, 0.72, 50.0, 1)
    """
    amount, default, loss = (np.asarray(values, np.float64) for values in (counted, pd, lgd))
    if not amount.shape == default.shape == loss.shape or (amount < 0).any():
        raise InvalidAmount("an amount of at least 0 and a PD and LGD for each guarantee", where="guarantees")
    for name, rate in (("PD", default), ("LGD", loss)):
        if ((rate < 0) | (rate > 1)).any():
            raise InvalidShare("not between 0 and 1", where=name)
    each = amount * default * loss
    unrated = np.isnan(each) & ~np.isnan(amount)
    return Contingent(
        float(np.nansum(amount)),
        float(np.nansum(each)),
        each,
        float(amount[unrated].sum()),
        int(np.isnan(amount).sum()),
    )
