"""Who brings something at stake into a group: only they can break a limit that it keeps without them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analytics.limits.most import Parts
from analytics.limits.standing import Standing
from analytics.limits.units import Nodes


@dataclass(frozen=True)
class Bearing:
    """Parts that hang together, as `hanging` gives them, and with which of them something is at stake."""

    part: Parts
    bears: NDArray[np.bool_]
    """By part, as `bearing` gives it."""
    besides: frozenset[int] = frozenset()
    """Parts that count whatever is at stake now: of whom a facility touches, and whom it ties together."""

    def bringing(self, parties: Nodes) -> Nodes:
        """Those of some parties who bring something along."""
        part = self.part[parties]
        kept = self.bears[part]
        for at in np.flatnonzero(~kept).tolist():
            kept[at] = int(part[at]) in self.besides
        return parties[kept]


def bearing(standing: Standing, part: Parts) -> NDArray[np.bool_]:
    r"""Say in which parts a lender has anything at stake that a limit on groups counts.

    A group without the others comes to what it came to with them, and rules are about the same of it.

    .. math:: b_p \Leftrightarrow \exists x, num : p(x) = p \ \land\ x \text{ counts by } num

    Parameters
    ----------
    standing : Standing
    part : (n,) array
        As `hanging` gives it.

    Raises
    ------
    Nothing.

    Source
    ------
    Domain reference §2.2, step 5: whom a rule is about follows from those with whom something is at stake.

    Example
    -------
    >>> from datetime import date
    >>> from analytics.limits.capital import Capital
    >>> from analytics.limits.catalogue import shipped
    >>> from analytics.limits.cover import Cover
    >>> from analytics.limits.exposure import Book
    >>> from analytics.limits.standing import standing_of
    >>> book, rules = Book.lent(3, [0], [1], [30]), [shipped().rule("CN_LE_GROUP_20")]
    >>> standing = standing_of(book, Cover.none(book), rules, lender=0, capital=Capital(()), day=date(2026, 11, 27))
    >>> bearing(standing, np.array([0, 1, 0])).tolist()
    [False, True]
    """
    found = np.zeros(int(part.max(initial=-1)) + 1, np.bool_)
    for name in {rule.numerator for rule in standing.rules if rule.group_kind}:
        found[part[standing.stakes[name].parties]] = True
    return found
