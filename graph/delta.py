"""What one load changes: the parties and facts it brings, the facts it ends.

A delta is the only thing that passes from ingest to the store and to the columns, so both always
say the same. Ends are party numbers: position in the list of all parties, known ones first, then
`parties` of this delta in their order.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pyarrow as pa

PARTIES = pa.schema(
    [
        pa.field("id", pa.string(), nullable=False),
        pa.field("kind", pa.string(), nullable=False),
        pa.field("source", pa.string(), nullable=False),
        pa.field("anonymous", pa.bool_()),
    ]
)
"""Columns of the parties a delta brings."""

ENDED = pa.schema(
    [
        pa.field("key", pa.binary(16), nullable=False),
        pa.field("revision", pa.int32(), nullable=False),
        pa.field("retracted_at", pa.timestamp("us"), nullable=False),
    ]
)
"""Columns of the facts a delta ends; they are retracted by its load."""


@dataclass(frozen=True)
class Delta:
    """What one load changes."""

    load: int
    parties: pa.Table
    """New parties, columns of PARTIES."""
    added: Mapping[str, pa.Table] = field(default_factory=dict)
    """New facts by kind, columns of `graph.schema.kept_schema`."""
    ended: Mapping[str, pa.Table] = field(default_factory=dict)
    """Facts retracted by kind, columns of ENDED."""
