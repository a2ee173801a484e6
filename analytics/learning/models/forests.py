"""LightGBM on own figures, on degrees alone, and on all that is heard of neighbours."""

from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final

from analytics.learning.models.columns import Figures, Rows
from analytics.learning.models.keeping import Kept
from analytics.learning.models.model import Files, Numbers, Reason, Task
from analytics.learning.models.reasons import Steps
from analytics.learning.models.sights import Degrees, Own, Sight, Surroundings
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
    _last: list[tuple[Wave, Panel, Figures]] = field(default_factory=list, repr=False)
    """Figures of the wave seen last, as explaining asks for party after party."""

    def predict(self, panel: Panel, at: int) -> Numbers:
        """Probability of default of every party of a wave, (n,). Raises InvalidModel for other features."""
        return self.tree.probability(self._seen(panel, at))

    def explain(self, panel: Panel, at: int, party: int, *, most: int = 5) -> tuple[Reason, ...]:
        """The figures that move it most, by Shapley values of the trees (TreeSHAP), in steps of probability."""
        values = self._seen(panel, at)[party]
        contributions = self.tree.contributions(values[None, :])[0]
        return Steps.of(self.tree.columns.names, values, contributions, most=most).reasons

    def _seen(self, panel: Panel, at: int) -> Figures:
        wave = panel.waves[at]
        for held, of, figures in self._last:
            alike = of.features == panel.features and of.relations == panel.relations and of.firm is panel.firm
            if held is wave and alike:
                return figures
        found = self.sight.of(panel, at)
        self._last[:] = [(wave, panel.at(at), found)]
        return found

    def save(self) -> Files:
        """Trees as text, what they see, and the first stage where they see it."""
        contents = {**Kept.within(**{TREES: self.tree.save()}), **self.sight.files()}
        return Kept(self.name, self.sight.facts(), contents).files()


@dataclass(frozen=True)
class LightGBM:
    """Trees by gradient boosting on plain log loss, stopped by the rows that settle."""

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
        return Forest(self.name, sight, tree)

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
        return Forest(self.name, sight, tree)


OWN: Final = LightGBM("lightgbm", False, Own)
DEGREES: Final = LightGBM("lightgbm-degrees", True, Degrees)
GRAPH: Final = LightGBM("lightgbm-graph", True, Surroundings)
FORESTS: Final = (OWN, DEGREES, GRAPH)
