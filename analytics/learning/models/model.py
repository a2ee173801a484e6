"""What every model can do: learn from a task, say a probability, why, and be kept as files."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from analytics.learning.panel import Panel, Split

Files = Mapping[str, bytes]
"""What is kept of a model: contents by file name; nothing of it is ever executed."""
Numbers = NDArray[np.float64]
Watch = Callable[[float, str], None]
"""Told how far the learning is, in [0, 1], and in words; may raise Cancelled."""


def _unwatched(_fraction: float, _doing: str) -> None:
    """Nobody looks."""


@dataclass(frozen=True)
class Task:
    """What is to be learned."""

    panel: Panel
    split: Split
    seed: int = 0
    watch: Watch = field(default=_unwatched, compare=False)


@dataclass(frozen=True)
class Reason:
    """One thing that moves a firm's probability."""

    feature: str
    """Name of the feature; empty where a link does it."""
    relation: str = ""
    link: int = -1
    """Position among the wave's ties of the relation; -1 for none."""
    value: float = np.nan
    """What the feature is, or what is at stake on the link."""
    effect: float = 0.0
    """By how much it raises the probability: with it, less without it."""


@runtime_checkable
class Fitted(Protocol):
    """A model that has learned."""

    @property
    def name(self) -> str:
        """Of the model."""

    def predict(self, panel: Panel, at: int) -> Numbers:
        """Probability of default of every party of a wave, shape (n,). Raises InvalidModel for other features."""

    def explain(self, panel: Panel, at: int, party: int, *, most: int = 5) -> tuple[Reason, ...]:
        """What moves the probability of one party most, the strongest first."""

    def save(self) -> Files:
        """All that is needed to say the same again."""


class Model(Protocol):
    """A way to learn."""

    @property
    def name(self) -> str:
        """As files, commands and tables call it."""

    @property
    def graph(self) -> bool:
        """Whether it sees more than own figures."""

    def fit(self, task: Task) -> Fitted:
        """Learn from the rows that teach; rows that judge are not looked at. Raises InvalidPanel."""

    def load(self, files: Files) -> Fitted:
        """What was saved. Raises InvalidModel where it is of another schema or was tampered with."""
