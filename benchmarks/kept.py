"""Columns of facts made at once, as a load keeps them."""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from graph import identity
from graph.field import Kind
from graph.schema import kept_schema


def kept(kind: Kind, ids: pa.Array, ends: Sequence[NDArray[np.int64]], /, **own: pa.Array) -> pa.Table:
    """Facts of one kind of the first load: ends by number, own columns by name, the rest as usual."""
    schema = kept_schema(kind)
    size = len(ends[0])
    given = {
        **{name: pa.array(end.astype(np.uint32)) for name, end in zip(kind.ends, ends, strict=True)},
        "source": pa.array(["register"] * size),
        "source_ref": pa.array(np.arange(size)).cast(pa.string()),
        "revision": pa.array(np.zeros(size, np.int32)),
        "load": pa.array(np.ones(size, np.int32)),
        "recorded_at": pa.array(np.zeros(size, np.int64)).cast(pa.timestamp("us")),
    } | own
    hashed = ("series", "key", "digest")
    table = pa.table({f.name: given.get(f.name, pa.nulls(size, f.type)) for f in schema if f.name not in hashed})
    series = identity.series(kind, [ids.take(pa.array(end)) for end in ends], table)
    hashes = (series, identity.keys(series, table["valid_from"]), identity.digests(kind, table))
    for name, column in zip(hashed, hashes, strict=True):
        table = table.append_column(name, column)
    return table.select(schema.names)
