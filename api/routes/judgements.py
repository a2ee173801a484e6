"""Judgements: the only address that writes."""

from datetime import UTC, datetime
from typing import Annotated, Literal

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict

from api.intake import Intake
from api.ledger import judgements as judged
from api.routes.asked import Served, Set
from api.service.body import OnceRoute
from api.service.problems import Problem
from graph.errors import NotAllowed

router = APIRouter(tags=["judgements"], route_class=OnceRoute)
Text = Annotated[str, Field(max_length=2_000)]
EXAMPLE: JsonDict = {
    "judgements": [
        {"kind": "same party", "party": "register:a", "other": "gleif:b", "author": "li.wei", "reason": "one address"}
    ]
}


class Given(BaseModel):
    """One judgement."""

    model_config = ConfigDict(extra="forbid")

    kind: Literal["dependence", "ring fence", "same party"]
    party: Annotated[Text, Field(description="Who depends, is controlled, or is one of two records")]
    other: Annotated[Text, Field(description="On whom, by whom, or the other record")]
    author: Annotated[Text, Field(description="Who judges")]
    reason: Annotated[Text, Field(description="Why")]
    verdict: Literal["confirmed", "rejected", "withdrawn"] = "confirmed"
    criterion: Annotated[Text, Field(description="Criterion of a dependence, such as cn-annex1-1")] = ""
    evidence: Annotated[Text, Field(description="What it rests on")] = ""
    valid_from: Annotated[Text, Field(description="First day; the day of the judgement where left out")] = ""
    expires: Annotated[Text, Field(description="First day on which it no longer holds")] = ""


class Call(BaseModel):
    """Judgements that are accepted together, or not at all."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [EXAMPLE]})

    judgements: Annotated[list[Given], Field(min_length=1, max_length=judged.MOST)]


@router.post(
    "/judgements",
    responses={
        403: {"description": "The service has no token, so that nobody may judge over the network", "model": Problem},
        409: {"description": "A load is at work", "model": Problem},
        507: {"description": "The disk is full", "model": Problem},
    },
)
def judge(engine: Served, settings: Set, call: Call) -> judged.Recorded:
    """Record judgements: dependence, ring fence, same party.

    They stand in the ledger before they count, and answers count them from the reply on. Only a service that
    has a token takes them.
    """
    if settings.token is None:
        raise NotAllowed(
            "a service without a token takes no judgements",
            where="/v1/judgements",
            remedy="set CONTAGRAPH_TOKEN, or use `contagraph judge FILE` on its machine",
        )
    given = [judged.Judgement(**one.model_dump()) for one in call.judgements]
    recorded = judged.record(Intake(engine.place, lambda: datetime.now(UTC)), given)
    engine.refresh()
    return recorded
