"""Items of statements: of every node the latest of each, chosen in one pass over the facts.

Of several names the first that is stated counts; of it the latest period; of one period the longest part up to a
year; then what is most believed. What flows over a period is scaled to a year.
"""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from graph.columns import ALWAYS, plain
from graph.compiled import compiled
from graph.facts import Facts
from graph.holding import When, holding, key_words, sayings, voices
from graph.model import STATEMENT
from graph.nodes import Nodes

YEAR = 12
NONE = -1
Factor = Callable[[str | None], float]
"""What a value of each unit is multiplied by; NaN where it cannot be."""


class Item(NamedTuple):
    """One item, by the names it goes by."""

    names: tuple[str, ...]
    of_a_year: bool
    """Whether it flows over a period, and is scaled to a year."""


class Sheet(NamedTuple):
    """k items of n nodes."""

    value: NDArray[np.float64]
    """NaN where none is known; shape (n, k)."""
    period: NDArray[np.int32]
    """Last day of the period of each, days since 1970; the smallest number where none is known; shape (n, k)."""
    row: NDArray[np.int64]
    """Row in `Facts.table(STATEMENT)`, -1 for none; shape (n, k)."""


def latest_sheet(
    facts: Facts,
    nodes: Nodes,
    when: When,
    items: Sequence[Item],
    *,
    factor: Factor,
    low: NDArray[np.int32],
    high: NDArray[np.int32],
) -> Sheet:
    """The value of each item of every node, of the latest period that ends between two days, both included.

    `low` and `high`, shape (n, k), are days since 1970; nothing that ends after the moment counts.
    """
    said = facts.cached(("said", STATEMENT.name, str(when.version)), lambda: _said(facts, when))
    read = _reading(facts, items, when)
    best = np.full((nodes.size, len(items)), NONE, np.int64)
    until = np.minimum(high, when.day).astype(np.int32)
    _choose(best, holding(facts, STATEMENT, when), nodes.of, said, read, low, until)
    at = np.nonzero(best >= 0)
    chosen = best[at]
    values = plain(facts.column(STATEMENT, "value"), np.float64, null=np.nan)[chosen] * _factors(facts, chosen, factor)
    flow = read.flows[at[1]]
    values[flow] *= YEAR / said.months[chosen[flow]]
    made = Sheet(np.full(best.shape, np.nan), np.full(best.shape, ALWAYS, np.int32), best)
    made.value[at], made.period[at] = values, said.period[chosen]
    return made


class Said(NamedTuple):
    """What statements say, one entry a row of the table."""

    party: NDArray[np.uint32]
    word: NDArray[np.int32]
    """Position of its item among the words."""
    months: NDArray[np.int64]
    """-1 where not said."""
    period: NDArray[np.int32]
    source: NDArray[np.int32]
    at: NDArray[np.int64]
    """Instant of the statement."""
    key: NDArray[np.uint64]


class Reading(NamedTuple):
    """What is read of it, and who is believed."""

    item: NDArray[np.int32]
    """Item that each word names, -1 for none asked for."""
    rank: NDArray[np.int32]
    """Of each word among the names of its item."""
    flows: NDArray[np.bool_]
    place: NDArray[np.int32]
    distrust: NDArray[np.float64]


def _said(facts: Facts, when: When) -> Said:
    def whole(name: str, dtype: type[np.generic], null: int) -> NDArray[Any]:
        return np.ascontiguousarray(plain(facts.column(STATEMENT, name), dtype, null=null))

    return Said(
        whole("party", np.uint32, 0),
        facts.coded(STATEMENT, "item")[1],
        whole("months", np.int64, NONE),
        whole("period_end", np.int32, ALWAYS),
        np.ascontiguousarray(voices(facts, STATEMENT, when)[2]),
        sayings(facts, STATEMENT),
        np.ascontiguousarray(key_words(facts, STATEMENT, slice(None))),
    )


def _reading(facts: Facts, items: Sequence[Item], when: When) -> Reading:
    words = {word: at for at, word in enumerate(facts.coded(STATEMENT, "item")[0])}
    item, rank = np.full(len(words), NONE, np.int32), np.zeros(len(words), np.int32)
    for at, one in enumerate(items):
        for order, name in enumerate(one.names):
            if name in words:
                item[words[name]], rank[words[name]] = at, order
    place, distrust, _ = voices(facts, STATEMENT, when)
    return Reading(item, rank, np.array([one.of_a_year for one in items], np.bool_), place, distrust)


def _factors(facts: Facts, rows: NDArray[np.int64], factor: Factor) -> NDArray[np.float64]:
    words, code = facts.coded(STATEMENT, "unit")
    known = np.array([*map(factor, words), factor(None)], np.float64)  # the last is what no unit is said of
    return known[code[rows]]


@compiled
def _behind(i: int, b: int, said: Said, read: Reading) -> bool:
    """Whether a row stands behind another of the same item and node: column by column, the smaller stands first."""
    d: Any = np.int64(read.rank[said.word[i]]) - np.int64(read.rank[said.word[b]])
    if d == 0:
        d = np.int64(said.period[b]) - np.int64(said.period[i])
    if d == 0:  # beyond a year it is no longer one year's
        d = (said.months[b] if said.months[b] <= YEAR else 0) - (said.months[i] if said.months[i] <= YEAR else 0)
    if d == 0 and read.distrust[said.source[i]] != read.distrust[said.source[b]]:
        d = -1 if read.distrust[said.source[i]] < read.distrust[said.source[b]] else 1
    if d == 0:
        d = said.at[b] - said.at[i]
    if d == 0:
        d = np.int64(read.place[said.source[i]]) - np.int64(read.place[said.source[b]])
    for column in range(2):
        if d == 0 and said.key[i, column] != said.key[b, column]:
            d = -1 if said.key[i, column] < said.key[b, column] else 1
    return bool(d >= 0)


@compiled
def _choose(
    best: NDArray[np.int64],
    rows: NDArray[np.uint32],
    node_of: NDArray[np.uint32],
    said: Said,
    read: Reading,
    low: NDArray[np.int32],
    high: NDArray[np.int32],
) -> None:
    """Write the row of the best statement of each item of each node."""
    for i in rows:
        item, node = read.item[said.word[i]], node_of[said.party[i]]
        if item < 0 or node >= len(best):  # no item asked for; a party that came after the version
            continue
        if not low[node, item] <= said.period[i] <= high[node, item] or (read.flows[item] and said.months[i] <= 0):
            continue
        if best[node, item] < 0 or not _behind(i, best[node, item], said, read):
            best[node, item] = i
