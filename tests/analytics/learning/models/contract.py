"""What every model keeps to: one list of models, the same questions to each.

A model joins by a line in `MODELS`; one that trains slowly gives itself in a small size.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache

import numpy as np

from analytics.learning.models import Fitted, Model, Task
from analytics.learning.models.forests import DEGREES, GRAPH, OWN
from analytics.learning.models.merton import Merton
from analytics.learning.models.net import SIZES, NetModel
from analytics.learning.models.published import PUBLISHED
from analytics.learning.models.scorecard import Scorecard
from analytics.learning.models.stack import Stack
from analytics.learning.panel import Feature, Panel, Split, Ties
from tests.analytics.learning.models.scores import stated
from tests.analytics.learning.panels import small


def plain(seed: int = 0) -> Panel:
    """Firms with two figures."""
    return small(firms=240, seed=seed)


@dataclass(frozen=True)
class Case:
    """A model, and panels it can learn from."""

    model: Model
    panel: Callable[[], Panel] = field(default=plain)

    @property
    def name(self) -> str:
        return self.model.name


def traded(seed: int = 0) -> Panel:
    """Firms with the figures of published scores, whose shares are traded."""
    return stated(firms=240, seed=seed)


NETS = tuple(
    NetModel.named(name, nets=1, schedule={"epochs": 2, "device": "cpu"}, sizes={"hidden": 8}) for name in SIZES
)
MODELS: tuple[Case, ...] = (
    Case(OWN), Case(DEGREES), Case(GRAPH), Case(Stack(OWN, GRAPH)), Case(Scorecard()), Case(Merton(), traded),
    *(Case(model, traded) for model in PUBLISHED), *map(Case, NETS),
)  # fmt: skip
BY_NAME: Mapping[str, Case] = {case.name: case for case in MODELS}


def task(panel: Panel, seed: int = 0) -> Task:
    return Task(panel, Split.by_time(panel), seed)


@cache
def learned(name: str) -> tuple[Panel, Fitted]:
    """Each model once for all questions."""
    case = BY_NAME[name]
    panel = case.panel()
    return panel, case.model.fit(task(panel))


def without_figures(panel: Panel) -> Panel:
    """All figures missing."""
    waves = [replace(wave, values=np.full_like(wave.values, np.nan)) for wave in panel.waves]
    return replace(panel, waves=tuple(waves))


def without_links(panel: Panel) -> Panel:
    """No link of any relation."""
    none = Ties(np.empty(0, np.int32), np.empty(0, np.int32), np.empty(0), np.empty(0, np.int64))
    waves = [replace(wave, ties=dict.fromkeys(wave.ties, none)) for wave in panel.waves]
    return replace(panel, waves=tuple(waves))


def renamed(panel: Panel) -> Panel:
    """Features and relations under other names."""
    features = tuple(
        Feature(f"{one.name}.other", one.unit, one.en, one.zh, one.direction, one.scope, one.source, one.categories)
        for one in panel.features
    )
    waves = [replace(wave, ties={f"{name}_2": of for name, of in wave.ties.items()}) for wave in panel.waves]
    relations = tuple(f"{name}_2" for name in panel.relations)
    return replace(panel, features=features, relations=relations, waves=tuple(waves))
