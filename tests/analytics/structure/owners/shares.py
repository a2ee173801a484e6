"""Shares in the end by exact fractions: walks from an owner that do not come back to it, solved by elimination."""

from fractions import Fraction

from tests.analytics.structure.worlds import SIZE

Row = tuple[int, int, Fraction]


def shares_of(held: list[Row], owner: int, *, size: int = SIZE) -> list[Fraction] | None:
    """y_j = W_ij + Σ_{k ≠ i} y_k W_kj on what the owner reaches; None where that is singular."""
    reached = [owner]
    for x in reached:
        reached += sorted({b for a, b, w in held if a == x and w and b not in reached})
    free = reached[1:]
    rows = []
    for j in free:
        row = [Fraction(int(j == k)) - sum(w for a, b, w in held if (a, b) == (k, j)) for k in free]
        rows.append([*row, sum((w for a, b, w in held if (a, b) == (owner, j)), Fraction(0))])
    for k in range(len(free)):
        pivot = next((r for r in range(k, len(free)) if rows[r][k]), None)
        if pivot is None:
            return None
        rows[k], rows[pivot] = rows[pivot], rows[k]
        rows[k] = [v / rows[k][k] for v in rows[k]]
        for r in range(len(free)):
            if r != k and rows[r][k]:
                rows[r] = [v - rows[r][k] * p for v, p in zip(rows[r], rows[k], strict=True)]
    share = [Fraction(0)] * size
    for k, j in enumerate(free):
        share[j] = rows[k][-1]
    return share


def in_twentieths(held: list[tuple[int, int, int]]) -> list[Row]:
    return [(x, y, Fraction(v, 20)) for x, y, v in held]
