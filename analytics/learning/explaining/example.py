"""The smallest case there is to explain: two firms, one guarantee, and a net that can be worked out by hand.

Examples of this package start here. A firm fails by itself with the probability that its one figure says. The second
guarantees the first, and could bear just as much as it guarantees: where the first fails, it falls too by
1 − e^(−ln 2), which is a half. It hardly fails by itself, so that its probability is half of the first one's.
"""

from datetime import date
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from analytics.learning.explaining.scene import Scene, Served
from analytics.learning.models.columns import Columns
from analytics.learning.models.first import FirstStage
from analytics.learning.models.model import Numbers
from analytics.learning.panel import Feature, Panel, Ties, Wave
from analytics.learning.serving.blueprint import Blueprint
from analytics.learning.serving.forward import Net
from analytics.learning.serving.inputs import SCALES, Inputs

FIGURE: Final = Feature("said", "fraction", "Probability of failing by itself", "自身违约概率", 1, "own", "example")
NOBODY: Final = np.empty(0, np.int32)


class Stated(FirstStage):
    """A first stage that takes the figure at its word."""

    def predict(self, panel: Panel, at: int, parties: NDArray[np.integer[Any]] | None = None) -> Numbers:
        """Of each party, shape (n,)."""
        said = panel.waves[at].values[:, 0].astype(np.float64)
        return said if parties is None else said[parties]


class Pair:
    """Nets of one seed over both firms."""

    inputs = Inputs(Columns((FIGURE,)), {name: np.array([0.25, 0.0]) if name == "centre" else np.ones(2)
                                         for name in SCALES}, np.zeros(1, np.bool_))  # fmt: skip
    first = Stated(())

    def __init__(self) -> None:
        blueprint = Blueprint("none", ("GUARANTEES",), self.inputs.width, hidden=1, layers=0, rounds=1)
        zero = {f"{name}.bias": np.zeros(1) for name in ("encoder", "first", "own_head", "loud")}
        zero |= {f"{name}.weight": np.zeros((1, 1)) for name in ("own_head", "loud")}
        zero |= {"encoder.weight": np.zeros((1, self.inputs.width)), "first.weight": np.zeros(1)}
        # A borrower hears nothing of who stands behind it: λ of the way "in" is next to 0.
        felt = {f"cascade.{name}": np.array([-30.0, np.log(np.log(2))]) for name in ("hidden", "public")}
        self.nets = (Net(blueprint, {"skip": np.ones(1), **zero, **felt}),)

    def own(self, panel: Panel, at: int) -> Numbers:
        """What the first stage says."""
        return self.first.predict(panel, at)


def pair(first: float = 0.5) -> tuple[Served, Panel]:
    r"""Nets, and a panel of two firms of which the second guarantees the first.

    .. math:: p_2 \approx \tfrac12 p_1

    Parameters
    ----------
    first : float
        Probability that the first fails by itself.

    Raises
    ------
    Nothing.

    Source
    ------
    The noisy-or of `serving.cascade`, worked out by hand.

    Example
    -------
    >>> served, panel = pair(0.5)
    >>> Scene.of(served, panel, 0, 1).probabilities().round(4).tolist()
    [[0.25]]
    """
    one = Ties(np.array([1], np.int32), np.array([0], np.int32), np.array([7.0]), np.array([-1]))
    values = np.array([[first], [1e-6]], np.float32)
    wave = Wave(date(2023, 12, 31), None, values, np.array([7.0, 7.0]), np.zeros(2, np.bool_), NOBODY,
                NOBODY.astype(np.int8), {"GUARANTEES": one})  # fmt: skip
    panel = Panel(("first", "second"), np.ones(2, np.bool_), (FIGURE,), ("GUARANTEES",), (wave,), "example")
    return Pair(), panel


def scene() -> Scene:
    r"""The second firm, with all it hears of.

    .. math:: p = \tfrac12 \cdot \tfrac12

    Parameters
    ----------
    none

    Raises
    ------
    Nothing.

    Source
    ------
    As `pair`.

    Example
    -------
    >>> scene().vicinity.relations
    ('GUARANTEES',)
    """
    return Scene.of(*pair(), 0, 1)
