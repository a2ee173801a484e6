"""Which model answers, as every answer about risk says it."""

from dataclasses import dataclass
from functools import cache

from analytics.learning.models.scale import Scale, Scales
from api.engine import Engine
from api.learning.registry import Ready, served
from api.learning.scoring import Scores, scores
from api.sealed.promotions import Promotion
from graph.moment import Moment

SCALE = "GEOMETRIC_19"


@dataclass(frozen=True)
class ServedBy:
    """A run of a model."""

    run: str
    """NAME@NUMBER, as `contagraph models list` says it."""
    model: str
    """What kind of model it is, such as `stack`."""
    definition: str
    """Id of the definition of default it learned."""
    horizon_months: int | None
    """Null where its data state outcomes and not over what time."""
    made_at: str | None
    """When it was trained."""
    learned_until: str | None
    """Last day that taught or settled it; null where its data have none."""
    champion: bool
    """Whether it is the one served; else it was asked for by name."""
    promoted_by: str | None
    """Both people."""
    promoted_at: str | None
    entry: int | None
    """Of the ledger, which has the hash of all it holds."""


def scored(engine: Engine, model: str, *, moment: Moment) -> tuple[Scores, ServedBy]:
    """Scores of a moment by the model named, else by the one served. Raises NotFound and InvalidModel."""
    ready, promotion = served(engine.place.folder, model)
    return scores(engine, ready, moment=moment), told(ready, promotion)


def told(ready: Ready, promotion: Promotion | None) -> ServedBy:
    """A run in words."""
    return ServedBy(
        ready.called, ready.fitted.name, ready.head.definition, ready.head.horizon or None,
        ready.manifest.get("made_at"),
        max(ready.manifest.get("learned_days", ()), default=None), promotion is not None,
        f"{promotion.by}, {promotion.second}" if promotion else None, promotion.at if promotion else None,
        promotion.entry if promotion else None,
    )  # fmt: skip


@cache
def scale() -> Scale:
    """The master scale that grades are told on."""
    return Scales.shipped().scale(SCALE)
