"""Defaults that infect others: how many of some alike borrowers default."""

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln, xlog1py, xlogy

from analytics.contagion.portfolio.given import Numbers, fractions
from graph.errors import InvalidQuestion


def infected_defaults(count: int, pd: float, infection: float) -> Numbers:
    r"""Say how likely each number of defaults is where who defaults by itself may infect each other.

    .. math:: P(k) = \binom nk \alpha_k, \qquad \alpha_k = p^k (1 - p)^{n - k} (1 - q)^{k (n - k)}
        + \sum_{i < k} \binom ki p^i (1 - p)^{n - i} \left(1 - (1 - q)^i\right)^{k - i} (1 - q)^{i (n - k)}

    that is, of i who default by themselves, a binomial number, each other one escapes all with :math:`(1 - q)^i`.

    Parameters
    ----------
    count : int
        Borrowers n.
    pd : fraction p
        Of each by itself.
    infection : fraction q
        That one who defaulted by itself brings down one certain other; the infected infect nobody.

    Raises
    ------
    InvalidQuestion
        If the number is negative, or a probability no fraction.

    Source
    ------
    Davis & Lo, "Infectious defaults", Quantitative Finance 1 (2001), 382. Domain reference §4.11.

    Example
    -------
    >>> infected_defaults(2, 0.1, 0.5).round(12).tolist()
    [0.81, 0.09, 0.1]
    """
    p, q = float(fractions("pd", pd)), float(fractions("infection", infection))
    if count < 0:
        raise InvalidQuestion("is not negative", where=f"{count} borrowers")
    found, others = np.zeros(count + 1), np.arange(count + 1)
    for i, chance in enumerate(_binomial(others, count, p).tolist()):
        if chance > 0:
            escapes = (1 - q) ** i
            found[i:] += chance * _binomial(others[: count + 1 - i], count - i, 1 - escapes)
    return found


def mean_infected(count: int, pd: float, infection: float) -> float:
    r"""Say how many default on average.

    .. math:: E = n \left(1 - (1 - p)(1 - p q)^{n - 1}\right)

    Parameters
    ----------
    count, pd, infection
        As `infected_defaults`.

    Raises
    ------
    InvalidQuestion
        If a probability is no fraction.

    Source
    ------
    Davis & Lo, as above: one escapes if it does not default itself and none of the others defaults and infects it.

    Example
    -------
    >>> round(mean_infected(2, 0.1, 0.5), 12)
    0.29
    """
    p, q = float(fractions("pd", pd)), float(fractions("infection", infection))
    return float(count * (1 - (1 - p) * (1 - p * q) ** max(count - 1, 0)))


def _binomial(k: NDArray[np.int64], count: int, p: float) -> Numbers:
    """Probabilities of k of some; by logarithms, for the least of them are no numbers of a machine's."""
    ways = gammaln(count + 1) - gammaln(k + 1) - gammaln(count - k + 1)
    return np.asarray(np.exp(ways + xlogy(k, p) + xlog1py(count - k, -p)))
