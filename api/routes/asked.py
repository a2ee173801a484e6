"""Parameters that questions share, and what is common to reading them."""

from collections.abc import Mapping
from datetime import date, datetime
from functools import partial
from typing import Annotated, Literal, cast

from fastapi import Depends, Path, Query, Request
from pydantic import BeforeValidator

from api.engine import Engine
from api.engine.view import WALKED
from api.jobs import Jobs
from api.questions import earlier
from api.questions.asking import MOST
from api.settings import Settings
from graph.errors import InvalidQuestion
from graph.moment import Moment, read_day, read_instant

FARTHEST = 10_000_000
"""Entries a page may start behind."""


def _engine(request: Request) -> Engine:
    return cast("Engine", request.app.state.engine)


def _settings(request: Request) -> Settings:
    return cast("Settings", request.app.state.settings)


def _jobs(request: Request) -> Jobs:
    return cast("Jobs", request.app.state.jobs)


Served = Annotated[Engine, Depends(_engine)]
Set = Annotated[Settings, Depends(_settings)]
Worked = Annotated[Jobs, Depends(_jobs)]


def day(name: str) -> BeforeValidator:
    """Reads a day of this parameter; a number is none."""
    return BeforeValidator(partial(_read, read_day, name))


def instant(name: str) -> BeforeValidator:
    """Reads an instant of this parameter; without a zone it is UTC."""
    return BeforeValidator(partial(_read, read_instant, name))


def _read(read: object, name: str, text: str | None) -> object:
    return None if text is None else read(text, where=name)  # type: ignore[operator]


PartyId = Annotated[
    str,
    Path(
        alias="id",
        description="Any id of the party, as `search` gives it: source, colon, number",
        examples=["register:91350100M000100Y43"],
        min_length=1,
    ),
]
LenderId = Annotated[
    str,
    Path(
        alias="id",
        description="Any id of the lender, as `search` gives it: source, colon, number",
        examples=["bank:bank"],
        min_length=1,
    ),
]
Whose = Annotated[
    str | None,
    Query(
        description="Id of the lender; where left out the service's own, and all together where it has none or "
        "this is empty",
        examples=["bank:bank"],
    ),
]
Near = Annotated[float, Query(gt=0, le=1, description="Share of a limit from which a use is told as near")]
FindingState = Annotated[
    str, Query(description="Only findings of this state: breach, near, large, assess, untold; else the first four")
]
Language = Annotated[Literal["en", "zh"], Query(description="Language of the report")]
ValidAt = Annotated[
    date | None,
    day("valid_at"),
    Query(description="What was true in the world on this day; today where left out", examples=["2024-06-30"]),
]
KnownAt = Annotated[
    datetime | None,
    instant("known_at"),
    Query(
        description="What was known by this instant; all that is known where left out",
        examples=["2024-06-30T00:00:00Z"],
    ),
]
Version = Annotated[
    int | None,
    Query(ge=0, description="Number of the last load that counts: the same answer for ever", examples=[2]),
]
Currency = Annotated[
    str | None,
    Query(
        description="Currency of amounts, ISO 4217; the one that all share where left out",
        examples=["CNY"],
        pattern="^[A-Z]{3}$",
    ),
]
Limit = Annotated[int, Query(ge=1, le=MOST, description="Entries on a page")]
Offset = Annotated[int, Query(ge=0, le=FARTHEST, description="Entries before the page")]
ModelRun = Annotated[
    str,
    Query(
        description="Run of a model, as NAME@NUMBER or the newest of NAME; the one that is served where left out",
        max_length=100,
        examples=["firms@2"],
    ),
]
Kinds = Annotated[
    list[str] | None,
    Query(
        description=f"Only relations of this kind, repeat for several: {', '.join(kind.name for kind in WALKED)}",
        examples=[["OWNS", "CONTROLS"]],
    ),
]


def _moment(
    engine: Served,
    settings: Set,
    valid_at: ValidAt = None,
    known_at: KnownAt = None,
    version: Version = None,
    currency: Currency = None,
) -> Moment:
    return engine.moment(valid_at=valid_at, known_at=known_at, version=version, currency=currency or settings.currency)


At = Annotated[Moment, Depends(_moment)]
"""The moment a question is about."""


def no_strangers(request: Request) -> None:
    """Refuse parameters that the question does not have: a misspelled date must not become today."""
    if not request.query_params:
        return
    known: Mapping[str, bool] = request.app.state.parameters().get(request.scope["endpoint"].__name__, {})
    given = [name for name, _ in request.query_params.multi_items()]
    for name in given:
        if name not in known:
            remedy = f"use some of {', '.join(sorted(known))}" if known else "leave it out"
            raise InvalidQuestion("this question has no such parameter", where=name[:100], remedy=remedy)
        if given.count(name) > 1 and not known[name]:
            raise InvalidQuestion("given more than once", where=name, remedy="give it once")


def _since(
    engine: Served,
    moment: At,
    since: Annotated[
        date | None,
        day("since"),
        Query(description="The earlier day in the world; the later one where left out", examples=["2023-12-31"]),
    ] = None,
    since_known: Annotated[
        datetime | None,
        instant("since_known"),
        Query(
            description="The earlier instant of knowledge; the later one where left out",
            examples=["2024-02-15T00:00:00Z"],
        ),
    ] = None,
) -> Moment:
    return earlier(moment, valid_at=since, known_at=since_known)


Since = Annotated[Moment, Depends(_since)]
"""The earlier of two moments."""
