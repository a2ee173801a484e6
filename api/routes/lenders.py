"""Questions about a lender's whole book."""

from typing import Annotated, Final
from urllib.parse import quote

from fastapi import APIRouter, Body, Query
from fastapi.responses import HTMLResponse, Response
from pydantic import TypeAdapter

from analytics.limits.check import NEAR
from api import questions
from api.answers.frame import Answer
from api.answers.progress import Progress, untold
from api.book.guaranteed import ALL, SCOPES
from api.groups.together import READINGS, SUSPECTED
from api.questions.asking import MOST
from api.questions.book.assumed import Assumed
from api.questions.book.groups import BookGroups
from api.questions.book.guarantees import BookGuarantees
from api.questions.book.limits import BookLimits
from api.questions.book.losses import BookLosses, check_losses
from api.questions.book.related import BookRelated
from api.questions.book.reverse import FEWEST, BookReverse, check_reverse
from api.questions.book.reverse import ORDERS as REVERSED
from api.questions.book.risk import BookRisk
from api.questions.book.systemic import MISSING, ORDERS, BookSystemic
from api.questions.book.unwinding import DEFAULT
from api.questions.meant import named_assumed
from api.report import losses_page
from api.routes.asked import At, FindingState, Language, LenderId, Limit, ModelRun, Near, Offset, Served
from api.routes.jobs import JSON, TAKEN, Aside, asked_at, taken_in
from api.routes.reports import paper
from api.service.body import OnceRoute

router = APIRouter(prefix="/lenders", tags=["lenders"], route_class=OnceRoute)
_LOSSES: Final = TypeAdapter(Answer[BookLosses])
_REVERSE: Final = TypeAdapter(Answer[BookReverse])


@router.get("/{id:path}/limits")
def book_limits(
    engine: Served,
    id: LenderId,
    moment: At,
    near: Near = NEAR,
    state: FindingState = "",
    limit: Limit = 50,
    offset: Offset = 0,
) -> Answer[BookLimits]:
    """Every limit of it, who breaks it, who comes near, large exposures and related parties."""
    return questions.book_limits(engine, id, near=near, state=state, limit=limit, offset=offset, moment=moment)


@router.get("/{id:path}/groups")
def book_groups(
    engine: Served,
    id: LenderId,
    moment: At,
    reading: Annotated[str, Query(description=f"How groups are made: {', '.join(READINGS)}")] = SUSPECTED,
    limit: Limit = 20,
    offset: Offset = 0,
) -> Answer[BookGroups]:
    """All groups of connected clients of its book, and how each client came in."""
    return questions.book_groups(engine, id, reading=reading, limit=limit, offset=offset, moment=moment)


@router.get("/{id:path}/guarantees")
def book_guarantees(
    engine: Served,
    id: LenderId,
    moment: At,
    scope: Annotated[str, Query(description=f"Which guarantees: {', '.join(SCOPES)}")] = ALL,
    length: Annotated[int, Query(ge=2, le=12, description="Most guarantees of a closed circle")] = 5,
    unwind: Annotated[
        str,
        Query(
            description="What the plan shall reach: circles:K, none of more than K guarantees, or parts:N, no more "
            "than N parties that hang together; with :PARTY behind it only where that party stands",
            examples=["circles:2", "parts:10"],
        ),
    ] = DEFAULT,
    limit: Limit = 20,
    offset: Offset = 0,
) -> Answer[BookGuarantees]:
    """Guarantee circles around its book, what may be called, the law's tests, and a plan to unwind."""
    return questions.book_guarantees(
        engine, id, scope=scope, length=length, unwind=unwind, limit=limit, offset=offset, moment=moment
    )


@router.get("/{id:path}/related")
def book_related(
    engine: Served, id: LenderId, moment: At, limit: Limit = 20, offset: Offset = 0
) -> Answer[BookRelated]:
    """Its related parties: holders, officers, their kin and what they control, each with the way it came in."""
    return questions.book_related(engine, id, limit=limit, offset=offset, moment=moment)


@router.get("/{id:path}/risk")
def book_risk(
    engine: Served, id: LenderId, moment: At, model: ModelRun = "", limit: Limit = 20, offset: Offset = 0
) -> Answer[BookRisk]:
    """Its borrowers by probability of default, with exposure and expected loss."""
    return questions.book_risk(engine, id, model=model, limit=limit, offset=offset, moment=moment)


@router.get("/{id:path}/systemic")
def book_systemic(
    engine: Served,
    id: LenderId,
    moment: At,
    top: Annotated[int, Query(ge=1, le=MOST, description="How many of the dearest firms are ranked")] = 50,
    order: Annotated[
        str,
        Query(description=f"What ranks them: all that a failure costs, or what is beyond its own: {', '.join(ORDERS)}"),
    ] = ORDERS[0],
    missing: Annotated[
        str,
        Query(description=f"Firms without statements: nothing fails them, or medians stand in: {', '.join(MISSING)}"),
    ] = MISSING[0],
    limit: Limit = 20,
    offset: Offset = 0,
) -> Answer[BookSystemic]:
    """The firms whose failure would cost it most: all are screened, the foremost sent through all layers."""
    return questions.book_systemic(
        engine, id, top=top, order=order, missing=missing, limit=limit, offset=offset, moment=moment
    )


@router.get("/{id:path}/losses")
def book_losses_assessed(
    engine: Served, id: LenderId, moment: At, limit: Limit = 20, offset: Offset = 0
) -> Answer[BookLosses]:
    """What it may lose in a year by the assessments known: with contagion and without, by whom, beside closed forms."""
    return questions.book_losses(engine, id, limit=limit, offset=offset, moment=moment)


@router.post("/{id:path}/losses", response_model=Answer[BookLosses], responses=TAKEN)
def book_losses(
    engine: Served,
    aside: Aside,
    id: LenderId,
    moment: At,
    assumed: Annotated[Assumed, Body()],
    limit: Limit = 20,
    offset: Offset = 0,
) -> Response:
    """The same by PDs and correlations of one's own: parties by id or exact name, grades, industries, the rest.

    With `wait=false` the reply is a job, as of `/v1/shocks`.
    """
    named = named_assumed(engine, assumed, moment=moment)

    def answered(progress: Progress) -> bytes:
        found = questions.book_losses(engine, id, named, limit=limit, offset=offset, moment=moment, progress=progress)
        return _LOSSES.dump_json(found, by_alias=True)

    if aside is None:
        return Response(answered(untold), media_type=JSON)
    check_losses(engine.view(moment), id, named)
    asked = asked_at(_address(id, "losses"), moment, {"limit": limit, "offset": offset}, named.model_dump(mode="json"))
    return taken_in(aside, "book_losses", asked, answered)


@router.post("/{id:path}/losses.html", response_class=HTMLResponse)
def losses_report(
    engine: Served,
    id: LenderId,
    moment: At,
    assumed: Annotated[Assumed, Body()],
    limit: Limit = 20,
    language: Language = "en",
) -> HTMLResponse:
    """What it may lose in a year as a page to print: distribution, closed forms, contributions, concentration."""
    named = named_assumed(engine, assumed, moment=moment)
    return paper(losses_page(questions.book_losses(engine, id, named, limit=limit, moment=moment), language=language))


Loss = Annotated[
    float, Query(gt=0, description="Loss that is looked for: money, or at most 1 for a part of what is owed to it")
]
Reversed = Annotated[
    str, Query(description=f"Which failures, the fewest or the likeliest by PD: {', '.join(REVERSED)}")
]


@router.get("/{id:path}/reverse")
def book_reverse(
    engine: Served, id: LenderId, moment: At, loss: Loss, order: Reversed = FEWEST, limit: Limit = 20
) -> Answer[BookReverse]:
    """Failures, as few or as likely as can be, that together cost it so much through every layer."""
    return questions.book_reverse(engine, id, loss=loss, order=order, limit=limit, moment=moment)


@router.post("/{id:path}/reverse", response_model=Answer[BookReverse], responses=TAKEN)
def book_reverse_assumed(
    engine: Served,
    aside: Aside,
    id: LenderId,
    moment: At,
    loss: Loss,
    assumed: Annotated[Assumed, Body()],
    order: Reversed = FEWEST,
    limit: Limit = 20,
) -> Response:
    """The same by PDs, a loss given default and haircuts of one's own.

    With `wait=false` the reply is a job, as of `/v1/shocks`.
    """
    named = named_assumed(engine, assumed, moment=moment)

    def answered(progress: Progress) -> bytes:
        found = questions.book_reverse(
            engine, id, loss=loss, order=order, assumed=named, limit=limit, moment=moment, progress=progress
        )
        return _REVERSE.dump_json(found, by_alias=True)

    if aside is None:
        return Response(answered(untold), media_type=JSON)
    check_reverse(engine.view(moment), id, loss=loss, order=order, assumed=named)
    parameters = {"loss": loss, "order": order, "limit": limit}
    asked = asked_at(_address(id, "reverse"), moment, parameters, named.model_dump(mode="json"))
    return taken_in(aside, "book_reverse", asked, answered)


def _address(lender: str, question: str) -> str:
    """Where a question about a lender is asked."""
    return f"/v1/lenders/{quote(lender, safe=':')}/{question}"
