"""The credit check: a question with a body, which writes only where the request has a name of its own."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Body, Query

from api.answers.frame import Answer
from api.ledger.decisions import decided
from api.questions.limits.applications import Request
from api.questions.limits.checked import CreditCheck
from api.questions.meant import named_in
from api.routes.asked import At, Limit, Served, Set, ValidAt
from api.service.body import OnceRoute
from api.service.problems import Problem
from graph.errors import NotAllowed

router = APIRouter(tags=["credit"], route_class=OnceRoute)


@router.post(
    "/credit-checks",
    responses={
        403: {"description": "The service has no token, so that nobody may have a decision kept", "model": Problem},
        409: {"description": "Another request was decided under this request_id", "model": Problem},
        507: {"description": "The disk is full", "model": Problem},
    },
)
def credit_check(
    engine: Served,
    settings: Set,
    moment: At,
    request: Annotated[Request, Body()],
    valid_at: ValidAt = None,
    remedies: Annotated[bool, Query(description="Whether to look for the smallest changes that would pass")] = True,
    limit: Limit = 20,
) -> Answer[CreditCheck]:
    """May this facility be granted: approve, refer or decline, the rule that binds, and what would pass.

    Asked without a request_id nothing is written, as with every question. With one the decision stands in the
    ledger before it is told, and asked again is the same, as of the moment of the first; only a service that
    has a token keeps decisions. Parties go by id or exact name. The day is a `date` in the body or `valid_at`; both
    have to be the same.
    """
    request.agree(valid_at)
    if request.request_id and settings.token is None:
        raise NotAllowed(
            "a service without a token keeps no decisions",
            where="request_id",
            remedy="set CONTAGRAPH_TOKEN, leave request_id out, or use `contagraph ask credit-check` on its machine",
        )
    named = named_in(engine, request, lender=settings.lender or "", moment=moment)
    return decided(engine, named, remedies=remedies, limit=limit, moment=moment, now=lambda: datetime.now(UTC))
