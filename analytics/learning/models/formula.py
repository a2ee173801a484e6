"""Models whose score is a formula: only what probability goes with a score is learned."""

from dataclasses import dataclass
from functools import partial
from typing import Final, Protocol

import numpy as np
from scipy.special import expit

from analytics.learning.models.columns import Columns, Figures, Rows
from analytics.learning.models.keeping import Kept
from analytics.learning.models.logistic import Line
from analytics.learning.models.model import Files, Numbers, Reason, Task
from analytics.learning.panel import Panel, Part
from graph.errors import InvalidModel, InvalidPanel

RIDGE: Final = 1e-3


class Formula(Protocol):
    """A score that figures give by themselves."""

    def __call__(self, values: Figures) -> Numbers:
        """Riskiness of rows of figures (r, k), shape (r,), higher is riskier; NaN where an input is missing."""

    def facts(self) -> dict[str, object]:
        """What makes it this one, as JSON says it."""

    @property
    def note(self) -> str:
        """What a reader of its figures must know, in both languages; empty for nothing."""


@dataclass(frozen=True)
class FittedFormula:
    """A formula with the probability that goes with its score."""

    name: str
    columns: Columns
    formula: Formula
    middle: float
    """Score of the middle row that taught."""
    width: float
    """Distance between its quartiles."""
    line: Line
    """Log odds from the score, drawn together where it is extreme, and from whether it is missing."""
    usual: tuple[float, ...]
    """Each figure's middle among the rows that taught."""

    @property
    def note(self) -> str:
        """What its formula says of itself."""
        return self.formula.note

    def _odds(self, values: Figures) -> Numbers:
        return self.line.log_odds(_drawn(self.formula(values), self.middle, self.width))

    def score(self, panel: Panel, at: int) -> Numbers:
        """Riskiness of every party of a wave by the formula, shape (n,); NaN where an input is missing."""
        return self.formula(self.columns.of(panel, at))

    def predict(self, panel: Panel, at: int) -> Numbers:
        """Probability of default of every party of a wave, shape (n,). Raises InvalidModel for other features."""
        return np.asarray(expit(self._odds(self.columns.of(panel, at))))

    def explain(self, panel: Panel, at: int, party: int, *, most: int = 5) -> tuple[Reason, ...]:
        """Inputs that move a party most: its probability, less that with the input as it usually is.

        None where its score is missing.
        """
        mine = self.columns.of(panel, at)[party]
        if np.isnan(self.formula(mine[None, :])[0]):
            return ()
        others = np.tile(mine, (len(mine), 1))
        np.fill_diagonal(others, self.usual)
        effect = float(expit(self._odds(mine[None, :])[0])) - expit(self._odds(others))
        order = np.argsort(-np.abs(effect), kind="stable")[:most]
        names = self.columns.names
        return tuple(Reason(names[k], value=float(mine[k]), effect=float(effect[k])) for k in order if effect[k])

    def save(self) -> Files:
        """What was learned, as JSON."""
        return Kept(self.name, {
            "features": self.columns.facts(), "middle": self.middle, "width": self.width, "usual": list(self.usual),
            "constant": self.line.constant, "slopes": self.line.slopes.tolist(), "formula": self.formula.facts(),
        }).files()  # fmt: skip

    @classmethod
    def fitted(cls, name: str, columns: Columns, formula: Formula, task: Task) -> "FittedFormula":
        """Fit what goes with the score on the rows that teach. Raises InvalidPanel where too few have a score."""
        task.split.check(task.panel, Part.TRAIN, Part.VALIDATE)
        task.watch(0.0, f"score of {name}")
        rows = Rows.of(task, Part.TRAIN, partial(columns.of, task.panel))
        score = formula(rows.values)
        known = ~np.isnan(score)
        if len(np.unique(rows.label[known])) < 2:
            empty = [name for name, column in zip(columns.names, rows.values.T, strict=True) if np.isnan(column).all()]
            which = f": no firm states {', '.join(empty)}" if empty else ""
            raise InvalidPanel(f"{int(known.sum())} rows that teach have its score, of one class or none{which}",
                               where=name, remedy="give the items of statements it reads")  # fmt: skip
        low, middle, high = np.quantile(score[known], [0.25, 0.5, 0.75])
        width = float(high - low) or 1.0
        line = Line.fitted(_drawn(score, float(middle), width), rows.label, ridge=RIDGE,
                           positive=np.array([True, False]))  # fmt: skip
        usual = tuple(float(x) for x in np.nanmedian(rows.values[known], axis=0))
        return cls(name, columns, formula, float(middle), width, line, usual)

    @classmethod
    def read(cls, kept: Kept, formula: Formula, width: int) -> "FittedFormula":
        """As it was saved, of a formula that reads so many figures. Raises InvalidModel."""
        facts = kept.facts
        try:
            found = cls(
                kept.name, Columns.read(facts["features"]), formula, float(facts["middle"]), float(facts["width"]),
                Line(float(facts["constant"]), np.array(facts["slopes"], np.float64)), tuple(facts["usual"]),
            )  # fmt: skip
        except (KeyError, TypeError, ValueError):
            raise InvalidModel("cannot be read as a formula's", where=kept.name) from None
        if len(found.columns.features) != width or len(found.usual) != width or found.line.slopes.shape != (2,):
            raise InvalidModel(f"does not read the {width} figures of its formula", where=kept.name)
        return found


def _drawn(score: Numbers, middle: float, width: float) -> Numbers:
    """Two columns: scores in quartile widths, extremes drawn together without changing the order; whether missing."""
    missing = np.isnan(score)
    return np.column_stack([np.where(missing, 0.0, np.arcsinh((score - middle) / width)), missing])
