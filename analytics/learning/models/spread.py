"""How far a probability rests on which firms happened to teach: a jackknife over groups of firms."""

from dataclasses import dataclass, replace
from typing import Final, NamedTuple

import numpy as np
from scipy.special import expit
from scipy.stats import t as student

from analytics.learning.models.model import Fitted, Model, Numbers, Task
from analytics.learning.models.odds import log_odds
from analytics.learning.panel import Panel, Part, Split

GROUPS: Final = 10


class Interval(NamedTuple):
    """Of every party, shape (n,)."""

    low: Numbers
    high: Numbers


@dataclass(frozen=True, eq=False)
class Spread:
    """The same model learned once without each group of firms, with a seed of its own each time.

    The interval is that of the delete-a-group jackknife (Kott, "The Delete-a-Group Jackknife", Journal of Official
    Statistics 17, 2001, eq. 1) in log odds, with Student's t. It says how far the probability rests on the firms that
    taught and on chance in training; not how the next year may differ from those learned from, nor whether the model
    is of the right kind.
    """

    without: tuple[Fitted, ...]

    @classmethod
    def of(cls, task: Task, model: Model, *, groups: int = GROUPS) -> "Spread":
        """Learn once a group. Raises InvalidPanel where a group holds all defaults."""
        group = np.random.default_rng(task.seed).permutation(task.panel.size) % groups
        found = []
        for number in range(groups):
            parts = tuple(
                np.where((part == Part.TRAIN) & (group[wave.rows] == number), Part.NONE, part).astype(np.int8)
                for wave, part in zip(task.panel.waves, task.split.parts, strict=True)
            )
            split = Split(f"{task.split.name} without group {number}", parts)
            task.watch(number / groups, f"without group {number + 1} of {groups}")
            found.append(model.fit(replace(task, split=split, seed=task.seed + number, watch=_silent)))
        return cls(tuple(found))

    def interval(self, panel: Panel, at: int, said: Numbers, *, level: float = 0.9) -> Interval:
        """Around what the model learned from all says, (n,), of a wave. Raises InvalidModel for other features."""
        groups = len(self.without)
        odds = log_odds([fitted.predict(panel, at) for fitted in self.without])
        error = np.sqrt((groups - 1) / groups * ((odds - odds.mean(axis=0)) ** 2).sum(axis=0))
        reach = float(student.ppf(0.5 + level / 2, groups - 1)) * error
        middle = log_odds(said)
        return Interval(np.asarray(expit(middle - reach)), np.asarray(expit(middle + reach)))


def _silent(_done: float, _doing: str) -> None:
    """What goes on within a group is not told."""
