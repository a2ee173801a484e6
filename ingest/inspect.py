"""A look at a table before anything is known of it: its columns, what they hold, what they may mean."""

import itertools
import re
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from graph.errors import UnreadableFile
from graph.field import PARTY_KINDS, Type
from ingest.bands import bands
from ingest.days import days
from ingest.encoding import detect
from ingest.ends import ID_WORDS, TYPE_WORDS, plain
from ingest.guesses import Guess, guess
from ingest.privacy import mask
from ingest.source import Rejected
from ingest.tabular.layout import Layout
from ingest.tabular.open import DELIMITED, LINES, WORKBOOKS, read_rows
from ingest.tabular.rows import Rows, shorten, unique
from ingest.tabular.titles import Title, header_of, title_of
from ingest.tabular.workbook import sheets
from ingest.unit_columns import currency_column, with_units
from ingest.values import Parsed, choices, flags, numbers
from ingest.words import words_of

SAMPLE_ROWS = 100_000
_EXAMPLES = 5
_AGREE = 0.9
"""Share of the distinct cells that must read as a type for it to be taken before the types behind it are tried."""

_RARE = 0.05
"""Share of cells that says nothing of the others."""


@dataclass(frozen=True)
class Column:
    """What a column holds, as far as the sample shows."""

    name: str
    filled: float
    """Fraction of rows with something in it."""
    distinct: int
    type: Type
    """What its cells read as: text, number, band, date or flag."""
    low: str
    high: str
    """Least and greatest value in the order of its type; empty where nothing is in it."""
    examples: tuple[str, ...]
    faults: int
    """Cells that cannot be read at all."""
    misfits: int
    """Filled cells that do not read as its type."""
    misfit: str
    """One of them."""


@dataclass(frozen=True)
class Look:
    """What one table looks like."""

    path: Path
    sheet: str
    """Sheet of a workbook that has several; empty otherwise."""
    encoding: str
    """Empty for formats that have none of their own."""
    rows: int
    """Rows looked at."""
    whole: bool
    """Whether these were all."""
    columns: tuple[Column, ...]
    refused: tuple[Rejected, ...]
    """The first rows that do not fit the table."""
    guess: Guess
    """What kinds of fact the table seems to state, and which columns say what."""
    title: Title
    """Lines that seem to stand above its header."""


def looks(path: Path, *, rows: int = SAMPLE_ROWS) -> list[Look]:
    """Look at every table of a file: one, or one for each sheet of a workbook; raises UnreadableFile."""
    names = sheets(path) if path.suffix.lower() in WORKBOOKS else []
    if len(names) < 2:
        return [look(path, rows=rows)]
    found = []
    for name in names:
        # A sheet without cells says nothing, and is no reason to refuse the others.
        with suppress(UnreadableFile):
            found.append(look(path, sheet=name, rows=rows))
    return found or [look(path, rows=rows)]


def look(path: Path, *, sheet: str = "", rows: int = SAMPLE_ROWS) -> Look:
    """Look at the beginning of a table; raises UnreadableFile."""
    refused: list[Rejected] = []
    batches: list[Rows] = []
    count = 0
    title = title_of(path, Layout(path.name, sheet=sheet))
    layout = Layout(path.name, sheet=sheet, skip=title.lines)
    found = read_rows(path, layout)
    for item in found:
        if isinstance(item, Rejected):
            refused = [*refused, item][:_EXAMPLES]
            continue
        batches.append(item)
        count += len(item)
        if count >= rows:
            break
    whole = next(found, None) is None
    columns = _columns(batches or [_no_rows(path, layout)])
    text = path.suffix.lower() in (*DELIMITED, *LINES)
    kinds = {column.name: column.type if count else None for column in columns}
    highs = {column.name: column.high for column in columns if column.type == "number"}
    empty = frozenset(column.name for column in columns if count and not column.filled)
    told = guess(kinds, highs, title=path.stem, kinds=_party_kinds(batches), named=named_in(columns), empty=empty)
    told = with_units(told, _cells_of(batches, (*told.unused, *filter(None, [currency_column(told)]))))
    papers = {end.id for end in told.ends if end and end.document}
    shown = tuple(_hidden(column) if column.name in papers else column for column in columns)
    return Look(path, sheet, detect(path) if text else "", count, whole, shown, tuple(refused), told, title)


def _hidden(column: Column) -> Column:
    """A column of persons' papers without what stands in it: neither form nor length tells a number from another."""
    hidden = "*" * 6
    return replace(column, low="", high="", examples=(hidden,) * bool(column.examples), misfit=hidden)


def _cells_of(batches: list[Rows], names: tuple[str, ...]) -> dict[str, pa.Array]:
    """The cells of some columns, of all batches that have them."""
    parts: dict[str, list[pa.Array]] = {name: [] for name in names}
    for batch in batches:
        for name, column in zip(unique(batch.headers), batch.columns, strict=True):
            if name in parts:
                parts[name].append(column)
    return {name: pa.chunked_array(some, pa.string()).combine_chunks() for name, some in parts.items()}


def _no_rows(path: Path, layout: Layout) -> Rows:
    """The headers of a table without rows."""
    headers = header_of(path, layout)
    return Rows(layout.name, headers, tuple(pa.nulls(0, pa.string()) for _ in headers), np.zeros(0, np.int64))


def _party_kinds(batches: list[Rows]) -> frozenset[str]:
    """Columns of few words, most of which mean a company, a person or a state.

    What is called a number says no kind, and a letter (C, P, S) only says one under a header that speaks of kinds.
    """
    words = words_of("Party", "kind", PARTY_KINDS)
    found = set()
    for position, header in enumerate(batches[0].headers if batches else ()):
        typed = re.search(TYPE_WORDS, plain(header)) is not None
        if re.search(ID_WORDS, plain(header)) and not typed:
            continue
        said = batches[0].columns[position].drop_null()
        if len(said) and len(pc.unique(said)) < 20:
            meant = {word: kind for word, kind in words.items() if typed or len(word) > 1}
            read, lost = _said(choices(said, meant), said)
            found |= {header} if read > lost else set()
    return frozenset(found)


def named_in(columns: tuple[Column, ...]) -> frozenset[str]:
    """Columns most of whose cells are names rather than numbers: Chinese, or several words."""
    return frozenset(
        c.name for c in columns if 2 * sum(not e.isascii() or " " in e for e in c.examples) > len(c.examples)
    )


def _columns(batches: list[Rows]) -> tuple[Column, ...]:
    names = dict.fromkeys(itertools.chain.from_iterable(unique(batch.headers) for batch in batches))
    columns = []
    for name in names:
        parts, faults = [], 0
        for batch in batches:
            headers = unique(batch.headers)
            if name not in headers:
                parts.append(pa.nulls(len(batch), pa.string()))
                continue
            place = headers.index(name)
            parts.append(batch.columns[place])
            faults += sum(fault.column == place for fault in batch.faults)
        columns.append(_column(name, pa.chunked_array(parts, pa.string()).combine_chunks(), faults))
    return tuple(columns)


def _column(name: str, text: pa.Array, faults: int) -> Column:
    said = text.drop_null()
    counted = pc.value_counts(said)
    distinct = counted.field("values")
    cells = _Cells(distinct, counted.field("counts").to_numpy())
    kind, values, lost = _type(cells)
    bounds = pc.min_max(values).as_py() if len(values) and values.null_count < len(values) else {"min": "", "max": ""}
    examples = tuple(shorten(mask(example))[:60] for example in distinct[:_EXAMPLES].to_pylist())
    filled = len(said) / max(len(text), 1)
    low, high = (shorten(str(bounds[end])) for end in ("min", "max"))
    misfit = shorten(mask(distinct[int(lost[0])].as_py()))[:60] if len(lost) else ""
    misfits = int(cells.counts[lost].sum())
    return Column(name, filled, len(distinct), kind, low, high, examples, faults, misfits, misfit)


@dataclass(frozen=True)
class _Cells:
    """Distinct cells, and how often each is there."""

    distinct: pa.Array
    counts: NDArray[np.int64]

    def number(self, pattern: str) -> int:
        """How many cells look like this."""
        return int(self.counts[pc.match_substring_regex(self.distinct, pattern).to_numpy(zero_copy_only=False)].sum())

    def said(self, read: Parsed) -> int:
        """How many cells say something that reads as a type."""
        return int(self.counts[read.arrays[0].is_valid().to_numpy(zero_copy_only=False)].sum())


def _type(cells: _Cells) -> tuple[Type, pa.Array, NDArray[np.int64]]:
    """The narrowest type most of the cells read as, the values of the distinct ones, and which of these do not fit."""
    distinct = cells.distinct
    nothing = np.zeros(0, np.int64)
    if not len(distinct):
        return "text", distinct, nothing
    # A leading zero or many digits are a number's name, not an amount; a few amounts are that large.
    zeros = cells.number(r"^0\d") > _RARE * cells.counts.sum()
    long = pc.sum(pc.match_substring_regex(distinct, r"^\d{12,}$")).as_py()
    named = zeros or len(distinct) - long < _AGREE * len(distinct)
    serial = pc.all(pc.match_substring_regex(distinct, r"^\d{5}$")).as_py()
    tried: dict[Type, Parsed] = {} if serial else {"date": days(distinct)}
    if not named:
        tried |= {"flag": flags(distinct)} if len(distinct) > 1 else {}
        tried |= {"number": numbers(distinct), "band": bands(distinct)}
    agreed = next((one for one in tried.items() if _reads(one[1], distinct)), None)
    kind, read = agreed or max(
        tried.items(), key=lambda one: cells.said(one[1]), default=("text", Parsed((distinct,)))
    )  # fmt: skip
    lost = _lost(read)
    # A majority of good cells suffices: the bad ones are told here, and a load refuses them one by one.
    if cells.said(read) <= cells.counts[lost].sum():
        return "text", distinct, nothing
    return kind, pc.utf8_lower(distinct) if kind == "flag" else read.arrays[0], lost


def _lost(read: Parsed) -> NDArray[np.int64]:
    """Distinct cells that do not read as a type, the first one first."""
    return np.sort(np.concatenate([np.zeros(0, np.int64), *(fault.rows for fault in read.faults)]))


def _reads(read: Parsed, distinct: pa.Array) -> bool:
    said, lost = _said(read, distinct)
    return said > 0 and said >= _AGREE * (said + lost)


def _said(read: Parsed, cells: pa.Array) -> tuple[int, int]:
    """Cells that read as a type, and cells that do not."""
    return len(cells) - read.arrays[0].null_count, sum(len(fault.rows) for fault in read.faults)
