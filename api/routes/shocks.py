"""Shocks: a question with a body, which writes nothing, and may be asked as a job; scenarios that go by a name."""

from dataclasses import dataclass, replace
from typing import Annotated, Final

from fastapi import APIRouter, Body, Query
from fastapi.responses import HTMLResponse, Response
from pydantic import TypeAdapter

from analytics.rules.rule import Words
from api import questions
from api.answers.frame import Answer
from api.answers.progress import Progress, untold
from api.draw.rounds import draw_rounds
from api.engine import Engine
from api.questions.meant import named_scenario
from api.questions.shocks.cascade import cascade
from api.questions.shocks.catalogue import catalogue
from api.questions.shocks.scenario import Scenario
from api.questions.shocks.sent import check_scenario, view_of
from api.questions.shocks.shock import ShockAnswer
from api.report import shock_page
from api.routes.asked import At, Language, Limit, Served, Set
from api.routes.jobs import JSON, TAKEN, Aside, asked_at, taken_in
from api.routes.reports import paper, scripted
from api.service.body import OnceRoute
from api.settings import Settings
from graph.moment import Moment

router = APIRouter(tags=["contagion"], route_class=OnceRoute)
_ANSWER: Final = TypeAdapter(Answer[ShockAnswer])


@dataclass(frozen=True)
class NamedScenario:
    """A scenario of the catalogue."""

    name: str
    """By which it is asked for."""
    said: Words
    meaning: Words
    citation: str
    verified: bool
    """Whether its sizes were read in the text cited."""
    fails: str
    """`lender` where the lender asked about fails, beside those whom the scenario names."""
    scenario: Scenario
    """Whom it hits and what it assumes."""


@router.get("/scenarios", tags=["catalogue"])
def scenarios() -> list[NamedScenario]:
    """Scenarios that can be asked for by name: what each means, whom it hits, and what it assumes.

    `POST /v1/shocks` takes one as `{"name": "real-estate", "lender": "bank:bank"}`.
    """
    return [
        NamedScenario(name, one.name, one.meaning, one.citation, one.verified, one.fails, one.scenario)
        for name, one in catalogue().items()
    ]


@router.post("/shocks", response_model=Answer[ShockAnswer], responses=TAKEN)
def shock(
    engine: Served,
    settings: Set,
    aside: Aside,
    moment: At,
    scenario: Annotated[Scenario, Body()],
    limit: Limit = 20,
) -> Response:
    """What would a failure, or a fall of output, cost through every layer: by lender, group, layer and path?

    A scenario says who fails, or whose output falls, and what is assumed; one with nothing but a `name`, and perhaps a
    lender, is that of the catalogue (`/v1/scenarios`), in which whatever else it says is changed. Parties go by id or
    exact name. With `wait=false` the reply is a job, whose answer is kept; one that the same service has answered as a
    job already, of the same moment and version, is that job.
    """
    named = _meant(engine, settings, scenario, moment)

    def answered(progress: Progress) -> bytes:
        return _ANSWER.dump_json(
            questions.shock(engine, named, limit=limit, moment=moment, progress=progress), by_alias=True
        )

    if aside is None:
        return Response(answered(untold), media_type=JSON)
    view = view_of(engine, named, moment)
    check_scenario(view, named)
    # The day that the scenario names, else the request would be of two days once another has come.
    meant = replace(moment, valid_at=view.snapshot.moment.valid_at)
    asked = asked_at("/v1/shocks", meant, {"limit": limit}, named.model_dump(mode="json"))
    return taken_in(aside, "shock", asked, answered)


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
    named = _meant(engine, settings, scenario, moment)
    return paper(shock_page(questions.shock(engine, named, limit=limit, moment=moment), language=language))


@router.post("/shocks/picture.html", response_class=HTMLResponse)
def shock_picture(
    engine: Served,
    settings: Set,
    moment: At,
    scenario: Annotated[Scenario, Body()],
    limit: Annotated[int, Query(ge=1, le=200, description="Most parties drawn; the rest is counted")] = 30,
) -> HTMLResponse:
    """A shock as a picture by rounds to look around in: who fails, who pays and who loses, with tables beside it."""
    named = _meant(engine, settings, scenario, moment)
    page = draw_rounds(cascade(engine, named, limit=limit, moment=moment))
    return HTMLResponse(page, headers={"Content-Security-Policy": scripted(page)})


def _meant(engine: Engine, settings: Settings, scenario: Scenario, moment: Moment) -> Scenario:
    """The scenario that is meant, with the lender that is set where it names none."""
    return named_scenario(engine, scenario, lender=settings.lender or "", moment=moment)
