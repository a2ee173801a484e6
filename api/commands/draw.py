"""`contagraph draw`: a network, or a shock, as one page that opens in any browser, without a network of its own."""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
import typer.core

from api.commands.ask import Kinds, Party
from api.commands.moments import Lender, at_moment, meant
from api.commands.scenarios import MissingFigures, ScenarioFile, scenario_of

if TYPE_CHECKING:
    from api.engine import Engine
    from graph.moment import Moment

Out = Annotated[Path, typer.Option(help="HTML file to write")]


class _PartyFirst(typer.core.TyperGroup):
    """Commands of which that for a party need not be named: parties may be called anything."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Put the command for a party before what is none of the commands."""
        words = args if not args or args[0] in (*self.commands, *ctx.help_option_names) else ["party", *args]
        return super().parse_args(ctx, words)


app = typer.Typer(
    cls=_PartyFirst,
    no_args_is_help=True,
    help="Draw a picture that opens in any browser: contagraph draw ID --out F.html, draw shock FILE --out F.html.",
)


def register(program: typer.Typer) -> None:
    """Add the pictures to the program."""
    program.add_typer(app, name="draw")


@app.command("party")
@at_moment(shown=False)
def draw_party(
    party: Party,
    out: Out,
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

    _must_be_html(out)
    known = meant(engine, moment, party)
    made = drawing(engine, known, hops=hops, kinds=kinds, mark=mark or (), limit=limit, moment=moment)
    _write(out, made.page, made.reasons)


@app.command("shock")
@at_moment(shown=False)
def draw_shock(
    file: ScenarioFile,
    out: Out,
    lender: Lender = None,
    missing: MissingFigures = None,
    limit: Annotated[int, typer.Option(min=1, max=200, help="Most parties drawn; the rest is counted")] = 30,
    *,
    engine: "Engine",
    moment: "Moment",
) -> None:
    """Draw a shock by rounds: who fails first, who by it, who pays, and what lenders lose, layer by layer.

    Example: contagraph draw shock 情景.toml --currency CNY --out 传导.html
    """
    from api.commands.progress import answering  # noqa: PLC0415
    from api.draw.rounds import draw_rounds  # noqa: PLC0415
    from api.questions.shocks.cascade import cascade  # noqa: PLC0415

    _must_be_html(out)
    said = scenario_of(engine, moment, file, lender, missing=missing)
    with answering() as progress:
        answer = cascade(engine, said, limit=limit, moment=moment, progress=progress)
    _write(out, draw_rounds(answer), answer.reasons)


def _must_be_html(out: Path) -> None:
    from graph.errors import InvalidQuestion  # noqa: PLC0415

    if out.suffix.lower() not in (".html", ".htm"):
        raise InvalidQuestion(f"no picture is written as {out.name}", where="--out", remedy="name it .html")


def _write(out: Path, page: str, reasons: Iterable[str]) -> None:
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(page, encoding="utf-8")
    for reason in reasons:
        typer.echo(reason)
    typer.echo(f"drawn in {out}")
