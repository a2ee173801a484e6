"""LightGBM on own figures, on degrees alone, and on all that is heard of neighbours."""

from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final

import numpy as np

from analytics.learning.features.channels import Linked
from analytics.learning.models.calibration import SMOOTH, Calibration
from analytics.learning.models.columns import Figures, Rows
from analytics.learning.models.keeping import Kept
from analytics.learning.models.model import Files, Numbers, Reason, Task
from analytics.learning.models.reasons import Steps
from analytics.learning.models.removal import Removal
from analytics.learning.models.sights import HAZARD, SPREAD, Degrees, Own, Sight, Surroundings, Travelled
from analytics.learning.models.tree import Growth, Tree
from analytics.learning.panel import Panel, Part, Wave
from graph.errors import InvalidModel

TREES: Final = "trees"


@dataclass(frozen=True, eq=False)
class Forest:
    """Trees and what they see."""

    name: str
    sight: Sight
    tree: Tree
    calibration: Calibration = field(default_factory=Calibration)
    """From what the trees say to what came true on the rows that settle."""
    _last: list[tuple[Wave, Panel, Figures]] = field(default_factory=list, repr=False)
    """Figures of the wave seen last, as explaining asks for party after party."""
    _went: list[tuple[Wave, Travelled]] = field(default_factory=list, repr=False)
    """How defaults travelled over it."""

    def predict(self, panel: Panel, at: int) -> Numbers:
        """Probability of default of every party of a wave, (n,). Raises InvalidModel for other features."""
        return self.said(self.seen(panel, at))

    def said(self, values: Figures) -> Numbers:
        """Probability of default of rows of figures (r, k), shape (r,)."""
        return self.calibration(self.tree.probability(values))

    def explain(self, panel: Panel, at: int, party: int, *, most: int = 5) -> tuple[Reason, ...]:
        """What moves it most: figures by Shapley values of the trees (TreeSHAP), in steps of probability, and links.

        Of a link it is told how much less would be said without it, its neighbours as they are; figures that are
        made of links are then not told beside them.
        """
        values = self.seen(panel, at)[party]
        contributions = self.tree.contributions(values[None, :])[0]
        names, curve = self.tree.columns.names, self.calibration
        reasons = Steps.of(names, values, contributions, most=len(values), curve=curve).reasons
        if isinstance(self.sight, Surroundings):
            links = self._links(self.sight, panel, at, party, values)
            made = _made_of_links(self.sight) if links else set()
            reasons = (*(reason for reason in reasons if reason.feature not in made), *links)
        return tuple(sorted(reasons, key=lambda reason: -abs(reason.effect))[:most])

    def _links(self, sight: Surroundings, panel: Panel, at: int, party: int, values: Figures) -> list[Reason]:
        wave = panel.waves[at]
        if not self._went or self._went[0][0] is not wave:
            self._went[:] = [(wave, sight.travelled(panel, at, sight.first.predict(panel, at)))]
        without = Removal.of(sight, self._went[0][1], panel, at, values.astype(np.float64), party)
        if not without.links:
            return []
        less = self.said(values[None, :])[0] - self.said(without.rows)
        return [
            Reason("", link.relation, link.link, link.stake, float(effect))
            for link, effect in zip(without.links, less, strict=True)
            if effect
        ]

    def seen(self, panel: Panel, at: int) -> Figures:
        """What its trees read of every party of a wave, (n, k); that of the wave seen last is kept."""
        wave = panel.waves[at]
        for held, of, figures in self._last:
            alike = of.features == panel.features and of.relations == panel.relations and of.firm is panel.firm
            if held is wave and alike:
                return figures
        found = self.sight.of(panel, at)
        self._last[:] = [(wave, panel.at(at), found)]
        return found

    def save(self) -> Files:
        """Trees as text, what they see, their calibration, and the first stage where they see it."""
        contents = {**Kept.within(**{TREES: self.tree.save()}), **self.sight.files()}
        facts = {**self.sight.facts(), "calibration": self.calibration.facts()}
        return Kept(self.name, facts, contents).files()


def _made_of_links(sight: Surroundings) -> set[str]:
    """Figures that links alone make."""
    linked = {channel.name for channel in sight.neighbours.channels.all if isinstance(channel, Linked)}
    heard = {name for name in sight.columns.names if name.rpartition(".")[0] in linked}
    return heard | {SPREAD.name, HAZARD.name}


@dataclass(frozen=True)
class LightGBM:
    """Trees by gradient boosting on plain log loss, stopped and calibrated by the rows that settle.

    Only by a curve that leaves firms in their order (Platt's, beta), and only where that lowers the log loss of firms
    left out; so what ranks by them, or joins them with another, is the same with it and without.
    """

    name: str
    graph: bool
    sight: Any
    """`Own`, `Degrees` or `Surroundings`."""
    growth: Growth = field(default_factory=Growth)

    def fit(self, task: Task) -> Forest:
        """Learn. Raises InvalidPanel where a part has no rows or one class only."""
        task.split.check(task.panel, Part.TRAIN, Part.VALIDATE)
        sight: Sight = self.sight.fitted(task)
        teach, settle = (
            Rows.of(task, part, partial(seen, task.panel))
            for part, seen in ((Part.TRAIN, sight.taught), (Part.VALIDATE, sight.taught))
        )
        tree = Tree.grown(sight.columns, teach, settle, seed=task.seed, watch=task.watch, growth=self.growth)
        calibration = Calibration.chosen(
            tree.probability(settle.values), settle.label, settle.party, seed=task.seed, among=SMOOTH
        )
        return Forest(self.name, sight, tree, calibration if calibration.rising else Calibration())

    def load(self, files: Files) -> Forest:
        """What was saved. Raises InvalidModel."""
        kept = Kept.read(files, self.name)
        try:
            sight: Sight = self.sight.read(kept)
        except (KeyError, TypeError, ValueError):
            raise InvalidModel("does not say what it sees", where=self.name) from None
        tree = Tree.load(kept.part(TREES))
        if tree.columns != sight.columns:
            raise InvalidModel("its trees read other figures than it sees", where=self.name)
        return Forest(self.name, sight, tree, Calibration.kept(kept.facts))


OWN: Final = LightGBM("lightgbm", False, Own)
DEGREES: Final = LightGBM("lightgbm-degrees", True, Degrees)
GRAPH: Final = LightGBM("lightgbm-graph", True, Surroundings)
FORESTS: Final = (OWN, DEGREES, GRAPH)
