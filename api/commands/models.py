"""`contagraph models`: which model is served, which could be, and how it ages."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.commands.moments import Currency, Json, KnownAt, Store, ValidAt, Version, opened

if TYPE_CHECKING:
    from datetime import datetime

Run = Annotated[str, typer.Argument(metavar="RUN", help="NAME@NUMBER, or the newest of NAME")]
By = Annotated[str, typer.Option("--by", metavar="NAME", help="Who asks for it")]
Second = Annotated[str, typer.Option("--with", metavar="NAME", help="The second person who agrees")]
Reason = Annotated[str, typer.Option(help="Why, for whoever reads the ledger")]

app = typer.Typer(no_args_is_help=True, help="Models of a store: list, compare, promote, roll back, watch, score.")
RETRAIN = 1
"""Exit code where something calls for another model."""


def register(program: typer.Typer) -> None:
    """Add the commands to the program."""
    program.add_typer(app, name="models")


@app.command("list")
def list_(store: Store = "", as_json: Json = False) -> None:
    """Show all runs of a store: the champion, which is served, and its challengers.

    Example: contagraph models list --store STORE
    """
    from api.learning.lives import listed  # noqa: PLC0415  (--help starts without it)
    from api.printing.lives import show_runs  # noqa: PLC0415

    show_runs(listed(_folder(store)), as_json=as_json)


@app.command()
def compare(
    challenger: Run,
    champion: Annotated[str, typer.Option("--to", metavar="RUN", help="The other run; else the one served")] = "",
    day: Annotated[list[str] | None, typer.Option(help="As-of day neither learned from; repeat for several")] = None,
    store: Store = "",
    known_at: KnownAt = "",
    version: Version = None,
    as_json: Json = False,
) -> None:
    """Judge two runs on the same rows, of days neither learned from, with paired differences.

    Example: contagraph models compare firms@2 --day 2024-12-31
    """
    from api.commands.progress import answering  # noqa: PLC0415
    from api.learning.registry import named, ready, served  # noqa: PLC0415
    from api.learning.watching import compare as judge  # noqa: PLC0415
    from api.printing.lives import show_compared  # noqa: PLC0415
    from graph.moment import read_day  # noqa: PLC0415

    engine, moment = opened(store, "", known_at, version, "")
    folder = engine.place.folder
    one, other = served(folder, champion)[0], ready(named(folder, challenger))
    days = tuple(read_day(text, where="--day") for text in day or ())
    with answering() as progress:
        found = judge(engine, one, other, days=days, moment=moment, progress=progress)
    show_compared(found, as_json=as_json)


@app.command()
def promote(run: Run, by: By, second: Second, reason: Reason = "", store: Store = "") -> None:
    """Serve a run from now on. Two people say so, and it stands in the ledger, which `contagraph verify` checks.

    Example: contagraph models promote firms@2 --by '王审批' --with 'A. Validator' --reason 'wins on 2023 and 2024'
    """
    from api.learning.registry import named, ready  # noqa: PLC0415
    from api.sealed.promotions import promote as record  # noqa: PLC0415

    folder = _folder(store)
    found = ready(named(folder, run))
    done = record(folder, found.run.name, found.run.number, found.digest, by=by, second=second, reason=reason, now=_now)
    typer.echo(f"{done.called} is served: entry {done.entry} of the ledger, by {done.by} and {done.second}")


@app.command()
def rollback(by: By, second: Second, reason: Reason, store: Store = "") -> None:
    """Serve again what was served before.

    Example: contagraph models rollback --by '王审批' --with 'A. Validator' --reason 'calibration broke in May'
    """
    from api.sealed.promotions import roll_back  # noqa: PLC0415

    done = roll_back(_folder(store), by=by, second=second, reason=reason, now=_now)
    typer.echo(f"{done.called} is served again: entry {done.entry} of the ledger, by {done.by} and {done.second}")


@app.command()
def drift(
    run: Annotated[str, typer.Argument(metavar="[RUN]", help="NAME@NUMBER; else the one served")] = "",
    store: Store = "",
    valid_at: ValidAt = "",
    known_at: KnownAt = "",
    version: Version = None,
    as_json: Json = False,
) -> None:
    """Show what moved since a run learned: figures, score, calibration; ends with 1 where another model is called for.

    Example: contagraph models drift --valid-at 2024-12-31
    """
    from api.commands.progress import answering  # noqa: PLC0415
    from api.learning.registry import served  # noqa: PLC0415
    from api.learning.watching import watch  # noqa: PLC0415
    from api.printing.lives import show_watched  # noqa: PLC0415

    engine, moment = opened(store, valid_at, known_at, version, "")
    with answering() as progress:
        found = watch(engine, served(engine.place.folder, run)[0], moment=moment, progress=progress)
    show_watched(found, as_json=as_json)
    if found.retrain:
        raise typer.Exit(RETRAIN)


@app.command()
def retrain(
    run: Annotated[str, typer.Argument(metavar="[RUN]", help="NAME@NUMBER; else the one served")] = "",
    reason: Annotated[str, typer.Option(help="Why, where nothing calls for it, such as 'yearly'; kept with it")] = "",
    store: Store = "",
    valid_at: ValidAt = "",
    known_at: KnownAt = "",
    version: Version = None,
) -> None:
    """Train a run again, as it was asked for, up to a later day, where drift calls for it or a reason is given.

    The days whose year is over since are added, at the same distance. What comes of it is a challenger of the same
    name, with why.json in its folder; both are judged on the same days, which neither learned from. It is not served
    before two people promote it.

    Example: contagraph models retrain --valid-at 2024-12-31 --reason yearly
    """
    from api.commands.progress import answering, stoppable  # noqa: PLC0415
    from api.learned.printing import show_trained  # noqa: PLC0415
    from api.learned.retraining import Again, reasons_of  # noqa: PLC0415
    from api.learning.registry import called, served  # noqa: PLC0415
    from api.learning.registry import ready as read  # noqa: PLC0415
    from api.learning.watching import compare as judge  # noqa: PLC0415
    from api.learning.watching import watch as drift_of  # noqa: PLC0415
    from api.printing.lives import show_compared  # noqa: PLC0415

    engine, moment = opened(store, valid_at, known_at, version, "")
    folder = engine.place.folder
    ready, _ = served(folder, run)
    with answering() as progress:
        moved = drift_of(engine, ready, moment=moment, progress=progress)
    if not (why := reasons_of(moved, reason)):
        typer.echo(f"nothing calls for another model than {ready.called}: to train one all the same, give a --reason")
        return
    typer.echo(f"another model than {ready.called} is called for as of {moment.valid_at}: {'; '.join(why)}")
    with answering() as progress:
        asked = Again.of(engine, ready, moved, reason=reason, moment=moment, progress=progress)
    if (challenger := asked.known(folder)) is not None:
        typer.echo(f"{called(challenger)} has learned just that already: nothing new is known")
    else:
        with stoppable("training") as watch:
            trained = asked.train(store=folder, watch=watch)
        show_trained(trained)
        challenger = trained.run
    with answering() as progress:
        compared = judge(engine, ready, read(challenger), moment=moment, progress=progress)
    show_compared(compared, as_json=False)
    typer.echo(f"{called(challenger)} is a challenger: contagraph models promote {called(challenger)} --by … --with …")


@app.command()
def score(
    run: Annotated[str, typer.Argument(metavar="[RUN]", help="NAME@NUMBER; else the one served")] = "",
    store: Store = "",
    valid_at: ValidAt = "",
    known_at: KnownAt = "",
    version: Version = None,
    currency: Currency = "",
) -> None:
    """Keep the PDs of all firms on a day as assessments: with the network, and of own figures alone (first stage).

    What is computed over the network (losses of a book, reverse stress, calls of guarantees) starts from the second.

    Example: contagraph models score --valid-at 2024-12-31
    """
    from api.answers.wording import plural  # noqa: PLC0415
    from api.intake import Intake  # noqa: PLC0415
    from api.learning.assessing import assess  # noqa: PLC0415
    from api.learning.registry import served  # noqa: PLC0415

    engine, moment = opened(store, valid_at, known_at, version, currency)
    ready, _ = served(engine.place.folder, run)
    done = assess(engine, Intake(engine.place, _now), ready, moment=moment)
    both = "with the network and without" if done.first_stage else "without a first stage: the model has none"
    typer.echo(f"{done.run}: {plural(done.firms, 'firm')} scored as of {moment.valid_at}, {both}")
    report: Any = done.report
    typer.echo(f"load {report.load}: {report.new:,} new, {report.changed:,} changed, {report.unchanged:,} unchanged")


def _folder(store: str) -> Path:
    from api.commands.places import place_of  # noqa: PLC0415

    place = place_of(store)
    place.must_exist()
    return place.folder


def _now() -> "datetime":
    from datetime import UTC, datetime  # noqa: PLC0415

    return datetime.now(UTC)
