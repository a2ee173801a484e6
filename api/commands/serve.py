"""`contagraph serve`: the questions over HTTP."""

import logging
import socket
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from api.commands.consoles import console as new_console

if TYPE_CHECKING:
    from api.engine import Engine


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command("serve")(serve)


def serve(
    host: Annotated[str, typer.Option(help="Address to listen on; beyond this machine only with a token")] = "",
    port: Annotated[int | None, typer.Option(min=0, max=65535, help="Port to listen on; 0 takes a free one")] = None,
    store: Annotated[str, typer.Option(help="Folder of a local store, or a bolt:// or neo4j:// address")] = "",
) -> None:
    """Answer over HTTP, on this machine unless told otherwise; newer loads are taken in while it runs.

    With CONTAGRAPH_TOKEN set, every request must carry it: Authorization: Bearer TOKEN.
    """
    import uvicorn  # noqa: PLC0415  (--help starts without it)

    from api.app import create_app  # noqa: PLC0415
    from api.commands.places import place_of  # noqa: PLC0415
    from api.engine import Engine  # noqa: PLC0415
    from api.limits.rulebook import rulebook  # noqa: PLC0415
    from api.service.auth import Access  # noqa: PLC0415
    from api.settings import settings  # noqa: PLC0415

    console = new_console()
    given = settings()
    given = given.model_copy(update={"host": host or given.host, "port": given.port if port is None else port})
    Access.of(given)  # before the store is opened: what may not listen reads nothing
    rules = rulebook(given.rules)
    engine = Engine.open(place_of(store), keep=given.moments, overfull=given.overfull, catalogue=rules)
    app = create_app(engine, given)
    config = uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=5,
    )
    with bound(given.host, given.port) as listener:
        port = listener.getsockname()[1]
        address = f"http://{f'[{given.host}]' if ':' in given.host else given.host}:{port}"
        for line in welcome(address, engine, token=given.token is not None):
            console.print(line, highlight=False, soft_wrap=True, markup=False)
        logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
        uvicorn.Server(config).run(sockets=[listener])


def bound(host: str, port: int) -> socket.socket:
    """A socket that listens there. Raises InvalidInput where it cannot."""
    from graph.errors import InvalidInput  # noqa: PLC0415

    try:
        listener = socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except OSError as problem:
        raise InvalidInput(
            f"cannot listen there: {problem.strerror or problem}",
            where=f"{host}:{port}",
            remedy="give another --port, or 0 for a free one",
        ) from None
    # Connections inherit it; without it a reply's body waits 40 ms for the word that its head has come.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


def welcome(address: str, engine: "Engine", *, token: bool) -> Iterator[str]:
    """Where it listens, and what to try."""
    from api.answers.wording import plural  # noqa: PLC0415  (--help starts without it)

    if engine.version:
        known = plural(engine.party_count, "party", "parties")
        yield f"Contagraph answers at {address} about {known}, load {engine.version}"
    else:
        yield f"Contagraph answers at {address} as soon as something is loaded: contagraph load PATH"
    show = 'curl -H "Authorization: Bearer $CONTAGRAPH_TOKEN"' if token else "curl"
    yield f"  what can be asked   {address}/docs"
    yield f"  find a party        {show} '{address}/v1/parties?q=NAME'"
    yield f"  who controls it     {show} '{address}/v1/parties/ID/control'"
    yield "Ctrl+C ends it"
