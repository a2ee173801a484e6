"""Whether one model says more than another of the same rows, and how sure that is."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from analytics.learning.judging.calibration import surprise

SURE: Final = 1.0
"""Standard errors a gain must exceed before the larger of two models is taken."""


@dataclass(frozen=True)
class Gain:
    """Log loss of the smaller model less that of the larger, on the same rows."""

    value: float
    """Nats a row; above 0 where the larger says more."""
    error: float
    """Its standard error; NaN where fewer than two parties judge."""

    @property
    def counts(self) -> bool:
        """Whether it is worth the larger model; not where no error is known."""
        return self.value > SURE * self.error


def gain(label: ArrayLike, smaller: ArrayLike, larger: ArrayLike, party: ArrayLike) -> Gain:
    r"""Say by how much a larger model surprises less than a smaller one, and how far that is chance.

    .. math:: G = \frac1n \sum_i d_i, \quad d_i = \ell_i(p^{smaller}) - \ell_i(p^{larger}), \qquad
        s^2 = \frac{K}{K - 1} \frac{1}{n^2} \sum_k \Big( \sum_{i \in k} (d_i - G) \Big)^2

    with K parties, whose rows may hang together. Of two models of which one holds the other, the smaller is taken
    unless G exceeds s: the rule of one standard error.

    Parameters
    ----------
    label : (n,) array of 0 and 1
    smaller, larger : (n,) array of fractions
        Probabilities by each.
    party : (n,) array
        Whose row each is.

    Raises
    ------
    Nothing.

    Source
    ------
    Breiman, Friedman, Olshen & Stone, "Classification and Regression Trees" (1984), §3.4.3; errors by clusters:
    Liang & Zeger, "Longitudinal data analysis using generalized linear models", Biometrika 73 (1986), 13.

    Example
    -------
    >>> found = gain([1, 0, 0, 0], [0.25] * 4, [0.4, 0.2, 0.2, 0.2], [0, 1, 2, 3])
    >>> round(found.value, 4), round(found.error, 4), found.counts
    (0.1659, 0.1014, True)
    """
    differences = surprise(label, smaller) - surprise(label, larger)
    rows = len(differences)
    value = float(differences.mean()) if rows else 0.0
    _, of = np.unique(np.asarray(party), return_inverse=True)
    summed = np.bincount(of.reshape(-1), differences - value)
    parties = len(summed)
    if parties < 2:
        return Gain(value, np.nan)
    return Gain(value, float(np.sqrt(parties / (parties - 1) * np.sum(summed**2)) / rows))
