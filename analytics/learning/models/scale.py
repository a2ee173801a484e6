"""Master scales: grades by probability of default, as data."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analytics.learning.models.model import Numbers
from analytics.rules.reading import read_rows
from analytics.rules.rule import Flaw, Norm, Within
from graph.errors import InvalidQuestion, UnknownRule


@dataclass(frozen=True, kw_only=True)
class Scale(Norm):
    """Grades whose middle probabilities stand at equal ratios, and one for what has defaulted."""

    grades: tuple[str, ...]
    """The best first."""
    best: Annotated[float, Within(0, 1)]
    """Middle probability of the best grade."""
    worst: Annotated[float, Within(0, 1)]
    """Middle probability of the last grade before default."""
    defaulted: str

    def flaws(self) -> Iterator[Flaw]:
        """What its fields may not be together."""
        yield from super().flaws()
        if not self.best < self.worst:
            yield Flaw("worst", "is not above best", "give the higher probability")
        if len(self.grades) < 2 or len({*self.grades, self.defaulted}) <= len(self.grades):
            yield Flaw("grades", "are fewer than two, or not all different", "name each grade once")

    @cached_property
    def middles(self) -> Numbers:
        """Middle probability of each grade, shape (g,)."""
        return np.geomspace(self.best, self.worst, len(self.grades))

    @cached_property
    def bounds(self) -> Numbers:
        """Where one grade ends and the next begins, shape (g - 1,): as far from both middles, by ratio."""
        return np.asarray(np.sqrt(self.middles[1:] * self.middles[:-1]))

    def places(self, probability: ArrayLike) -> NDArray[np.int64]:
        """Place of each probability's grade among `grades`, 0 the best; what lies on a bound is of the worse one.

        Raises InvalidQuestion where one is no probability.
        """
        p = np.asarray(probability, np.float64)
        if not ((p >= 0) & (p <= 1)).all():
            raise InvalidQuestion("is no probability", where="probability", remedy="give numbers from 0 to 1")
        return np.searchsorted(self.bounds, p, side="right").astype(np.int64)

    def grade(self, probability: float) -> str:
        """Of one firm that has not defaulted."""
        return self.grades[int(self.places([probability])[0])]


@dataclass(frozen=True)
class Scales:
    """All master scales there are, by id."""

    all: dict[str, Scale]

    @classmethod
    def shipped(cls) -> "Scales":
        """Those that come with the program."""
        return cls(read_rows(Scale, "analytics.learning.models", "scales.toml"))

    def scale(self, name: str) -> Scale:
        """One of them. Raises UnknownRule."""
        if name not in self.all:
            raise UnknownRule("no master scale of this id", where=name, remedy=f"there are {', '.join(self.all)}")
        return self.all[name]
