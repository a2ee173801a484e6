"""`contagraph export`: all facts of a folder as files for Neo4j's offline importer."""

import shlex
import shutil
from pathlib import Path
from typing import Annotated

import typer

from graph.errors import InvalidInput


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command("export")(export)


def export(
    out: Annotated[Path, typer.Argument(help="Folder for the files; it must be empty or new")],
    store: Annotated[str, typer.Option(help="Folder of the store whose facts are written")] = "",
    target: Annotated[
        str,
        typer.Option("--to", metavar="ADDRESS", help="neo4j:// address the facts will have: spares reading them back"),
    ] = "",
    database: Annotated[str, typer.Option(help="Name of the Neo4j database")] = "neo4j",
) -> None:
    """Write every fact for Neo4j's offline importer, the way for millions into a server of one's own.

    Stop the server, run the command that is printed, start it again, and name its address with --store.

    Example: contagraph export files --store facts --to neo4j://host:7687
    """
    from api.answers.wording import plural  # noqa: PLC0415
    from api.commands.places import place_of  # noqa: PLC0415  (--help starts without it)
    from graph.importer import write_importer_files  # noqa: PLC0415
    from graph.local import open_store  # noqa: PLC0415

    place = place_of(store)
    if place.address:
        raise InvalidInput("facts are exported from a folder", where=place.address, remedy="name a folder with --store")
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise InvalidInput("is not empty", where=str(out), remedy="name a folder that is new")
    facts = place.facts()
    with open_store(place.folder) as kept:
        facts = facts.refresh(kept)
        loads = [load for load in kept.loads() if load.closed_at]
        command = write_importer_files(out, facts, loads, kept.pending(), database=database)
    if target:
        columns = place_of(target).folder / "columns"
        shutil.rmtree(columns, ignore_errors=True)
        shutil.copytree(place.folder / "columns", columns)
    typer.echo(f"{plural(facts.party_count, 'party', 'parties')} of {plural(len(loads), 'load')} are in {out}")
    typer.echo("With the server stopped, run on its machine:\n")
    typer.echo(shlex.join(command))
