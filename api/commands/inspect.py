"""`contagraph inspect`: what a file holds, and a mapping to start from."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from api.commands.consoles import console as new_console

if TYPE_CHECKING:
    from ingest.inspect import Look


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command("inspect")(inspect_files)


def inspect_files(
    paths: Annotated[list[Path], typer.Argument(help="Tables: CSV, TSV, Excel, Parquet or JSON lines")],
    out: Annotated[Path | None, typer.Option(help="Write the starting mapping here; printed where left out")] = None,
) -> None:
    """Show columns and guesses, and write a mapping to start from.

    Lines of the mapping that only you can know are marked; it is refused until they are filled in.
    """
    from graph.errors import UnreadableFile  # noqa: PLC0415
    from ingest.inspect import looks  # noqa: PLC0415
    from ingest.registry import recognise  # noqa: PLC0415
    from ingest.starting import starting_mapping  # noqa: PLC0415

    # Nothing but the mapping goes to standard output, so that it can be sent to a file.
    console, seen = new_console(stderr=True), []
    for path in paths:
        source = recognise(path)
        if source.name != "tables":
            console.print(f"{escape(str(path))} is {source.name}: it needs no mapping, load it as it is")
            continue
        for file in source.files(path):
            seen += looks(file)
    for one in seen:
        _show(one, console)
    if not seen:
        return
    text = starting_mapping(seen)
    if out is None:
        typer.echo(text, nl=False)
        return
    if out.exists():
        raise UnreadableFile("is there already", where=str(out), remedy="give another name to --out")
    out.write_text(text, encoding="utf-8")
    console.print(
        f"wrote {escape(str(out))}; fill in its marked lines, then: contagraph load … --mapping {escape(str(out))}"
    )


def _show(one: "Look", console: Console) -> None:
    """The columns of a table, and its first rows that do not fit."""
    from graph.model import EVENT  # noqa: PLC0415
    from ingest.starting import TRANSFERS  # noqa: PLC0415

    encoding = f" · {one.encoding}" if one.encoding else ""
    name = f"{one.path.name}{' · ' + one.sheet if one.sheet else ''}"
    title = f"{name}{encoding} · looks like {one.guess.kind}"
    table = Table(title=escape(title), title_justify="left", box=None)
    for head in ("column", "holds", "empty", "examples"):
        table.add_column(head)
    for column in one.columns:
        examples = ", ".join(column.examples[:3])
        but = f", but {column.misfits:,} such as {column.misfit}" if column.misfits else ""
        holds = column.type + but if one.rows else "nothing"
        cells = (column.name, holds, f"{1 - column.filled:.0%}", examples)
        table.add_row(*(escape(cell) for cell in cells))
    if one.title.lines:
        above = "line 1 seems" if one.title.lines == 1 else f"lines 1 to {one.title.lines} seem"
        said = f"{one.path.name}: {above} to be a title, {one.title.text!r}: skip = {one.title.lines} in the mapping"
        console.print(said, style="yellow", markup=False)
    if one.guess.kind == EVENT.name:
        console.print(f"{name}: {TRANSFERS}", style="yellow", markup=False)
    if not one.rows and not one.refused:
        said = f"{name}: has headers and no rows: what they mean is guessed from the headers alone"
        console.print(said, style="yellow", markup=False)
    console.print(table)
    for bad in one.refused:
        console.print(f"does not fit: {bad.place} · {bad.reason}: {bad.detail}", style="yellow", markup=False)
        console.print(f"  → {bad.remedy}", markup=False)
