"""Shocks: a question with a body, which writes nothing."""

from typing import Annotated

from fastapi import APIRouter, Body
from fastapi.responses import HTMLResponse

from api import questions
from api.answers.frame import Answer
from api.questions.meant import named_scenario
from api.questions.shocks.scenario import Scenario
from api.questions.shocks.shock import ShockAnswer
from api.report import shock_page
from api.routes.asked import At, Language, Limit, Served, Set
from api.routes.reports import paper
from api.service.body import OnceRoute

router = APIRouter(tags=["contagion"], route_class=OnceRoute)


@router.post("/shocks")
def shock(
    engine: Served, settings: Set, moment: At, scenario: Annotated[Scenario, Body()], limit: Limit = 20
) -> Answer[ShockAnswer]:
    """What would a failure, or a fall of output, cost through every layer: by lender, group, layer and path?

    A scenario says who fails, or whose output falls, and what is assumed. Parties go by id or exact name.
    """
    named = named_scenario(engine, scenario, lender=settings.lender or "", moment=moment)
    return questions.shock(engine, named, limit=limit, moment=moment)


@router.post("/shocks.html", response_class=HTMLResponse)
def shock_report(
    engine: Served,
    settings: Set,
    moment: At,
    scenario: Annotated[Scenario, Body()],
    limit: Limit = 20,
    language: Language = "en",
) -> HTMLResponse:
    """What a shock costs as a page to print: losses, layers, rounds, who fails and why, causes, gaps, assumptions."""
    named = named_scenario(engine, scenario, lender=settings.lender or "", moment=moment)
    return paper(shock_page(questions.shock(engine, named, limit=limit, moment=moment), language=language))
