"""Measures of probabilities under many drawings of the parties, each in one pass over the rows."""

from typing import NamedTuple

import numpy as np
from numba import types
from numpy.typing import NDArray

from analytics.kernels.compiled import F8, I8, INT, U1, compiled, reads, record, writes

COUNTS = reads(types.uint16).copy(ndim=2)
MEASURES = 6
"""AUC, average precision, Kolmogorov–Smirnov, Brier score, log loss, calibration error."""


class Rows(NamedTuple):
    """n rows from the highest probability to the lowest."""

    party: NDArray[np.int64]
    """Column of the drawings that says how often a row was drawn."""
    label: NDArray[np.uint8]
    last: NDArray[np.uint8]
    """1 where the next row has a lower probability, and at the end."""
    brier: NDArray[np.float64]
    """What each row adds to the Brier score."""
    surprise: NDArray[np.float64]
    """… and to the log loss."""
    gap: NDArray[np.float64]
    """Probability less label."""
    bin: NDArray[np.int64]
    """Of the calibration error."""


ROWS = record(Rows, I8, U1, U1, F8, F8, F8, I8)


@compiled(writes(types.float64).copy(ndim=2)(ROWS, COUNTS, INT))
def measure_drawn(rows: Rows, counts: NDArray[np.uint16], bins: int) -> NDArray[np.float64]:
    """Every measure under every drawing: counts (b, parties), answers (b, 6); NaN where a class was not drawn."""
    times, size = counts.shape[0], len(rows.party)
    found = np.full((times, MEASURES), np.nan)
    gaps = np.empty(bins)
    curve_bad, curve_good = np.empty(size + 1), np.empty(size + 1)
    for draw in range(times):
        bad = good = seen_bad = seen_good = area = precise = brier = surprise = 0.0
        steps = 0
        gaps[:] = 0.0
        for i in range(size):
            often = float(counts[draw, rows.party[i]])
            if often > 0.0:
                if rows.label[i]:
                    bad += often
                else:
                    good += often
                brier += often * rows.brier[i]
                surprise += often * rows.surprise[i]
                gaps[rows.bin[i]] += often * rows.gap[i]
            if rows.last[i] and (bad > seen_bad or good > seen_good):
                area += 0.5 * (bad + seen_bad) * (good - seen_good)
                precise += (bad - seen_bad) * bad / (bad + good)
                seen_bad, seen_good = bad, good
                curve_bad[steps], curve_good[steps] = bad, good
                steps += 1
        total = bad + good
        if total == 0.0:
            continue
        found[draw, 3], found[draw, 4] = brier / total, surprise / total
        found[draw, 5] = np.abs(gaps).sum() / total
        if bad == 0.0 or good == 0.0:
            continue
        apart = 0.0
        for k in range(steps):
            apart = max(apart, abs(curve_bad[k] / bad - curve_good[k] / good))
        found[draw, 0], found[draw, 1], found[draw, 2] = area / (bad * good), precise / bad, apart
    return found
