"""`contagraph report`: answers as pages to print: HTML, PDF, or the whole answer as JSON."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.commands.ask import Kinds, Party
from api.commands.book import AssumedFile, Bank, assumed_of
from api.commands.moments import Lender, Limit, at_moment, meant
from api.commands.scenarios import MissingFigures, ScenarioFile, scenario_of

if TYPE_CHECKING:
    from api.engine import Engine
    from graph.moment import Moment

Out = Annotated[Path, typer.Option(help="File to write: .html, .pdf or .json")]
Language = Annotated[str, typer.Option(help="Language of the report: en or zh")]

app = typer.Typer(no_args_is_help=True, help="Write a report to print: contagraph report links A B --out FILE.pdf.")


def register(program: typer.Typer) -> None:
    """Add the reports to the program."""
    program.add_typer(app, name="report")


@app.command()
@at_moment(shown=False)
def links(
    parties: Annotated[list[str], typer.Argument(help="Two or more parties, by id or exact name")],
    out: Out,
    steps: Annotated[int, typer.Option(min=1, help="Longest path")] = 4,
    kinds: Kinds = None,
    through: Annotated[
        list[str] | None, typer.Option(help="Also paths through lenders (of many), state or hubs; may be repeated")
    ] = None,
    language: Language = "en",
    *,
    engine: "Engine",
    moment: "Moment",
) -> None:
    """Write the linkage report: the hundred strongest ties between parties, with sources and dates.

    Example: contagraph report links ID ID --steps 5 --language zh --out 关联.pdf
    """
    from api import questions  # noqa: PLC0415  (--help starts without it)
    from api.report import linkage_page  # noqa: PLC0415

    known = [meant(engine, moment, one, where="party") for one in parties]
    answer = questions.links(engine, known, steps=steps, kinds=kinds, through=through or (), moment=moment)
    _write(out, answer, linkage_page, language)


@app.command()
@at_moment(shown=False)
def group(
    party: Party,
    out: Out,
    lender: Lender = None,
    language: Language = "en",
    *,
    engine: "Engine",
    moment: "Moment",
) -> None:
    """Write the group report: members and why, stakes, what would leave, guarantee circles.

    Example: contagraph report group ID --lender BANK --currency CNY --language zh --out 集团.pdf
    """
    from api.questions.group_report import group_report  # noqa: PLC0415
    from api.report import group_page  # noqa: PLC0415
    from api.settings import settings  # noqa: PLC0415

    bank = settings().lender if lender is None else lender
    known = meant(engine, moment, bank, where="lender") if bank else None
    answer = group_report(engine, meant(engine, moment, party), lender=known, moment=moment)
    _write(out, answer, group_page, language)


@app.command()
@at_moment(shown=False)
def shock(
    file: ScenarioFile,
    out: Out,
    lender: Lender = None,
    missing: MissingFigures = None,
    limit: Limit = 20,
    language: Language = "en",
    *,
    engine: "Engine",
    moment: "Moment",
) -> None:
    """Write the report of a shock: losses by lender and layer, who fails and why, where the losses come from.

    Example: contagraph report shock 情景.toml --currency CNY --language zh --out 冲击.pdf
    """
    from api import questions  # noqa: PLC0415
    from api.commands.progress import answering  # noqa: PLC0415
    from api.report import shock_page  # noqa: PLC0415

    said = scenario_of(engine, moment, file, lender, missing=missing)
    with answering() as progress:
        answer = questions.shock(engine, said, limit=limit, moment=moment, progress=progress)
    _write(out, answer, shock_page, language)


@app.command()
@at_moment(shown=False)
def losses(
    bank: Bank,
    out: Out,
    file: AssumedFile = None,
    limit: Limit = 20,
    language: Language = "en",
    *,
    engine: "Engine",
    moment: "Moment",
) -> None:
    """Write the report of a book's losses: the distribution, closed forms, contributions, concentration.

    Example: contagraph report losses BANK 假设.toml --currency CNY --language zh --out 损失.pdf
    """
    from api import questions  # noqa: PLC0415
    from api.commands.progress import answering  # noqa: PLC0415
    from api.report import losses_page  # noqa: PLC0415

    known, assumed = meant(engine, moment, bank), assumed_of(engine, moment, file)
    with answering() as progress:
        answer = questions.book_losses(engine, known, assumed, limit=limit, moment=moment, progress=progress)
    _write(out, answer, losses_page, language)


def _write(out: Path, answer: Any, page: Callable[..., str], language: str) -> None:
    """Write an answer as its file's name asks for."""
    from pydantic import TypeAdapter  # noqa: PLC0415

    from api.answers.frame import Answer  # noqa: PLC0415
    from api.report import as_pdf  # noqa: PLC0415
    from graph.errors import InvalidQuestion  # noqa: PLC0415

    form = out.suffix.lower()
    if form == ".json":
        frame: Any = Answer
        data = TypeAdapter(frame[type(answer.answer)]).dump_json(answer, by_alias=True, indent=2)
    elif form in (".html", ".htm", ".pdf"):
        text = page(answer, language=language)
        data = as_pdf(text) if form == ".pdf" else text.encode("utf-8")
    else:
        raise InvalidQuestion(
            f"no report is written as {out.name}", where="--out", remedy="name it .html, .pdf or .json"
        )
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_bytes(data)
    for reason in answer.reasons:
        typer.echo(reason)
    typer.echo(f"written to {out}")
