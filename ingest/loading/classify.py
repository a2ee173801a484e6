"""Which staged rows need no thought: nothing is known of them, or exactly what they say is."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from graph.columns import ALWAYS, FOREVER, NEVER
from graph.facts import Facts
from graph.field import Kind
from graph.holding import EPOCH_DAY
from ingest.loading.grouped import Group
from ingest.loading.incoming import Incoming, Load, days_of


@dataclass(frozen=True)
class Classes:
    """What is known of each incoming row, and which known facts are spoken of."""

    recorded: NDArray[np.bool_]
    """It states a value, and is neither an end nor a correction."""
    fresh: NDArray[np.bool_]
    """Nothing is known of its series and nothing else is said of it."""
    same: NDArray[np.bool_]
    """It says what holds."""
    code: NDArray[np.int64]
    """Number of its series."""
    size: int
    """How many series there are."""
    known: NDArray[np.intp]
    """Rows of the known facts of these series."""
    known_code: NDArray[np.int64]
    """Number of the series of each."""


def classify(given: Incoming, facts: Facts, load: Load) -> Classes:
    """Compare incoming rows with the known facts of their kind, all at once."""
    kind, series = given.kind, given.series.dictionary_encode()
    code, size = series.indices.to_numpy().astype(np.int64), len(series.dictionary)
    number = pc.index_in(facts.column(kind, "series"), value_set=series.dictionary)
    known = np.flatnonzero(number.is_valid().to_numpy(zero_copy_only=False))
    known_code = number.drop_null().to_numpy().astype(np.int64)
    recorded = _records(given)
    plain = recorded & (np.bincount(code, minlength=size)[code] == 1)
    fresh = plain & (np.bincount(known_code, minlength=size)[code] == 0) & _unspoken(given, load)
    same = plain & ~fresh & _says(given, facts, load, _current(facts, kind, known, known_code, size)[code])
    return Classes(recorded, fresh, same, code, size, known, known_code)


def series_groups(classes: Mapping[str, Classes], plain: Mapping[str, NDArray[np.bool_]]) -> Iterator[Group]:
    """Groups by series: those of which some row is not plain."""
    for name, found in classes.items():
        rows = np.flatnonzero(~plain[name])
        if not len(rows):
            continue
        groups: dict[int, Group] = defaultdict(Group)
        for row in rows:
            groups[int(found.code[row])].stated[name].append(int(row))
        spoken = np.zeros(found.size, bool)
        spoken[found.code[rows]] = True
        for at in np.flatnonzero(spoken[found.known_code]):
            groups[int(found.known_code[at])].known[name].append(int(found.known[at]))
        yield from groups.values()


def _records(given: Incoming) -> NDArray[np.bool_]:
    ops = pc.fill_null(given.rows["op"], "record")
    return np.asarray(pc.equal(ops, "record").to_numpy(), bool)


def _unspoken(given: Incoming, load: Load) -> NDArray[np.bool_]:
    """Whether no newer full delivery, loaded already, spoke of a row's time by leaving it out."""
    full = load.sayings.next_full
    if not full:
        return np.ones(len(given.rows), bool)
    return days_of(given.rows["valid_to"], FOREVER) <= (full.delivered - EPOCH_DAY).days


def _current(
    facts: Facts, kind: Kind, known: NDArray[np.intp], code: NDArray[np.int64], size: int
) -> NDArray[np.int64]:
    """The held fact of each series that starts last, -1 where there is none."""
    times = facts.times(kind)
    held = times.retracted_at[known] == NEVER
    rows, code = known[held], code[held]
    order = np.lexsort((times.valid_from[rows], code))
    current = np.full(size, -1, np.int64)
    current[code[order]] = rows[order]
    return current


def _says(given: Incoming, facts: Facts, load: Load, current: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Whether a row says what its series' current fact says: same value, same end, same start or none."""
    kind, there = given.kind, current >= 0
    if not there.any():
        return there
    row = np.where(there, current, 0)
    times = facts.times(kind)
    start = days_of(given.rows["valid_from"], ALWAYS)
    end = days_of(given.rows["valid_to"], FOREVER)
    stated = days_of(facts.column(kind, "stated_from").take(pa.array(row)), ALWAYS)
    begins = times.valid_from[row]
    named = (start != ALWAYS) & ((start == begins) | (start == stated))
    unnamed = (start == ALWAYS) & (begins <= given.day(load))
    ends = times.valid_to[row] == end
    if load.full:  # what had ended by an earlier delivery's silence holds again: the timeline's work
        ends &= (end == FOREVER) & (begins <= (load.delivered - EPOCH_DAY).days)
    agrees: NDArray[np.bool_] = there & _digests_agree(kind, facts, given, row) & (named | unnamed) & ends
    return agrees


def _digests_agree(kind: Kind, facts: Facts, given: Incoming, row: NDArray[np.int64]) -> NDArray[np.bool_]:
    known = _words(facts.column(kind, "digest"))
    return np.equal(known[row], _words(given.digest))


def _words(digests: pa.Array) -> NDArray[np.uint64]:
    start = digests.offset * 8
    return np.frombuffer(digests.buffers()[1] or b"", np.uint8)[start : start + len(digests) * 8].view(np.uint64)
