"""The question about several parties."""

from typing import Annotated

from fastapi import APIRouter, Query

from api import questions
from api.answers.frame import Answer
from api.questions.links.links import MOST_PARTIES, Linkage
from api.routes.asked import At, Kinds, Limit, Served

router = APIRouter(tags=["links"])

Parties = Annotated[
    list[str],
    Query(
        min_length=2,
        max_length=MOST_PARTIES,
        description=f"Ids of 2 to {MOST_PARTIES} parties; repeat the parameter",
        examples=[["register:b", "register:shop"]],
    ),
]
Steps = Annotated[int, Query(ge=1, le=8, description="Steps of a path at most")]
Through = Annotated[
    list[str] | None,
    Query(description="Also paths through what `lenders` of many lend, the `state`, or `hubs`; repeatable"),
]


@router.get("/links")
def links(
    engine: Served,
    moment: At,
    party: Parties,
    steps: Steps = 4,
    kinds: Kinds = None,
    through: Through = None,
    limit: Limit = 100,
) -> Answer[Linkage]:
    """How two or more parties hang together: common controllers, and the paths between them."""
    return questions.links(engine, party, steps=steps, kinds=kinds, through=through or (), limit=limit, moment=moment)
