"""What everybody's failure costs in the linear measure, all at once: values pulled back along claims.

Strong components come in an order in which creditors stand before their debtors; between components the order solves,
inside one Gauss–Seidel does.
"""

from typing import Any, NamedTuple

import numpy as np
from numba import types
from numpy.typing import NDArray

from analytics.kernels.compiled import F8, F8_OUT, I8, INT, REAL, U4, U4_OUT, compiled, inlined, reads, record, several

I4 = reads(types.int32)
LOOK = 8
"""Sweeps of one component after which it is asked whether it can settle at all."""


class Claims(NamedTuple):
    """Weighted arrows as they leave each party."""

    start: NDArray[np.int64]
    into: NDArray[np.uint32]
    weight: NDArray[np.float64]


CLAIMS = record(Claims, I8, U4, F8)


@compiled(U4_OUT(I4, INT))
def by_label(label: NDArray[np.int32], count: int) -> NDArray[np.uint32]:
    """Nodes by their labels 0 to count − 1, of one label ascending."""
    place = np.zeros(count + 1, np.int64)
    for i in range(len(label)):
        place[label[i] + 1] += 1
    place = np.cumsum(place)
    node = np.empty(len(label), np.uint32)
    for i in range(len(label)):
        node[place[label[i]]] = i
        place[label[i]] += 1
    return node


@inlined
def _pulled(start: Any, into: Any, weight: Any, x: Any, j: Any) -> Any:
    total = 0.0
    for link in range(start[j], start[j + 1]):
        total += weight[link] * x[into[link]]
    return total


@inlined
def _within(claims: Any, label: Any, members: Any, place: Any, x: Any) -> Any:
    """Claims between members of a component by their places in it, and what each gets from outside."""
    count = 0
    for k in range(len(members)):
        place[members[k]] = k
        count += claims.start[members[k] + 1] - claims.start[members[k]]
    start, value = np.zeros(len(members) + 1, np.int64), np.empty(len(members))
    into, weight, filled = np.empty(count, np.uint32), np.empty(count), 0
    for k in range(len(members)):
        j = members[k]
        value[k] = x[j]
        for link in range(claims.start[j], claims.start[j + 1]):
            i = claims.into[link]
            if label[i] == label[j]:
                into[filled], weight[filled] = place[i], claims.weight[link]
                filled += 1
            else:
                value[k] += claims.weight[link] * x[i]
        start[k + 1] = filled
    return start, into[:filled], weight[:filled], value


@inlined
def _grows(start: Any, into: Any, weight: Any, y: Any) -> Any:
    """Whether every member gets back from within no less than it has: the spectral radius is at least 1."""
    grows = True
    for k in range(len(y)):
        grows = grows and not _pulled(start, into, weight, y, k) < y[k]
    return grows


@compiled(several(INT, REAL)(CLAIMS, I4, U4, REAL, INT, F8_OUT))
def pull(
    claims: Any,
    label: NDArray[np.int32],
    node: NDArray[np.uint32],
    tolerance: float,
    most: int,
    x: NDArray[np.float64],
) -> tuple[int, float]:
    """Solve x = v + Λᵀx where x is v at first; the most sweeps of a component, and the part that its x may still rise.

    `label` numbers components, each after those that it leads to; `node` lists parties by it. Where a component
    cannot settle, or does not within `most` sweeps, infinity is returned in its place.
    """
    sweeps, left, begin, size, place = 1, 0.0, 0, len(node), np.empty(len(node), np.uint32)
    while begin < size:
        j, end = np.int64(node[begin]), begin + 1
        while end < size and label[node[end]] == label[j]:
            end += 1
        if end == begin + 1:
            x[j] += _pulled(claims.start, claims.into, claims.weight, x, j)
            begin = end
            continue
        members = node[begin:end]
        start, into, weight, value = _within(claims, label, members, place, x)
        y, before, rest, sweep = value.copy(), np.inf, np.inf, 0
        while rest > tolerance:
            sweep, change = sweep + 1, 0.0
            for k in range(len(y)):
                new = value[k] + _pulled(start, into, weight, y, k)
                if new > y[k]:
                    change = max(change, (new - y[k]) / new)
                    y[k] = new
            ratio = change / before if before < np.inf else 1.0
            rest = change * max(1.0, ratio / (1.0 - ratio)) if ratio < 1.0 else change if change == 0.0 else np.inf
            before = change
            if sweep >= most or (sweep % LOOK == 0 and _grows(start, into, weight, y)):
                return sweep, np.inf
        x[members] = y
        sweeps, left, begin = max(sweeps, sweep), max(left, rest), end
    return sweeps, left


@compiled(types.void(CLAIMS, CLAIMS, U4, INT, F8_OUT))
def returns(claims: Any, back: Any, parties: NDArray[np.uint32], most: int, returned: NDArray[np.float64]) -> None:
    """What of each of some parties' distress comes back to it for the first time in two or three steps.

    None owes to itself; `back` is the claims the other way round. Three steps are left out of a party where they would
    read more than `most` links.
    """
    start, into, weight = claims.start, claims.into, claims.weight
    last = np.zeros(len(returned))
    for i in parties:
        for link in range(back.start[i], back.start[i + 1]):
            last[back.into[link]] += back.weight[link]
        total, work = 0.0, 0
        for link in range(start[i], start[i + 1]):
            total += weight[link] * last[into[link]]
            work += start[into[link] + 1] - start[into[link]]
        for link in range(start[i], start[i + 1] if work <= most else start[i]):
            total += weight[link] * _pulled(start, into, weight, last, into[link])
        for link in range(back.start[i], back.start[i + 1]):
            last[back.into[link]] = 0.0
        returned[i] = total
