"""Two models as one: a line in their log odds, fitted on the rows that settle, then calibrated."""

from dataclasses import dataclass, field
from typing import Final

import numpy as np
from scipy.special import expit

from analytics.learning.models.calibration import Calibration
from analytics.learning.models.keeping import Kept
from analytics.learning.models.logistic import Line
from analytics.learning.models.model import Files, Fitted, Model, Numbers, Reason, Task
from analytics.learning.models.odds import log_odds
from analytics.learning.panel import Panel, Part, Wave
from graph.errors import InvalidModel

NAME: Final = "stack"
PARTS: Final = ("one", "other")


@dataclass(frozen=True, eq=False)
class Stacked:
    """Two models that have learned, and how they are joined."""

    one: Fitted
    other: Fitted
    line: Line
    """Slopes of at least 0: neither is turned round."""
    calibration: Calibration
    name: str = NAME
    _last: list[tuple[Wave, Panel, Numbers]] = field(default_factory=list, repr=False)
    """Log odds of both legs of the wave asked last, as explaining asks for party after party."""

    def predict(self, panel: Panel, at: int) -> Numbers:
        """Probability of default of every party of a wave, (n,). Raises InvalidModel for other features."""
        return self._said(self.line.log_odds(self._odds(panel, at)))

    def _odds(self, panel: Panel, at: int) -> Numbers:
        wave = panel.waves[at]
        for held, of, odds in self._last:
            if held is wave and of.features == panel.features and of.firm is panel.firm:
                return odds
        found = _log_odds(*(leg.predict(panel, at) for leg in self.legs))
        self._last[:] = [(wave, panel.at(at), found)]
        return found

    @property
    def legs(self) -> tuple[Fitted, Fitted]:
        """Both models."""
        return self.one, self.other

    def explain(self, panel: Panel, at: int, party: int, *, most: int = 5) -> tuple[Reason, ...]:
        """Reasons of both: by how much what is said would fall if each leg fell as it says; alike ones together."""
        odds = self._odds(panel, at)[party]
        moved: dict[tuple[str, str, int], tuple[Reason, float]] = {}
        for leg, own, slope in zip(self.legs, odds, self.line.slopes, strict=True):
            for reason in leg.explain(panel, at, party, most=2 * most):
                key = (reason.feature, reason.relation, reason.link)
                less = float(log_odds(expit(own) - reason.effect))
                moved[key] = reason, moved.get(key, (reason, 0.0))[1] + float(slope * (own - less))
        whole = self.line.log_odds(odds)
        effects = [(reason, float(self._said(whole) - self._said(whole - by))) for reason, by in moved.values()]
        effects.sort(key=lambda found: -abs(found[1]))
        return tuple(
            Reason(reason.feature, reason.relation, reason.link, reason.value, by) for reason, by in effects[:most]
        )

    def _said(self, odds: Numbers) -> Numbers:
        return self.calibration(expit(odds))

    def save(self) -> Files:
        """Both models, the line and the calibration."""
        line = {"constant": self.line.constant, "slopes": self.line.slopes.tolist()}
        facts = {"line": line, "calibration": self.calibration.facts(), "legs": [leg.name for leg in self.legs]}
        held = {part: leg.save() for part, leg in zip(PARTS, self.legs, strict=True)}
        return Kept(self.name, facts, Kept.within(**held)).files()


@dataclass(frozen=True)
class Stack:
    """Two ways to learn, joined."""

    one: Model
    other: Model
    name: str = NAME
    graph: bool = True

    def fit(self, task: Task) -> Stacked:
        """Learn both, then join. Raises InvalidPanel."""
        halves = [
            Task(task.panel, task.split, task.seed, lambda done, what, at=at: task.watch((at + done) / 2, what))  # type: ignore[misc]
            for at in (0, 1)
        ]
        return self.joined(task, self.one.fit(halves[0]), self.other.fit(halves[1]))

    def joined(self, task: Task, one: Fitted, other: Fitted) -> Stacked:
        """Join two that have learned, by the rows that settle. Raises InvalidPanel where these hold one class only."""
        panel, split = task.panel, task.split.check(task.panel, Part.VALIDATE)
        said = [
            split.pick(panel, Part.VALIDATE, tuple(leg.predict(panel, at) for at in range(len(panel.waves))))
            for leg in (one, other)
        ]
        label = split.labels(panel, Part.VALIDATE)
        odds = _log_odds(*said)
        line = Line.fitted(odds, label, ridge=1.0, positive=np.ones(2, np.bool_))
        party = np.concatenate([wave.rows[split.rows(at, Part.VALIDATE)] for at, wave in enumerate(panel.waves)])
        calibration = Calibration.chosen(expit(line.log_odds(odds)), label, party, seed=task.seed)
        return Stacked(one, other, line, calibration, self.name)

    def load(self, files: Files) -> Stacked:
        """What was saved. Raises InvalidModel."""
        kept = Kept.read(files, self.name)
        try:
            said = kept.facts["line"]
            line = Line(float(said["constant"]), np.array(said["slopes"], np.float64))
            calibration = Calibration.read(kept.facts["calibration"])
        except (KeyError, TypeError, ValueError):
            raise InvalidModel("does not say how its parts are joined", where=self.name) from None
        one, other = (model.load(kept.part(part)) for model, part in zip((self.one, self.other), PARTS, strict=True))
        return Stacked(one, other, line, calibration, self.name)


def _log_odds(*said: Numbers) -> Numbers:
    """Of probabilities, shape (r, legs)."""
    return log_odds(np.stack(said, axis=-1))
