"""How strongly a link ties: by its share or relative amount, its source's confidence, and how old its word is."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from graph.errors import InvalidShare

UNKNOWN = 0.5
"""Of a link whose share or amount is not disclosed [P]: our own proposal, as every number of this module."""
LOOSE = 0.5
"""Of a shared office, address or phone: each ties, and none binds."""
HALF_LIFE = 10.0
"""Years after which a statement that nobody repeated counts half."""
FORGOTTEN = 0.01
"""Least strength of a link, so that a path is never as weak as none."""


def relative_amounts(
    tail: NDArray[np.uint32], head: NDArray[np.uint32], amount: NDArray[np.float64], *, currency: NDArray[np.int32]
) -> NDArray[np.float64]:
    r"""Weigh each amount by what its two parties have of the same relation, for whichever of them it is more.

    Amounts in different currencies are not added: each is compared with those of its own, so that no rate is needed.

    .. math:: r_k = \max\Big(\frac{a_k}{\sum_{l : t_l = t_k} a_l},\; \frac{a_k}{\sum_{l : h_l = h_k} a_l}\Big)

    Parameters
    ----------
    tail, head : (m,) arrays of node numbers
        Links t → h of one relation.
    amount : (m,) array, whole units of the currency beside it
        NaN where it is not disclosed.
    currency : (m,) array of codes
        -1 where none is named.

    Raises
    ------
    InvalidShare
        If an amount is negative.

    Source
    ------
    Domain reference §2.4: a sale matters by its part in all sales or purchases; the larger of both is our own choice.

    Example
    -------
    >>> ends = np.array([0, 0, 1], np.uint32), np.array([2, 3, 2], np.uint32)
    >>> relative_amounts(*ends, np.array([30.0, 70.0, np.nan]), currency=np.zeros(3, np.int32)).tolist()
    [1.0, 1.0, 0.5]
    """
    known = np.nan_to_num(amount)
    if (known < 0).any():
        raise InvalidShare("an amount is negative", where="relative amounts")
    codes = np.asarray(currency, np.int64) + 1
    many = int(codes.max(initial=0)) + 1
    whole = np.full(len(known), np.inf)
    for end in (tail, head):
        key = end.astype(np.int64) * many + codes
        whole = np.minimum(whole, np.bincount(key, weights=known)[key] if len(key) else 0.0)
    part = np.divide(known, whole, out=np.ones(len(known)), where=whole > 0)
    return np.where(np.isnan(amount), UNKNOWN, np.minimum(part, 1.0))


def link_strength(value: ArrayLike, confidence: ArrayLike, years: ArrayLike) -> NDArray[np.float64]:
    r"""Join what a link says, how far its source is trusted, and how long ago it was said.

    .. math:: s = \max\big(0.01,\; v \cdot c \cdot 2^{-y / 10}\big)

    Parameters
    ----------
    value : array of fractions
        Share held, relative amount, or what such a relation ties at all.
    confidence : array of fractions
        Trust in the statement; NaN where none is stated counts as 1.
    years : array
        From the statement to the moment asked about, in years; what was said later counts as 0.

    Raises
    ------
    InvalidShare
        If a value or a confidence is no fraction.

    Source
    ------
    Our own proposal; no standard fixes it. It orders what is shown and decides nothing.

    Example
    -------
    >>> link_strength([0.6, 0.6], [1.0, 0.5], [0.0, 10.0]).tolist()
    [0.6, 0.15]
    """
    v, c = np.asarray(value, np.float64), np.nan_to_num(np.asarray(confidence, np.float64), nan=1.0)
    if ((v < 0) | (v > 1)).any() or ((c < 0) | (c > 1)).any():
        raise InvalidShare("a value or a confidence is no fraction", where="strength of a link")
    aged = np.exp2(-np.maximum(np.asarray(years, np.float64), 0.0) / HALF_LIFE)
    return np.asarray(np.maximum(v * c * aged, FORGOTTEN))
