"""All measures at once, for many weightings of the rows."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

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


MEASURES: Final = (
    Measure("auc", "AUC", "AUC", True),
    Measure("ap", "Average precision", "平均精确率", True),
    Measure("ks", "Kolmogorov–Smirnov", "KS值", True),
    Measure("brier", "Brier score", "Brier分数", False),
    Measure("log_loss", "Log loss", "对数损失", False),
    Measure("ece", "Calibration error", "校准误差", False),
)
NAMES: Final = tuple(measure.name for measure in MEASURES)
AUC: Final = NAMES.index("auc")


class Judge:
    """Rows with what was said of them, ready to be weighed: sorted once."""

    def __init__(self, label: ArrayLike, probability: ArrayLike) -> None:
        self._ordered = Ordered.of(label, probability)
        y, p = np.asarray(label, np.float64), np.asarray(probability, np.float64)
        if (p < 0).any() or (p > 1).any():
            raise InvalidPanel("a probability is below 0 or above 1", where="judging")
        self._losses = np.stack([(p - y) ** 2, surprise(y, p)], axis=1)
        # Bins are those of all rows, whatever the rows weigh.
        self._gaps = np.zeros((len(y), BINS))
        self._gaps[np.arange(len(y)), equal_mass(p)] = p - y

    @property
    def rows(self) -> int:
        """How many there are."""
        return len(self._losses)

    def of(self, weight: Numbers) -> Numbers:
        """Every measure under every weighting: weights (b, n), answers (b, measures); NaN where a class weighs 0."""
        bad, good = self._ordered.curve(weight)
        none = np.zeros((len(weight), 1))
        hits, misses = np.hstack([none, bad]), np.hstack([none, good])
        total = weight.sum(axis=1)
        with np.errstate(divide="ignore", invalid="ignore"):
            there, not_there = bad[:, -1], good[:, -1]
            auc = np.trapezoid(hits, misses, axis=1) / (there * not_there)
            among = bad / (bad + good)
            # Before the first row that weighs something nobody is called risky.
            precise = (np.diff(hits, axis=1) * np.where(bad + good > 0, among, 0.0)).sum(axis=1) / there
            apart = np.abs(bad / there[:, None] - good / not_there[:, None]).max(axis=1)
            loss = weight @ self._losses / total[:, None]
            gap = np.abs(weight @ self._gaps).sum(axis=1) / total
        one_class = (there == 0) | (not_there == 0)
        found = np.column_stack([auc, precise, apart, loss, gap])
        found[one_class, :3] = np.nan
        return np.asarray(found)
