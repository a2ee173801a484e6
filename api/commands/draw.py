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
    limit: Annotated[int, typer.Option(min=1, max=1000, help="Most parties drawn; the rest is counted")] = 300,
    *,
    engine: "Engine",
    moment: "Moment",
) -> None:
    """Draw a party's network as one page that opens in any browser.

    Example: contagraph draw ID --out picture.html --hops 2
    """
    from api.draw import draw as drawn  # noqa: PLC0415
    from api.questions import network  # noqa: PLC0415

    answer = network(engine, meant(engine, moment, party), hops=hops, kinds=kinds, limit=limit, moment=moment)
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(drawn(answer), encoding="utf-8")
    for reason in answer.reasons:
        typer.echo(reason)
    typer.echo(f"drawn in {out}")
