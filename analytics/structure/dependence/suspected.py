"""Suspected dependences: figures that reach a threshold; computed for a moment and never stored."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from analytics.structure.dependence.figures import Figure, Nodes
from analytics.structure.dependence.rules import Check, Criterion
from analytics.structure.dependence.verdicts import MET, UNTESTED, compare


class Rows(NamedTuple):
    """Pairs that checks speak of, sorted by pair, then criterion."""

    key: NDArray[np.int64]
    """Dependant · 2³² + other."""
    check: NDArray[np.int32]
    pair: NDArray[np.int64]
    """Position of each in the check's figure."""

    def some(self, chosen: NDArray[Any]) -> "Rows":
        """A part of them."""
        return Rows(*(column[chosen] for column in self))

    @property
    def ends(self) -> tuple[Nodes, Nodes]:
        """Dependants and others."""
        return (self.key >> 32).astype(np.uint32), (self.key & 0xFFFFFFFF).astype(np.uint32)


@dataclass(frozen=True)
class Suspicion:
    """One suspected dependence, with all that speaks for it."""

    dependant: int
    other: int
    criterion: Criterion
    figure: str
    value: float
    threshold: float
    comparison: str
    at_least: bool
    """Whether amounts are unknown, so that the figure may be higher."""
    sources: tuple[tuple[str, int], ...]
    """Relation and position of each link in it."""
    statement: int
    """Row of the statement divided by."""
    rebuttable: str
    """What somebody could judge to take it away."""


@dataclass(frozen=True)
class Suspected:
    """All suspected dependences of a moment, sorted by dependant, other, then criterion."""

    rules: tuple[Criterion, ...]
    """Criteria that were tested."""
    figures: Mapping[str, Figure]
    checks: tuple[tuple[int, Check], ...]
    """Each check that found something, with the position of its criterion."""
    dependant: Nodes
    other: Nodes
    check: NDArray[np.int32]
    """Position of each suspicion's check."""
    pair: NDArray[np.int64]
    """Position of each suspicion's pair in its figure."""
    untested_dependant: Nodes
    """Pairs that a criterion could not be tested for, with `untested_other` and `untested_criterion`."""
    untested_other: Nodes
    untested_criterion: NDArray[np.int32]
    by_hand: tuple[str, ...]
    """Ids of criteria of which no figure can be computed: somebody must judge them."""

    def __len__(self) -> int:
        return len(self.dependant)

    @property
    def criterion(self) -> NDArray[np.int32]:
        """Position of each suspicion's criterion."""
        of = np.array([criterion for criterion, _ in self.checks], np.int32)
        return of[self.check] if len(of) else np.zeros(0, np.int32)

    def at(self, position: int) -> Suspicion:
        """One suspicion in full."""
        number, check = self.checks[int(self.check[position])]
        figure, pair = self.figures[check.figure], int(self.pair[position])
        return Suspicion(
            int(self.dependant[position]),
            int(self.other[position]),
            self.rules[number],
            check.figure,
            float(figure.measure.value[pair]),
            check.at,
            check.comparison,
            bool(figure.measure.open[pair]),
            tuple(figure.sources(pair)),
            int(figure.row[pair]),
            check.rebutted_by,
        )

    def of(self, dependant: int) -> list[int]:
        """Positions of the suspicions of one dependant."""
        first, last = _span(self.dependant, dependant)
        return list(range(first, last))

    def untested_of(self, dependant: int) -> Iterator[tuple[int, Criterion]]:
        """Other sides and criteria that could not be tested for a dependant."""
        first, last = _span(self.untested_dependant, dependant)
        for at in range(first, last):
            yield int(self.untested_other[at]), self.rules[int(self.untested_criterion[at])]


def _span(sorted_: Nodes, party: int) -> tuple[int, int]:
    """Where the entries of one party begin and end; sought in the array's own type, else all of it would be copied."""
    sought = np.array(party, sorted_.dtype)
    return int(np.searchsorted(sorted_, sought)), int(np.searchsorted(sorted_, sought, side="right"))


def suspect(criteria: Iterable[Criterion], figures: Mapping[str, Figure]) -> Suspected:
    r"""Hold every pair's figures against every criterion.

    What is judged by hand is a verdict on the criterion and is set beside the suspicion afterwards
    (`states`): nothing rebuts here. Of a shared source of funds each party is suspected to depend on the
    source, never on every other that shares it: groups close over the source all the same, and n sharers
    make n dependences instead of n².

    .. math:: D = \{(x, y, c) : \exists\, t \in c : f_t(x, y) \gtrless \theta_t\}

    Parameters
    ----------
    criteria : iterable of Criterion
        Those of one rule set, or of several, each once.
    figures : figures by name
        As `analytics.structure.dependence.figures.figures` makes them.

    Raises
    ------
    InvalidQuestion
        If a figure contradicts itself in length.

    Source
    ------
    Domain reference §2.4.

    Example
    -------
    >>> from analytics.structure.dependence.figures import Amounts, Sheet, Ties, figures
    >>> from analytics.structure.dependence.rules import rule_sets
    >>> none = Amounts("OWES", *np.zeros((2, 0), np.uint32), np.zeros(0), np.zeros(0, np.int64))
    >>> sale = Amounts("SUPPLIES", np.array([0], np.uint32), np.array([1], np.uint32), np.array([60.0]), np.array([0]))
    >>> sheet = Sheet(np.array([100, np.nan]), np.array([7, -1]))
    >>> china = rule_sets()["cn-annex1"].criteria
    >>> found = suspect(china, figures(Ties(sale, none, none, none, none), {"income": sheet}))
    >>> one = found.at(0)
    >>> one.dependant, one.other, one.criterion.id, one.value, one.threshold, one.statement
    (0, 1, 'cn-annex1-1', 0.6, 0.5, 7)
    >>> [(other, criterion.id) for other, criterion in found.untested_of(1)]
    [(0, 'cn-annex1-1')]
    """
    rules = tuple(criteria)
    checks = tuple(
        (number, check)
        for number, criterion in enumerate(rules)
        for check in criterion.checks
        if check.figure in figures
    )
    hit, left = _held_against(checks, figures)
    of = np.array([number for number, _ in checks], np.int32)
    left = left.some(~_among(left, hit, of))
    return Suspected(
        rules, figures, checks, *hit.ends, hit.check, hit.pair,
        *left.ends, of[left.check] if len(of) else np.zeros(0, np.int32),
        tuple(c.id for n, c in enumerate(rules) if all(number != n for number, _ in checks)),
    )  # fmt: skip


def _held_against(checks: tuple[tuple[int, Check], ...], figures: Mapping[str, Figure]) -> tuple[Rows, Rows]:
    """Rows of the pairs that meet a criterion, and of those that one could not be tested for."""
    met, silent = [], []
    of = np.array([number for number, _ in checks], np.int32)
    for position, (_, check) in enumerate(checks):
        figure = figures[check.figure]
        outcome = compare(check, {check.figure: figure.measure}, len(figure))
        hits, market = _shared(check, figure, np.flatnonzero(outcome == MET))
        met.append(_rows(figure, hits, position))
        outcome[market] = UNTESTED
        unknown = np.flatnonzero(outcome == UNTESTED)
        silent.append(_rows(figure, unknown, position))
    return _first(met, of), _first(silent, of)


def _rows(figure: Figure, at: NDArray[np.int64], check: int) -> Rows:
    """Some pairs of a check's figure."""
    key = figure.dependant[at].astype(np.int64) << 32 | figure.other[at]
    return Rows(key, np.full(len(at), check, np.int32), at)


def _shared(check: Check, figure: Figure, hits: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Of a source of funds: pairs whose source some share, and pairs whose source so many share that it is a market."""
    if check.shared_by is None or not len(hits):
        return hits, hits[:0]
    _, place, count = np.unique(figure.other[hits], return_inverse=True, return_counts=True)
    least, most = check.shared_by
    return hits[((count >= least) & (count <= most))[place]], hits[(count > most)[place]]


def _first(parts: list[Rows], of: NDArray[np.int32]) -> Rows:
    """Rows of all checks; of one pair and criterion the earliest check alone. `of`: each check's criterion."""
    filled = [part for part in parts if len(part.key)]
    if not filled:
        return Rows(np.zeros(0, np.int64), np.zeros(0, np.int32), np.zeros(0, np.int64))
    rows = Rows(*(np.concatenate(columns) for columns in zip(*filled, strict=True)))
    if len(filled) > 1:
        # Parts come by criterion, then check, each sorted by pair: one stable sort merges them.
        rows = rows.some(np.argsort(rows.key, kind="stable"))
    criterion = of[rows.check]
    new = np.ones(len(rows.key), np.bool_)
    new[1:] = (rows.key[1:] != rows.key[:-1]) | (criterion[1:] != criterion[:-1])
    return rows if new.all() else rows.some(new)


def _among(rows: Rows, others: Rows, of: NDArray[np.int32]) -> NDArray[np.bool_]:
    """Which rows speak of a pair and criterion that others speak of."""
    found = np.zeros(len(rows.key), np.bool_)
    if not len(rows.key) or not len(others.key):
        return found
    mine, theirs = of[rows.check], of[others.check]
    for criterion in np.unique(theirs):
        asked, known = mine == criterion, others.key[theirs == criterion]  # ascending, as rows lie
        at = np.searchsorted(known, rows.key[asked])
        found[asked] = known[np.minimum(at, len(known) - 1)] == rows.key[asked]
    return found
