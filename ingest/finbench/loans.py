"""Loans of a snapshot, kept until those who applied for them come."""

from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray


@dataclass
class Loans:
    """Loans read so far, by number."""

    rows: list[pa.Table] = field(default_factory=list)
    raw: list[str] = field(default_factory=list)
    table: pa.Table | None = None
    taken: NDArray[np.bool_] = field(default_factory=lambda: np.zeros(0, bool))

    def close(self) -> pa.Table:
        """All loans as one table; none may come after."""
        if self.table is None:
            empty = {"id": pa.string(), "amount": pa.float64(), "balance": pa.float64(), "place": pa.string()}
            self.table = pa.concat_tables(self.rows) if self.rows else pa.schema(empty).empty_table()
            self.table = self.table.combine_chunks()
            self.taken = np.zeros(len(self.table), bool)
        return self.table
