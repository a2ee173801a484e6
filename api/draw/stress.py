"""Networks of all kinds: parties as far apart as links lie between them, no label on another; always the same."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import shortest_path

GAP = 36.0
TALL = 66.0
LINK = 150.0
"""Length of a link between two parties that have no other."""
ROUNDS = 120
CLASHES = 0.35
"""Labels on each other, as a part of all, from which pushing them apart keeps the shape."""

Points = NDArray[np.float64]
Pairs = Sequence[tuple[int, int]]


def by_stress(count: int, pairs: Pairs, widths: Sequence[float], hops: Sequence[int]) -> Points:
    """Places whose distances are as near as can be to those along links (stress majorisation).

    Gansner, Koren & North, "Graph Drawing by Stress Majorization", GD 2004: each round solves one weighted Laplacian
    exactly, so that stress only falls. It starts from rings by `hops`, hence the same network is always placed the
    same. A link is longer where its parties have many, which gives hubs room.
    """
    if count == 1:
        return np.zeros((1, 2))
    wanted = _distances(count, pairs)
    weight = np.divide(1.0, wanted**2, out=np.zeros_like(wanted), where=wanted > 0)
    laplacian = np.diag(weight.sum(axis=1)) - weight
    inverse = np.linalg.inv(laplacian + 1.0 / count) - 1.0 / count
    points = _rings(count, pairs, hops) * LINK
    for _ in range(ROUNDS):
        now = np.hypot(*(points[:, None, axis] - points[None, :, axis] for axis in (0, 1)))
        pull = np.divide(weight * wanted, now, out=np.zeros_like(now), where=now > 1e-9)
        points = inverse @ ((np.diag(pull.sum(axis=1)) - pull) @ points)
    need = np.maximum(np.asarray(widths, np.float64), TALL)
    return _apart(_lying(points), (need[:, None] + need) / 2 + GAP, TALL + GAP / 2)


def _distances(count: int, pairs: Pairs) -> Points:
    """Lengths of the shortest ways; parts that nothing ties stand a little further apart than their own width."""
    ends = np.array([pair for pair in pairs if pair[0] != pair[1]], np.int64).reshape(-1, 2)
    near: NDArray[np.bool_] = np.zeros((count, count), bool)
    near[ends[:, 0], ends[:, 1]] = near[ends[:, 1], ends[:, 0]] = True
    degree = near.sum(axis=1)
    length = LINK * (
        0.7 + 0.3 * np.sqrt(np.minimum.outer(degree, degree)) + 0.1 * np.sqrt(np.maximum.outer(degree, degree))
    )
    ways = shortest_path(csr_array(np.where(near, length, 0.0)), directed=False)
    apart = np.isinf(ways)
    ways[apart] = 1.2 * ways[~apart].max(initial=LINK)
    return np.asarray(ways)


def _rings(count: int, pairs: Pairs, hops: Sequence[int]) -> Points:
    """Parties on rings by distance, each in the sector of what it hangs on."""
    inner: list[list[int]] = [[] for _ in range(count)]
    for tail, head in pairs:
        if hops[tail] != hops[head]:
            near, far = (tail, head) if hops[tail] < hops[head] else (head, tail)
            inner[far].append(near)
    angle = np.zeros(count)
    for hop in range(1, max(hops, default=0) + 1):
        ring = [node for node in range(count) if hops[node] == hop]
        ring.sort(key=lambda node: (min((angle[near] for near in inner[node]), default=0.0), node))
        angle[ring] = 2 * np.pi * np.arange(len(ring)) / max(len(ring), 1)
    radius = np.asarray(hops, np.float64) + 1e-3 * np.arange(count)
    return np.column_stack((radius * np.cos(angle), radius * np.sin(angle)))


def _lying(points: Points) -> Points:
    """Turned so that it is wider than high, as screens are."""
    axes = np.linalg.svd(points - points.mean(axis=0), full_matrices=False)[2]
    return np.asarray(points @ (axes * np.where(axes.sum(axis=1) < 0, -1, 1)[:, None]).T)


def _apart(points: Points, wide: Points, tall: float) -> Points:
    """Stretch until few labels lie on each other, then push those that do off along the line between them."""
    while _clashes(points, wide, tall) > CLASHES * len(points):
        points = points * 1.15
    tie = np.subtract.outer(np.arange(len(points)), np.arange(len(points))) * 1e-3
    for _ in range(200):
        dx, dy = (points[:, None, axis] - points[None, :, axis] + tie for axis in (0, 1))
        near = np.maximum(np.abs(dx) / wide, np.abs(dy) / tall)
        np.fill_diagonal(near, 1.0)
        if near.min() >= 1 - 1e-3:
            break
        push = np.where(near < 1, np.minimum(1 / np.maximum(near, 1e-9) - 1, 1.0) * 0.3, 0.0)
        points = points + np.column_stack(((dx * push).sum(1), (dy * push).sum(1)))
    return points


def _clashes(points: Points, wide: Points, tall: float) -> int:
    dx, dy = (np.abs(points[:, None, axis] - points[None, :, axis]) for axis in (0, 1))
    return int(np.triu((dx < wide) & (dy < tall), 1).sum())
