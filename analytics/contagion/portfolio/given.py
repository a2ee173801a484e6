"""What probabilities may be."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from graph.errors import InvalidQuestion

Numbers = NDArray[np.float64]


def fractions(name: str, values: ArrayLike, *, below_one: bool = False) -> Numbers:
    r"""Take numbers as fractions, or refuse them.

    .. math:: 0 \le x \le 1, \qquad \text{or } 0 \le x < 1

    Parameters
    ----------
    name : str
        What they are, for the error.
    values : array of any shape
    below_one : bool
        Whether 1 is refused too.

    Raises
    ------
    InvalidQuestion
        If one is not known, or none.

    Source
    ------
    Design §3: shares and probabilities are fractions, never percentages.

    Example
    -------
    >>> fractions("pd", [0.01, 1]).tolist()
    [0.01, 1.0]
    """
    taken = np.asarray(values, np.float64)
    if not ((taken >= 0) & ((taken < 1) if below_one else (taken <= 1))).all():
        top = "below 1" if below_one else "at most 1"
        raise InvalidQuestion(f"must be known, not negative and {top}", where=name, remedy="write 2 % as 0.02")
    return taken
