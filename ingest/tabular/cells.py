"""The cells a mapping asks for, and the rows it has to refuse."""

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from graph.errors import InvalidMapping, UnreadableFile
from ingest.mapping import Mapping, PartyPart, TablePart, Value
from ingest.source import Rejected
from ingest.tabular.rows import Rows, reject, shorten, unique

Mask = NDArray[np.bool_]


@dataclass
class Refusals:
    """Rows refused, one entry for each row and reason."""

    found: dict[tuple[int, str], str] = field(default_factory=dict)

    def add(self, rows: Iterable[int], reason: str, details: Iterable[str]) -> None:
        """Refuse rows; the first detail of a reason stays."""
        for row, detail in zip(rows, details, strict=True):
            self.found.setdefault((row, reason), detail)

    def rejected(self, rows: Rows) -> Iterator[Rejected]:
        """What was refused, in the order of the file."""
        order = sorted(self.found)
        places = rows.place()
        for (row, reason), raw in zip(order, rows.raw([row for row, _ in order]), strict=True):
            yield reject(places[row].as_py(), reason, self.found[row, reason], raw)


def wanted(table: TablePart) -> Iterator[tuple[str, str]]:
    """Every column a table's mapping names, with the line that names it."""
    values = [table.stated] if table.stated else []
    for party in table.parties:
        values += _of_party(party)
    for fact in table.facts:
        values += [*fact.ends.values(), *fact.values.values()]
        yield from ((name, table.line) for name in (*fact.ref, *filter(None, [fact.when])))
    for value in values:
        yield from ((name, value.line) for name in value.columns)


def _of_party(party: PartyPart) -> list[Value]:
    own = [party.id, party.kind, *party.profile.values(), *party.identifiers.values()]
    return [*own, party.anonymous] if party.anonymous else own


def locate(
    table: TablePart, mapping: Mapping, headers: tuple[str, ...], *, where: str, lenient: bool
) -> dict[str, int]:
    """Position of every column the mapping names; raises InvalidMapping or UnreadableFile.

    `lenient` files, whose rows name their own cells, may lack a column.
    """
    places: dict[str, list[int]] = {}
    for position, (header, numbered) in enumerate(zip(headers, unique(headers), strict=True)):
        for name in dict.fromkeys((_plain(header), _plain(numbered))):
            places.setdefault(name, []).append(position)
    found: dict[str, int] = {}
    missing: list[tuple[str, str]] = []
    for name, line in dict.fromkeys(wanted(table)):
        at = places.get(_plain(name), [])
        if len(at) > 1:
            raise InvalidMapping(
                f"{where} has {len(at)} columns called {name!r}",
                where=line,
                remedy=f'say which: "{name} (1)", "{name} (2)" and so on',
            )
        if at:
            found[name] = at[0]
        elif not lenient:
            missing.append((name, line))
    if missing and not found and any(_is_data(header) for header in headers):
        raise UnreadableFile(
            f"it has no header: its first row reads {', '.join(headers[:8])}",
            where=where,
            remedy='give the names of its columns in the mapping: header = ["…", "…"]',
        )
    if missing:
        named = ", ".join(repr(name) for name, _ in missing)
        shown = ", ".join(unique(headers)[:40])
        raise InvalidMapping(f"{where} has no column {named}", where=missing[0][1], remedy=f"its columns are: {shown}")
    return found


def names(table: TablePart, header: str) -> bool:
    """Whether a table's mapping names a column by this header."""
    return _plain(header) in (_plain(name) for name, _ in wanted(table))


def _plain(header: str) -> str:
    return "".join(unicodedata.normalize("NFKC", header).split()).casefold()


def _is_data(header: str) -> bool:
    bare = header.strip().replace(",", "").replace(".", "").replace("-", "").replace("/", "").removesuffix("%")
    return bare.isdigit()


class Cells:
    """One batch of rows, asked by the names a mapping uses."""

    def __init__(self, rows: Rows, places: dict[str, int], refusals: Refusals) -> None:
        self.rows, self.refusals = rows, refusals
        self._places = places
        self._faulty: dict[int, list[int]] = {}
        for number, fault in enumerate(rows.faults):
            self._faulty.setdefault(fault.column, []).append(number)

    def position(self, name: str) -> int | None:
        """Where a column stands in the file; None where it has none of this name."""
        return self._places.get(name)

    def column(self, name: str) -> pa.Array:
        """A column as it stands; nulls where the file has none of this name."""
        place = self._places.get(name)
        return pa.nulls(len(self.rows), pa.string()) if place is None else self.rows.columns[place]

    def text(self, value: Value) -> pa.Array:
        """What a value reads: one column, several joined, or a constant on every row."""
        if value.constant is not None:
            return pa.repeat(pa.scalar(value.constant), len(self.rows))
        columns = [self.column(name) for name in value.columns]
        text = columns[0]
        if len(columns) > 1:
            text = pc.binary_join_element_wise(*(pc.utf8_trim_whitespace(column) for column in columns), value.join)
        return text if value.default is None else pc.fill_null(text, value.default)

    def sound(self, names: Iterable[str]) -> Mask:
        """Rows whose cells in these columns could be read; the others are refused."""
        mask = np.ones(len(self.rows), bool)
        for name in names:
            for number in self._faulty.get(self._places.get(name, -1), []):
                fault = self.rows.faults[number]
                mask[fault.row] = False
                self.refusals.add([fault.row], fault.reason, [f"{name}: {fault.detail}"])
        return mask

    def refuse(self, rows: NDArray[np.int64], reason: str, *, label: str, text: pa.Array | None) -> None:
        """Refuse rows for what one value says."""
        shown = [None] * len(rows) if text is None else text.take(pa.array(rows)).to_pylist()
        details = [label if said is None else f"{label}: {shorten(said)}" for said in shown]
        self.refusals.add(rows.tolist(), reason, details)
