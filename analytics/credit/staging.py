"""Stages of expected loss (`stages.toml`)."""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analytics.rules.reading import read_rows
from analytics.rules.rule import Norm
from graph.errors import InvalidQuestion, UnknownRule


@dataclass(frozen=True, kw_only=True)
class Staging(Norm):
    """By what days past due stages begin."""

    increased_after: int
    """More days than these: its risk has increased significantly, unless that is rebutted."""
    impaired_from: int
    """As many or more: it is in default."""


@cache
def stagings() -> dict[str, Staging]:
    r"""Read how standards stage, by id.

    .. math:: id \mapsto (d_2, d_3)

    Parameters
    ----------
    none : what the package's file says

    Raises
    ------
    InvalidRule
        If the file says what cannot be; it is tested, so that only a changed one can.

    Source
    ------
    `stages.toml`.

    Example
    -------
    >>> stagings()["IFRS9"].impaired_from
    90
    """
    return read_rows(Staging, "analytics.credit", "stages.toml")


def stage(
    days: ArrayLike,
    *,
    impaired: ArrayLike = False,
    increased: ArrayLike = False,
    low_risk: ArrayLike = False,
    rebutted: ArrayLike = False,
    standard: str = "IFRS9",
) -> NDArray[np.int8]:
    r"""Stage debts by days past due and by what is known of their risk.

    .. math:: stage = \begin{cases} 3 & impaired \lor d \ge d_3 \\
        2 & (d > d_2 \land \lnot rebutted) \lor (increased \land \lnot low) \\ 1 & \text{else} \end{cases}

    That the risk of a debt is low spares it what is otherwise known of an increase, but not the days past due, which
    count whichever way increases are assessed.

    Parameters
    ----------
    days : array, ≥ 0
        Days past due.
    impaired : array of flags
        Credit-impaired by other evidence.
    increased : array of flags
        Risk has increased significantly since it was lent.
    low_risk : array of flags
        Low credit risk on the day, where the lender takes that exemption.
    rebutted : array of flags
        It is shown that days past due are no sign of a higher risk here.
    standard : str
        Id of `stages.toml`.

    Raises
    ------
    InvalidQuestion
        If days are negative.
    UnknownRule
        If no standard has this id.

    Source
    ------
    `stages.toml`; vector SCR-13.

    Example
    -------
    >>> stage([30, 31, 89, 90]).tolist(), int(stage(0, increased=True)), int(stage(0, increased=True, low_risk=True))
    ([1, 2, 2, 3], 2, 1)
    """
    if standard not in stagings():
        raise UnknownRule("no standard of this id", where=standard, remedy=f"it is one of {', '.join(stagings())}")
    by, late = stagings()[standard], np.asarray(days)
    if (late < 0).any():
        raise InvalidQuestion("must not be negative", where="days")
    worse = (late > by.increased_after) & ~np.asarray(rebutted) | np.asarray(increased) & ~np.asarray(low_risk)
    broken = np.asarray(impaired) | (late >= by.impaired_from)
    return np.where(broken, 3, np.where(worse, 2, 1)).astype(np.int8)
