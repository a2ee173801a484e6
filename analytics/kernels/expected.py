"""What a debt is expected to pay at a later day, debt by debt."""

import math
from typing import Any

import numpy as np
from numba import types
from numpy.typing import NDArray

from analytics.kernels.compiled import F8, F8_OUT, compiled, inlined

HALF_ROOT = math.sqrt(0.5)


@inlined
def _below(z: float) -> float:
    """Standard normal distribution function."""
    return 0.5 * math.erfc(-z * HALF_ROOT)


@inlined
def _chances(x: Any, assets: Any, sigma: Any) -> Any:
    """That assets fall by more than x, and what part of them is expected where they do."""
    if not (assets > 0.0 and sigma > 0.0):
        sure = 1.0 if x < 0.0 else 0.0
        return sure, sure
    left = 1.0 - x / assets
    if left <= 0.0:
        return 0.0, 0.0
    log = math.log(left)
    return _below((log + sigma * sigma / 2) / sigma), _below((log - sigma * sigma / 2) / sigma)


@compiled(types.void(F8, F8, F8, F8, F8, F8, F8_OUT))
def expect(
    equity: NDArray[np.float64],
    assets: NDArray[np.float64],
    sigma: NDArray[np.float64],
    owed: NDArray[np.float64],
    below: NDArray[np.float64],
    recovery: NDArray[np.float64],
    value: NDArray[np.float64],
) -> None:
    """Fractions of their face that debts are expected to pay; of nothing owed, all."""
    for k in range(len(value)):
        e, a, s, d, j = equity[k], assets[k], sigma[k], owed[k], below[k]
        value[k] = 1.0
        if not d > 0.0:
            continue
        p_own, q_above = _chances(e, a, s)
        p_above = p_own
        if j > 0.0:
            p_above, q_above = _chances(e + j, a, s)
        p_none, q_none = _chances(e + j + d, a, s)
        part = (e + j - a + d) / d * (p_above - p_none) + a / d * (q_above - q_none)
        value[k] = min(1.0, max(0.0, 1.0 - p_own + recovery[k] * (p_own - p_above + part)))
