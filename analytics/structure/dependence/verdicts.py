"""Figures against criteria: met, not met, or not to be tested."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analytics.structure.dependence.rules import NANO, Check, Criterion
from graph.errors import InvalidQuestion

NOT_MET, MET, UNTESTED = 0, 1, -1
Outcome = NDArray[np.int8]


class Measure(NamedTuple):
    """A figure of k pairs."""

    value: NDArray[np.float64]
    """What is known of it, NaN where nothing is; shape (k,)."""
    open: NDArray[np.bool_]
    """Whether it may be more, because an amount is unknown; shape (k,)."""

    @classmethod
    def of(cls, value: ArrayLike) -> "Measure":
        """A figure that is known, or NaN."""
        values = np.asarray(value, np.float64)
        return cls(values, np.zeros(values.shape, np.bool_))


def ratio(part: ArrayLike, whole: ArrayLike) -> NDArray[np.float64]:
    r"""Divide an amount by what carries it; where nothing carries it, it is borne by none.

    .. math:: r = p / w \;(w > 0), \qquad \infty \;(w \le 0 < p), \qquad 0 \;(p = 0)

    Parameters
    ----------
    part : (k,) array of amounts, not negative, NaN unknown
    whole : (k,) array of amounts in the same currency, NaN unknown

    Raises
    ------
    InvalidQuestion
        If a part is negative, or there are not as many of both.

    Source
    ------
    Domain reference §2.4, and §3 (对外担保/净资产); a guarantor whose net assets are gone breaks with any claim.

    Example
    -------
    >>> ratio([120, 20, 5, 0], [100, 100, -3, 0]).tolist()
    [1.2, 0.2, inf, 0.0]
    """
    parts, wholes = np.asarray(part, np.float64), np.asarray(whole, np.float64)
    if parts.shape != wholes.shape or (parts < 0).any():
        raise InvalidQuestion("an amount below 0, or not one for each", where="part of a figure")
    known = np.where(parts > 0, np.inf, parts)  # of nothing, whatever carries it
    divided = np.divide(parts, wholes, out=known, where=wholes > 0)
    return np.where(np.isnan(wholes), np.nan, divided)


def judge(criterion: Criterion, measures: Mapping[str, Measure], size: int) -> Outcome:
    r"""Say of each pair whether it meets a criterion.

    A figure that is not there cannot be tested, and a sum with an unknown part that lies below the
    threshold cannot either. What was not judged rebuts nothing.

    .. math:: c = \bigvee_t (f_t \gtrless \theta_t \wedge \neg r_t) \quad\text{in three values}

    Parameters
    ----------
    criterion : Criterion
    measures : figures by name, each of k pairs
        A flag that somebody judged is 1 for yes, 0 for no, NaN where nobody did.
    size : int
        Number of pairs k.

    Raises
    ------
    InvalidQuestion
        If a figure is not of k pairs.

    Source
    ------
    BCBS LEX10; 大额风险暴露管理办法 附件1; domain reference §2.4, vectors GRP-11 and GRP-13.

    Example
    -------
    >>> from analytics.structure.dependence.rules import criterion_names
    >>> half = {"receipts_share": Measure.of([0.5, 0.4999]), "expenditure_share": Measure.of([0, 0])}
    >>> judge(criterion_names()["basel-lex10-1"], half, 2).tolist()
    [1, 0]
    """
    outcome: Outcome = np.full(size, NOT_MET, np.int8)
    for check in criterion.checks:
        one = compare(check, measures, size)
        outcome = np.where((outcome == MET) | (one == MET), MET, np.minimum(outcome, one)).astype(np.int8)
    return outcome


def compare(check: Check, measures: Mapping[str, Measure], size: int) -> Outcome:
    r"""Hold one figure against its threshold, compared as integers of 1e-9.

    .. math:: \lfloor 10^9 f + \tfrac12 \rfloor \ge 10^9 \theta \;(+1 \text{ where strictly})

    Parameters
    ----------
    check : Check
    measures : figures by name, each of k pairs
    size : int
        Number of pairs k.

    Raises
    ------
    InvalidQuestion
        If a figure is not of k pairs.

    Source
    ------
    As `judge`.

    Example
    -------
    >>> from analytics.structure.dependence.rules import Check
    >>> compare(Check("x", 0.5, ">"), {"x": Measure.of([0.5, 0.1 + 0.2 + 0.2000000009, float("nan")])}, 3).tolist()
    [0, 1, -1]
    """
    figure = measures.get(check.figure)
    if figure is None:
        return np.full(size, UNTESTED, np.int8)
    if figure.value.shape != (size,):
        raise InvalidQuestion(f"{len(figure.value)} values for {size} pairs", where=check.figure)
    known = ~np.isnan(figure.value)
    fine = np.rint(np.clip(np.where(known, figure.value, 0), 0, 1e9) * NANO).astype(np.int64)
    found = np.where(fine >= check.bar, MET, np.where(figure.open, UNTESTED, NOT_MET))
    found = np.where(known, found, UNTESTED)
    rebuttal = measures.get(check.rebutted_by)
    if rebuttal is not None:
        found = np.where(rebuttal.value == 1, NOT_MET, found)
    return found.astype(np.int8)
