"""When links held: periods joined, the gaps between them, and the days on which a whole path held."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from graph.errors import InvalidDate

Period = tuple[int, int]
"""Days since 1970, the first in and the last out."""


@dataclass(frozen=True)
class Cover:
    """What several periods of one link say together."""

    held: tuple[Period, ...]
    """Days on which at least one holds, as periods that do not touch."""
    gaps: tuple[Period, ...]
    """Days between, on which none does."""
    overlaps: tuple[Period, ...]
    """Days on which several do."""


def cover(periods: Iterable[Period]) -> Cover:
    r"""Lay the periods of a link on each other.

    .. math:: held = \{d : c(d) \ge 1\}, \quad overlaps = \{d : c(d) \ge 2\}, \quad c(d) = |\{k : f_k \le d < t_k\}|

    Parameters
    ----------
    periods : pairs of days
        From the first day on, until before the second.

    Raises
    ------
    InvalidDate
        If a period ends before it begins.

    Source
    ------
    DESIGN §3, Time: periods are half-open, so that one that ends on a day and one that begins on it touch.

    Example
    -------
    >>> cover([(0, 10), (5, 12), (20, 30)])
    Cover(held=((0, 12), (20, 30)), gaps=((12, 20),), overlaps=((5, 10),))
    """
    given = [(first, last) for first, last in periods if first != last]
    if any(first > last for first, last in given):
        raise InvalidDate("a period ends before it begins", where="time line")
    change: dict[int, int] = {}
    for first, last in given:
        change[first] = change.get(first, 0) + 1
        change[last] = change.get(last, 0) - 1
    held, overlaps = _at_least(change, 1), _at_least(change, 2)
    gaps = tuple((last, first) for (_, last), (first, _) in pairwise(held))
    return Cover(held, gaps, overlaps)


def _at_least(change: dict[int, int], least: int) -> tuple[Period, ...]:
    found: list[Period] = []
    count = begun = 0
    for day in sorted(change):
        before, count = count, count + change[day]
        if before < least <= count:
            begun = day
        elif count < least <= before:
            found.append((begun, day))
    return tuple(found)


def together(steps: Sequence[Sequence[Period]]) -> tuple[Period, ...]:
    r"""Find the days on which every step of a path held.

    .. math:: \bigcap_i held_i

    Parameters
    ----------
    steps : for each step its periods
        As `cover` joins them: ascending, without overlap.

    Raises
    ------
    InvalidDate
        As `cover`.

    Source
    ------
    A path is evidence of a day only where all its links hold on it (DESIGN §3, Time).

    Example
    -------
    >>> together([[(0, 10), (20, 30)], [(5, 25)]])
    ((5, 10), (20, 25))
    """
    if not steps:
        return ()
    every = [period for step in steps for period in cover(step).held]
    change: dict[int, int] = {}
    for first, last in every:
        change[first] = change.get(first, 0) + 1
        change[last] = change.get(last, 0) - 1
    return _at_least(change, len(steps))
