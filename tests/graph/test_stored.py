from datetime import date, datetime

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph import identity
from graph.field import Kind
from graph.model import KINDS, OWNS
from graph.schema import kept_schema
from graph.stored import from_stored, properties, stored_schema, to_stored

IDS = pa.array(["登记:甲", "登记:乙", "other:丙 1"])


def numbers(ids: pa.Array) -> np.ndarray:
    return np.array([IDS.to_pylist().index(party) for party in ids.to_pylist()], np.uint32)


def values(form: pa.DataType) -> st.SearchStrategy[object]:
    if pa.types.is_integer(form):
        return st.integers(0, 2 ** (form.bit_width - 1) - 1)
    if pa.types.is_fixed_size_binary(form):
        return st.binary(min_size=form.byte_width, max_size=form.byte_width)
    simple = {
        pa.float64(): st.floats(allow_nan=False),
        pa.bool_(): st.booleans(),
        pa.date32(): st.dates(),
        pa.timestamp("us"): st.datetimes(),
    }
    return simple.get(form, st.text(st.characters(codec="utf-8"), max_size=4))


ALWAYS = ("key", "series", "revision", "digest", "recorded_at", "load", "source", "source_ref")


@st.composite
def kept(draw: st.DrawFn, kind: Kind) -> pa.Table:
    schema = kept_schema(kind)
    rows = []
    for _ in range(draw(st.integers(0, 4))):
        row = {}
        for field in schema:
            if field.name in kind.ends:
                row[field.name] = draw(st.integers(0, len(IDS) - 1))
            else:
                some = values(field.type)
                row[field.name] = draw(some if field.name in ALWAYS else st.none() | some)
        rows.append(row)
    table = pa.Table.from_pylist(rows, schema=schema)
    series = identity.series(kind, [IDS.take(table[end].combine_chunks()) for end in kind.ends], table)
    return table.set_column(table.schema.get_field_index("series"), "series", series)


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
@given(data=st.data())
@settings(max_examples=20)
def test_what_is_kept_comes_back_from_the_store_as_it_was(kind: Kind, data: st.DataObject) -> None:
    table = data.draw(kept(kind))
    stored = to_stored(kind, table, IDS)
    assert stored.schema == stored_schema(kind)
    back = from_stored(kind, stored, numbers)
    assert back.schema == kept_schema(kind)
    assert back.to_pylist() == table.to_pylist()


def test_times_are_written_so_that_text_order_is_time_order() -> None:
    when = datetime(2024, 3, 1, 12, 30, 0, 5)
    schema = kept_schema(OWNS)
    row = {"from": 0, "to": 1, "key": bytes(16), "series": bytes(16), "revision": 2, "digest": bytes(8), "load": 1}
    row |= {"recorded_at": when, "valid_from": date(987, 1, 2), "source": "s", "source_ref": "r"}
    stored = to_stored(OWNS, pa.Table.from_pylist([row], schema=schema), IDS)
    assert properties(stored) == [
        {
            "from": "登记:甲",
            "to": "登记:乙",
            "fact_id": "0" * 32 + ".2",
            "digest": "0" * 16,
            "valid_from": "0987-01-02",
            "recorded_at": "2024-03-01T12:30:00.000005Z",
            "load": 1,
            "source": "s",
            "source_ref": "r",
        }
    ]
