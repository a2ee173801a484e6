"""Distress that spreads along claims, wave by wave: each wave passes on what rose in the one before."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.kernels.compiled import F8, F8_OUT, I8, I8_OUT, INT, REAL, U4, compiled, inlined, several

ONCE = -1.0
"""Steepness that stands for passing on once: who was distressed before takes in, and passes nothing on."""


@inlined
def _felt(steep: float, distress: float) -> float:
    """How much of its distress others feel."""
    return distress if steep <= 0.0 else distress * np.exp(steep * (distress - 1.0))


@compiled(several(INT, REAL, INT)(I8, U4, F8, REAL, REAL, INT, F8_OUT, I8_OUT))
def spread(
    start: NDArray[np.int64],
    into: NDArray[np.uint32],
    weight: NDArray[np.float64],
    steep: float,
    least: float,
    budget: int,
    distress: NDArray[np.float64],
    reached: NDArray[np.int64],
) -> tuple[int, float, int]:
    """Spread distress until no rise exceeds `least`: the waves, the most that waits yet, what is left of the budget.

    `distress` is the shock and becomes what it leads to; `reached` gets the wave in which each was first met, the shock
    being the first.
    """
    size = len(distress)
    told, pending = np.zeros(size), np.zeros(size)
    wave, following = np.empty(size, np.uint32), np.empty(size, np.uint32)
    waiting: Any = np.zeros(size, np.bool_)
    count, waves = 0, 0
    for i in range(size):
        if distress[i] > 0.0:
            wave[count] = i
            count += 1
            reached[i] = 1
    while count > 0 and budget > 0:
        waves += 1
        more = 0
        for k in range(count):
            j = wave[k]
            felt = _felt(steep, distress[j])
            rise = felt - told[j]
            told[j] = felt
            for link in range(start[j], start[j + 1]):
                budget -= 1
                i = into[link]
                pending[i] += weight[link] * rise
                if not waiting[i] and pending[i] > least and distress[i] < 1.0:
                    waiting[i] = True
                    following[more] = i
                    more += 1
        count = 0
        for k in range(more):
            i = following[k]
            waiting[i] = False
            distress[i] = min(1.0, distress[i] + pending[i])
            pending[i] = 0.0
            first = reached[i] == 0
            if first:
                reached[i] = waves + 1
            if first or steep != ONCE:
                wave[count] = i
                count += 1
    left = 0.0
    for k in range(count):  # what the budget left over
        left = max(left, _felt(steep, distress[wave[k]]) - told[wave[k]])
    for i in range(size):
        if distress[i] < 1.0:
            left = max(left, min(pending[i], 1.0 - distress[i]))
    return waves, left, budget
