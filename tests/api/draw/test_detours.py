"""Lines and strangers: where a bent line lies is worked out as the curve it is."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from api.draw.detours import CLEAR, NEAR, detours


def distance(points: np.ndarray, tail: int, head: int, bend: float) -> float:
    """How near the line, as a curve of one steering point, comes to anybody else."""
    start, end = points[tail], points[head]
    along = end - start
    right = np.array([-along[1], along[0]])
    steer = (start + end) / 2 + 2 * bend * right
    t = np.linspace(0, 1, 400)[:, None]
    curve = (1 - t) ** 2 * start + 2 * t * (1 - t) * steer + t**2 * end
    others = np.delete(points, [tail, head], axis=0)
    return float(np.hypot(*(curve[:, None] - others[None]).transpose(2, 0, 1)).min())


@given(st.floats(0.25, 0.75), st.floats(-NEAR + 1, NEAR - 1), st.floats(0, 6.28))
def test_a_line_goes_round_whom_it_would_run_through(part: float, aside: float, turn: float) -> None:
    row = np.array([[0.0, 0.0], [400.0, 0.0], [400.0 * part, aside]])
    points = row @ np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    (bend,) = detours(points, [(0, 1)])
    assert distance(points, 0, 1, 0.0) < NEAR + 1e-6
    assert distance(points, 0, 1, bend) > NEAR
    assert abs(bend) * 400 < 2 * CLEAR + NEAR


def test_a_line_that_meets_nobody_is_straight() -> None:
    points = np.array([[0.0, 0.0], [400.0, 0.0], [200.0, 60.0], [-100.0, 0.0]])
    assert detours(points, [(0, 1), (1, 0), (0, 0)]) == [0.0, 0.0, 0.0]
