"""The five classes of assets of Chinese banks (`classes.toml`)."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analytics.rules.reading import read_rows
from analytics.rules.rule import Flaw, Norm
from graph.errors import InvalidQuestion, UnknownRule


@dataclass(frozen=True, kw_only=True)
class Classes(Norm):
    """Classes of assets, the best first."""

    classes: tuple[str, ...]
    overdue: tuple[int, ...]
    """More days overdue than these, one for each class but the best."""
    elsewhere_days: int
    """Debts at any bank count that are overdue for more days than these…"""
    elsewhere_share: float
    """…and where they are more than this part of a debtor's debts at all banks, each of its debts is bad."""
    bad_share: float
    """Where more than this part of a debtor's debts at the lender are bad, all of them are."""
    bad_from: str
    """The best of the bad classes (不良)."""

    def flaws(self) -> Iterator[Flaw]:
        """What its fields may not be together."""
        yield from super().flaws()
        if len(self.overdue) != len(self.classes) - 1 or list(self.overdue) != sorted(self.overdue):
            yield Flaw("overdue", "must be one number for each class but the best, growing", "give 0, 90, 270, 360")
        if self.bad_from not in self.classes:
            yield Flaw("bad_from", f"{self.bad_from!r} is none of its classes", f"one of {', '.join(self.classes)}")


@cache
def classifications() -> dict[str, Classes]:
    r"""Read how rule sets classify, by id.

    .. math:: id \mapsto (d_1, \dots, d_{k-1}; \text{shares})

    Parameters
    ----------
    none : what the package's file says

    Raises
    ------
    InvalidRule
        If the file says what cannot be; it is tested, so that only a changed one can.

    Source
    ------
    `classes.toml`.

    Example
    -------
    >>> classifications()["CN_2023"].overdue
    (0, 90, 270, 360)
    """
    return read_rows(Classes, "analytics.credit", "classes.toml")


def best_class(
    days: ArrayLike, *, elsewhere: ArrayLike = 0.0, bad_here: ArrayLike = 0.0, rules: str = "CN_2023"
) -> NDArray[np.str_]:
    r"""Name the best class a debt may have; judgement can only lower it.

    .. math:: c = \max\!\left( \#\{k : d > d_k\},\;
        c_{bad}\, 1(s_{all} > \tau_{all}),\; c_{bad}\, 1(s_{here} > \tau_{here}) \right)

    Parameters
    ----------
    days : array, ≥ 0
        Days its principal, interest or return is overdue.
    elsewhere : array, fractions
        Part of the debtor's debts at all banks that is overdue for more than 90 days :math:`s_{all}`.
    bad_here : array, fractions
        Part of the debtor's debts at this lender that is bad :math:`s_{here}`; not for retail.
    rules : str
        Id of `classes.toml`.

    Raises
    ------
    InvalidQuestion
        If days are negative or a share is no fraction.
    UnknownRule
        If no rule set has this id.

    Source
    ------
    `classes.toml`; vector SCR-15.

    Example
    -------
    >>> best_class([0, 1, 91, 271, 361]).tolist(), best_class(10, elsewhere=0.21).item()
    (['正常', '关注', '次级', '可疑', '损失'], '次级')
    """
    if rules not in classifications():
        known = f"it is one of {', '.join(classifications())}"
        raise UnknownRule("no classification of this id", where=rules, remedy=known)
    by, late = classifications()[rules], np.asarray(days, np.float64)
    shares = {"elsewhere": np.asarray(elsewhere, np.float64), "bad_here": np.asarray(bad_here, np.float64)}
    if (late < 0).any():
        raise InvalidQuestion("must not be negative", where="days")
    for name, share in shares.items():
        if not ((share >= 0) & (share <= 1)).all():
            raise InvalidQuestion("must be a fraction", where=name)
    bad = by.classes.index(by.bad_from)
    shared = (shares["elsewhere"] > by.elsewhere_share) | (shares["bad_here"] > by.bad_share)
    late_class = (late[..., None] > np.array(by.overdue)).sum(axis=-1)
    return np.asarray(np.array(by.classes)[np.maximum(late_class, np.where(shared, bad, 0))])
