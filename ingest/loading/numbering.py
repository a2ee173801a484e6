"""Parties of a delivery get their numbers: known ones keep theirs, new ones follow in the order of ids."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from graph.delta import PARTIES
from graph.facts import UNKNOWN, Facts
from graph.field import PARTY_KINDS


@dataclass(frozen=True)
class Numbering:
    """Numbers of all parties once a delivery is in."""

    facts: Facts
    new: pa.Table
    """Parties the delivery brings, columns of PARTIES, by id."""
    contested: dict[str, str]
    """Ids the delivery calls another kind of party than is known, or two kinds at once, and where; the first stands."""

    def numbers(self, ids: pa.ChunkedArray) -> NDArray[np.uint32]:
        """Number of each id; UNKNOWN where no party of this id has arrived."""
        found = self.facts.numbers(ids)
        missing = np.flatnonzero(found == UNKNOWN)
        if len(missing) and len(self.new):
            places = pc.index_in(ids.take(pa.array(missing)), value_set=self.new["id"].combine_chunks())
            fresh = pc.fill_null(places, -1).to_numpy().astype(np.int64)
            at = fresh >= 0
            found[missing[at]] = (fresh[at] + self.facts.party_count).astype(np.uint32)
        return found

    def ids(self) -> pa.ChunkedArray:
        """Every id, by number."""
        known = self.facts.ids
        chunks = known.chunks if isinstance(known, pa.ChunkedArray) else [known]
        return pa.chunked_array([*chunks, *self.new["id"].chunks], type=pa.string())


def number_parties(staged: pa.Table, facts: Facts) -> Numbering:
    """Number the parties of a delivery; the result does not depend on the order of its files."""
    if not len(staged):
        return Numbering(facts, PARTIES.empty_table(), {})
    grouped = staged.group_by("id").aggregate(
        [("kind", "min"), ("kind", "max"), ("source", "min"), ("anonymous", "max"), ("place", "min")]
    )
    numbers = facts.numbers(grouped["id"])
    known = numbers != UNKNOWN
    codes = pc.fill_null(pc.index_in(grouped["kind_min"], value_set=pa.array(PARTY_KINDS)), -1).to_numpy()
    contested = pc.not_equal(grouped["kind_min"], grouped["kind_max"]).to_numpy().astype(bool)
    contested[known] |= facts.party_kind[numbers[known]] != codes[known]
    fresh = grouped.filter(pa.array(~known)).sort_by("id")
    new = pa.table(
        {
            "id": fresh["id"],
            "kind": fresh["kind_min"],
            "source": fresh["source_min"],
            "anonymous": fresh["anonymous_max"],
        },
        schema=PARTIES,
    )
    odd = grouped.filter(pa.array(contested))
    return Numbering(facts, new, dict(zip(odd["id"].to_pylist(), odd["place_min"].to_pylist(), strict=True)))
