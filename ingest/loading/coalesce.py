"""One party told of by several rows of a delivery: what one row leaves out, another says.

A shareholder list names a company, a company list names it and gives its address: these are one profile.
Rows that say different things of one field stay apart, and are refused as a contradiction. Where a delivery
brings changes only, what its row leaves out is what was known, or what an earlier row of it said: a list of
shareholders without a column for the status of a company does not end its status.
"""

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from graph import identity
from graph.columns import ALWAYS, NEVER
from graph.facts import Facts
from graph.field import Kind
from graph.model import PROFILE
from graph.schema import own_columns
from ingest.loading.incoming import Incoming, Load
from ingest.loading.turns import Turns

TOLD = ("note",)
"""Columns beside a profile's own that one row may leave to another."""
OWN = [*(name for name, _ in own_columns(PROFILE)), *TOLD]
"""What a profile says."""
ANY = ("place",)
"""Columns of which any row's value will do."""


def coalesced(kind: Kind, rows: pa.Table) -> tuple[pa.Table, int]:
    """Profiles with those joined that contradict each other nowhere, and how many rows that spared."""
    if kind is not PROFILE:
        return rows, 0
    counted = pc.value_counts(rows["party"])
    often = counted.field("values").filter(pc.greater(counted.field("counts"), 1))
    if not len(often):
        return rows, 0
    doubled = pc.is_in(rows["party"], value_set=often)
    joined, left = _joined(rows.filter(doubled))
    whole = pa.concat_tables([rows.filter(pc.invert(doubled)), left, joined])
    return whole, len(rows) - len(whole)


def completed(given: Incoming, facts: Facts, load: Load) -> Incoming:
    """Profiles of changes, with what they leave out as it is held when they begin, else on the day they are said."""
    if given.kind is not PROFILE or not len(given.rows):
        return given
    turns = Turns(given, load)
    rows, since = given.rows, np.full(len(given.rows), ALWAYS, np.int32)
    if facts.rows(PROFILE):
        at = pc.coalesce(*(_holding(given.series, day, facts) for day in (turns.begins, given.day(load))))
        for name in OWN:
            before = facts.column(PROFILE, name).take(at).cast(rows.schema.field(name).type)
            rows = rows.set_column(
                rows.schema.get_field_index(name), rows.schema.field(name), pc.coalesce(rows[name], before)
            )
        held = at.is_valid().to_numpy(zero_copy_only=False)
        since[held] = facts.times(PROFILE).valid_from[at.drop_null().to_numpy()]
    rows = turns.filled(rows, OWN, since)
    return replace(given, rows=rows, digest=identity.digests(PROFILE, rows))


def _holding(series: pa.Array, day: NDArray[np.int32], facts: Facts) -> pa.Array:
    """Row of the profile of each series that is held of a day; null where there is none."""
    asked = series.dictionary_encode()
    number = pc.index_in(facts.column(PROFILE, "series"), value_set=asked.dictionary)
    times = facts.times(PROFILE)
    rows = np.flatnonzero(number.is_valid().to_numpy(zero_copy_only=False) & (times.retracted_at == NEVER))
    marks = _mark(number.take(pa.array(rows)).to_numpy(), times.valid_from[rows])
    order = np.argsort(marks)
    rows, marks = np.append(rows[order], 0), np.append(marks[order], -1)
    wanted = _mark(asked.indices.to_numpy(), day)
    place = np.searchsorted(marks[:-1], wanted, side="right") - 1  # the last that began; -1 is nobody's
    there = (marks[place] >> 32 == wanted >> 32) & (times.valid_to[rows[place]] > day)
    return pa.array(rows[place], pa.int64(), mask=~there)


def _mark(series: NDArray[np.integer], day: NDArray[np.int32]) -> NDArray[np.int64]:
    """Numbers in the order of series, within each of days."""
    marks: NDArray[np.int64] = (series.astype(np.int64) << 32) + (day.astype(np.int64) - ALWAYS)
    return marks


def _joined(rows: pa.Table) -> tuple[pa.Table, pa.Table]:
    """The rows that several were joined into, and those that stay as they are."""
    same = [name for name in rows.column_names if name not in OWN and name not in ANY]
    numbered = rows.append_column("row", pa.array(np.arange(len(rows))))
    asked = [(name, how) for name in OWN for how in ("min", "max")]
    groups = numbered.group_by(same).aggregate([*asked, *((name, "min") for name in ANY), ("row", "list")])
    agree = np.ones(len(groups), bool)
    for name in OWN:
        least, most = groups[f"{name}_min"], groups[f"{name}_max"]
        agree &= pc.fill_null(pc.equal(least, most), True).to_numpy(zero_copy_only=False)
    agree &= pc.greater(pc.list_value_length(groups["row_list"]), 1).to_numpy(zero_copy_only=False)
    merged, alone = groups.filter(pa.array(agree)), groups.filter(pa.array(~agree))
    columns = [merged[name if name in same else f"{name}_min"] for name in rows.column_names]
    return pa.table(columns, schema=rows.schema), rows.take(pc.list_flatten(alone["row_list"]))
