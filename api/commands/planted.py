"""`contagraph planted`: firms whose true probability of default is known, as files to load."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from graph.errors import InvalidInput


class World(StrEnum):
    """Planted worlds, by how defaults come about in them."""

    S0 = "S0"
    S1 = "S1"
    S2 = "S2"
    S3 = "S3"


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command("planted")(planted)


def planted(
    folder: Annotated[Path, typer.Argument(help="Folder for the files; it must be empty or new")],
    world: Annotated[
        World,
        typer.Option(
            help="S0: each firm fails by itself; S1: failures of the past year, publicly known, bring others down; "
            "S2: a cascade within the coming year does, which nobody sees; S3: both"
        ),
    ] = World.S2,
    firms: Annotated[int, typer.Option(min=100, max=1_000_000, help="Number of firms")] = 10_000,
    seed: Annotated[int, typer.Option(min=0, help="Same seed, same bytes")] = 1,
    draws: Annotated[
        int, typer.Option(min=0, help="Cascades drawn a year to know the truth; 0 leaves the truth out")
    ] = 4000,
) -> None:
    """Write a planted world: eight years of firms whose true probability of default is known, and its causes.

    The files load as they are; what is true stands beside them in the folder truth, and is not loaded.

    Example: contagraph planted planted-s2 --world S2 --firms 10000 --seed 1
    """
    from api.answers.wording import plural  # noqa: PLC0415
    from api.commands.progress import stoppable  # noqa: PLC0415
    from ingest.synthetic import planted as worlds  # noqa: PLC0415  (--help starts without it)

    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise InvalidInput("is not empty", where=str(folder), remedy="name a folder that is new")
    made = worlds.planted(world.value, count=firms, seed=seed)
    true = None
    if draws:
        with stoppable("what is true") as told:
            true = worlds.truth(
                made, draws=draws, watch=lambda done, years: told(done / years, f"year {done} of {years}")
            )
    worlds.write(made, folder, true=true)
    failed = int((made.defaulted >= 0).sum())
    typer.echo(f"{folder}: {plural(firms, 'firm')}, {plural(failed, 'default')} in {len(made.days)} years")
    typer.echo(f"Load it with: contagraph load {folder} --store FOLDER")
