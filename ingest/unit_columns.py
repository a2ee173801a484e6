"""A column that says in which unit the amounts beside it stand (单位: 万元), row by row or the same everywhere."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from graph.model import EVENT, KINDS, STATEMENT
from ingest.ends import plain
from ingest.guesses import Guess, Said, written_unit
from ingest.toml_text import MARKER
from ingest.values import numbers

_UNIT: Final = r"(?:金额|数值|计量|报表|计价|货币)?单位|(?:amounts?[ _])?units?(?:[ _]of[ _](?:amounts?|measure))?"
_NAMED: Final = 3
"""Units of a column that are named where they cannot be read."""


def with_units(found: Guess, columns: Mapping[str, pa.Array]) -> Guess:
    """Give the amounts of a table that name no unit themselves the one that a column beside them says.

    `columns` are the cells of each column. A column of other units, such as 吨, says nothing of amounts. One that was
    taken for the currency and says units (货币单位: 万元) names no currency.
    """
    found = _freed(found, columns)
    at = next((name for name in found.unused if re.fullmatch(_UNIT, plain(name))), "")
    said = [cell.strip() for cell in pc.unique(columns[at].drop_null()).to_pylist()] if at else []
    units = {written_unit(cell) for cell in said}
    if not any(units):
        return found
    read = {name: _in_unit(one, at, said, units) for name, one in _amounts(found) if not one.unit}
    if not read:
        return found
    unused = tuple(name for name in found.unused if name != at)
    return replace(found, fields={**found.fields, **read}, unused=unused)


def currency_column(found: Guess) -> str:
    """The column that was taken for the currency; empty where none was."""
    said = found.fields.get("unit" if found.kind == STATEMENT.name else "currency")
    return said.column if said else ""


def _freed(found: Guess, columns: Mapping[str, pa.Array]) -> Guess:
    """Without a currency where its column says units; 人民币元 is a currency all the same."""
    at = currency_column(found)
    if not at or not re.fullmatch(_UNIT, plain(at)):
        return found
    cells = [cell.strip() for cell in pc.unique(columns[at].drop_null()).to_pylist()]
    units = [written_unit(cell) for cell in cells]
    if not cells or not all(units) or all(unit == "元" != cell for cell, unit in zip(cells, units, strict=True)):
        return found
    kept = {name: one for name, one in found.fields.items() if one.column != at}
    return replace(found, fields=kept, unused=(*found.unused, at))


def _amounts(found: Guess) -> Iterator[tuple[str, Said]]:
    """What the table states in money, by field; of statements every item."""
    money = {field.name for field in KINDS[found.kind].fields if field.type == "money"}
    if found.kind == STATEMENT.name:
        money = {"value", *found.items}
    if found.kind == EVENT.name:
        money = {"amount"}
    return ((name, one) for name, one in found.fields.items() if name in money)


def _in_unit(one: Said, at: str, said: list[str], units: set[str]) -> Said:
    if len(units) == 1:
        return replace(one, unit=next(iter(units)))
    if numbers(pa.array([f"1{cell}" for cell in said])).arrays[0].null_count:
        named = ", ".join(sorted(said)[:_NAMED])
        return replace(one, unit=f"{MARKER} one unit, such as 万元: {at} says {named}; write the amounts in one")
    return replace(one, unit_column=at)
