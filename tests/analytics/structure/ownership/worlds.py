"""Small random ownership, whole numbers of fortieths, and slow second methods that need no code of ours."""

from itertools import product

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray

from graph.bands import LOW_OPEN

SIZE = 6
PARTS = 40
Links = list[tuple[int, int, int]]
Matrix = NDArray[np.float64]


@st.composite
def worlds(draw: st.DrawFn, *, whole: bool = True) -> Links:
    """Holdings (holder, company, fortieths) of at most all, some of all of it, own shares and circles among them."""
    node = st.integers(0, SIZE - 1)
    held = draw(st.lists(st.tuples(node, node, st.sampled_from([1, 3, 8, 13, 20, 21, 40])), max_size=14))
    left = [PARTS if whole else PARTS - 1] * SIZE
    kept: Links = []
    for x, y, parts in held:
        some = min(parts, left[y])
        if some and not (x == y and some > 12):
            left[y] -= some
            kept.append((x, y, some))
    return kept


def arrays(links: Links) -> tuple[list[int], list[int], list[float]]:
    return [r[0] for r in links], [r[1] for r in links], [r[2] / PARTS for r in links]


def matrix_of(links: Links) -> Matrix:
    """Direct shares, own shares redistributed."""
    matrix: Matrix = np.zeros((SIZE, SIZE))
    for x, y, parts in links:
        matrix[x, y] += parts / PARTS
    own = np.diag(matrix).copy()
    np.fill_diagonal(matrix, 0.0)
    return matrix / (1 - own)


def closed_blocks(matrix: Matrix) -> list[set[int]]:
    """Smallest sets of companies that hold all of themselves, by trying every set."""
    found: list[set[int]] = []
    for chosen in sorted(product([False, True], repeat=SIZE), key=sum):
        block = set(np.flatnonzero(chosen).tolist())
        columns = matrix[np.ix_(chosen, chosen)].sum(axis=0)
        if block and (columns > 1 - 1e-9).all() and not any(b <= block for b in found):
            found.append(block)
    return found


def walks_that_do_not_return(matrix: Matrix, owner: int) -> Matrix:
    """Row of the owner with the arrows into it deleted: the sum of all walks, by powers."""
    cut = matrix.copy()
    cut[:, owner] = 0.0
    total, walk = np.zeros(SIZE), cut[owner].copy()
    for _ in range(20_000):
        total += walk
        walk = walk @ cut
        if walk.sum() < 1e-14:
            break
    return total


def dense(matrix: Matrix) -> Matrix:
    """Y = diag(V)⁻¹ (V − I)."""
    inverse = np.linalg.inv(np.eye(SIZE) - matrix)
    return (inverse - np.eye(SIZE)) / np.diag(inverse)[:, None]


Bands = list[tuple[int, int, int, int, int]]


@st.composite
def banded(draw: st.DrawFn) -> Bands:
    """Holdings (holder, company, low, high, ends) in fortieths, one a pair; low ends of at most all, then closed."""
    node = st.integers(0, SIZE - 1)
    pairs = draw(st.lists(st.tuples(node, node).filter(lambda p: p[0] != p[1]), max_size=12, unique=True))
    left = [PARTS] * SIZE
    held: Bands = []
    for x, y in pairs:
        low = min(draw(st.sampled_from([0, 0, 4, 10, 20, 40])), left[y])
        high = draw(st.sampled_from([h for h in (low, 10, 20, 30, 40) if h >= low]))
        left[y] -= low
        held.append((x, y, low, high, draw(st.integers(0, 3)) if high > low else 0))
    return [(x, y, low, high, ends if left[y] else ends & ~LOW_OPEN) for x, y, low, high, ends in held]


def bands_of(held: Bands) -> tuple[list[int], list[int], list[float], list[float]]:
    return [r[0] for r in held], [r[1] for r in held], [r[2] / PARTS for r in held], [r[3] / PARTS for r in held]


def completions(held: Bands, random: np.random.Generator, draws: int) -> Matrix:
    """Direct shares within the bands, columns of at most 1: half at corners of what is possible. (draws, n, n)."""
    matrix: Matrix = np.zeros((draws, SIZE, SIZE))
    for y in sorted({row[1] for row in held}):
        mine = [row for row in held if row[1] == y]
        low = np.array([row[2] for row in mine]) / PARTS
        wide = np.array([row[3] for row in mine]) / PARTS - low
        left = np.full(draws, 1 - low.sum())
        order = np.argsort(random.random((draws, len(mine))), axis=1)
        every = np.arange(draws)
        for k in order.T:
            corner = random.random(draws) < 0.5
            more = np.minimum(wide[k], left) * np.where(corner, 1.0, random.random(draws))
            more *= random.random(draws) < 0.8
            matrix[every, [mine[i][0] for i in k], y] = low[k] + more
            left = np.maximum(left - more, 0.0)
    return matrix


def hits(matrix: Matrix, owner: int) -> Matrix:
    """What the owner holds in each of many worlds, by all walks of up to a million steps: never more than it is.
    (draws, n)."""
    power = matrix.copy()
    power[:, :, owner] = 0.0
    total = power[:, owner]
    for _ in range(20):
        total = total + np.einsum("dk,dkj->dj", total, power)
        power = power @ power
    return total
