"""Changes after which a facility would pass, and the trial of each by the same check."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analytics.limits.application import Application
from analytics.limits.approval import Check, check_credit
from analytics.limits.standing import Standing
from analytics.limits.units import Nodes

MARGIN = "deposit"
"""Collateral that is asked for: every numerator that takes off any takes off a deposit."""


@dataclass(frozen=True)
class Step:
    """One change."""

    kind: str
    """amount, collateral, guarantor_added, guarantor_released or member_reduced."""
    change: float
    """Money that has to move, whole units of the book's currency."""
    party: int | None = None
    """The guarantor, or who pays a facility down."""
    link: int | None = None
    """Position of the facility that is paid down, or of the guarantee in the book that is released."""


Try = tuple[tuple[Step, ...], Application]
"""Changes, and the application so changed."""
Renewed = Callable[[Application], Application]
"""What an application is when it is asked for anew: who guarantees makes groups by what it promises."""


@dataclass(frozen=True)
class Remedy:
    """Changes after which no limit breaks, one or several together."""

    steps: tuple[Step, ...]
    application: Application
    """The application so changed."""
    check: Check
    """What the check says of it."""

    @property
    def change(self) -> float:
        """Money that has to move in all."""
        return sum(step.change for step in self.steps)

    @property
    def changes(self) -> int:
        """How many changes it is; what one client pays down of several facilities is one."""
        return len({(step.kind, step.party) for step in self.steps})

    @property
    def passes(self) -> bool:
        """Whether nothing breaks."""
        return not any(line.breaks for line in self.check.limits)


def tried_by(standing: Standing, tried: Try, renewed: Renewed | None = None) -> Remedy | None:
    r"""Run the check again after some changes; None where something still breaks, or its groups cannot be told.

    .. math:: E^r_U + \Delta_U(a, c) \le L_r \quad \forall r, U

    Parameters
    ----------
    standing : Standing
    tried : steps, and the application so changed
    renewed : from an application to what it is when asked for anew, optional

    Raises
    ------
    InvalidQuestion
        As `check_credit`.

    Source
    ------
    Domain reference §2.7.

    Example
    -------
    As `remedies_of`, which tells only what passes here.

    >>> Step("amount", 5.0).change
    5.0
    """
    found = asked_anew(standing, tried, renewed)
    return found if found is not None and found.passes else None


def asked_anew(standing: Standing, tried: Try, renewed: Renewed | None = None) -> Remedy | None:
    r"""Run the check again after some changes, whatever it says; None where its groups cannot be told.

    .. math:: E^r_U + \Delta_U(a, c)

    Parameters
    ----------
    standing, tried, renewed
        As `tried_by`.

    Raises
    ------
    InvalidQuestion
        As `check_credit`.

    Source
    ------
    Domain reference §2.7.

    Example
    -------
    As `remedies_of`, which goes on from what does not pass yet.

    >>> Step("amount", 5.0).change
    5.0
    """
    steps, changed = tried
    application = renewed(changed) if renewed else changed
    whole = set(application.readings.missing) <= set(changed.readings.missing)
    return Remedy(steps, application, check_credit(standing, application)) if whole else None


def payable(standing: Standing, members: Nodes) -> NDArray[np.int64]:
    r"""Find facilities of some parties that may be paid down, the largest first.

    Those that a numerator counts, of which something is drawn, and which nothing protects: paid down by a
    unit, every exposure that counts them falls by a unit.

    .. math:: \{f : borrower_f \in U, \; drawn_f > 0, \; k^n_f = g^n_f \; \forall n, \; \exists n : g^n_f > 0\}

    Parameters
    ----------
    standing : Standing
    members : (k,) array of node numbers

    Raises
    ------
    Nothing.

    Source
    ------
    As `stakes_of`: gross g, and what protection leaves of it, k.

    Example
    -------
    >>> from datetime import date
    >>> from analytics.limits.capital import Capital
    >>> from analytics.limits.catalogue import shipped
    >>> from analytics.limits.cover import Cover
    >>> from analytics.limits.exposure import Book
    >>> from analytics.limits.standing import standing_of
    >>> book, rules = Book.lent(4, [0, 0, 0], [1, 2, 3], [30, 70, 90]), [shipped().rule("CN_LE_GROUP_20")]
    >>> standing = standing_of(book, Cover.none(book), rules, lender=0, capital=Capital(()), day=date(2026, 11, 27))
    >>> payable(standing, np.array([1, 2], np.uint32)).tolist()
    [1, 0]
    """
    if not standing.stakes:
        return np.zeros(0, np.int64)
    stakes = list(standing.stakes.values())
    arrows = stakes[0].of
    start = arrows.start[members]
    count = arrows.start[members.astype(np.int64) + 1] - start
    rows = arrows.link[np.arange(count.sum()) + np.repeat(start - np.cumsum(count) + count, count)].astype(np.int64)
    gross = np.array([one.gross[rows] for one in stakes])
    kept = np.array([one.kept[rows] for one in stakes])
    drawn = np.nan_to_num(standing.book.drawn[stakes[0].facility[rows]])
    free = (kept == gross).all(axis=0) & (gross > 0).any(axis=0) & (drawn > 0)
    return np.asarray(rows[free][np.lexsort((rows[free], -drawn[free]))])
