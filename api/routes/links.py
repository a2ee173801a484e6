"""The question about several parties."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse

from api import questions
from api.answer import Answer
from api.questions.links import MOST_PARTIES, Linkage
from api.report import linkage_page
from api.routes.asked import At, Kinds, Limit, Served

router = APIRouter(tags=["links"])
POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'"
"""A page of nothing but text, styles and pictures drawn in it."""


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
    list[str] | None, Query(description="Also paths through `lenders` of many, the `state`, or `hubs`; repeatable")
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


@router.get("/links.html", response_class=HTMLResponse)
def linkage_report(
    engine: Served,
    moment: At,
    party: Parties,
    steps: Steps = 4,
    kinds: Kinds = None,
    through: Through = None,
    limit: Limit = 100,
    language: Annotated[Literal["en", "zh"], Query(description="Language of the report")] = "en",
) -> HTMLResponse:
    """The same as a page to print: a picture, tables, every line with its sources, method and limits."""
    answer = questions.links(engine, party, steps=steps, kinds=kinds, through=through or (), limit=limit, moment=moment)
    return HTMLResponse(linkage_page(answer, language=language), headers={"Content-Security-Policy": POLICY})
