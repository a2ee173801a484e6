"""One model, learned once: what it says of the rows that judge."""

import json
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from analytics.learning.evaluating.ablation import without
from analytics.learning.evaluating.placebo import rewired
from analytics.learning.models.model import Files
from analytics.learning.panel import Panel
from graph.errors import InvalidPanel

AS_IS: Final = ""
REWIRED: Final = "rewired"
WITHOUT: Final = "without "
SAID: Final = "outcome.json"
NUMBERS: Final = "probability.f64"


@dataclass(frozen=True)
class Cell:
    """What to learn, and on what."""

    model: str
    split: str
    variant: str = AS_IS
    """How the panel is changed: not, `rewired`, or `without` a relation."""
    seed: int = 0
    key: str = ""
    """Digest of all the outcome hangs on: the same key, the same outcome."""

    def panel(self, panel: Panel) -> Panel:
        """The panel as changed."""
        if self.variant == AS_IS:
            return panel
        if self.variant == REWIRED:
            return rewired(panel, self.seed)
        return without(panel, self.variant.removeprefix(WITHOUT))

    def __str__(self) -> str:
        """As a person reads it."""
        return " · ".join(part for part in (self.model, self.split, self.variant, f"seed {self.seed}") if part)


@dataclass(frozen=True)
class Outcome:
    """What a model says of the rows that judge, or why it says nothing."""

    probability: NDArray[np.float64] = field(default_factory=lambda: np.empty(0))
    """Wave after wave, as the split has them; empty where it was refused."""
    refused: str = ""
    """Why the model cannot learn from this panel."""
    note: str = ""
    """What the model says of how it was fitted."""

    def save(self) -> Files:
        """As files, without anything that is executed."""
        said = {"rows": len(self.probability), "refused": self.refused, "note": self.note}
        text = json.dumps(said, ensure_ascii=False, sort_keys=True) + "\n"
        return {SAID: text.encode(), NUMBERS: self.probability.astype("<f8").tobytes()}

    @classmethod
    def load(cls, files: Files) -> "Outcome":
        """What was saved. Raises InvalidPanel where it cannot be read."""
        try:
            said = json.loads(files[SAID])
            found = np.frombuffer(files[NUMBERS], "<f8").astype(np.float64)
            if len(found) != said["rows"]:
                raise ValueError
            return cls(found, str(said["refused"]), str(said["note"]))
        except (KeyError, ValueError, TypeError):
            raise InvalidPanel("an outcome that was kept cannot be read", where=SAID,
                               remedy="delete it, it is learned again") from None  # fmt: skip
