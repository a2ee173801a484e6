"""`contagraph quarantine`: rows that could not be used, and the way back for those that were mended."""

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Column, Table

from api.commands.consoles import console as new_console
from api.commands.failed import failed
from api.commands.load import told
from graph.errors import Cancelled, ContagraphError

Store = Annotated[str, typer.Option(help="Folder of a local store, or a bolt:// or neo4j:// address")]
Reason = Annotated[str | None, typer.Option(help="Only rows of this reason")]
Source = Annotated[str | None, typer.Option(help="Only rows of this source")]

_HEADS = ("no.", "where", "what", "how to mend")

app = typer.Typer(no_args_is_help=True, help="Rows that could not be used: list, export, mend, restore and retry them.")


def register(program: typer.Typer) -> None:
    """Add the commands to the program."""
    program.add_typer(app, name="quarantine")


@app.command("list")
def list_rows(
    reason: Reason = None,
    source: Source = None,
    limit: Annotated[int, typer.Option(min=1, help="Rows shown")] = 20,
    after: Annotated[int, typer.Option(help="Start behind this row's number")] = 0,
    store: Store = "",
) -> None:
    """Show open rows: where they stand, what is wrong, how to mend it."""
    from api.answers.wording import plural  # noqa: PLC0415
    from ingest.quarantine import Choice  # noqa: PLC0415

    console, choice = new_console(), Choice(reason=reason, source=source)
    with _intake(store).quarantine() as quarantine:
        counts, rows = quarantine.counts(choice), quarantine.rows(choice, after=after, limit=limit)
    if not counts:
        console.print("nothing is in quarantine")
        return
    console.print(
        " · ".join(f"{name} {plural(count, 'row')}" for name, count in counts.items()), style="bold", markup=False
    )
    table = Table(*(Column(head, overflow="fold") for head in _HEADS), box=None, pad_edge=False)
    for bad in rows:
        waits = bad.mended and not bad.refused_again
        again = "refused again after it was mended: " if bad.refused_again else ""
        remedy = "mended: contagraph quarantine retry loads it" if waits else again + bad.remedy
        cells = str(bad.number), bad.place, f"{bad.reason}: {bad.detail}", remedy
        table.add_row(*map(_plain, cells))
    console.print(table)
    total = sum(counts.values())
    if not rows:
        console.print(f"none of the {total:,} comes behind number {after}")
    elif total > len(rows):
        console.print(f"{total:,} in all; go on with --after {rows[-1].number}")


@app.command()
def export(
    path: Annotated[Path, typer.Argument(help="File to write: .csv for a spreadsheet, .jsonl for a program")],
    reason: Reason = None,
    source: Source = None,
    store: Store = "",
) -> None:
    """Write open rows to a file, whole, with place, reason and remedy."""
    from api.answers.wording import plural  # noqa: PLC0415
    from ingest.quarantine import Choice  # noqa: PLC0415

    choice = Choice(reason=reason, source=source)
    with _intake(store).quarantine() as quarantine:
        if not quarantine.counts(choice):
            new_console().print("no such row is in quarantine; nothing was written")
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        count = quarantine.export(path, choice)
    new_console().print(f"{plural(count, 'row')} in {path}", markup=False)


@app.command()
def mend(
    number: Annotated[int, typer.Argument(help="Number of the row, as listed")],
    row: Annotated[str, typer.Argument(help="The corrected row, as JSON; - reads it from standard input")],
    store: Store = "",
) -> None:
    """Put a corrected row in the place of a bad one; `retry` loads it, `restore` takes it back.

    What stands on the command line is seen by every user of the machine: personal data comes in by `-`.
    """
    _intake(store).mend(number, sys.stdin.read() if row == "-" else row)
    new_console().print(f"row {number} is mended; load it with `contagraph quarantine retry`")


@app.command()
def restore(
    number: Annotated[int, typer.Argument(help="Number of the row, as listed")],
    store: Store = "",
) -> None:
    """Put a row that was mended back as it came, while it is open."""
    with _intake(store).quarantine() as quarantine:
        quarantine.restore(number)
    new_console().print(f"row {number} is as it came")


@app.command()
def retry(store: Store = "") -> None:
    """Load the open rows of every delivery once more, after mending rows, a mapping or a register."""
    from api.commands.progress import watched  # noqa: PLC0415

    console, code = new_console(), 0
    with _intake(store).together() as intake:
        with intake.quarantine() as quarantine:
            deliveries = quarantine.deliveries()
        if not deliveries:
            console.print("nothing is in quarantine")
        for digest in deliveries:
            try:
                with watched("retry", new_console(stderr=True)) as watch:
                    report = intake.retry(digest, watch)
            except Cancelled:
                raise
            except (ContagraphError, OSError) as problem:
                # One delivery whose mapping has gone must not hold up the others.
                code = failed(problem)
                continue
            for line in told(report):
                console.print(line, highlight=False)
    if code:
        raise typer.Exit(code)


def _intake(store: str) -> "Intake":  # type: ignore[name-defined]  # noqa: F821
    from api.commands.places import place_of  # noqa: PLC0415
    from api.intake import Intake  # noqa: PLC0415

    place = place_of(store)
    place.must_exist()
    return Intake(place, lambda: datetime.now(UTC))


def _plain(text: str) -> str:
    from rich.markup import escape  # noqa: PLC0415

    return escape(text)
