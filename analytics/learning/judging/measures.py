"""All measures at once, for many drawings of the parties."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analytics.kernels.compiled import frozen
from analytics.kernels.measures import Rows, measure_drawn
from analytics.learning.judging.calibration import BINS, equal_mass, surprise
from analytics.learning.judging.ranking import Numbers, Ordered
from graph.errors import InvalidPanel


@dataclass(frozen=True)
class Measure:
    """One measure."""

    name: str
    en: str
    zh: str
    higher: bool
    """Whether more of it is better."""
    centred: bool = False
    """Whether draws are of a kind that chance alone raises, and are moved so that their mean is what was measured."""


MEASURES: Final = (
    Measure("auc", "AUC", "AUC", True),
    Measure("ap", "Average precision", "平均精确率", True),
    Measure("ks", "Kolmogorov–Smirnov", "KS值", True, centred=True),
    Measure("brier", "Brier score", "Brier分数", False),
    Measure("log_loss", "Log loss", "对数损失", False),
    Measure("ece", "Calibration error", "校准误差", False, centred=True),
)
NAMES: Final = tuple(measure.name for measure in MEASURES)
AUC: Final = NAMES.index("auc")


class Judge:
    """Rows with what was said of them, sorted once, to be weighed as their parties are drawn."""

    def __init__(self, label: ArrayLike, probability: ArrayLike, party: ArrayLike | None = None) -> None:
        ordered = Ordered.of(label, probability)
        order = ordered.order
        y, p = ordered.label, np.asarray(probability, np.float64)[order]
        if p[0] > 1 or p[-1] < 0:
            raise InvalidPanel("a probability is below 0 or above 1", where="judging")
        last = np.zeros(len(y), np.uint8)
        last[ordered.ends] = 1
        whose = order if party is None else np.asarray(party)[order]
        # Bins are those of all rows, however often they are drawn.
        self._rows = Rows(
            frozen(whose, np.int64), frozen(y, np.uint8), frozen(last, np.uint8), frozen((p - y) ** 2, np.float64),
            frozen(surprise(y, p), np.float64), frozen(p - y, np.float64), frozen(equal_mass(p), np.int64),
        )  # fmt: skip
        self.rows = len(y)

    def of(self, counts: NDArray[np.uint16]) -> Numbers:
        """Every measure under every drawing: counts (b, parties), answers (b, 6); NaN where a class was not drawn."""
        return measure_drawn(self._rows, frozen(counts, np.uint16), BINS)

    def whole(self) -> Numbers:
        """Every measure with each row once, shape (6,)."""
        parties = int(self._rows.party.max()) + 1
        return np.asarray(self.of(np.ones((1, parties), np.uint16))[0])
