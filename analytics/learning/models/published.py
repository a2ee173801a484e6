"""Published scores as models: coefficients as published, the probability that goes with them fitted."""

from dataclasses import dataclass
from typing import ClassVar, Final

from analytics.credit.scores import published_scores, score
from analytics.learning.models.columns import Columns, Figures
from analytics.learning.models.formula import FittedFormula
from analytics.learning.models.keeping import Kept
from analytics.learning.models.model import Files, Numbers, Task

FIGURES: Final = {
    "WCTA": "working_capital_ratio", "RETA": "retained_earnings_ratio", "EBITTA": "operating_return",
    "MVTL": "market_value_to_liabilities", "BVTL": "equity_to_liabilities", "STA": "asset_turnover",
    "SIZE": "log_assets", "TLTA": "debt_ratio", "CLCA": "current_liabilities_to_current_assets",
    "NITA": "return_on_assets", "FUTL": "funds_to_liabilities", "INTWO": "loss_two_years", "OENEG": "negative_equity",
    "CHIN": "profit_change", "CACL": "current_ratio",
}  # fmt: skip
"""The panel's figure that is each input of a published score.

Ohlson's size is in US dollars at prices of 1968: another currency and year move it alike for all firms of a day, which
what is fitted takes up.
"""


@dataclass(frozen=True)
class Riskiness:
    """A published score, turned so that higher is riskier."""

    score: str
    """Id of the published score."""

    def __call__(self, values: Figures) -> Numbers:
        """Of rows of figures in the order of the score's inputs."""
        sign = -1.0 if published_scores()[self.score].higher == "safer" else 1.0
        return sign * score(self.score, values)

    def facts(self) -> dict[str, object]:
        """As JSON says it."""
        return {"score": self.score}

    note: ClassVar[str] = ""


@dataclass(frozen=True)
class Published:
    """A model whose score was published."""

    name: str
    score: str
    """Id of the published score."""
    graph: bool = False

    @property
    def figures(self) -> tuple[str, ...]:
        """Names of the figures it reads."""
        return tuple(FIGURES[name] for name in published_scores()[self.score].inputs)

    def fit(self, task: Task) -> FittedFormula:
        """Fit the probability that goes with the score on the rows that teach."""
        columns = Columns.named(task.panel, self.figures, model=self.name)
        return FittedFormula.fitted(self.name, columns, Riskiness(self.score), task)

    def load(self, files: Files) -> FittedFormula:
        """What was saved. Raises InvalidModel."""
        return FittedFormula.read(Kept.read(files, self.name), Riskiness(self.score), len(self.figures))


Z: Final = Published("z", "ALTMAN_Z")
Z_DOUBLE_PRIME: Final = Published("z-double-prime", "ALTMAN_Z_DOUBLE_PRIME")
OHLSON: Final = Published("ohlson", "OHLSON")
ZMIJEWSKI: Final = Published("zmijewski", "ZMIJEWSKI")
PUBLISHED: Final = (Z, Z_DOUBLE_PRIME, OHLSON, ZMIJEWSKI)
