"""The command `contagraph`: what it can do."""

import os
import sys
import traceback
from collections.abc import Sequence

import typer

from api.commands import (
    ask,
    demo,
    draw,
    export,
    inspect,
    judge,
    learning,
    load,
    models,
    planted,
    quarantine,
    report,
    serve,
)
from api.commands.failed import DEBUG, failed

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Who owns, guarantees, supplies and lends to whom: load registers, ask questions, draw networks.",
)
for command in (load, inspect, quarantine, ask, draw, report, judge, serve, export, demo, planted, learning, models):
    command.register(app)


@app.callback()
def program(
    debug: bool = typer.Option(False, DEBUG, help="Show where in the program an unexpected error arose"),
) -> None:
    """Options of every command."""


@app.command()
def version() -> None:
    """Print the version. Example: contagraph version."""
    from importlib.metadata import version as installed  # noqa: PLC0415

    typer.echo(installed("contagraph"))


def main() -> None:
    """Run the command that was typed; what fails is said in words, with exit code 2."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            # A name that the terminal's encoding lacks is no reason to end.
            stream.reconfigure(errors="replace")
    # Wherever it is typed: whoever needs it has just typed a long command.
    words = [word for word in sys.argv[1:] if word != DEBUG]
    sys.exit(run(words, debug=len(words) < len(sys.argv) - 1))


def run(words: Sequence[str], *, debug: bool) -> int:
    """Run one command; its exit code."""
    try:
        app(args=list(words))
    except SystemExit as done:
        return done.code if isinstance(done.code, int) else int(done.code is not None)
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # The reader has gone; what is left has nowhere to go.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as problem:
        if debug:
            traceback.print_exc()
        return failed(problem)
    return 0
