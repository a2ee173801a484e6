"""Scenarios that a command reads from a file: parties by id or exact name."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.commands.moments import meant

if TYPE_CHECKING:
    from api.engine import Engine
    from api.questions.shocks.scenario import Scenario
    from graph.moment import Moment

ScenarioFile = Annotated[
    Path,
    typer.Argument(
        help="TOML or JSON that says who fails or whose output falls; - for standard input; or the name of a scenario "
        "of the catalogue"
    ),
]
MissingFigures = Annotated[
    str | None,
    typer.Option(
        help="Firms without statements: nothing fails them, or medians stand in: left out, medians; as the scenario "
        "says where not given",
        show_default=False,
    ),
]


def scenario_of(
    engine: "Engine", moment: "Moment", file: Path, lender: str | None, *, missing: str | None = None
) -> "Scenario":
    """The scenario of a file with the ids of those it names; a lender where it names none, what is missing as asked."""
    from api.questions.meant import meant_scenario  # noqa: PLC0415  (--help starts without it)
    from api.questions.shocks.catalogue import catalogue  # noqa: PLC0415
    from api.questions.shocks.scenario import Scenario, read_file, read_scenario  # noqa: PLC0415
    from api.settings import settings  # noqa: PLC0415

    asked = settings().lender or "" if lender is None else lender
    text = str(file)
    bare = text != "-" and not file.suffix and len(file.parts) == 1 and not file.exists()
    said = Scenario(name=text) if bare or text in catalogue() else read_file(file, sys.stdin)
    if missing is not None:
        said = read_scenario(
            {**said.model_dump(mode="json", exclude_unset=True), "missing": missing}, where="--missing"
        )
    return meant_scenario(said, lender=asked, id_of=lambda one, where: meant(engine, moment, one, where=where))
