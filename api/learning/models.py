"""Models by their names, as files and commands call them."""

from collections.abc import Mapping
from typing import Any, Final

from analytics.learning.models import Model
from analytics.learning.models.forests import DEGREES, GRAPH, OWN
from analytics.learning.models.merton import Merton
from analytics.learning.models.net import SIZES, NetModel
from analytics.learning.models.published import PUBLISHED
from analytics.learning.models.scorecard import Scorecard
from analytics.learning.models.stack import Stack

PLAIN: Final[tuple[Model, ...]] = (Scorecard(), *PUBLISHED, Merton(), OWN, DEGREES, GRAPH)
NETS: Final = tuple(SIZES)


def models(**nets: Any) -> Mapping[str, Model]:
    """All models, plain ones first; `nets` are fields of every net, such as how many seeds."""
    found: dict[str, Model] = {model.name: model for model in PLAIN}
    found |= {name: NetModel.named(name, **nets) for name in NETS}
    return found | {"stack": Stack(GRAPH, found["gnn"])}
