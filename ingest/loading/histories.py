"""Histories told at once of what was not known: rule 6 of the timeline, for all of them together."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from ingest.loading.classify import Classes
from ingest.loading.incoming import ALWAYS, FOREVER, Incoming, Load, days_of


def histories(given: Incoming, found: Classes, load: Load) -> tuple[NDArray[np.intp], pa.Array]:
    """Rows of series told by several rows of one statement, nothing known of them, each with its own start.

    Returns the rows and the day on which each ends: its own end, or the start of the next row.
    """
    size = found.size
    several = found.recorded & (np.bincount(found.code, minlength=size)[found.code] > 1)
    several &= np.bincount(found.known_code, minlength=size)[found.code] == 0
    if load.sayings.next_full:  # what it left out bounds them: the timeline's work
        several[:] = False
    rows = np.flatnonzero(several)
    start = days_of(given.rows["valid_from"], ALWAYS)[rows].astype(np.int64)
    order = np.lexsort((start, found.code[rows]))
    rows, start, code = rows[order], start[order], found.code[rows][order]
    follows = np.zeros(len(rows), bool)
    follows[1:] = code[1:] == code[:-1]
    said = pc.fill_null(given.rows["stated_at"].cast(pa.int64()), np.iinfo(np.int64).min).to_numpy()[rows]
    day = given.day(load)[rows]
    end = days_of(given.rows["valid_to"], FOREVER)[rows].astype(np.int64)
    odd = end <= start
    odd[1:] |= follows[1:] & ((start[1:] == start[:-1]) | (said[1:] != said[:-1]) | (day[1:] != day[:-1]))
    spoiled = np.zeros(size, bool)
    spoiled[code[odd]] = True
    spoiled[found.code[~found.recorded]] = True
    keep = ~spoiled[code]
    following = np.full(len(rows), FOREVER, np.int64)
    following[:-1][follows[1:]] = start[1:][follows[1:]]
    until = np.minimum(end, following)[keep]
    return rows[keep], pa.array(until.astype(np.int32), mask=until == FOREVER).cast(pa.date32())
