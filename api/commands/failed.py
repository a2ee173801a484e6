"""How a command says that something went wrong."""

import typer

from graph.errors import Cancelled, ContagraphError, InvalidInput

DEBUG = "--debug"


def failed(problem: Exception) -> int:
    """Say what is wrong, where, and how to mend it; the exit code."""
    if isinstance(problem, OSError) and problem.filename:
        what = (problem.strerror or type(problem).__name__).lower()
        problem = InvalidInput(what, where=str(problem.filename), remedy="mend the path or its rights, and repeat")
    if not isinstance(problem, ContagraphError):
        said = " ".join(str(problem).split())
        typer.echo(f"unexpected {type(problem).__name__}: {said}\n  → {DEBUG} shows where it arose", err=True)
        return 1
    typer.echo(f"{problem.where}: {problem.what}" if problem.where else problem.what, err=True)
    if problem.remedy:
        typer.echo(f"  → {problem.remedy}", err=True)
    return 130 if isinstance(problem, Cancelled) else 2
