"""`contagraph draw`: a network as one page that opens in any browser, without a network of its own."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.commands.ask import Kinds, Party
from api.commands.moments import at_moment, meant

if TYPE_CHECKING:
    from api.engine import Engine
    from graph.moment import Moment


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command("draw")(draw)


@at_moment(shown=False)
def draw(
    party: Party,
    out: Annotated[Path, typer.Option(help="HTML file to write")],
    hops: Annotated[int, typer.Option(min=1, help="Steps outwards")] = 2,
    kinds: Kinds = None,
    mark: Annotated[
        list[str] | None,
        typer.Option(help="Mark groups (of connected clients), circles (of guarantees), control; may be repeated"),
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="Most parties drawn; the rest is counted")] = 300,
    *,
    engine: "Engine",
    moment: "Moment",
) -> None:
    """Draw a party's network as one page that opens in any browser.

    What is marked is drawn however far it stands. Example: contagraph draw ID --mark groups --out picture.html
    """
    from api.draw.asked import drawing  # noqa: PLC0415
    from graph.errors import InvalidQuestion  # noqa: PLC0415

    if out.suffix.lower() not in (".html", ".htm"):
        raise InvalidQuestion(f"no picture is written as {out.name}", where="--out", remedy="name it .html")
    known = meant(engine, moment, party)
    made = drawing(engine, known, hops=hops, kinds=kinds, mark=mark or (), limit=limit, moment=moment)
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(made.page, encoding="utf-8")
    for reason in made.reasons:
        typer.echo(reason)
    typer.echo(f"drawn in {out}")
