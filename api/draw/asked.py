"""A party's network asked for and drawn with its marks: what the command and the page have in common."""

from collections.abc import Sequence
from dataclasses import dataclass

from api.draw.marks import marks
from api.draw.page import draw
from api.engine import Engine
from api.questions import network
from graph.moment import Moment


@dataclass(frozen=True)
class Drawing:
    """A page, and what there is to say about it."""

    page: str
    reasons: tuple[str, ...]


def drawing(
    engine: Engine,
    party: str,
    *,
    hops: int,
    kinds: Sequence[str] | None = None,
    mark: Sequence[str] = (),
    limit: int,
    moment: Moment,
) -> Drawing:
    """Draw a party's network; what is marked is drawn however far it stands."""
    found = marks(engine, party, mark, moment=moment)
    beside = [one.id for one in found.parties[:limit]]
    answer = network(engine, party, hops=hops, kinds=kinds, limit=limit, beside=beside, moment=moment)
    return Drawing(draw(answer, found), (*answer.reasons, *found.reasons))
