"""One party told of by several rows of a delivery: what one row leaves out, another says.

A shareholder list names a company, a company list names it and gives its address: these are one profile.
Rows that say different things of one field stay apart, and are refused as a contradiction. Where a delivery
brings changes only, what its row leaves out is what was known: a list of shareholders without a column for
the status of a company does not end its status.
"""

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from graph import identity
from graph.columns import NEVER
from graph.facts import Facts
from graph.field import Kind
from graph.model import PROFILE
from graph.schema import own_columns
from ingest.loading.incoming import Incoming

TOLD = ("note",)
"""Columns beside a profile's own that one row may leave to another."""
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


def completed(given: Incoming, facts: Facts) -> Incoming:
    """Profiles of changes, with what they leave out as it is held."""
    if given.kind is not PROFILE or not len(given.rows):
        return given
    held = np.flatnonzero(facts.times(PROFILE).retracted_at == NEVER)
    held = held[np.argsort(facts.times(PROFILE).valid_from[held], kind="stable")[::-1]]
    known = facts.column(PROFILE, "series").take(pa.array(held))
    found = pc.index_in(given.series, value_set=known)  # of several, the one that starts last
    at = pa.array(held, pa.int64()).take(found)
    rows = given.rows
    for name, _ in own_columns(PROFILE):
        before = facts.column(PROFILE, name).take(at).cast(rows.schema.field(name).type)
        rows = rows.set_column(
            rows.schema.get_field_index(name), rows.schema.field(name), pc.coalesce(rows[name], before)
        )
    return replace(given, rows=rows, digest=identity.digests(PROFILE, rows))


def _joined(rows: pa.Table) -> tuple[pa.Table, pa.Table]:
    """The rows that several were joined into, and those that stay as they are."""
    own = [name for name, _ in own_columns(PROFILE)] + list(TOLD)
    same = [name for name in rows.column_names if name not in own and name not in ANY]
    numbered = rows.append_column("row", pa.array(np.arange(len(rows))))
    asked = [(name, how) for name in own for how in ("min", "max")]
    groups = numbered.group_by(same).aggregate([*asked, *((name, "min") for name in ANY), ("row", "list")])
    agree = np.ones(len(groups), bool)
    for name in own:
        least, most = groups[f"{name}_min"], groups[f"{name}_max"]
        agree &= pc.fill_null(pc.equal(least, most), True).to_numpy(zero_copy_only=False)
    agree &= pc.greater(pc.list_value_length(groups["row_list"]), 1).to_numpy(zero_copy_only=False)
    merged, alone = groups.filter(pa.array(agree)), groups.filter(pa.array(~agree))
    columns = [merged[name if name in same else f"{name}_min"] for name in rows.column_names]
    return pa.table(columns, schema=rows.schema), rows.take(pc.list_flatten(alone["row_list"]))
