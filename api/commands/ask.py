"""`contagraph ask`: every question, answered in words and tables or as JSON."""

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.commands import book
from api.commands.moments import Lender, Limit, ModelRun, Offset, at_moment, meant
from api.commands.scenarios import MissingFigures, ScenarioFile, scenario_of

if TYPE_CHECKING:
    from api.engine import Engine
    from graph.moment import Moment

Party = Annotated[str, typer.Argument(help="Id of a party; its exact name or number where only one has it")]
Kinds = Annotated[list[str] | None, typer.Option("--kind", help="Only relations of this kind; repeat for several")]
Depth = Annotated[int, typer.Option(min=1, help="Tiers")]

app = typer.Typer(no_args_is_help=True, help="Ask a question: contagraph ask control ID, contagraph ask search NAME.")
app.add_typer(book.app, name="book")


def register(program: typer.Typer) -> None:
    """Add the questions to the program."""
    program.add_typer(app, name="ask")


moments = at_moment(shown=True)


@app.command()
@moments
def search(
    text: Annotated[str, typer.Argument(help="Name, part of a name, number or id; misspellings are forgiven")],
    limit: Limit = 20,
    offset: Offset = 0,
    *,
    engine: "Engine",
    moment: "Moment",
) -> Any:
    """Find a party by name or identifier, in Chinese or English, whole or in part.

    Example: contagraph ask search '华'
    """
    from api import questions  # noqa: PLC0415

    return questions.search(engine, text, limit=limit, offset=offset, moment=moment)


@app.command()
@moments
def party(party: Party, limit: Limit = 10, offset: Offset = 0, *, engine: "Engine", moment: "Moment") -> Any:
    """Show everything known about a party, with sources.

    Example: contagraph ask party register:91350100M000100Y43
    """
    from api import questions  # noqa: PLC0415

    return questions.party(engine, meant(engine, moment, party), limit=limit, offset=offset, moment=moment)


@app.command()
@moments
def network(
    party: Party,
    hops: Annotated[int, typer.Option(min=1, help="Steps outwards")] = 1,
    kinds: Kinds = None,
    limit: Limit = 50,
    offset: Offset = 0,
    *,
    engine: "Engine",
    moment: "Moment",
) -> Any:
    """Show who stands around a party.

    Example: contagraph ask network ID --hops 2 --kind OWNS --kind GUARANTEES
    """
    from api import questions  # noqa: PLC0415

    known = meant(engine, moment, party)
    return questions.network(engine, known, hops=hops, kinds=kinds, limit=limit, offset=offset, moment=moment)


@app.command()
@moments
def control(party: Party, limit: Limit = 50, offset: Offset = 0, *, engine: "Engine", moment: "Moment") -> Any:
    """Show who controls a party, what it controls, and the holdings that prove it.

    Example: contagraph ask control 'Example Holding Co., Ltd.' --valid-at 2024-06-30
    """
    from api import questions  # noqa: PLC0415

    return questions.control(engine, meant(engine, moment, party), limit=limit, offset=offset, moment=moment)


@app.command()
@moments
def owners(
    party: Party,
    regime: Annotated[str | None, typer.Option(help="Regime of beneficial ownership; else that of its country")] = None,
    layer: Annotated[str, typer.Option(help="What is owned in the end: capital or votes")] = "capital",
    limit: Limit = 50,
    offset: Offset = 0,
    *,
    engine: "Engine",
    moment: "Moment",
) -> Any:
    """Show who owns a party, directly and in the end, who decides in it, its beneficial owners and close links.

    Example: contagraph ask owners ID --regime CN_2024 --layer votes
    """
    from api import questions  # noqa: PLC0415

    known = meant(engine, moment, party)
    return questions.owners(engine, known, regime=regime, layer=layer, limit=limit, offset=offset, moment=moment)


@app.command()
@moments
def groups(
    party: Party,
    kind: Annotated[
        str, typer.Option(help="connected (by control and dependence) or group-clients (集团客户, by control and kin)")
    ] = "connected",
    lender: Lender = None,
    criteria: Annotated[
        list[str] | None,
        typer.Option(help="Suspect dependence by this rule set, not by those of the lender; repeat for several"),
    ] = None,
    limit: Limit = 100,
    offset: Offset = 0,
    *,
    engine: "Engine",
    moment: "Moment",
) -> Any:
    """Show the groups a party belongs to, and how each member came in.

    Example: contagraph ask groups ID --kind group-clients --known-at 2024-12-31
    """
    from api import questions  # noqa: PLC0415
    from api.settings import settings  # noqa: PLC0415

    bank = settings().lender if lender is None else lender
    return questions.groups(
        engine, meant(engine, moment, party), kind=kind,
        lender=meant(engine, moment, bank, where="lender") if bank else None,
        criteria=criteria or (), limit=limit, offset=offset, moment=moment,
    )  # fmt: skip


@app.command()
@moments
def risk(
    party: Party,
    model: ModelRun = "",
    reasons: Annotated[int, typer.Option(min=1, help="Reasons at most")] = 5,
    *,
    engine: "Engine",
    moment: "Moment",
) -> Any:
    """Show how likely a party is to default within a year, why, and what its neighbours add.

    Example: contagraph ask risk ID --reasons 10
    """
    from api import questions  # noqa: PLC0415

    return questions.risk(engine, meant(engine, moment, party), model=model, reasons=reasons, moment=moment)


@app.command()
@moments
def exposure(
    party: Party,
    lender: Lender = None,
    shock: Annotated[
        str,
        typer.Option(
            metavar="FILE|NAME|self",
            help="Also what a scenario would take of it: a file, one of the catalogue, or self: the party itself fails",
        ),
    ] = "",
    limit: Limit = 20,
    *,
    engine: "Engine",
    moment: "Moment",
) -> Any:
    """Show what a lender has at stake with a party and with its group, and what of it a scenario would take.

    Example: contagraph ask exposure ID --lender BANK --currency CNY

    Example: contagraph ask exposure ID --lender BANK --shock self
    """
    from api import questions  # noqa: PLC0415
    from api.questions.shocks.catalogue import catalogue  # noqa: PLC0415
    from api.settings import settings  # noqa: PLC0415

    bank = settings().lender if lender is None else lender
    known = meant(engine, moment, bank, where="lender") if bank else None
    by_name = shock in ("", "self", *catalogue())
    scenario = shock if by_name else scenario_of(engine, moment, Path(shock), known or "")
    asked = meant(engine, moment, party)
    return questions.exposure(engine, asked, lender=known, scenario=scenario, limit=limit, moment=moment)


@app.command("credit-check")
@moments
def credit_check(
    file: Annotated[
        Path, typer.Argument(help="JSON or TOML with applicant, lender and facility; - for standard input")
    ],
    lender: Lender = None,
    remedies: Annotated[bool, typer.Option(help="Whether to look for the smallest changes that would pass")] = True,
    limit: Limit = 20,
    *,
    valid_at: str,
    engine: "Engine",
    moment: "Moment",
) -> Any:
    """Ask whether a facility may be granted: approve, refer or decline, the rule that binds, and what would pass.

    The file names applicant and facility (amount, currency, and as needed kind, ccf, maturity, collateral,
    guarantors); lender, date and request_id may be left out. With a request_id the decision stands in the ledger
    before it is told, and asked again it is the same. Parties go by id or exact name. A file may say no more than
    {"applicant": "ID", "lender": "BANK", "facility": {"amount": 1e7, "currency": "CNY"}}; with collateral and
    guarantors: {"applicant": "ID", "lender": "BANK", "facility": {"amount": 1e7, "currency": "CNY", "kind": "loan",
    "maturity": "2030-12-31", "collateral": [{"kind": "deposit", "value": 1e6}],
    "guarantors": [{"party": "ID", "amount": 5e6}]}}.

    Example: contagraph ask credit-check 申请.json --valid-at 2024-12-31
    """
    from api.ledger.decisions import decided  # noqa: PLC0415
    from api.questions.limits.applications import read_file  # noqa: PLC0415
    from api.settings import settings  # noqa: PLC0415

    request = read_file(file, sys.stdin)
    request.agree(moment.valid_at if valid_at else None)
    bank = request.lender or (settings().lender or "" if lender is None else lender)
    givers = tuple(
        one.model_copy(update={"party": meant(engine, moment, one.party, where=f"facility.guarantors.{k}")})
        for k, one in enumerate(request.facility.guarantors)
    )
    named = request.model_copy(update={
        "facility": request.facility.model_copy(update={"guarantors": givers}),
        "lender": meant(engine, moment, bank, where="lender") if bank else "",
        "applicant": meant(engine, moment, request.applicant, where="applicant"),
    })  # fmt: skip
    return decided(engine, named, remedies=remedies, limit=limit, moment=moment, now=lambda: datetime.now(UTC))


def _scenarios(asked: bool) -> None:
    """Print the named scenarios, and end."""
    if not asked:
        return
    from api.questions.shocks.catalogue import catalogue  # noqa: PLC0415

    for name, one in catalogue().items():
        typer.echo(f"{name}  {one.name.en} · {one.name.zh}\n    {one.meaning.en}\n    {one.meaning.zh}")
    raise typer.Exit


@app.command()
@moments
def shock(
    file: ScenarioFile,
    listed: Annotated[
        bool, typer.Option("--list", help="List the scenarios of the catalogue", callback=_scenarios, is_eager=True)
    ] = False,
    lender: Lender = None,
    missing: MissingFigures = None,
    limit: Limit = 20,
    *,
    engine: "Engine",
    moment: "Moment",
) -> Any:
    """Ask what a failure or a fall of output would cost through every layer: by lender, group, layer and path.

    A scenario says who fails (failed = ["ID"]), whose output falls ([[stopped]] with share, and parties, industry,
    region or product), who loses money ([lost], "ID" = 5e6) or what currencies do ([rates], "USD/CNY" = 0.1). It may
    say its date, and what is assumed: lgd, haircuts on collateral by kind, layers (production, guarantees, debts,
    shares), calls ("pro rata" or "in full"), essential ("goods", "all", "none"), substitution, kept.
    Parties go by id or exact name. The least: failed = ["ID"]. What of a named scenario fits nobody here is told.

    Example: contagraph ask shock real-estate --lender BANK

    Example: contagraph ask shock 情景.toml --currency CNY --valid-at 2024-12-31
    """
    from api import questions  # noqa: PLC0415
    from api.commands.progress import answering  # noqa: PLC0415

    said = scenario_of(engine, moment, file, lender, missing=missing)
    with answering() as progress:
        return questions.shock(engine, said, limit=limit, moment=moment, progress=progress)


@app.command()
@moments
def guarantees(
    party: Party,
    length: Annotated[int, typer.Option(min=2, max=12, help="Most guarantees of a closed circle")] = 5,
    limit: Limit = 20,
    offset: Offset = 0,
    *,
    engine: "Engine",
    moment: "Moment",
) -> Any:
    """Show guarantees given and taken, the circles a party sits in, and the law's tests.

    Example: contagraph ask guarantees ID --currency CNY
    """
    from api import questions  # noqa: PLC0415

    known = meant(engine, moment, party)
    return questions.guarantees(engine, known, length=length, limit=limit, offset=offset, moment=moment)


@app.command()
@moments
def links(
    parties: Annotated[list[str], typer.Argument(help="Two or more parties, by id or exact name")],
    steps: Annotated[int, typer.Option(min=1, help="Longest path")] = 4,
    kinds: Kinds = None,
    through: Annotated[
        list[str] | None, typer.Option(help="Also paths through lenders (of many), state or hubs; may be repeated")
    ] = None,
    limit: Limit = 100,
    *,
    engine: "Engine",
    moment: "Moment",
) -> Any:
    """Show how parties hang together: common controllers, and every path between them.

    Example: contagraph ask links ID ID --steps 5
    """
    from api import questions  # noqa: PLC0415

    known = [meant(engine, moment, one, where="party") for one in parties]
    return questions.links(engine, known, steps=steps, kinds=kinds, through=through or (), limit=limit, moment=moment)


@app.command()
@moments
def upstream(
    party: Party, depth: Depth = 3, limit: Limit = 50, offset: Offset = 0, *, engine: "Engine", moment: "Moment"
) -> Any:
    """Show who supplies a party, tier by tier.

    Example: contagraph ask upstream ID --depth 4
    """
    from api import questions  # noqa: PLC0415

    known = meant(engine, moment, party)
    return questions.upstream(engine, known, depth=depth, limit=limit, offset=offset, moment=moment)


@app.command()
@moments
def downstream(
    party: Party, depth: Depth = 3, limit: Limit = 50, offset: Offset = 0, *, engine: "Engine", moment: "Moment"
) -> Any:
    """Show whom a party supplies, tier by tier.

    Example: contagraph ask downstream ID --json
    """
    from api import questions  # noqa: PLC0415

    known = meant(engine, moment, party)
    return questions.downstream(engine, known, depth=depth, limit=limit, offset=offset, moment=moment)


@app.command()
@moments
def changes(
    party: Party,
    since: Annotated[str, typer.Option("--since", metavar="DAY", help="The earlier day in the world")] = "",
    since_known: Annotated[
        str, typer.Option("--since-known", metavar="INSTANT", help="The earlier instant of knowledge")
    ] = "",
    limit: Limit = 100,
    offset: Offset = 0,
    *,
    engine: "Engine",
    moment: "Moment",
) -> Any:
    """Show what changed about a party between two moments.

    Example: contagraph ask changes ID --since 2023-12-31
    """
    from api import questions  # noqa: PLC0415
    from graph.moment import read_day, read_instant  # noqa: PLC0415

    before = questions.earlier(
        moment,
        valid_at=read_day(since, where="--since") if since else None,
        known_at=read_instant(since_known, where="--since-known") if since_known else None,
    )
    known = meant(engine, moment, party)
    return questions.changes(engine, known, since=before, limit=limit, offset=offset, moment=moment)
