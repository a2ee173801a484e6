"""Signs of life, and the page that lists what can be asked."""

from dataclasses import dataclass
from typing import cast

from fastapi import APIRouter, Request
from starlette.responses import Response

from api.routes.asked import Served
from api.service.freshness import Keeper
from api.service.problems import of_status

router = APIRouter(tags=["service"])


@dataclass(frozen=True)
class Life:
    """A sign of life."""

    status: str


@dataclass(frozen=True)
class Readiness:
    """What newest answers count."""

    status: str
    version: int
    """Number of the last load."""
    waiting: tuple[int, ...]
    """Entries of the ledger whose judgements answers do not count yet: a kill cut off their loading."""


@router.get("/health")
def health() -> Life:
    """Whether the service is alive."""
    return Life("alive")


@router.get("/ready", response_model=Readiness, responses={503: {"description": "Not yet"}})
def ready(request: Request, engine: Served) -> Readiness | Response:
    """Whether facts are there and questions of now are answered without a wait."""
    keeper = cast("Keeper", request.app.state.keeper)
    if keeper.ready:
        return Readiness("ready", engine.version, keeper.waiting)
    why = "no load is there yet" if not engine.version else "what answers need is being built"
    return of_status(503, why).response({"Retry-After": "2"})
