"""What trees see of a panel: own figures, degrees alone, or own figures with all that is heard of neighbours."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol

import numpy as np
from scipy.special import expit, logit

from analytics.learning.features.channels import Channels
from analytics.learning.features.neighbours import DEGREE, RISK, SECOND, STANDING, Neighbours
from analytics.learning.models.columns import Columns, Figures, Rows
from analytics.learning.models.first import FirstStage
from analytics.learning.models.keeping import Kept
from analytics.learning.models.logistic import Line
from analytics.learning.models.model import Files, Numbers, Task
from analytics.learning.panel import Feature, Panel, Part, Wave
from graph.errors import InvalidModel, InvalidPanel

FIRST: Final = "first"
SURE: Final = 1e-9
"""How near to 0 and 1 a probability may come before its logit is taken."""
OWN_RISK: Final = Feature(
    "first_stage", "log odds", "Log odds of default by own figures alone", "仅凭自身数据的违约对数几率", 1, "own",
    "learning.md of the design",
)  # fmt: skip
SPREAD: Final = Feature(
    "propagated", "log odds", "Log odds of default once its neighbours' are heard", "一轮传导后的违约对数几率", 1,
    "neighbours", "learning.md of the design",
)  # fmt: skip


class Sight(Protocol):
    """What is seen of a panel."""

    @property
    def columns(self) -> Columns:
        """All figures seen, in order."""

    def of(self, panel: Panel, at: int) -> Figures:
        """Of every party of a wave, shape (n, k). Raises InvalidModel for another panel."""

    def taught(self, panel: Panel, at: int) -> Figures:
        """The same of the panel learned from: what is said of a firm comes from trees that were grown without it."""

    def facts(self) -> Mapping[str, Any]:
        """As JSON says it."""

    def files(self) -> Files:
        """What it rests on besides."""


@dataclass(frozen=True)
class Own:
    """Own figures."""

    columns: Columns

    @classmethod
    def fitted(cls, task: Task) -> "Own":
        """Of a panel. Raises InvalidPanel where there is none."""
        columns = Columns.scoped(task.panel, "own")
        if not columns.features:
            raise InvalidPanel("no figure is a firm's own", where="features", remedy="give ratios or events of firms")
        return cls(columns)

    @classmethod
    def read(cls, kept: Kept) -> "Own":
        """As it was kept."""
        return cls(Columns.read(kept.facts["features"]))

    def of(self, panel: Panel, at: int) -> Figures:
        """As the panel holds them."""
        return self.columns.of(panel, at)

    taught = of

    def facts(self) -> Mapping[str, Any]:
        """The features."""
        return {"features": self.columns.facts()}

    def files(self) -> Files:
        """None."""
        return {}


@dataclass(frozen=True)
class Degrees:
    """How many links of each relation and way there are, and nothing else: what is left of a graph without wiring."""

    neighbours: Neighbours

    @classmethod
    def fitted(cls, task: Task) -> "Degrees":
        """Of a panel. Raises InvalidPanel where it has no relation."""
        return cls(Neighbours(_channels(task.panel)))

    @classmethod
    def read(cls, kept: Kept) -> "Degrees":
        """As it was kept."""
        return cls(_neighbours(kept))

    @property
    def columns(self) -> Columns:
        """One a channel."""
        return Columns(self.neighbours.features(DEGREE))

    def of(self, panel: Panel, at: int) -> Figures:
        """Counted."""
        return self.neighbours.degrees(_heard(self.neighbours, panel, at), panel.firm).astype(np.float32)

    taught = of

    def facts(self) -> Mapping[str, Any]:
        """The channels."""
        return _said(self.neighbours)

    def files(self) -> Files:
        """None."""
        return {}


@dataclass(frozen=True, eq=False)
class Surroundings:
    """Own figures and the engine's, and of neighbours how many, how much, who failed, how likely they are to.

    Probabilities of neighbours are those of the first stage; in a second round they are those of a line in log odds
    that heard once, with slopes of at least 0 for all that is heard.
    """

    own: Columns
    neighbours: Neighbours
    first: FirstStage
    line: Line

    @classmethod
    def fitted(cls, task: Task) -> "Surroundings":
        """Of a task. Raises InvalidPanel where nothing can be learned."""
        neighbours, first = Neighbours(_channels(task.panel)), FirstStage.of(task)
        flat = cls(Columns.scoped(task.panel, "own", "engine"), neighbours, first, Line(0.0, np.empty(0)))
        rows = Rows.of(task, Part.TRAIN, flat._taught_once(task.panel))
        heard = np.arange(rows.values.shape[1]) > 0
        line = Line.fitted(rows.values, rows.label, ridge=1.0, positive=heard)
        return cls(flat.own, neighbours, first, line)

    @classmethod
    def read(cls, kept: Kept) -> "Surroundings":
        """As it was kept. Raises InvalidModel."""
        said = kept.facts
        line = Line(float(said["constant"]), np.array(said["slopes"], np.float64))
        return cls(Columns.read(said["features"]), _neighbours(kept), FirstStage.load(kept.part(FIRST)), line)

    @property
    def columns(self) -> Columns:
        """Own ones, what the first stage says, what is heard; then the second round."""
        heard = self.neighbours.features
        return Columns((*self.own.features, OWN_RISK, SPREAD, *heard(*STANDING), *heard(RISK), *heard(SECOND)))

    def of(self, panel: Panel, at: int) -> Figures:
        """From what the first stage says."""
        return self._seen(panel, at, self.first.predict(panel, at))

    def taught(self, panel: Panel, at: int) -> Figures:
        """From what the first stage says of each firm without it."""
        return self._seen(panel, at, self.first.cross_fitted[at])

    def _seen(self, panel: Panel, at: int, pd: Numbers) -> Figures:
        wave = _heard(self.neighbours, panel, at)
        once = self._once(panel, wave, pd)
        odds = self.line.log_odds(once)
        count = len(self.neighbours.channels.all)
        parts = (
            self.own.of(panel, at), once[:, :1], odds[:, None], self.neighbours.standing(wave, panel.firm),
            once[:, 1 + count :], self.neighbours.risk(wave, panel.firm, np.asarray(expit(odds))),
        )  # fmt: skip
        return np.column_stack(parts).astype(np.float32)

    def _taught_once(self, panel: Panel) -> Callable[[int], Figures]:
        return lambda at: self._once(panel, panel.waves[at], self.first.cross_fitted[at]).astype(np.float32)

    def _once(self, panel: Panel, wave: Wave, pd: Numbers) -> Numbers:
        """Log odds of the first stage, then over each channel who has failed, then who is likely to."""
        own = np.asarray(logit(np.clip(pd, SURE, 1 - SURE)))[:, None]
        return np.hstack([own, self.neighbours.failed(wave, panel.firm), self.neighbours.risk(wave, panel.firm, pd)])

    def facts(self) -> Mapping[str, Any]:
        """Features, channels and the line of the second round."""
        line = {"constant": self.line.constant, "slopes": self.line.slopes.tolist()}
        return {"features": self.own.facts(), **_said(self.neighbours), **line}

    def files(self) -> Files:
        """The first stage."""
        return Kept.within(**{FIRST: self.first.save()})


def _channels(panel: Panel) -> Channels:
    if not panel.relations:
        raise InvalidPanel("has no relation", where="panel", remedy="use a model of own figures alone")
    return Channels.of(panel)


def _heard(neighbours: Neighbours, panel: Panel, at: int) -> Wave:
    """A wave that has all relations. Raises InvalidModel where one is missing."""
    missing = {*neighbours.channels.relations} - {*panel.relations}
    if missing:
        raise InvalidModel(
            f"the panel lacks {', '.join(sorted(missing))}", where="relations",
            remedy="give the panel the relations the model learned from, or train it again",
        )  # fmt: skip
    return panel.waves[at]


def _said(neighbours: Neighbours) -> dict[str, Any]:
    return {"relations": neighbours.channels.relations, "shared": neighbours.channels.shared}


def _neighbours(kept: Kept) -> Neighbours:
    return Neighbours(Channels.read(kept.facts["relations"], kept.facts["shared"]))
