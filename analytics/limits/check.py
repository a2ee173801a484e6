"""The check of a whole book: what every client and group uses of every limit."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analytics.limits.capital import Cap
from analytics.limits.catalogue import Rule
from analytics.limits.exposure import Numbers
from analytics.limits.standing import Standing
from analytics.limits.threshold import breaks
from analytics.limits.units import Groupings, Nodes, Units, measured
from analytics.limits.unsized import unsized_count

NEAR = 0.8
"""Share of a limit above which it is nearly used up [P]: our own proposal, no standard fixes it."""
STATES = ("within", "near", "untold", "marked", "breach")
"""`marked`: a large exposure, or one to be looked into, by the rule's severity; `untold`: far from broken by what
is known, but the capital, an amount or the rule itself is not known for sure."""
WITHIN, NEARLY, UNTOLD, MARKED, BREACH = range(len(STATES))
UNBOUND = -1


@dataclass(frozen=True)
class Use:
    """What every unit uses of one rule's limit."""

    rule: Rule
    cap: Cap
    units: Units
    exposure: Numbers
    """Whole units of the book's currency, one a unit."""
    share: Numbers
    """Fraction of the limit, one a unit; NaN where the limit is unknown."""
    unknown: NDArray[np.int64]
    """Facilities of unknown amount, one a unit: the exposure is at least what is told."""
    state: NDArray[np.int8]
    """Position in STATES, one a unit."""


@dataclass(frozen=True)
class Finding:
    """One client or group that a rule speaks of."""

    rule: Rule
    cap: Cap
    members: Nodes
    exposure: float
    share: float
    state: str
    unknown: int


@dataclass(frozen=True)
class BookCheck:
    """Every limit of a lender, and who uses how much of it."""

    uses: tuple[Use, ...]
    binding: NDArray[np.int16]
    """For each party the position in `uses` of the limit that it, or a group it is in, uses most; -1: none."""
    share: Numbers
    """That use, a fraction; 0 where none."""

    def use(self, rule_id: str) -> Use:
        """Use of one rule's limit; StopIteration where it was not checked."""
        return next(use for use in self.uses if use.rule.id == rule_id)

    def findings(self, *states: str) -> Iterator[Finding]:
        """Units in these states, the greatest use first; by default everything but what is within."""
        wanted = [STATES.index(state) for state in states or STATES[1:]]
        rows = [
            (k, unit) for k, use in enumerate(self.uses) for unit in np.flatnonzero(np.isin(use.state, wanted)).tolist()
        ]
        rows.sort(key=lambda row: -np.nan_to_num(self.uses[row[0]].share[row[1]], nan=np.inf))
        for k, unit in rows:
            use = self.uses[k]
            yield Finding(
                use.rule, use.cap, use.units.members(unit), float(use.exposure[unit]), float(use.share[unit]),
                STATES[use.state[unit]], int(use.unknown[unit]),
            )  # fmt: skip


def check_book(standing: Standing, groupings: Groupings, *, near: float = NEAR) -> BookCheck:
    r"""Hold every client and group of a lender against every rule in force.

    .. math:: use_{U,r} = \frac{E^r_U}{L_r}, \qquad E^r_U = \sum_{x \in U} E^r_x

    Parameters
    ----------
    standing : Standing
        The lender's rules, limits and stakes.
    groupings : mapping from kind (control, connected, lender_related) to Units
        Groups to check, however they were made; clients in none are checked alone.
    near : float
        Share of a limit from which on a use is told as near.

    Raises
    ------
    Nothing; a limit without capital figure or not verified is `untold`, never kept.

    Source
    ------
    Domain reference §2.6; 大额风险暴露管理办法 art. 37 (report at once).

    Example
    -------
    >>> from datetime import date
    >>> from analytics.limits.capital import Capital, Figure
    >>> from analytics.limits.catalogue import shipped
    >>> from analytics.limits.cover import Cover
    >>> from analytics.limits.exposure import Book
    >>> from analytics.limits.standing import standing_of
    >>> book = Book.lent(3, [0, 0], [1, 2], [90, 170])
    >>> day, rules = date(2026, 11, 27), [shipped().rule(r) for r in ("CN_LE_SINGLE_15", "CN_LE_GROUP_20")]
    >>> bank = Capital((Figure("tier1", 1000.0, date(2026, 9, 30)),))
    >>> standing = standing_of(book, Cover.none(book), rules, lender=0, capital=bank, day=day)
    >>> found = check_book(standing, {"connected": Units.of([[1, 2]])})
    >>> [(f.rule.id, f.members.tolist(), f.exposure, f.state) for f in found.findings()]
    [('CN_LE_GROUP_20', [1, 2], 260.0, 'breach'), ('CN_LE_SINGLE_15', [2], 170.0, 'breach')]
    """
    uses = tuple(_use(standing, rule, groupings, near) for rule in standing.rules)
    binding, share = _binding(uses, standing.size)
    return BookCheck(uses, binding, share)


def _use(standing: Standing, rule: Rule, groupings: Groupings, near: float) -> Use:
    """One rule on all its units."""
    stakes, cap = standing.stakes[rule.numerator], standing.caps[rule.id]
    units = measured(rule, stakes.parties, groupings, standing.clients)
    exposure = stakes.totals(units)
    unknown = np.bincount(units.number, weights=stakes.silent[units.flat], minlength=len(units)).astype(np.int64)
    answered = len(stakes.taker) > 0 or stakes.promised is not None
    for unit in np.flatnonzero(unknown).tolist() if answered else ():
        unknown[unit] = unsized_count(standing, stakes, units.members(unit))
    return Use(rule, cap, units, exposure, exposure / cap.value, unknown, _state(rule, cap, exposure, unknown, near))


def _state(rule: Rule, cap: Cap, exposure: Numbers, unknown: NDArray[np.int64], near: float) -> NDArray[np.int8]:
    broken = breaks(exposure, cap.value, rule.comparison)
    if rule.severity != "limit":
        return np.where(
            broken, MARKED, np.where((unknown > 0) | np.isnan(cap.value) | cap.stale, UNTOLD, WITHIN)
        ).astype(np.int8)
    untold = (unknown > 0) | np.isnan(cap.value) | cap.stale | bool(rule.unread)
    kept = np.where(breaks(exposure, near * cap.value, ">="), NEARLY, np.where(untold, UNTOLD, WITHIN))
    return np.where(broken, BREACH, kept).astype(np.int8)


def _binding(uses: Sequence[Use], size: int) -> tuple[NDArray[np.int16], Numbers]:
    """Which limit each party uses most, by itself or through a group."""
    binding, most = np.full(size, UNBOUND, np.int16), np.zeros(size)
    for k, use in enumerate(uses):
        if use.rule.severity == "limit" and not np.isnan(use.cap.value):
            mine = np.zeros(size)
            np.maximum.at(mine, use.units.flat, np.repeat(use.share, np.diff(use.units.start)))
            binding[mine > most] = k
            most = np.maximum(most, mine)
    return binding, most
