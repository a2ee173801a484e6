"""Weakly connected components by union and find: each link joins two trees, paths are halved on the way."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.kernels.compiled import I8, U4, U4_OUT, compiled, inlined


@inlined
def _root(parent: Any, x: Any) -> Any:
    while parent[x] != x:
        parent[x] = parent[parent[x]]
        x = parent[x]
    return x


@compiled(U4_OUT(I8, U4))
def weak_components(start: NDArray[np.int64], head: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """The smallest node of each node's component; links leave node i at `start[i]:start[i + 1]`.

    The smaller root stays, so that the answer does not depend on the order of links.
    """
    size = len(start) - 1
    parent = np.empty(size, np.uint32)
    for x in range(size):
        parent[x] = x
    for x in range(size):
        a = _root(parent, np.uint32(x))
        for link in range(start[x], start[x + 1]):
            b = _root(parent, head[link])
            if a < b:
                parent[b] = a
            elif b < a:
                parent[a] = b
                a = b
    for x in range(size):
        parent[x] = parent[parent[x]]
    return parent
