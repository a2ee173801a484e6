"""The HTTP service: what it is made of, in order."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import Depends, FastAPI
from starlette.middleware import Middleware

from api.engine import Engine
from api.jobs import Jobs, Room
from api.routes import credit, jobs, judgements, lenders, links, pages, parties, reports, service, shocks
from api.routes.asked import no_strangers
from api.service import problems, wire
from api.service.auth import Access, Guard
from api.service.bounds import Bounds
from api.service.freshness import LOOK_EVERY, Keeper
from api.settings import Settings


def create_app(engine: Engine, settings: Settings, *, look_every: float = LOOK_EVERY) -> FastAPI:
    """The service over an engine. Raises InvalidInput where it would listen to everybody."""
    keeper = Keeper(engine, settings, every=look_every)
    room = Room(settings.jobs, settings.jobs_waiting, settings.jobs_kept, settings.jobs_days)
    worked = Jobs(engine.place.folder / "jobs", room)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        keeper.start()
        worked.start()
        yield
        worked.stop()
        keeper.stop()

    app = FastAPI(
        title="Contagraph",
        version=wire.VERSION,
        description=wire.DESCRIPTION,
        lifespan=lifespan,
        middleware=[
            Middleware(Bounds, max_url=settings.max_url, max_body=settings.max_body),
            Middleware(Guard, access=Access.of(settings)),
        ],
        dependencies=[Depends(no_strangers)],
        generate_unique_id_function=lambda route: route.name,
        redirect_slashes=False,
        docs_url=None,
        redoc_url=None,
    )
    app.state.engine, app.state.settings, app.state.keeper = engine, settings, keeper
    app.state.jobs = worked
    problems.register(app)
    app.include_router(pages.router)
    app.include_router(service.router)
    # Before the questions: the address of a party ends with anything.
    app.include_router(reports.router, prefix="/v1", responses=wire.PROBLEMS)
    app.include_router(parties.router, prefix="/v1", responses=wire.PROBLEMS)
    app.include_router(links.router, prefix="/v1", responses=wire.PROBLEMS)
    app.include_router(credit.router, prefix="/v1", responses=wire.PROBLEMS)
    app.include_router(shocks.router, prefix="/v1", responses=wire.PROBLEMS)
    app.include_router(jobs.router, prefix="/v1", responses=wire.PROBLEMS)
    app.include_router(lenders.router, prefix="/v1", responses=wire.PROBLEMS)
    app.include_router(judgements.router, prefix="/v1", responses=wire.PROBLEMS)
    wire.describe(app, token=settings.token is not None)
    return app
