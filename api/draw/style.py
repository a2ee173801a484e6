"""Colours and dashes of relations, shapes of parties; told apart without colours too."""

from dataclasses import dataclass
from typing import Final

from graph.model import (
    CONTROLS,
    DEPENDS_ON,
    GUARANTEES,
    HOLDS_OFFICE,
    LENDS,
    OWES,
    OWNS,
    PLEDGES,
    RELATED_TO,
    SUPPLIES,
)


@dataclass(frozen=True)
class Stroke:
    """How a relation is drawn, and what stands at its ends when many are folded into one."""

    color: str
    dashes: tuple[int, ...] = ()
    tails: str = ""
    """Parties from which the arrows come, in words: suppliers."""
    heads: str = ""
    """Parties to which they go: buyers."""


STROKES: Final = {
    OWNS.name: Stroke("#1f5fa8", (), "holders", "holdings"),
    CONTROLS.name: Stroke("#7d3c98", (10, 4), "controllers", "controlled companies"),
    GUARANTEES.name: Stroke("#c0392b", (), "guarantors", "guaranteed borrowers"),
    PLEDGES.name: Stroke("#d9730d", (12, 4, 3, 4), "providers of collateral", "secured lenders"),
    LENDS.name: Stroke("#1d7a46", (), "lenders", "borrowers"),
    OWES.name: Stroke("#8a5a44", (6, 4), "debtors", "creditors"),
    SUPPLIES.name: Stroke("#a67c00", (), "suppliers", "buyers"),
    DEPENDS_ON.name: Stroke("#d6336c", (3, 4), "dependants", "parties depended on"),
    HOLDS_OFFICE.name: Stroke("#52616b", (8, 3), "office holders", "companies with an office"),
    RELATED_TO.name: Stroke("#0b8a96", (2, 3), "related parties", "related parties"),
}
SHAPES: Final = {"Company": "dot", "Person": "triangle", "State": "star"}
FILLS: Final = {"Company": "#dbe7f5", "Person": "#fdeecb", "State": "#f6d5d5"}
BORDERS: Final = {"Company": "#2c4a6e", "Person": "#9a6b00", "State": "#a32626"}
FOLDED: Final = "square"
INK: Final = "#1d2733"
FONT: Final = (
    "'Noto Sans', 'Noto Sans CJK SC', 'Source Han Sans SC', 'PingFang SC', 'Microsoft YaHei', 'Segoe UI', "
    "system-ui, sans-serif"
)

EQUITY = {OWNS.name, CONTROLS.name}
