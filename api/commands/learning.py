"""`contagraph panel`, `contagraph train` and `contagraph evaluate`: learning how likely default is, and judging it."""

import functools
import inspect
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.commands.planted import World

if TYPE_CHECKING:
    from analytics.learning.evaluating.card import Card
    from analytics.learning.panel import Panel
    from api.learning.config import Config
    from api.learning.evaluation import Worlds

ConfigFile = Annotated[Path, typer.Argument(help="TOML file: [panel], [split], [model], [evaluate]; see the README")]
Store = Annotated[str, typer.Option(help="Folder of a local store, or a bolt:// or neo4j:// address")]
Json = Annotated[bool, typer.Option("--json", help="Print all of it as JSON")]
Firms = Annotated[int, typer.Option(min=100, help="Firms of a planted world")]
Seeds = Annotated[int, typer.Option(min=1, help="Planted worlds, each of its own seed")]
EVALUATIONS = "evaluations"


def register(app: typer.Typer) -> None:
    """Add the commands to the program."""
    app.command("panel")(panel)
    app.command("train")(train)
    app.command("evaluate")(_sized(evaluate))


def panel(
    config: ConfigFile,
    out: Annotated[Path, typer.Option(help="Folder for the panel, as Parquet files")],
    store: Store = "",
) -> None:
    """Make a panel out of the facts of a store, each day as it was known then, and keep it.

    Example: contagraph panel train.toml --store STORE --out panel/
    """
    from api.learned.printing import show_panel  # noqa: PLC0415
    from api.learning.config import read_config  # noqa: PLC0415  (--help starts without it)
    from api.learning.tables import keep_panel  # noqa: PLC0415

    found = _panel(config, read_config(config), store)
    keep_panel(found, out)
    show_panel(found)
    typer.echo(f"written to {out}")


def train(config: ConfigFile, store: Store = "") -> None:
    """Train a model and keep it: STORE/models/NAME/NUMBER/ with weights, metrics, curves and the model card.

    Stopped with Ctrl-C or killed, it goes on where it was when the command is repeated. What is served is decided by
    the rule: the stack only where it certainly gains on what is held out, years where there are days, else trees.

    Example: contagraph train train.toml --store STORE
    """
    from api.commands.places import place_of  # noqa: PLC0415
    from api.commands.progress import stoppable  # noqa: PLC0415
    from api.learned.printing import show_trained  # noqa: PLC0415
    from api.learned.training import train as learn  # noqa: PLC0415
    from api.learning.config import read_config  # noqa: PLC0415

    asked = read_config(config)
    found = _panel(config, asked, store)
    with stoppable("training") as watch:
        trained = learn(found, asked, config.read_bytes(), store=place_of(store).folder, watch=watch)
    show_trained(trained)


def evaluate(
    config: Annotated[
        Path | None, typer.Argument(help="TOML file as for train; none where planted worlds are asked for")
    ] = None,
    store: Store = "",
    quick: Annotated[bool, typer.Option("--quick", help="A first look: few models, one seed, no communities")] = False,
    world: Annotated[World | None, typer.Option(help="Planted worlds of this kind instead, without a store")] = None,
    out: Annotated[Path | None, typer.Option(help="Also a report to read: .html, or all of it as .json")] = None,
    language: Annotated[str, typer.Option("--language", "--lang", help="Language of the report: en or zh")] = "en",
    as_json: Json = False,
    *,
    size: tuple[int, int],
) -> None:
    """Print the whole table: every model, by time and by community, beside what could refute it.

    Permuted links, degrees alone, relations left out, the same net without links, paired differences, calibration, by
    industry and size; on planted worlds also whether stated reasons are the planted causes. Each cell is kept: stopped
    or killed, it goes on where it was when the command is repeated.

    Examples: contagraph evaluate train.toml --store STORE --quick · contagraph evaluate --world S2 --firms 10000
    """
    from api.learned.printing import show_evaluation  # noqa: PLC0415  (--help starts without it)
    from api.learning.wording import Tongue  # noqa: PLC0415
    from graph.errors import InvalidQuestion  # noqa: PLC0415

    say = Tongue(language)
    if out is not None and out.suffix.lower() not in (".html", ".htm", ".json"):
        raise InvalidQuestion(f"no report is written as {out.name}", where="--out", remedy="name it .html or .json")
    if world is not None and config is None:
        told = _of_worlds(world, *size, quick=quick)
        show_evaluation(told.card, told, out=out, say=say, as_json=as_json)
    elif config is not None and world is None:
        show_evaluation(_of_config(config, store, quick=quick), None, out=out, say=say, as_json=as_json)
    else:
        raise InvalidQuestion("say what is evaluated, once", where="evaluate",
                              remedy="name a file, or --world S0, S1, S2 or S3")  # fmt: skip


def _sized(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options of how many planted worlds of how many firms; it is called with both as `size`."""

    @functools.wraps(command)
    def asked(*, firms: int, seeds: int, **told: Any) -> None:
        command(size=(firms, seeds), **told)

    own = [p for p in inspect.signature(command).parameters.values() if p.name != "size"]
    more = [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=option)
        for name, option, default in (("firms", Firms, 10_000), ("seeds", Seeds, 5))
    ]
    asked.__signature__ = inspect.Signature([*own, *more])  # type: ignore[attr-defined]
    asked.__annotations__ = {p.name: p.annotation for p in (*own, *more)}
    return asked


def _of_worlds(world: World, firms: int, seeds: int, *, quick: bool) -> "Worlds":
    from api.commands.progress import stoppable  # noqa: PLC0415
    from api.learning import evaluation  # noqa: PLC0415
    from api.settings import settings  # noqa: PLC0415

    cells = settings().data / EVALUATIONS
    with stoppable(f"planted {world.value}") as watch:
        return evaluation.of_worlds(world.value, firms=firms, seeds=seeds, cells=cells, watch=watch, quick=quick)


def _of_config(config: Path, store: str, *, quick: bool) -> "Card":
    from api.commands.places import place_of  # noqa: PLC0415
    from api.commands.progress import stoppable  # noqa: PLC0415
    from api.learning import evaluation  # noqa: PLC0415
    from api.learning.config import read_config  # noqa: PLC0415

    asked = read_config(config)
    found = _panel(config, asked, store)
    with stoppable("evaluating") as watch:
        cells = place_of(store).folder / EVALUATIONS
        return evaluation.of_config(found, asked, cells=cells, watch=watch, quick=quick)


def _panel(config: Path, asked: "Config", store: str) -> "Panel":
    """The panel a file asks for."""
    from api.commands.moments import opened  # noqa: PLC0415
    from api.commands.progress import answering  # noqa: PLC0415
    from api.learning.asked import panel_asked  # noqa: PLC0415

    engine = now = None
    if not asked.panel.folder:
        engine, now = opened(store, "", "", None, asked.panel.currency)
    with answering() as progress:
        return panel_asked(asked.panel, engine, now, beside=config.parent, progress=progress)
