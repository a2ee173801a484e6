"""Small families and what they hold: persons 0 to 3, companies from 4 on, a government body 9."""

import numpy as np

from analytics.structure.control import STATE, Control, solve_control
from analytics.structure.kinship.circles import PERSON
from analytics.structure.kinship.kin import SPOUSE, Kin, Kinship, degrees, relatives
from analytics.structure.votes import Arrows, Holdings

SIZE = 10
KIND = np.array([PERSON] * 4 + [0] * 5 + [STATE], np.uint8)
Row = tuple[int, int, float]


def owned(*rows: Row, edges: tuple[tuple[int, int], ...] = ()) -> Control:
    return solve_control(
        holdings(*rows), Arrows.of(SIZE, [e[0] for e in edges], [e[1] for e in edges]), kind=KIND
    )  # fmt: skip


def holdings(*rows: Row) -> Holdings:
    tail, head, share = zip(*rows, strict=True) if rows else ((), (), ())
    return Holdings.exact(SIZE, tail, head, share)


def married(*pairs: tuple[int, int], rule: str = "cn-group-2010") -> Kin:
    tail, head = (np.array([pair[end] for pair in pairs], np.uint32) for end in (0, 1))
    unsaid = np.full(len(pairs), -1)
    return relatives(SIZE, Kinship(tail, head, np.full(len(pairs), SPOUSE), unsaid, unsaid), degrees()[rule])
