"""Lines that would run through a party which they do not touch bend round it."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

NEAR, CLEAR = 24.0, 36.0
"""So near a line seems to end at a party; so far from it does one that goes round."""
MOST = 0.23
"""Most that the middle of a line bends aside, as a part of its length."""
INNER = 0.3
"""How much of the bend in its middle a line must have beside a party: at its ends it has none, and cannot go round."""


def detours(points: NDArray[np.float64], pairs: Sequence[tuple[int, int]]) -> list[float]:
    """How far the middle of each line bends to the right of its direction, as a part of its length; most not at all.

    >>> [round(bend, 2) for bend in detours(np.array([[0.0, 0], [100, 0], [200, 0]]), [(0, 1), (0, 2)])]
    [0.0, 0.18]
    """
    return [_detour(points, tail, head) for tail, head in pairs]


def _detour(points: NDArray[np.float64], tail: int, head: int) -> float:
    along = points[head] - points[tail]
    long = float(np.hypot(*along))
    if not long:
        return 0.0
    others = np.delete(points, [tail, head], axis=0) - points[tail]
    part = others @ along / long**2
    aside = (along[0] * others[:, 1] - along[1] * others[:, 0]) / long
    # A line whose middle bends by b lies 4 t (1 - t) b aside where the part t of it is run.
    lift = 4 * part * (1 - part)
    beside = lift > INNER
    lift, aside = lift[beside], aside[beside]
    near = np.abs(aside) < NEAR
    if not near.any():
        return 0.0
    tried = np.concatenate([(aside[near] + side * CLEAR) / lift[near] for side in (1, -1)])
    tried = np.append(tried[np.abs(tried) <= MOST * long], 0.0)
    clear = np.abs(np.outer(tried, lift) - aside).min(axis=1)
    # Clear of everybody by the least bend; where no bend is, as clear as can be.
    order = np.lexsort((np.abs(tried), -np.minimum(clear, CLEAR - 1e-6)))
    return float(tried[order[0]]) / long
