"""The first stage: the probability that own figures and events alone give, no network.

What propagates over the network starts from it, in features, nets and cascades; so it sees no figure of another
scope than own, and of a firm that teaches it says what trees grown without that firm say.
"""

import hashlib
from collections import OrderedDict
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from analytics.learning.models.calibration import SMOOTH, Calibration
from analytics.learning.models.columns import Columns, Rows
from analytics.learning.models.keeping import Kept
from analytics.learning.models.model import Files, Numbers, Task, Watch
from analytics.learning.models.tree import Tree
from analytics.learning.panel import Panel, Part
from analytics.learning.panel.wave import UNKNOWN_YET
from graph.errors import InvalidModel, InvalidPanel

NAME: Final = "first-stage"
FOLDS: Final = 5
KEPT: Final = 8
"""How many first stages are kept in memory."""


@dataclass(frozen=True, eq=False)
class FirstStage:
    """Trees on own figures, as many as folds of parties, each grown without one fold."""

    trees: tuple[Tree, ...]
    cross_fitted: tuple[Numbers, ...] = ()
    """Of the panel it was fitted on, (n,) a wave: for a party that teaches, in waves that teach, by the trees grown
    without it; for the others as `predict`. Empty after loading."""
    calibration: Calibration = field(default_factory=Calibration)
    """From `predict` to what came true on the rows that settle."""

    @classmethod
    def of(cls, task: Task) -> "FirstStage":
        """Fitted once a task, and kept. Raises InvalidPanel where nothing can be learned or no figure is own."""
        key = _digest(task)
        if key in _kept:
            _kept.move_to_end(key)
            return _kept[key]
        _kept[key] = found = cls._fitted(task)
        while len(_kept) > KEPT:
            _kept.popitem(last=False)
        return found

    @classmethod
    def _fitted(cls, task: Task) -> "FirstStage":
        panel, split = task.panel, task.split.check(task.panel, Part.TRAIN, Part.VALIDATE)
        columns = Columns.scoped(panel, "own")
        if not columns.features:
            raise InvalidPanel("no figure is a firm's own", where="features", remedy="give ratios or events of firms")
        teach, settle = (Rows.of(task, part, partial(columns.of, panel)) for part in (Part.TRAIN, Part.VALIDATE))
        fold = np.random.default_rng(task.seed).permutation(panel.size) % FOLDS
        trees = []
        for number in range(FOLDS):
            rows = teach.where(fold[teach.party] != number)
            if len(np.unique(rows.label)) < 2:
                raise InvalidPanel(
                    "one fifth of the firms holds all defaults", where=f"split {split.name}",
                    remedy="take more years, more firms or a wider definition of default",
                )  # fmt: skip
            trees.append(Tree.grown(columns, rows, settle, seed=task.seed, watch=_told(task.watch, number)))
        found = cls(tuple(trees))
        said = expit(np.mean([tree.log_odds(settle.values) for tree in trees], axis=0))
        calibration = Calibration.chosen(said, settle.label, settle.party, seed=task.seed, among=SMOOTH)
        if calibration.rising:
            found = replace(found, calibration=calibration)
        teaches = np.zeros(panel.size, np.bool_)
        teaches[teach.party] = True
        return replace(found, cross_fitted=tuple(
            found._crossed(panel, at, fold, teaches & (len(split.rows(at, Part.TRAIN)) > 0))
            for at in range(len(panel.waves))
        ))  # fmt: skip

    def _crossed(self, panel: Panel, at: int, fold: NDArray[np.int64], teaches: NDArray[np.bool_]) -> Numbers:
        odds = self._log_odds(panel, at)
        return np.asarray(expit(np.where(teaches, odds[fold, np.arange(panel.size)], odds.mean(axis=0))))

    def _log_odds(self, panel: Panel, at: int, parties: NDArray[np.integer] | None = None) -> Numbers:
        """By each fold's trees, shape (folds, n)."""
        values = self.columns.of(panel, at)
        if parties is not None:
            values = values[parties]
        return np.stack([tree.log_odds(values) for tree in self.trees])

    def predict(self, panel: Panel, at: int, parties: NDArray[np.integer] | None = None) -> Numbers:
        """Probability of default of every party of a wave, (n,), or of some: by the mean of all folds' log odds.

        Raises InvalidModel where the panel lacks a figure.
        """
        return np.asarray(expit(self._log_odds(panel, at, parties).mean(axis=0)))

    def told(self, panel: Panel, at: int) -> Numbers:
        """The same, calibrated: what is told as a probability, and what cascades start from; models hear `predict`."""
        return self.calibration(self.predict(panel, at))

    @property
    def columns(self) -> Columns:
        """The own figures it reads."""
        return self.trees[0].columns

    def save(self) -> Files:
        """All that is needed to say the same again."""
        parts = {f"fold-{at}": tree.save() for at, tree in enumerate(self.trees)}
        facts = {"folds": len(self.trees), "calibration": self.calibration.facts()}
        return Kept(NAME, facts, Kept.within(**parts)).files()

    @classmethod
    def load(cls, files: Files) -> "FirstStage":
        """What was saved. Raises InvalidModel."""
        kept = Kept.read(files, NAME)
        trees = tuple(Tree.load(kept.part(f"fold-{at}")) for at in range(FOLDS))
        if any(feature.scope != "own" for feature in trees[0].columns.features):
            raise InvalidModel("sees more than own figures", where=NAME)
        return cls(trees, calibration=Calibration.kept(kept.facts))


_kept: OrderedDict[str, FirstStage] = OrderedDict()


def _digest(task: Task) -> str:
    """Of all that a first stage is fitted on."""
    panel, found = task.panel, hashlib.sha256()
    own = [at for at, feature in enumerate(panel.features) if feature.scope == "own"]
    said = [str(task.seed), *panel.ids, *(repr(panel.features[at]) for at in own)]
    found.update("\0".join(said).encode())
    for wave, part in zip(panel.waves, task.split.parts, strict=True):
        label = np.where(np.isin(part, (Part.TRAIN, Part.VALIDATE)), wave.label, UNKNOWN_YET)
        for column in (wave.values[:, own], wave.rows, part, label):
            found.update(np.ascontiguousarray(column).tobytes())
    return found.hexdigest()


def _told(watch: Watch, number: int) -> Watch:
    """What is told of one fold's trees as of all."""
    return lambda done, _doing: watch((number + done) / FOLDS, "first stage")
