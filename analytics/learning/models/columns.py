"""Which figures a model reads, found by name in any panel that holds them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from analytics.learning.models.model import Task
from analytics.learning.panel import Feature, Panel, Part
from graph.errors import InvalidModel, InvalidPanel

Figures = NDArray[np.float32]


class Rows(NamedTuple):
    """Rows to learn from, or to settle by."""

    values: Figures
    """Shape (r, k)."""
    label: NDArray[np.int8]
    party: NDArray[np.int32]
    """Whose row each is."""

    @classmethod
    def of(cls, task: Task, part: Part, values: Callable[[int], Figures]) -> "Rows":
        """All rows of a part, wave after wave; `values` gives the figures of every party of a wave, (n, k)."""
        at = [(wave, task.split.rows(wave, part)) for wave in range(len(task.panel.waves))]
        found = [(wave, rows, task.panel.waves[wave].rows[rows]) for wave, rows in at if len(rows)]
        return cls(
            np.concatenate([values(wave)[party] for wave, _, party in found]),
            task.split.labels(task.panel, part),
            np.concatenate([party for *_, party in found]),
        )

    def where(self, chosen: NDArray[np.bool_]) -> "Rows":
        """Some of them."""
        return Rows(self.values[chosen], self.label[chosen], self.party[chosen])


@dataclass(frozen=True)
class Columns:
    """Figures in the order in which a model reads them."""

    features: tuple[Feature, ...]

    @classmethod
    def scoped(cls, panel: Panel, *scopes: str) -> "Columns":
        """All figures of a panel that are of some scopes."""
        return cls(tuple(feature for feature in panel.features if feature.scope in scopes))

    @classmethod
    def named(cls, panel: Panel, names: Sequence[str], *, model: str) -> "Columns":
        """Figures of a panel by name, in that order. Raises InvalidPanel where it lacks one that the model needs."""
        have = {feature.name: feature for feature in panel.features}
        missing = [name for name in names if name not in have]
        if missing:
            raise InvalidPanel(f"the panel lacks {', '.join(missing)}", where=model,
                               remedy="give these figures, or leave the model out")  # fmt: skip
        return cls(tuple(have[name] for name in names))

    @property
    def names(self) -> tuple[str, ...]:
        """Of the figures."""
        return tuple(feature.name for feature in self.features)

    @property
    def directions(self) -> list[int]:
        """1 where more never lowers risk, -1 where more never raises it, else 0; codes have none."""
        return [0 if feature.categories else feature.direction for feature in self.features]

    @property
    def codes(self) -> list[int]:
        """Positions of figures that are codes of categories."""
        return [at for at, feature in enumerate(self.features) if feature.categories]

    def of(self, panel: Panel, at: int) -> Figures:
        """Figures of every party of a wave, shape (n, k). Raises InvalidModel where one is missing or means another."""
        return panel.waves[at].values[:, self.places(panel)]

    def places(self, panel: Panel) -> list[int]:
        """Where each stands among a panel's columns. Raises InvalidModel where one is missing or means another."""
        have = {feature.name: at for at, feature in enumerate(panel.features)}
        missing = [name for name in self.names if name not in have]
        if missing:
            raise InvalidModel(
                f"the panel lacks {', '.join(missing[:5])}{' and more' if len(missing) > 5 else ''}", where="features",
                remedy="give the panel the features the model learned from, or train it again",
            )  # fmt: skip
        places = [have[name] for name in self.names]
        for place, mine in zip(places, self.features, strict=True):
            its = panel.features[place]
            if (its.unit, its.categories) != (mine.unit, mine.categories):
                raise InvalidModel(
                    f"{mine.name} is in {its.unit or 'no unit'} or has other categories than it was learned with",
                    where="features", remedy="bring the feature to the unit and categories of the model",
                )  # fmt: skip
        return places

    def facts(self) -> list[dict[str, Any]]:
        """As JSON says it."""
        return [asdict(feature) for feature in self.features]

    @classmethod
    def read(cls, facts: Sequence[Mapping[str, Any]]) -> "Columns":
        """As JSON said it. Raises InvalidModel."""
        try:
            return cls(tuple(Feature(**{**said, "categories": tuple(said["categories"])}) for said in facts))
        except (KeyError, TypeError):
            raise InvalidModel("its features cannot be read", where="features") from None
