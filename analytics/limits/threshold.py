"""Whether an amount breaks a limit, and how much room is left: thousandths of a unit as whole numbers."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

FINEST = 1e-3
"""Finest amount of money told apart, whole units of currency: a sum's rounding never turns a verdict."""
LARGEST = 1e15
"""Greatest amount that is one: the money of the whole world is less in any currency that lends."""


def breaks(amount: ArrayLike, cap: ArrayLike, comparison: str) -> NDArray[np.bool_]:
    r"""Say whether amounts break a limit, so that rounding never decides.

    .. math:: [1000\,E] > [1000\,L] \quad\text{or}\quad [1000\,E] \ge [1000\,L], \qquad [x] \text{ nearest integer}

    Parameters
    ----------
    amount : array, whole units of one currency
    cap : array or number, whole units of the same currency
        The limit L; NaN where it is unknown, which nothing breaks.
    comparison : str
        `>`: broken above the limit; `>=`: at the limit already.

    Raises
    ------
    Nothing; an unknown amount breaks nothing.

    Source
    ------
    Domain reference §2.6: "≥ vs >" differs from rule to rule.

    Example
    -------
    >>> breaks([249.99, 250, 250.01], 0.25 * 1000, ">").tolist(), breaks(100.0, 100.0, ">=").tolist()
    ([False, False, True], True)
    """
    left, right = np.rint(np.divide(amount, FINEST)), np.rint(np.divide(cap, FINEST))
    return np.asarray(left > right if comparison == ">" else left >= right)


def room(amount: ArrayLike, cap: ArrayLike, comparison: str) -> Any:
    r"""Say how much may be added before a limit breaks; negative where it is broken.

    .. math:: L - E \quad (>), \qquad L - E - 0.001 \quad (\ge)

    Parameters
    ----------
    amount, cap, comparison
        As `breaks`.

    Raises
    ------
    Nothing; room is unknown where one of the two is.

    Source
    ------
    Domain reference §2.7.

    Example
    -------
    >>> float(room(165.0, 200.0, ">")), float(room(99.0, 100.0, ">="))
    (35.0, 0.999)
    """
    left = np.subtract(cap, amount, dtype=np.float64)
    return left if comparison == ">" else left - FINEST
