"""Parties moved between communities, one by one, as long as modularity grows."""

import numpy as np
from numba import types
from numpy.typing import NDArray

from analytics.kernels.compiled import F8, I8, INT, REAL, U4, compiled, several, writes

Found = tuple[NDArray[np.int64], int]
SWEEPS = 50
"""At most: each only raises modularity, the last ones by little."""


@compiled(several(writes(types.int64), INT)(I8, U4, F8, F8, REAL))
def move_parties(
    start: NDArray[np.int64],
    near: NDArray[np.uint32],
    weight: NDArray[np.float64],
    degree: NDArray[np.float64],
    resolution: float,
) -> Found:
    """Move each party to the neighbouring community that it gains most by, over and over, in the order of parties.

    Parties n, entries e of a symmetric network: `start` (n + 1,), `near` and `weight` (e,); what ties a party to
    itself counts in `degree` (n,) and nowhere else. Answers the community of each party, numbered by a member of it,
    and how many moves were made. Of communities that are gained by alike the one met first stays.
    """
    count = len(degree)
    total = degree.sum()
    of = np.arange(count)
    inside = degree.copy()
    tied = np.zeros(count)
    met = np.empty(count, np.int64)
    moves = 0
    for _ in range(SWEEPS):
        moved = 0
        for v in range(count):
            found, own = 0, of[v]
            for k in range(start[v], start[v + 1]):
                u = near[k]
                if u == v:
                    continue
                c = of[u]
                if tied[c] == 0.0:
                    met[found] = c
                    found += 1
                tied[c] += weight[k]
            inside[own] -= degree[v]
            price = resolution * degree[v] / total
            best, gain = own, tied[own] - price * inside[own]
            for i in range(found):
                c = met[i]
                here = tied[c] - price * inside[c]
                if here > gain + 1e-12 * total:
                    best, gain = c, here
            for i in range(found):
                tied[met[i]] = 0.0
            inside[best] += degree[v]
            if best != own:
                of[v] = best
                moved += 1
        moves += moved
        if moved == 0:
            break
    return of, moves
