"""Numbers of natural persons are never kept: a keyed hash stands in their place, everywhere.

The hash depends on the workspace's key, so equal numbers stay equal inside it and say nothing outside.
"""

import re
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from graph.identifiers import HASHED, RESIDENT_FORM, keyed_hash, may_be_resident_id
from ingest.source import Rejected, Staged

_NUMBER = RESIDENT_FORM.replace("X", "Xx")
_CANDIDATE = rf"(?:^|[^0-9]){_NUMBER}(?:$|[^0-9])"
_RESIDENT = re.compile(rf"{HASHED}[0-9a-f]{{64}}|(?<![0-9]){_NUMBER}(?![0-9])")
"""Hashes are matched first and left alone: they may hold 18 digits by chance."""
_OPEN = frozenset(("place", "op", "source", "kind", "currency", "scheme", "directness", "facility_id"))
"""Columns that name no person; a facility's number may look like a resident's by chance."""


def conceal(text: str, key: bytes) -> str:
    """The text with every resident number in it replaced by its keyed hash.

    >>> conceal("person-11010519491231002X", b"secret").startswith("person-hmac-sha256:")
    True
    """
    return _RESIDENT.sub(lambda match: keyed_hash(match[0], key) if _meant(match[0]) else match[0], text)


def mask(text: str) -> str:
    """The text with every resident number in it struck out, for places where no key is known."""
    return _RESIDENT.sub(lambda match: match[0][:6] + "*" * 12 if _meant(match[0]) else match[0], text)


def _meant(found: str) -> bool:
    return may_be_resident_id(found.upper())


def conceal_staged(staged: Staged, key: bytes | None) -> tuple[Staged, np.ndarray[tuple[int], np.dtype[np.bool_]]]:
    """Rows without resident numbers; without a key, the rows that hold one."""
    rows = staged.rows
    held = np.zeros(len(rows), bool)
    for position, name in enumerate(rows.column_names):
        if name in _OPEN or not pa.types.is_string(rows.schema.field(position).type):
            continue
        if not any(_has_long_number(chunk) for chunk in rows.column(position).chunks):
            continue
        column = rows.column(position).combine_chunks()
        hit = pc.fill_null(pc.match_substring_regex(column, _CANDIDATE), False)
        if not pc.any(hit).as_py():
            continue
        found = np.flatnonzero(hit.to_numpy(zero_copy_only=False))
        texts = column.take(pa.array(found)).to_pylist()
        held[found] |= [any(_meant(match) for match in _RESIDENT.findall(text)) for text in texts]
        if key is not None:
            hidden = pa.array([conceal(text, key) for text in texts], pa.string())
            column = pc.replace_with_mask(column, hit, hidden)
            rows = rows.set_column(position, rows.schema.field(position), column)
    if key is not None:
        held[:] = False
    raw = staged.raw
    return replace(staged, rows=rows, raw=lambda places: [hide(text, key) for text in raw(places)]), held


def _has_long_number(chunk: pa.StringArray) -> bool:
    """Whether 16 digits follow each other anywhere in a column: cheap, so that most columns need no pattern."""
    letters = chunk.buffers()[2]
    if letters is None:
        return False
    digits = np.frombuffer(letters, np.uint8) - np.uint8(48) < 10
    for step in (1, 2, 4, 8):
        digits = digits[:-step] & digits[step:]
    return bool(digits.any())


def hide(text: str, key: bytes | None) -> str:
    """Conceal with a key, strike out without one."""
    return mask(text) if key is None else conceal(text, key)


def conceal_rejected(row: Rejected, key: bytes | None) -> Rejected:
    """A refused row without resident numbers: concealed rows load again just as well."""
    return replace(row, detail=hide(row.detail, key), raw=hide(row.raw, key))


IN_CLEAR = "national id in clear"
