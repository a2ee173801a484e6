"""`contagraph judge` and `contagraph verify`: judgements into the ledger, and the ledger checked."""

import json
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from api.intake import Intake

Store = Annotated[str, typer.Option(help="Folder of a local store, or a bolt:// or neo4j:// address")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON")]


def register(app: typer.Typer) -> None:
    """Add the commands to the program."""
    app.command("judge")(judge)
    app.command("verify")(verify)


def judge(
    file: Annotated[
        Path | None, typer.Argument(help="JSON: one judgement or a list; without it, what was cut off is loaded")
    ] = None,
    store: Store = "",
    as_json: Json = False,
) -> None:
    """Record judgements: dependence, ring fence, same party. They stand in the ledger before they count.

    Each names kind, party, other, author and reason; a dependence its criterion and verdict; what takes a risk
    out of a group also evidence and expires, the first day on which it no longer holds. One with the same party
    and other and "verdict": "withdrawn" undoes it from its valid_from on; "rejected" also keeps apart records that
    something else joins, such as a number both bear. Example: contagraph judge 判断.json
    """
    from api.answers.wording import plural  # noqa: PLC0415
    from api.ledger import Ledger  # noqa: PLC0415
    from api.ledger.judgements import catch_up, read_file, record  # noqa: PLC0415  (--help starts without it)

    intake = _intake(store)
    if file is None:
        intake.place.must_exist()
        with Ledger(intake.place.folder).held() as ledger:
            numbers = catch_up(intake, ledger)
        typer.echo(json.dumps(numbers) if as_json else f"{plural(len(numbers), 'entry', 'entries')} loaded late")
        return
    done = record(intake, read_file(file))
    if as_json:
        typer.echo(json.dumps(asdict(done)))
        return
    typer.echo(f"entry {done.entry} · {plural(done.judgements, 'judgement')} · load {done.load}\nhash {done.hash}")
    if done.refused:
        typer.echo(f"{done.refused} refused by the load (contagraph quarantine list)")


def verify(store: Store = "", as_json: Json = False) -> None:
    """Check the ledger entry by entry, and that the store agrees with it. Example: contagraph verify."""
    from api.answers.wording import plural  # noqa: PLC0415
    from api.ledger.judgements import verify as checked  # noqa: PLC0415  (--help starts without it)

    found = checked(_intake(store))
    if as_json:
        typer.echo(json.dumps(asdict(found)))
        return
    entries = plural(found.ledger.entries, "entry", "entries")
    held = f"{plural(found.judgements, 'judgement')}, {plural(found.decisions, 'decision')}"
    held += f", {plural(found.promotions, 'promotion')}" if found.promotions else ""
    typer.echo(f"{entries}, {held}: every one fits\nlast hash {found.ledger.last}")
    if found.ledger.torn:
        typer.echo(f"{found.ledger.torn} bytes behind them were never accepted; the next entry sets them aside")
    if found.waiting:
        numbers = ", ".join(map(str, found.waiting))
        typer.echo(f"not loaded yet: {numbers} (`contagraph judge` without a file loads what was cut off)")


def _intake(store: str) -> "Intake":
    from api.commands.places import place_of  # noqa: PLC0415
    from api.intake import Intake  # noqa: PLC0415

    return Intake(place_of(store), lambda: datetime.now(UTC))
