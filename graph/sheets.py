"""Items of statements and figures of assessments, one value a party."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from graph.columns import ALWAYS, gathered
from graph.currencies import CURRENCIES, NO_CURRENCY
from graph.errors import MissingRate
from graph.facts import Facts
from graph.holding import When, holding, precedence
from graph.model import ASSESSMENT
from graph.nodes import Nodes
from graph.sheet import NONE, Factor, Item, latest_sheet

By = Callable[[str], bool]
"""Whether assessments of an author count."""


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
    """The value of one item of every node, by the names it goes by, as `graph.sheet` chooses it.

    Periods that end before `oldest`, in days since 1970, count for nothing. A unit without a factor leaves the value
    unknown.
    """
    low, high = (np.full((nodes.size, 1), day, np.int32) for day in (oldest, when.day))
    found = latest_sheet(facts, nodes, when, [Item(names, of_a_year)], factor=factor, low=low, high=high)
    return Items(found.value[:, 0], found.row[:, 0])


def believed_figure(
    facts: Facts, nodes: Nodes, when: When, name: str, *, horizon: int | None = None, by: By | None = None
) -> Items:
    """One figure of assessments, such as `pd`: of each node the most believed that states it.

    With a horizon, in months, only assessments that look as far ahead; with `by` only those of authors it says yes to.
    """
    rows = holding(facts, ASSESSMENT, when)
    value = gathered(facts.column(ASSESSMENT, name), rows, np.float64, null=np.nan)
    fits = ~np.isnan(value)
    if horizon is not None:
        fits &= gathered(facts.column(ASSESSMENT, "horizon_months"), rows, np.int64, null=NONE) == horizon
    if by is not None:
        fits &= _of_authors(facts, rows, by)
    rows, value = rows[fits], value[fits]
    node = nodes.of[gathered(facts.column(ASSESSMENT, "party"), rows, np.uint32)]
    order = precedence(facts, ASSESSMENT, rows, when)[::-1]
    made = Items(np.full(nodes.size, np.nan), np.full(nodes.size, NONE, np.int64))
    # Written from the least believed on: what stays is the most believed of each node.
    made.value[node[order]], made.row[node[order]] = value[order], rows[order]
    return made


def _of_authors(facts: Facts, rows: NDArray[np.uint32], by: By) -> NDArray[np.bool_]:
    said = facts.column(ASSESSMENT, "author").take(pa.array(rows)).cast(pa.string())
    if isinstance(said, pa.ChunkedArray):
        said = said.combine_chunks()
    words = said.dictionary_encode()
    fits = np.array([by(word or "") for word in words.dictionary.to_pylist()], np.bool_)
    codes = np.asarray(words.indices.fill_null(0), np.int64)
    return fits[codes] if len(fits) else np.zeros(len(rows), np.bool_)


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
