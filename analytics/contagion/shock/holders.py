"""What is assumed to be a firm's equity is no less than what it is known to hold."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from graph.errors import InvalidQuestion

Numbers = NDArray[np.float64]
ROUNDS = 500
"""After which a circle of holders whose worth still rises is taken to rest on itself."""


def no_less_than_held(
    equity: ArrayLike, assumed: ArrayLike, holder: ArrayLike, company: ArrayLike, share: ArrayLike
) -> Numbers:
    r"""Raise assumed equity to what the firm holds of the equity of others.

    .. math:: E_i = \max\Big(m_i, \sum_j s_{ij} \max(E_j, 0)\Big) \text{ where } m_i \text{ is assumed, else } E_i = m_i

    Holdings among firms that hold each other in a circle, wholly or so nearly that this does not come to rest, do not
    count: what they are worth would rest on itself.

    Parameters
    ----------
    equity : (n,) array, whole units of one currency
        Stated or assumed; NaN where it is neither, which is worth nothing to holders.
    assumed : (n,) array of bool
        Whose is assumed.
    holder, company : (h,) arrays of node numbers
        Who holds whom, each once.
    share : (h,) array
        Fraction of the company that is held, in [0, 1].

    Raises
    ------
    InvalidQuestion
        If figures are not of the same parties, or a holding is of a party that is none of these.

    Source
    ------
    Our own proposal: assets are not less than some of them (accounting identity), and debts of a firm that states
    nothing are not known.

    Example
    -------
    >>> no_less_than_held([5, 10, 40], [True, True, False], [0, 1], [1, 2], [1.0, 0.5]).tolist()
    [20.0, 20.0, 40.0]
    """
    given, made_up = np.asarray(equity, np.float64), np.asarray(assumed, np.bool_)
    tail, head, part = (np.asarray(one) for one in (holder, company, share))
    size = len(given)
    if len(made_up) != size or len({len(tail), len(head), len(part)}) > 1:
        raise InvalidQuestion("figures and holdings are not of the same parties", where="equity")
    if len(tail) and not 0 <= min(tail.min(), head.min()) <= max(tail.max(), head.max()) < size:
        raise InvalidQuestion("a party that is none of these", where="holdings")
    mine = made_up[tail]
    tail, head, part = tail[mine], head[mine], part[mine]
    among = made_up[head]
    ties = coo_array((np.ones(int(among.sum()), np.int8), (tail[among], head[among])), shape=(size, size))
    _, circle = connected_components(ties, connection="strong")
    found = given
    while True:
        found, rising = _settled(given, found, made_up, (tail, head, part))
        if not rising.any():
            return found
        loose = (circle[tail] == circle[head]) & np.isin(circle[tail], circle[rising])
        if loose.any():
            tail, head, part = tail[~loose], head[~loose], part[~loose]
            found = given


def _settled(
    given: Numbers, found: Numbers, assumed: NDArray[np.bool_], held: tuple[NDArray[Any], NDArray[Any], NDArray[Any]]
) -> tuple[Numbers, NDArray[np.bool_]]:
    """Equity after some rounds, and of whom it has not come to rest."""
    tail, head, part = held
    rising = np.zeros(len(given), np.bool_)
    for _ in range(ROUNDS):
        worth = np.bincount(tail, part * np.maximum(np.nan_to_num(found), 0.0)[head], minlength=len(given))
        risen = np.where(assumed & (worth > given), worth, given)
        # Sums of the same order are monotone in floating point too, so that what comes to rest does so exactly.
        rising = risen > found
        found = risen
        if not rising.any():
            break
    return found, rising
