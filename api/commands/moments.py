"""Options that every question shares, and what they open."""

import functools
import inspect
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

if TYPE_CHECKING:
    from api.answers.frame import Party
    from api.engine import Engine
    from graph.moment import Moment

Store = Annotated[str, typer.Option(help="Folder of a local store, or a bolt:// or neo4j:// address")]
ValidAt = Annotated[str, typer.Option(metavar="DAY", help="What was true on this day; today where left out")]
KnownAt = Annotated[str, typer.Option(metavar="INSTANT", help="What was known by then; all where left out")]
Version = Annotated[int | None, typer.Option(help="Number of the last load that counts: the same answer for ever")]
Currency = Annotated[str, typer.Option(help="Currency of amounts, ISO 4217")]
Lender = Annotated[
    str | None,
    typer.Option(help="Lender that is meant, by id or exact name, where the question has one; '' for all together"),
]
Json = Annotated[bool, typer.Option("--json", help="Print the whole answer as JSON")]
ModelRun = Annotated[
    str,
    typer.Option(
        "--model", metavar="RUN", help="Run of a model, as NAME@NUMBER or the newest of NAME; else the one served"
    ),
]
Limit = Annotated[int, typer.Option(min=1, help="Entries of one page")]
Offset = Annotated[int, typer.Option(min=0, help="Entries before the page")]


_WORDS: Final = {
    "kinds": "--kind", "since": "--since", "since_known": "--since-known",
    "valid_at": "--valid-at", "known_at": "--known-at",
}  # fmt: skip
"""Parameters of questions that are called otherwise on the command line, there where a text may speak of them."""
_PLACES: Final = {"q": "TEXT", "id": "PARTY", "party": "PARTIES"} | {
    name: f"--{name}"
    for name in (
        *(
            "currency",
            "depth",
            "hops",
            "length",
            "lender",
            "limit",
            "loss",
            "missing",
            "model",
            "near",
            "offset",
            "order",
        ),
        *("reading", "reasons", "scope", "state", "steps", "through", "top", "unwind", "version"),
    )
}
_SPOKEN_OF: Final = re.compile(rf"\b({'|'.join(_WORDS)})\b")


@contextmanager
def as_typed() -> Iterator[None]:
    """Errors of a question name what was typed, and not its parameters, which HTTP has."""
    from graph.errors import InvalidQuestion  # noqa: PLC0415  (--help starts without it)

    try:
        yield
    except InvalidQuestion as problem:
        problem.where = (_WORDS | _PLACES).get(problem.where, problem.where)
        problem.remedy = _SPOKEN_OF.sub(lambda name: _WORDS[name[0]], problem.remedy)
        raise


def opened(store: str, valid_at: str, known_at: str, version: int | None, currency: str) -> tuple["Engine", "Moment"]:
    """The engine of a store, and the moment that is meant."""
    from api.commands.places import place_of  # noqa: PLC0415
    from api.engine import Engine  # noqa: PLC0415  (--help starts without it)
    from api.limits.rulebook import rulebook  # noqa: PLC0415
    from api.settings import settings  # noqa: PLC0415
    from graph.moment import read_day, read_instant  # noqa: PLC0415

    place = place_of(store)
    engine = Engine.open(place, overfull=settings().overfull, catalogue=rulebook(settings().rules))
    if not engine.version:
        raise place.nothing_loaded()
    moment = engine.moment(
        valid_at=read_day(valid_at, where="--valid-at") if valid_at else None,
        known_at=read_instant(known_at, where="--known-at") if known_at else None,
        version=version,
        currency=currency or settings().currency,
    )
    return engine, moment


def at_moment(*, shown: bool) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Give a command the options of a moment; it is called with the engine and the moment instead.

    What it returns is shown as an answer, or as JSON where that is asked for, if `shown`.
    """
    shared: dict[str, tuple[Any, Any]] = {
        "store": (Store, ""),
        "valid_at": (ValidAt, ""),
        "known_at": (KnownAt, ""),
        "version": (Version, None),
        "currency": (Currency, ""),
    }
    options = shared | ({"lender": (Lender, None), "as_json": (Json, False)} if shown else {})

    def given(command: Callable[..., Any]) -> Callable[..., Any]:
        asks = inspect.signature(command).parameters

        @functools.wraps(command)
        def asked(**told: Any) -> None:
            as_json = bool(told.pop("as_json", False))
            if "lender" not in asks:
                told.pop("lender", None)
            with as_typed():
                given_day = told["valid_at"]
                engine, moment = opened(**{name: told.pop(name) for name in shared})
                if "valid_at" in asks:
                    told["valid_at"] = given_day
                answer = command(engine=engine, moment=moment, **told)
            if shown:
                from api.printing import show  # noqa: PLC0415

                show(answer, as_json=as_json)

        own = [p for name, p in asks.items() if name not in ("engine", "moment", "lender", "valid_at")]
        more = [
            inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=option)
            for name, (option, default) in (options | ({"lender": (Lender, None)} if "lender" in asks else {})).items()
        ]
        asked.__signature__ = inspect.Signature([*own, *more])  # type: ignore[attr-defined]
        asked.__annotations__ = {p.name: p.annotation for p in (*own, *more)}
        return asked

    return given


def meant(engine: "Engine", moment: "Moment", text: str, *, where: str = "id") -> str:
    """Id of the party that is meant: the id itself, or the one party whose name or number this is exactly."""
    from api.questions.asking import node_of  # noqa: PLC0415
    from api.questions.meant import called  # noqa: PLC0415
    from graph.errors import InvalidQuestion, UnknownParty  # noqa: PLC0415

    try:
        node_of(engine.view(moment).snapshot, text, where=where)
    except UnknownParty as unknown:
        unknown.remedy = "find its id with `contagraph ask search NAME`"
        exact, found = called(engine, text, moment=moment)
        if len(exact) == 1:
            return exact[0].id
        if exact:
            what = f"{len(exact)} parties go by this"
            raise InvalidQuestion(what, where=text, remedy=f"give the id of one:{listed(exact)}") from None
        if found:
            unknown.remedy = f"give the id of the party you mean, such as:{listed(found)}"
        raise
    return text


def listed(parties: Iterable["Party"], most: int = 10) -> str:
    """Parties below each other, by id and name."""
    from api.printing.paper import plain  # noqa: PLC0415

    every = list(parties)
    lines = [f"{plain(party.id)}  {plain(party.name)}" for party in every[:most]]
    more = [f"and {len(every) - most} more: contagraph ask search"] if len(every) > most else []
    return "".join(f"\n    {line}" for line in (*lines, *more))
