"""`contagraph demo`: see all of it on an invented world, or on real registers."""

import shutil
import time
from pathlib import Path
from typing import Annotated

import typer

from api.commands.consoles import console as new_console


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command("demo")(demo)


def demo(
    context: typer.Context,
    data: Annotated[
        Path | None, typer.Option(exists=True, file_okay=False, help="Folder of real registers (BODS, FinBench)")
    ] = None,
    out: Annotated[Path, typer.Option(help="Folder to write to; what an earlier demo left there is removed")] = Path(
        "demo"
    ),
) -> None:
    """Load a demonstration world, ask it everything, draw pictures, and say what to try next."""
    from api.commands.demonstration import invented, registers  # noqa: PLC0415

    console, began = new_console(), time.monotonic()
    folder = out / (data.resolve().name if data else "invented")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    store = folder / "store"
    program = context.find_root().command
    for step in registers(data, folder, store) if data else invented(folder, store):
        console.rule(style="dim")
        console.print(step.says, style="bold", markup=False)
        console.print(f"$ {step.typed}\n", style="cyan", markup=False, highlight=False, soft_wrap=True)
        program.main(list(step.command), standalone_mode=False)
    console.rule(style="dim")
    console.print(f"Done in {time.monotonic() - began:.0f} s. Open in a browser:", style="bold")
    for picture in sorted(folder.glob("*.html")):
        console.print(f"  {picture}", markup=False, highlight=False)
    console.print("Try next:", style="bold")
    for line in (
        "source .venv/bin/activate",
        f"export CONTAGRAPH_STORE={store}",
        "contagraph serve                 # the same questions over HTTP",
        "contagraph inspect YOUR-FILE.csv # your own data: see the README",
    ):
        console.print(f"  {line}", markup=False, highlight=False)
