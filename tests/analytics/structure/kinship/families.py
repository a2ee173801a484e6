"""Small families and what they hold: persons 0 to 3, companies from 4 on, a government body 9."""

import numpy as np

from analytics.structure.control import STATE, Control, solve_control
from analytics.structure.kinship.circles import PERSON
from analytics.structure.kinship.kin import SPOUSE, Kin, Kinship, degrees, relatives
from analytics.structure.votes import Arrows, Holdings

SIZE = 10
KIND = np.array([PERSON] * 4 + [0] * 5 + [STATE], np.uint8)
Row = tuple[int, int, float]
RULE = degrees()["cn-group-2010"]


def owned(*rows: Row, edges: tuple[tuple[int, int], ...] = ()) -> Control:
    return solve_control(
        holdings(*rows), Arrows.of(SIZE, [e[0] for e in edges], [e[1] for e in edges]), kind=KIND
    )  # fmt: skip


def holdings(*rows: Row) -> Holdings:
    tail, head, share = zip(*rows, strict=True) if rows else ((), (), ())
    return Holdings.exact(SIZE, tail, head, share)


def related(*rows: tuple[int, int, int, int, int]) -> Kinship:
    """Stated relations: from, to, kind, line, generations; -1 unsaid."""
    tail, head, kind, line, far = (np.array([row[k] for row in rows], np.int64) for k in range(5))
    return Kinship(tail.astype(np.uint32), head.astype(np.uint32), kind.astype(np.int8), line.astype(np.int8), far)


def married(*pairs: tuple[int, int], rule: str = "cn-group-2010", size: int = SIZE) -> Kin:
    return relatives(size, related(*((x, y, SPOUSE, -1, -1) for x, y in pairs)), degrees()[rule])
