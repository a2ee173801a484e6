"""Numbers of natural persons are hashed in a table's rows themselves, before anything is made or kept of them.

A number is a person's by the kind of its party, not by its form: many are passports, mistyped, or of the
15 digits that were given until 1999. Where the kind cannot be read, it may be a person's.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from graph.errors import InvalidMapping
from graph.identifiers import HASHED, LEI, UNVERIFIED, USCC, keyed_hash, plain
from graph.model import IDENTIFIER, PARTY_FIELDS
from ingest.identified import is_blank, is_verified
from ingest.mapping import Mapping, PartyPart, TablePart
from ingest.privacy import IN_CLEAR
from ingest.source import Rejected
from ingest.tabular.cells import Cells, Mask, Refusals, locate
from ingest.tabular.lines import one_row
from ingest.tabular.rows import CELLS, CellFault, Rows
from ingest.value_text import read_value

ROUNDED: Final = r"^\d(\.\d+)?[eE]\+\d+$"
"""A number that a spreadsheet has cut to its first digits."""

_STRUCK: Final = "******"
_LOOSE = re.compile(r"(?<![0-9A-Za-z])(?:\d[\d\s]{13,24}[\dXxＸｘ]|[A-Za-z]{1,2}\d{6,9}[A-Za-z]?)(?![0-9A-Za-z])")
"""What may be a person's number in a row whose cells stand under no header."""


class Persons:
    """The parties of one table that may be persons, and the columns that hold their numbers."""

    def __init__(self, mapping: Mapping, table: TablePart, key: bytes | None) -> None:
        self._mapping, self._table, self._key = mapping, table, key
        scheme = _scheme_of_ids(mapping)
        columns = [(part, _columns(part, table, scheme)) for part in table.parties if _may_be_person(part)]
        self._numbers = [(part, named) for part, named in columns if named]

    def hidden(self, cells: Cells) -> Rows:
        """The rows with every number of a person hashed; without a key it is struck out, and a fault."""
        rows = cells.rows
        for part, columns in self._numbers:
            sure, meant = _persons(part, cells)
            for name, scheme in columns.items():
                place = cells.position(name)
                if place is not None:
                    rows = self._hide(rows, place, scheme, sure=sure, meant=meant)
        return rows

    def refused(self, row: Rejected) -> Rejected:
        """A row that fits no header, without whatever in it may be a person's number."""
        if not self._numbers:
            return row
        told = json.loads(row.raw)
        told[CELLS] = [self._loosely(str(cell)) for cell in told[CELLS]]
        return replace(row, detail=self._loosely(row.detail), raw=json.dumps(told, ensure_ascii=False))

    def concealed(self, row: dict[str, Any], *, where: str) -> dict[str, Any]:
        """One row, cells by column, as `hidden` and `refused` leave it."""
        rows = one_row(row)
        if isinstance(rows, Rejected):
            return dict(json.loads(self.refused(rows).raw)) if CELLS in row else row
        places = locate(self._table, self._mapping, rows.headers, where=where, lenient=True)
        hidden = self.hidden(Cells(rows, places, Refusals()))
        changed = {
            name: after[0].as_py()
            for name, before, after in zip(rows.headers, rows.columns, hidden.columns, strict=True)
            if not after.equals(before)
        }
        return row | changed

    def _hide(self, rows: Rows, place: int, scheme: str, *, sure: Mask, meant: Mask) -> Rows:
        column = rows.columns[place]
        found = np.flatnonzero(meant & column.is_valid().to_numpy(zero_copy_only=False))
        texts = column.take(pa.array(found)).to_pylist()
        shown = [self._shown(text, scheme, sure=bool(sure[row])) for row, text in zip(found, texts, strict=True)]
        mask = np.zeros(len(rows), bool)
        mask[found] = True
        columns = list(rows.columns)
        columns[place] = pc.replace_with_mask(
            column, pa.array(mask), pa.array([text for text, _ in shown], pa.string())
        )
        # What is wrong with a cell must not show the number either.
        faults = [replace(f, detail="") if f.column == place and mask[f.row] else f for f in rows.faults]
        faults += [
            CellFault(int(row), place, reason, "") for row, (_, reason) in zip(found, shown, strict=True) if reason
        ]
        return replace(rows, columns=tuple(columns), faults=tuple(faults))

    def _shown(self, text: str, scheme: str, *, sure: bool) -> tuple[str, str]:
        """What stands in place of a number, and why it cannot be used."""
        number = plain(text)
        if is_blank(text) or text.strip().startswith(HASHED):
            return text, ""
        if not sure and scheme in (LEI, USCC) and is_verified(scheme, number):
            return text, ""
        if self._key is None:
            return _STRUCK, IN_CLEAR
        hashed = keyed_hash(number, self._key, scheme=scheme)
        if is_verified(scheme, hashed) and not is_verified(scheme, number):
            hashed += UNVERIFIED
        # Two numbers cut to the same digits would be one person.
        return hashed, "digits lost" if re.match(ROUNDED, text) else ""

    def _loosely(self, text: str) -> str:
        return _LOOSE.sub(self._hashed, text)

    def _hashed(self, match: re.Match[str]) -> str:
        if match[0][0].isdecimal() and len(plain(match[0])) not in (15, 18):
            return match[0]
        return _STRUCK if self._key is None else keyed_hash(match[0], self._key)


def declared(mapping: Mapping) -> None:
    """Raise InvalidMapping where ids of persons are hashed and an end that may be one is not declared with its kind."""
    if not _scheme_of_ids(mapping):
        return
    for table in mapping.tables:
        for fact in table.facts:
            for end, kinds in (("from", fact.kind.from_kinds), ("to", fact.kind.to_kinds)):
                value = fact.ends.get(end)
                if value and value.columns and "Person" in kinds:
                    raise InvalidMapping(
                        "persons of this source go by numbers that are hashed, and nothing tells who is one",
                        where=value.line,
                        remedy=f'declare it as [[table.party]] with its kind, then {end} = "its name"',
                    )


def _persons(part: PartyPart, cells: Cells) -> tuple[Mask, Mask]:
    """Rows whose party is a person, and those where it may be one."""
    kinds = _kinds(part, cells.text(part.kind))
    sure: Mask = pc.fill_null(pc.equal(kinds, "Person"), False).to_numpy(zero_copy_only=False)
    return sure, sure | kinds.is_null().to_numpy(zero_copy_only=False)


def _kinds(part: PartyPart, text: pa.Array) -> pa.Array:
    return read_value(PARTY_FIELDS[1], "Party", text, words=part.kind.words).arrays[0]


def _may_be_person(part: PartyPart) -> bool:
    said = part.kind.constant
    return said is None or _kinds(part, pa.array([said]))[0].as_py() == "Person"


def _scheme_of_ids(mapping: Mapping) -> str:
    """Scheme of the numbers by which a source knows persons; empty where it has other names for them."""
    for table in mapping.tables:
        for part in filter(_may_be_person, table.parties):
            for column, scheme in _identifying(part, table):
                if column in part.id.columns:
                    return scheme
    return ""


def _columns(part: PartyPart, table: TablePart, scheme_of_ids: str) -> dict[str, str]:
    """Columns that hold numbers of a party, with their schemes."""
    columns = dict.fromkeys(part.id.columns, scheme_of_ids) if scheme_of_ids else {}
    return dict(_identifying(part, table)) | columns


def _identifying(part: PartyPart, table: TablePart) -> Iterator[tuple[str, str]]:
    for scheme, value in part.identifiers.items():
        yield from ((column, scheme) for column in value.columns)
    for fact in table.facts:
        if fact.kind is IDENTIFIER and fact.ends["party"].party == part.name:
            yield from ((column, fact.values["scheme"].constant or "") for column in fact.values["value"].columns)
