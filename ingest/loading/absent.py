"""What a full delivery leaves out ends on its day."""

from datetime import datetime, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from graph.columns import NEVER
from graph.delta import ENDED
from graph.facts import Facts
from graph.field import Kind
from graph.holding import EPOCH_DAY, said
from graph.schema import kept_schema
from ingest.loading.incoming import JUDGED, Load, kept
from ingest.timeline import earlier

EPOCH = datetime(1970, 1, 1)


def known_of(facts: Facts, kind: Kind, series: pa.Array) -> NDArray[np.bool_]:
    """Known facts of a kind whose series is among these."""
    found: NDArray[np.bool_] = pc.is_in(facts.column(kind, "series"), value_set=series).to_numpy(zero_copy_only=False)
    return found


def end_absent(kind: Kind, facts: Facts, spoken: NDArray[np.bool_], load: Load) -> tuple[pa.Table, pa.Table, int]:
    """End the facts of the delivery's source that are not spoken of.

    Returns what ended (ENDED), what remains of it (kept rows), and how many ended. Facts that had not
    begun by the delivery's day leave nothing; what was said later than the delivery stays.
    """
    nothing = ENDED.empty_table(), kept_schema(kind).empty_table(), 0
    if kind.name in JUDGED or not facts.rows(kind):
        return nothing
    times = facts.times(kind)
    day = (load.delivered - EPOCH_DAY).days
    standing = (times.retracted_at == NEVER) & (times.valid_to > day) & ~spoken
    gone = np.flatnonzero(standing & _of_source(facts, kind, load.source))
    gone = gone[~_said_later(kind, facts, gone, load)]
    if not len(gone):
        return nothing
    rows = facts.table(kind).take(pa.array(gone))
    at = pc.max_element_wise(rows["recorded_at"].combine_chunks(), pa.scalar(load.instant, pa.timestamp("us")))
    ended = pa.table([rows["key"], rows["revision"], at], schema=ENDED)
    began = pa.array(times.valid_from[gone] < day)
    columns = {name: rows[name].filter(began) for name in rows.column_names}
    columns["valid_to"] = pa.array(np.full(len(columns["key"]), day, np.int32)).cast(pa.date32())
    columns["revision"] = pc.add(columns["revision"], pa.scalar(1, pa.int32()))
    columns["recorded_at"] = at.filter(began)
    columns["said_at"] = pc.coalesce(rows["said_at"], rows["recorded_at"]).filter(began)
    columns["end_said_at"] = pa.array([load.said] * len(columns["key"]), pa.timestamp("us"))
    return ended, kept(kind, columns, load), len(gone)


def _said_later(kind: Kind, facts: Facts, rows: NDArray[np.intp], load: Load) -> NDArray[np.bool_]:
    """Whether facts rest on a statement after a delivery."""
    instants, at = np.unique(said(facts, kind, rows), return_inverse=True)
    later = [earlier(load.said, EPOCH + timedelta(microseconds=int(instant))) for instant in instants]
    return np.array(later, bool)[at.ravel()]


def _of_source(facts: Facts, kind: Kind, source: str) -> NDArray[np.bool_]:
    column = facts.column(kind, "source")
    number = column.dictionary.index(source).as_py()
    found: NDArray[np.bool_] = column.indices.to_numpy(zero_copy_only=False) == number
    return found
