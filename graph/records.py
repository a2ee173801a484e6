"""Records about nodes, and where every statement comes from."""

from datetime import UTC
from threading import RLock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graph.columns import cells, gathered
from graph.facts import Facts
from graph.field import Kind
from graph.grouping import grouped
from graph.holding import When, holding, known, precedence
from graph.identity import fact_id
from graph.model import PROFILE
from graph.nodes import Nodes
from graph.schema import own_columns

PROVENANCE = ("source", "source_ref", "valid_from", "valid_to", "recorded_at", "confidence", "note")
KEPT = 4_096
"""Names that are kept for the next answer, which often is about the same parties."""
COMPANIONS = {"registered_capital": "currency"}
"""Fields of a profile that only mean something beside another of the same statement."""


def sources(facts: Facts, kind: Kind, rows: NDArray[Any]) -> list[dict[str, Any]]:
    """Where these facts come from: id, source and its reference, both times, confidence and note."""
    columns = {name: _cells(facts, kind, name, rows) for name in PROVENANCE}
    columns["recorded_at"] = [instant and instant.replace(tzinfo=UTC) for instant in columns["recorded_at"]]
    named = map(fact_id, _cells(facts, kind, "key", rows), _cells(facts, kind, "revision", rows))
    return [
        {"fact_id": name, **dict(zip(columns, row, strict=True))}
        for name, row in zip(named, zip(*columns.values(), strict=True), strict=True)
    ]


def statements(facts: Facts, kind: Kind, rows: NDArray[Any]) -> list[dict[str, Any]]:
    """What these facts say, column by column, with `fact` for where each comes from."""
    said = zip(_said(facts, kind, rows), sources(facts, kind, rows), strict=True)
    return [{**own, "fact": fact} for own, fact in said]


def _said(facts: Facts, kind: Kind, rows: NDArray[Any]) -> list[dict[str, Any]]:
    names = [name for name, _ in own_columns(kind)]
    values = zip(*(_cells(facts, kind, name, rows) for name in names), strict=True)
    return [dict(zip(names, row, strict=True)) for row in values]


def _cells(facts: Facts, kind: Kind, name: str, rows: NDArray[Any]) -> list[Any]:
    """Values of one column."""
    return cells(facts.column(kind, name), rows)


class Records:
    """Records of each node at a moment, found by node; indexed kind by kind when first asked."""

    def __init__(self, facts: Facts, nodes: Nodes, when: When) -> None:
        self._facts, self._nodes, self._when = facts, nodes, when
        self._found: dict[str, tuple[NDArray[np.int64], NDArray[np.uint32]]] = {}
        self._named: dict[int, str] = {}
        self._lock = RLock()

    def rows(self, kind: Kind, node: int) -> NDArray[np.uint32]:
        """Rows of the records about a node, the most believed first."""
        mine = self.found(kind, node)
        return mine if len(mine) < 2 else mine[precedence(self._facts, kind, mine, self._when)]

    def found(self, kind: Kind, node: int) -> NDArray[np.uint32]:
        """The same in no order."""
        start, rows = self._index(kind)
        return rows[start[node] : start[node + 1]]

    def stating(self, kind: Kind, field: str) -> NDArray[np.uint32]:
        """Nodes about which a record states this field, ascending."""
        start, rows = self._index(kind)
        stated = self._facts.column(kind, field).is_valid().to_numpy(zero_copy_only=False)[rows]
        nodes = np.repeat(np.arange(self._nodes.size, dtype=np.uint32), np.diff(start))
        return np.unique(nodes[stated])

    def profile(self, node: int) -> dict[str, Any]:
        """What is known about a node: each field as the most believed statement that fills it says."""
        said = _said(self._facts, PROFILE, self.rows(PROFILE, node))
        whole: dict[str, Any] = {}
        for statement in said:
            for name, value in statement.items():
                if name in COMPANIONS.values() or value is None or name in whole:
                    continue
                whole[name] = value
                if name in COMPANIONS:
                    whole[COMPANIONS[name]] = statement[COMPANIONS[name]]
        return whole

    def names(self, nodes: NDArray[Any]) -> list[str]:
        """Name of each node as the most believed profile gives it, else one of another time, else its id."""
        asked = np.asarray(nodes).tolist()
        if len(asked) > KEPT:
            return self._names(asked)
        if len(self._named) > KEPT:
            self._named = {}
        kept = self._named  # whoever begins anew beside this leaves these alone
        new = [node for node in dict.fromkeys(asked) if node not in kept]
        kept.update(zip(new, self._names(new), strict=True))
        return [kept[node] for node in asked]

    def _names(self, nodes: list[int]) -> list[str]:
        column, ids, representative = self._facts.column(PROFILE, "name"), self._facts.ids, self._nodes.representative
        found = []
        for node in nodes:
            told = (column[row].as_py() for row in self.rows(PROFILE, node).tolist())
            name = next((one for one in told if one is not None), None) or self._another_time(node)
            found.append(ids[int(representative[node])].as_py() if name is None else name)
        return found

    def _another_time(self, node: int) -> str | None:
        """The name that a node had last before the moment, else has first after it."""
        start, rows = self._index(PROFILE, ever=True)
        mine = rows[start[node] : start[node + 1]]
        begins = self._facts.times(PROFILE).valid_from[mine]
        before = begins <= self._when.day
        order = np.lexsort((np.where(before, -begins.astype(np.int64), begins), ~before))
        told = cells(self._facts.column(PROFILE, "name"), mine[order])
        return next((name for name in told if name is not None), None)

    def _index(self, kind: Kind, *, ever: bool = False) -> tuple[NDArray[np.int64], NDArray[np.uint32]]:
        """Where each node's records start among rows, and these; `ever`: of any day."""
        mark = f"{kind.name} ever" if ever else kind.name
        with self._lock:
            if mark not in self._found:
                rows = (known if ever else holding)(self._facts, kind, self._when)
                node = self._nodes.of[gathered(self._facts.column(kind, "party"), rows, np.uint32)]
                start, order = grouped(node, self._nodes.size)
                self._found[mark] = start, rows[order]
            return self._found[mark]
