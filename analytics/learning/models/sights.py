"""What trees see of a panel: own figures, degrees alone, or own figures with all that is heard of neighbours."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple, Protocol

import numpy as np

from analytics.learning.features.channels import Channels
from analytics.learning.features.neighbours import DEGREE, RISK, SECOND, STANDING, Neighbours
from analytics.learning.models.columns import Columns, Figures
from analytics.learning.models.first import FirstStage
from analytics.learning.models.keeping import Kept
from analytics.learning.models.model import Files, Numbers, Task
from analytics.learning.models.odds import log_odds
from analytics.learning.models.propagation import Propagation
from analytics.learning.panel import Feature, Panel, Part, Wave
from graph.errors import InvalidModel, InvalidPanel

FIRST: Final = "first"
SOURCE: Final = "learning.md of the design"
OWN_RISK: Final = Feature(
    "first_stage",
    "log odds",
    "Log odds of default by own figures alone",
    "仅凭自身数据的违约对数几率",
    1,
    "own",
    SOURCE,
)
SPREAD: Final = Feature(
    "propagated", "log odds", "Log odds of default once neighbours are heard", "传导后的违约对数几率", 1, "neighbours",
    SOURCE,
)  # fmt: skip
HAZARD: Final = Feature("hazard", "hazard", "Hazard that neighbours add", "邻居传导的违约强度", 1, "neighbours", SOURCE)


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
        return self.neighbours.degrees(_checked(self.neighbours, panel, at), panel.firm).astype(np.float32)

    taught = of

    def facts(self) -> Mapping[str, Any]:
        """The channels."""
        return _said(self.neighbours)

    def files(self) -> Files:
        """None."""
        return {}


class Travelled(NamedTuple):
    """How defaults travelled over a wave, round by round."""

    odds: Numbers
    """Log odds of the first stage, (n,)."""
    said: tuple[Numbers, ...]
    """Probabilities before the first round and after each, (n,)."""
    told: tuple[Numbers, ...]
    """What was heard in each round, (n, k)."""


@dataclass(frozen=True, eq=False)
class Surroundings:
    """Own figures and the engine's, and of neighbours how many, how much, who failed, how likely they are to.

    Probabilities of neighbours are those of the first stage, and in a second round those after defaults have travelled
    (`Propagation`); what that adds to a firm is told as well.
    """

    own: Columns
    neighbours: Neighbours
    first: FirstStage
    propagation: Propagation

    @classmethod
    def fitted(cls, task: Task) -> "Surroundings":
        """Of a task. Raises InvalidPanel where nothing can be learned."""
        panel, split = task.panel, task.split
        neighbours, first = Neighbours(_channels(panel)), FirstStage.of(task)

        def heard(said: Sequence[Numbers]) -> list[Numbers]:
            return [_heard(neighbours, panel, at, pd) for at, pd in enumerate(said)]

        def pick(waves: Sequence[Numbers]) -> Numbers:
            return split.pick(panel, Part.TRAIN, tuple(waves))

        odds = [log_odds(said) for said in first.cross_fitted]
        propagation = Propagation.fitted(odds, heard, pick, split.labels(panel, Part.TRAIN))
        return cls(Columns.scoped(panel, "own", "engine"), neighbours, first, propagation)

    @classmethod
    def read(cls, kept: Kept) -> "Surroundings":
        """As it was kept. Raises InvalidModel."""
        neighbours = _neighbours(kept)
        propagation = Propagation.read(kept.facts["propagation"], 2 * len(neighbours.channels.all))
        return cls(Columns.read(kept.facts["features"]), neighbours, FirstStage.load(kept.part(FIRST)), propagation)

    @property
    def columns(self) -> Columns:
        """Own ones, what the first stage says, what has travelled; then what is heard, and again in a second round."""
        heard = self.neighbours.features
        return Columns((*self.own.features, OWN_RISK, SPREAD, HAZARD, *heard(*STANDING), *heard(RISK), *heard(SECOND)))

    def of(self, panel: Panel, at: int) -> Figures:
        """From what the first stage says."""
        return self._seen(panel, at, self.first.predict(panel, at))

    def taught(self, panel: Panel, at: int) -> Figures:
        """From what the first stage says of each firm without it."""
        return self._seen(panel, at, self.first.cross_fitted[at])

    def travelled(self, panel: Panel, at: int, pd: Numbers) -> "Travelled":
        """How defaults travel over a wave from what the first stage says. Raises InvalidModel for other relations."""
        odds, said, told = log_odds(pd), [pd], []
        for one in self.propagation.rounds:
            told.append(_heard(self.neighbours, panel, at, said[-1]))
            said.append(one.probability(odds, told[-1]))
        return Travelled(odds, tuple(said), tuple(told))

    def _seen(self, panel: Panel, at: int, pd: Numbers) -> Figures:
        wave = _checked(self.neighbours, panel, at)
        went = self.travelled(panel, at, pd)
        added = self.propagation.rounds[-1].hazard(went.told[-1])
        first, second = (self.neighbours.risk(wave, panel.firm, chance) for chance in (pd, went.said[-1]))
        parts = (
            self.own.of(panel, at), went.odds[:, None], log_odds(went.said[-1])[:, None], added[:, None],
            self.neighbours.standing(wave, panel.firm), first, second,
        )  # fmt: skip
        return np.column_stack(parts).astype(np.float32)

    def facts(self) -> Mapping[str, Any]:
        """Features, channels and how defaults travel."""
        return {
            "features": self.own.facts(), **_said(self.neighbours), "propagation": self.propagation.facts(),
        }  # fmt: skip

    def files(self) -> Files:
        """The first stage."""
        return Kept.within(**{FIRST: self.first.save()})


def _heard(neighbours: Neighbours, panel: Panel, at: int, pd: Numbers) -> Numbers:
    """Over each channel who has failed of late, then who may fail."""
    wave = _checked(neighbours, panel, at)
    return np.hstack([neighbours.failed(wave, panel.firm), neighbours.risk(wave, panel.firm, pd)])


def _channels(panel: Panel) -> Channels:
    if not panel.relations:
        raise InvalidPanel("has no relation", where="panel", remedy="use a model of own figures alone")
    return Channels.of(panel)


def _checked(neighbours: Neighbours, panel: Panel, at: int) -> Wave:
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
