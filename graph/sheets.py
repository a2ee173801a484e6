"""Items of statements and figures of assessments, one value a party."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from graph.columns import ALWAYS, gathered
from graph.currencies import CURRENCIES, NO_CURRENCY
from graph.errors import MissingRate
from graph.facts import Facts
from graph.holding import When, holding, precedence
from graph.model import ASSESSMENT, STATEMENT
from graph.nodes import Nodes

YEAR = 12
NONE = -1
Factor = Callable[[str | None], float]
"""What a value of each unit is multiplied by; NaN where it cannot be."""


class Items(NamedTuple):
    """One item of every node."""

    value: NDArray[np.float64]
    """NaN where none is known; shape (n,)."""
    row: NDArray[np.int64]
    """Row in `Facts.table(STATEMENT)`, -1 for none."""


def latest_items(
    facts: Facts,
    nodes: Nodes,
    when: When,
    names: tuple[str, ...],
    *,
    of_a_year: bool,
    factor: Factor,
    oldest: int = ALWAYS,
) -> Items:
    """The value of the first of some items that a node's statements have, of the latest period.

    Of one period the longest part of it counts, then what is most believed. What flows over a period is
    scaled to a year; one whose length is not said cannot be. Periods that end before `oldest`, in days since 1970,
    count for nothing. A unit without a factor leaves the value unknown.
    """
    rows = holding(facts, STATEMENT, when)
    rank = _positions(facts, rows, names)
    months = gathered(facts.column(STATEMENT, "months"), rows, np.int64, null=NONE)
    period = gathered(facts.column(STATEMENT, "period_end"), rows, np.int32, null=ALWAYS)
    fits = (rank != NONE) & (period <= when.day) & (period >= oldest)
    if of_a_year:
        fits &= months > 0
    rows, rank, months, period = rows[fits], rank[fits], months[fits], period[fits]
    node = nodes.of[gathered(facts.column(STATEMENT, "party"), rows, np.uint32)]
    belief = np.empty(len(rows), np.int64)
    belief[precedence(facts, STATEMENT, rows, when)] = np.arange(len(rows))
    length = np.where(months <= YEAR, -months, 0)  # beyond a year it is no longer one year's
    order = np.lexsort((belief, length, -period.astype(np.int64), rank, node))
    first = order[np.r_[True, node[order][1:] != node[order][:-1]]] if len(order) else order
    value = gathered(facts.column(STATEMENT, "value"), rows[first], np.float64, null=np.nan)
    value *= _factors(facts, rows[first], factor)
    if of_a_year:
        value *= YEAR / months[first]
    made = Items(np.full(nodes.size, np.nan), np.full(nodes.size, NONE, np.int64))
    made.value[node[first]], made.row[node[first]] = value, rows[first]
    return made


def believed_figure(facts: Facts, nodes: Nodes, when: When, name: str, *, horizon: int | None = None) -> Items:
    """One figure of assessments, such as `pd`: of each node the most believed that states it.

    With a horizon, in months, only assessments that look as far ahead.
    """
    rows = holding(facts, ASSESSMENT, when)
    value = gathered(facts.column(ASSESSMENT, name), rows, np.float64, null=np.nan)
    fits = ~np.isnan(value)
    if horizon is not None:
        fits &= gathered(facts.column(ASSESSMENT, "horizon_months"), rows, np.int64, null=NONE) == horizon
    rows, value = rows[fits], value[fits]
    node = nodes.of[gathered(facts.column(ASSESSMENT, "party"), rows, np.uint32)]
    order = precedence(facts, ASSESSMENT, rows, when)[::-1]
    made = Items(np.full(nodes.size, np.nan), np.full(nodes.size, NONE, np.int64))
    # Written from the least believed on: what stays is the most believed of each node.
    made.value[node[order]], made.row[node[order]] = value[order], rows[order]
    return made


def _positions(facts: Facts, rows: NDArray[np.uint32], names: tuple[str, ...]) -> NDArray[np.int64]:
    """Position of each row's item among the names, -1 where it is none of them."""
    item = facts.column(STATEMENT, "item").take(pa.array(rows))
    found = pc.fill_null(pc.index_in(item, value_set=pa.array(names)), NONE)
    return np.asarray(found.to_numpy(zero_copy_only=False), np.int64)


def _factors(facts: Facts, rows: NDArray[np.uint32], factor: Factor) -> NDArray[np.float64]:
    """What each row's value is multiplied by; NaN where nothing is known."""
    units = facts.column(STATEMENT, "unit").take(pa.array(rows)).to_pylist()
    known = {unit: factor(unit) for unit in set(units)}
    return np.array([known[unit] for unit in units], np.float64)


def into(currency: str | None, rate: Callable[[str, str], float]) -> Factor:
    """What brings values into a currency."""

    def factor(unit: str | None) -> float:
        if currency == NO_CURRENCY:
            return 1.0 if unit is None or unit not in CURRENCIES else np.nan
        if currency is None or unit is None or unit not in CURRENCIES:
            return np.nan
        try:
            return rate(unit, currency)
        except MissingRate:
            return np.nan

    return factor


def as_stated(unit: str | None) -> float:
    """What leaves values in their own currency; one that is in none is unknown."""
    return 1.0 if unit in CURRENCIES else np.nan
