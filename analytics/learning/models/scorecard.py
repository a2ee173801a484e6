"""The logistic scorecard: weights of evidence of own figures, in points of which so many double the odds."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Final

import numpy as np
from scipy.special import expit

from analytics.credit.scaling import Scale
from analytics.learning.models.binning import Bins
from analytics.learning.models.columns import Columns, Figures, Rows
from analytics.learning.models.keeping import Kept
from analytics.learning.models.logistic import Line
from analytics.learning.models.model import Files, Numbers, Reason, Task
from analytics.learning.panel import Panel, Part
from graph.errors import InvalidModel, InvalidPanel

LEAST: Final = 0.02
"""Information value below which a figure is left out (Siddiqi: unpredictive)."""
MOST: Final = 40
"""Figures, at most: the most telling ones."""
CHANCE: Final = 0.01
"""A figure is left out where one that tells nothing would seem to tell as much more often than this."""
RIDGE: Final = 30.0
"""Of slopes of standardised weights of evidence: figures say much the same of a firm."""


@dataclass(frozen=True)
class Attribute:
    """One line of a scorecard."""

    feature: str
    above: float
    """The bin's numbers lie above this; NaN for categories and what is missing."""
    upto: float
    """… and up to this."""
    category: str
    """Empty for numbers."""
    missing: bool
    rows: int
    bad: int
    woe: float
    points: float


@dataclass(frozen=True)
class FittedScorecard:
    """A scorecard that has learned."""

    columns: Columns
    bins: tuple[Bins, ...]
    line: Line
    """Log odds of default from weights of evidence, turned round: above 0 is riskier."""
    scale: Scale
    name: str = "scorecard"

    def _evidence(self, values: Figures) -> Numbers:
        found = [-bins.weights(values[:, at]) for at, bins in enumerate(self.bins)]
        return np.stack(found, axis=1) if found else np.empty((len(values), 0))

    def predict(self, panel: Panel, at: int) -> Numbers:
        """Probability of default of every party of a wave, shape (n,). Raises InvalidModel for other features."""
        return np.asarray(expit(self.line.log_odds(self._evidence(self.columns.of(panel, at)))))

    def points(self, panel: Panel, at: int) -> Numbers:
        """Points of every party of a wave, shape (n,): more is safer."""
        odds = self.line.log_odds(self._evidence(self.columns.of(panel, at)))
        return np.asarray(self.scale.offset - self.scale.factor * odds)

    def explain(self, panel: Panel, at: int, party: int, *, most: int = 5) -> tuple[Reason, ...]:
        """Figures that move a party most: its probability, less that where the figure's weight is 0, the average."""
        values = self.columns.of(panel, at)[party : party + 1]
        evidence = self._evidence(values)[0]
        odds = self.line.constant + evidence @ self.line.slopes
        without = expit(odds - evidence * self.line.slopes)
        effect = expit(odds) - without
        order = np.argsort(-np.abs(effect), kind="stable")[:most]
        names = self.columns.names
        return tuple(
            Reason(names[k], value=float(values[0, k]), effect=float(effect[k])) for k in order if effect[k] != 0
        )

    def card(self) -> Iterator[Attribute]:
        """Its lines, figure by figure; the points of one line of each figure sum to the score."""
        base = (self.scale.offset - self.scale.factor * self.line.constant) / max(1, len(self.bins))
        for feature, bins, slope in zip(self.columns.features, self.bins, self.line.slopes, strict=True):
            for at, woe in enumerate(bins.woe):
                missing = at == len(bins.woe) - 1
                number = not missing and not bins.codes
                low, high = (-np.inf, *bins.edges, np.inf)[at : at + 2] if number else (np.nan, np.nan)
                category = feature.categories[at] if bins.codes and not missing else ""
                points = base + self.scale.factor * slope * woe
                yield Attribute(feature.name, low, high, category, missing, bins.rows[at], bins.bad[at], woe, points)

    def save(self) -> Files:
        """Bins, slopes and scale, as JSON."""
        return Kept(self.name, {
            "features": self.columns.facts(), "bins": [bins.facts() for bins in self.bins],
            "constant": self.line.constant, "slopes": self.line.slopes.tolist(),
            "scale": [self.scale.base, self.scale.odds, self.scale.double],
        }).files()  # fmt: skip


@dataclass(frozen=True)
class Scorecard:
    """A logistic scorecard on own figures."""

    scale: Scale = field(default_factory=Scale)
    name: str = "scorecard"
    graph: bool = False

    def fit(self, task: Task) -> FittedScorecard:
        """Bin each figure, keep those that tell something, fit a line; a figure never counts against its weights."""
        panel = task.panel
        task.split.check(panel, Part.TRAIN, Part.VALIDATE)
        columns = Columns.scoped(panel, "own")
        if not columns.features:
            raise InvalidPanel("no figure is a firm's own", where="features", remedy="give ratios or events of firms")
        rows = Rows.of(task, Part.TRAIN, partial(columns.of, panel))
        told: list[tuple[float, int, Bins]] = []
        for at, feature in enumerate(columns.features):
            task.watch(at / len(columns.features), f"bins of {feature.name}")
            bins = Bins.fitted(feature, rows.values[:, at], rows.label)
            if bins.chance < CHANCE and bins.information >= LEAST:
                told.append((-bins.information, at, bins))
        chosen = sorted(told, key=lambda one: one[:2])[:MOST]
        chosen.sort(key=lambda one: one[1])
        kept = Columns(tuple(columns.features[at] for _, at, _ in chosen))
        evidence = [-bins.weights(rows.values[:, at]) for _, at, bins in chosen]
        matrix = np.stack(evidence, axis=1) if evidence else np.empty((len(rows.label), 0))
        line = Line.fitted(matrix, rows.label, ridge=RIDGE, positive=np.ones(len(chosen), np.bool_))
        return FittedScorecard(kept, tuple(bins for *_, bins in chosen), line, self.scale, self.name)

    def load(self, files: Files) -> FittedScorecard:
        """What was saved. Raises InvalidModel where it is of another schema or was tampered with."""
        facts = Kept.read(files, self.name).facts
        try:
            columns, bins = Columns.read(facts["features"]), tuple(map(Bins.read, facts["bins"]))
            line = Line(float(facts["constant"]), np.array(facts["slopes"], np.float64))
            found = FittedScorecard(columns, bins, line, Scale(*facts["scale"]), self.name)
        except (KeyError, TypeError, ValueError):
            raise InvalidModel("cannot be read as a scorecard", where=self.name) from None
        if not len(columns.features) == len(bins) == len(line.slopes):
            raise InvalidModel("has not one set of bins and one slope for each figure", where=self.name)
        return found
