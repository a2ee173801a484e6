"""Models whose answers are known beforehand, and that count how often they learn."""

from dataclasses import dataclass, field

import numpy as np
from scipy.special import expit

from analytics.learning.models.model import Files, Numbers, Reason, Task
from analytics.learning.panel import Panel
from graph.errors import InvalidPanel


@dataclass(frozen=True)
class Line:
    """Log odds in two own figures, and what neighbours weigh: how many or how risky."""

    name: str
    own: float = 1.0
    heard: float = 0.0
    degree: float = 0.0
    noise: float = 0.0
    seed: int = 0
    note: str = ""

    def predict(self, panel: Panel, at: int) -> Numbers:
        wave = panel.waves[at]
        x = np.nan_to_num(wave.values[:, :2].astype(float))
        odds = -3 + self.own * (1.2 * x[:, 0] - 0.8 * x[:, 1])
        for relation in panel.relations:
            matrix = wave.heard(relation, "in", weighted=False)
            odds = odds + self.heard * (matrix @ np.clip(x[:, 0], -2, 2)) + self.degree * matrix.sum(axis=1)
        rng = np.random.default_rng([self.seed, at])
        return np.asarray(expit(odds + self.noise * rng.normal(size=len(odds))))

    def explain(self, panel: Panel, at: int, party: int, *, most: int = 5) -> tuple[Reason, ...]:
        return ()

    def save(self) -> Files:
        return {}


@dataclass(frozen=True)
class Told:
    """A model that is told its line."""

    line: Line
    learned: list[tuple[str, int]] = field(default_factory=list, compare=False, repr=False)
    refuses: str = ""
    graph: bool = True

    @property
    def name(self) -> str:
        return self.line.name

    def fit(self, task: Task) -> Line:
        self.learned.append((task.split.name, task.seed))
        if self.refuses:
            raise InvalidPanel(self.refuses)
        task.watch(0.5, "half")
        return Line(self.line.name, self.line.own, self.line.heard, self.line.degree, self.line.noise, task.seed,
                    "told")  # fmt: skip

    def load(self, files: Files) -> Line:
        return self.line


def told(**lines: Line) -> dict[str, Told]:
    """By name, `_` for `-`; two of them see no links."""
    return {name.replace("_", "-"): Told(line, graph=name not in ("lightgbm", "mlp")) for name, line in lines.items()}
