"""`contagraph ask book`: questions about a lender's whole book."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.commands.moments import Limit, ModelRun, Offset, at_moment, meant

if TYPE_CHECKING:
    from api.engine import Engine
    from api.questions.book.assumed import Assumed
    from graph.moment import Moment

AssumedFile = Annotated[
    Path | None,
    typer.Argument(
        metavar="[FILE]",
        help="TOML or JSON that says who defaults how likely, and how together; - for standard input; without one "
        "assessments over 12 months count",
    ),
]
Bank = Annotated[str, typer.Argument(metavar="LENDER", help="Id of the lender; its exact name or number where one has")]

app = typer.Typer(no_args_is_help=True, help="Ask about a lender's whole book: contagraph ask book groups LENDER.")
moments = at_moment(shown=True)


@app.command()
@moments
def limits(
    bank: Bank,
    near: Annotated[float, typer.Option(help="Share of a limit from which a use is told as near")] = 0.8,
    state: Annotated[str, typer.Option(help="Only findings of this state: breach, near, large, assess, untold")] = "",
    out: Annotated[Path | None, typer.Option(metavar="FILE.xlsx", help="Also write all findings as a workbook")] = None,
    limit: Limit = 50,
    offset: Offset = 0,
    *,
    engine: "Engine",
    moment: "Moment",
) -> Any:
    """Show every limit of a lender, who breaks it, who comes near, and large exposures.

    Example: contagraph ask book limits BANK --out limits.xlsx
    """
    from api import questions  # noqa: PLC0415

    known = meant(engine, moment, bank)
    if out is not None:
        _written(engine, known, near, state, out, moment)
    return questions.book_limits(engine, known, near=near, state=state, limit=limit, offset=offset, moment=moment)


def _written(engine: "Engine", lender: str, near: float, state: str, out: Path, moment: "Moment") -> None:
    """Write all pages of a lender's limits, and the groups that owe most, as a workbook."""
    from api.report.spreadsheet import limits_workbook  # noqa: PLC0415
    from graph.errors import InvalidInput  # noqa: PLC0415

    if out.suffix.lower() != ".xlsx":
        raise InvalidInput("is written as a workbook", where=str(out), remedy="give it a name that ends in .xlsx")
    made = limits_workbook(engine, lender, near=near, state=state, moment=moment)
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_bytes(made)
    # Beside the answer, which may be read by a program.
    typer.echo(f"written: {out}", err=True)


@app.command()
@moments
def groups(
    bank: Bank,
    reading: Annotated[
        str, typer.Option(help="How groups are made: confirmed, suspected, group-client, possible-group-client")
    ] = "suspected",
    limit: Limit = 20,
    offset: Offset = 0,
    *,
    engine: "Engine",
    moment: "Moment",
) -> Any:
    """Show all groups of connected clients of a book, and how each client came in.

    Example: contagraph ask book groups BANK --reading confirmed
    """
    from api import questions  # noqa: PLC0415

    known = meant(engine, moment, bank)
    return questions.book_groups(engine, known, reading=reading, limit=limit, offset=offset, moment=moment)


@app.command()
@moments
def guarantees(
    bank: Bank,
    scope: Annotated[str, typer.Option(help="Which guarantees: all, clients, lender")] = "all",
    length: Annotated[int, typer.Option(min=2, max=12, help="Most guarantees of a closed circle")] = 5,
    unwind: Annotated[
        str,
        typer.Option(metavar="GOAL", help="What the plan shall reach: circles:K or parts:N, around one party :PARTY"),
    ] = "circles:2",
    limit: Limit = 20,
    offset: Offset = 0,
    *,
    engine: "Engine",
    moment: "Moment",
) -> Any:
    """Show guarantee circles around a book, what may be called, the law's tests, and a plan to unwind.

    Example: contagraph ask book guarantees BANK --scope clients --unwind parts:10
    """
    from api import questions  # noqa: PLC0415

    known = meant(engine, moment, bank)
    return questions.book_guarantees(
        engine, known, scope=scope, length=length, unwind=unwind, limit=limit, offset=offset, moment=moment
    )


@app.command()
@moments
def related(bank: Bank, limit: Limit = 20, offset: Offset = 0, *, engine: "Engine", moment: "Moment") -> Any:
    """Show a lender's related parties (holders, officers, kin, what they control), how each came in, and their limits.

    Example: contagraph ask book related BANK --valid-at 2024-12-31
    """
    from api import questions  # noqa: PLC0415

    return questions.book_related(engine, meant(engine, moment, bank), limit=limit, offset=offset, moment=moment)


@app.command()
@moments
def risk(
    bank: Bank,
    model: ModelRun = "",
    limit: Limit = 20,
    offset: Offset = 0,
    *,
    engine: "Engine",
    moment: "Moment",
) -> Any:
    """Show a lender's borrowers by probability of default, with exposure and expected loss.

    Example: contagraph ask book risk BANK --limit 50
    """
    from api import questions  # noqa: PLC0415

    known = meant(engine, moment, bank)
    return questions.book_risk(engine, known, model=model, limit=limit, offset=offset, moment=moment)


@app.command()
@moments
def systemic(
    bank: Bank,
    top: Annotated[int, typer.Option(min=1, help="How many of the dearest firms are ranked")] = 50,
    order: Annotated[
        str,
        typer.Option(help="What ranks them: all that a failure costs, or what is beyond its own debts: all, beyond"),
    ] = "all",
    missing: Annotated[
        str, typer.Option(help="Firms without statements: nothing fails them, or medians stand in: left out, medians")
    ] = "left out",
    limit: Limit = 20,
    offset: Offset = 0,
    *,
    engine: "Engine",
    moment: "Moment",
) -> Any:
    """Show the firms whose failure would cost a lender most: all are screened, the foremost sent through all layers.

    Example: contagraph ask book systemic BANK --top 50 --currency CNY
    """
    from api import questions  # noqa: PLC0415

    known = meant(engine, moment, bank)
    return questions.book_systemic(
        engine, known, top=top, order=order, missing=missing, limit=limit, offset=offset, moment=moment
    )


@app.command()
@moments
def losses(
    bank: Bank,
    file: AssumedFile = None,
    limit: Limit = 20,
    offset: Offset = 0,
    *,
    engine: "Engine",
    moment: "Moment",
) -> Any:
    """Draw years of a lender's book: what it loses with contagion and without, by whom, beside closed forms.

    A file says who defaults how likely within a year: [pd] with rest = 0.02, and tables parties, grades and industries
    (by how codes begin); assessments over 12 months count unless assessed = false. It may say how defaults hang
    together: correlation = 0.2 or "irb", or [factors] with all, industry, region; and lgd, haircuts, layers
    (guarantees, debts), draws, seed, sampling ("plain", "antithetic", "sobol", "importance"), level, spread
    (CreditRisk+), infection (Davis-Lo). Parties go by id or exact name.

    Example: contagraph ask book losses BANK 假设.toml --currency CNY
    """
    from api import questions  # noqa: PLC0415
    from api.commands.progress import answering  # noqa: PLC0415

    known, assumed = meant(engine, moment, bank), assumed_of(engine, moment, file)
    with answering() as progress:
        return questions.book_losses(
            engine, known, assumed, limit=limit, offset=offset, moment=moment, progress=progress
        )


@app.command()
@moments
def reverse(
    bank: Bank,
    file: AssumedFile = None,
    loss: Annotated[
        str, typer.Option(metavar="AMOUNT|PART", help="Loss that is looked for: 2e8, or a part of the book: 10%, 0.1")
    ] = "10%",
    order: Annotated[
        str, typer.Option(help="Which failures: the fewest, or the likeliest by PD: fewest, likeliest")
    ] = "fewest",
    limit: Limit = 20,
    *,
    engine: "Engine",
    moment: "Moment",
) -> Any:
    """Find failures, as few or as likely as can be, that together cost a lender an amount through every layer.

    A file says PDs, lgd and haircuts as for `losses`; without one assessments over 12 months count.

    Example: contagraph ask book reverse BANK --loss 10% --currency CNY

    Example: contagraph ask book reverse BANK 假设.toml --loss 200000000 --order likeliest
    """
    from api import questions  # noqa: PLC0415
    from api.commands.progress import answering  # noqa: PLC0415

    known, assumed = meant(engine, moment, bank), assumed_of(engine, moment, file)
    with answering() as progress:
        return questions.book_reverse(
            engine, known, loss=_part(loss), order=order, assumed=assumed, limit=limit, moment=moment, progress=progress
        )


def _part(text: str) -> float:
    """An amount, or a part of the book. Raises InvalidQuestion."""
    from graph.errors import InvalidQuestion  # noqa: PLC0415

    said = text.strip().replace(",", "")
    remedy = "give an amount such as 200000000, or a part of the book such as 10%"
    try:
        found = float(said[:-1]) / 100 if said.endswith("%") else float(said)
    except ValueError:
        raise InvalidQuestion(f"{text} is no amount", where="--loss", remedy=remedy) from None
    if said.endswith("%") and not found <= 1:
        raise InvalidQuestion(f"{text} is more than the whole book", where="--loss", remedy=remedy)
    return found


def assumed_of(engine: "Engine", moment: "Moment", file: Path | None) -> "Assumed | None":
    """What a file assumes, with the ids of those it names."""
    from api.questions.book.assumed import read_file  # noqa: PLC0415
    from api.questions.meant import named_assumed  # noqa: PLC0415

    return None if file is None else named_assumed(engine, read_file(file, sys.stdin), moment=moment)
