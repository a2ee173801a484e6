"""`contagraph load`: files into the store."""

import json
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from api.commands.consoles import console as new_console
from ingest.loading.report import Report

Text = Annotated[str, typer.Option()]


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command("load")(load_files)


def load_files(
    paths: Annotated[list[Path], typer.Argument(help="Files of one delivery, or folders, each a delivery")],
    source: Annotated[str, typer.Option(help="Format: tables, bods or finbench; recognised where left out")] = "",
    mapping: Annotated[
        Path | None, typer.Option(help="TOML that says what a table's columns mean (contagraph inspect writes one)")
    ] = None,
    given: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="NAME=VALUE",
            help="What the files cannot say: lender, currency, name, trust, confidence, delivery (full or changes), "
            "delivered (the delivery's day); goes before what a mapping says",
        ),
    ] = None,
    lender: Annotated[str, typer.Option(help="Who lends, where the files do not say: --set lender=…")] = "",
    currency: Annotated[str, typer.Option(help="Currency of amounts, ISO 4217: --set currency=…")] = "",
    store: Annotated[str, typer.Option(help="Folder of a local store, or a bolt:// or neo4j:// address")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print reports as JSON lines")] = False,
) -> None:
    """Load files: registers, tables, loans. Repeating it changes nothing; interrupted, it goes on where it was.

    Examples: contagraph load bp.jsonl · contagraph load 股东.csv 企业.csv --mapping mapping.toml ·
    contagraph load finbench --lender BANK --currency CNY
    """
    from api.commands.places import place_of  # noqa: PLC0415
    from api.commands.progress import watched  # noqa: PLC0415
    from api.intake import Intake, parcels  # noqa: PLC0415  (--help starts without it)

    console = new_console(stderr=True)
    settings = settings_of(given or [], mapping, lender=lender, currency=currency)
    with Intake(place_of(store), lambda: datetime.now(UTC)).together() as intake:
        for parcel in parcels(paths, source=source, settings=settings):
            with watched(parcel.paths[0].name, console) as watch:
                report = intake.load(parcel, watch)
            if as_json:
                typer.echo(json.dumps(asdict(report), ensure_ascii=False))
            else:
                for line in told(report):
                    new_console().print(line, highlight=False)


def settings_of(given: list[str], mapping: Path | None, *, lender: str = "", currency: str = "") -> dict[str, str]:
    """NAME=VALUE pairs and options as settings, options first. Raises typer.BadParameter."""
    settings = {"mapping": str(mapping)} if mapping else {}
    for pair in given:
        name, equals, value = pair.partition("=")
        if not equals or not name:
            raise typer.BadParameter(f"{pair!r} is no NAME=VALUE", param_hint="--set")
        if not value.strip():
            raise typer.BadParameter(f"{pair!r} says nothing", param_hint="--set")
        settings[name.strip()] = value.strip()
    named = {"lender": lender.strip(), "currency": currency.strip()}
    return settings | {name: value for name, value in named.items() if value}


def told(report: Report) -> list[str]:
    """A report in a few lines."""
    from api.answers.wording import plural  # noqa: PLC0415  (--help starts without it)

    files = report.files[0] if len(report.files) == 1 else f"{len(report.files)} files"
    lines = []
    if report.rolled_back:
        lines.append(f"{report.rolled_back} had been interrupted and was rolled back")
    read = plural(report.read, "fact or party", "facts and parties")
    number = f" · load {report.load}" if report.kept else ""
    head = f"[bold]{escape(report.source)}[/] · {escape(files)}{number}" + (" · resumed" if report.resumed else "")
    if report.nothing_changed:
        lines.append(f"{head}: nothing new in {read}")
    else:
        lines.append(head)
        counts = {
            "new parties": report.parties, "new facts": report.new, "changed": report.changed,
            "unchanged": report.unchanged, "ended": report.retracted, "waiting": report.waiting,
            "joined": report.joined,
        }  # fmt: skip
        lines.append("  " + " · ".join([f"read {read}", *(f"{name} {n:,}" for name, n in counts.items() if n)]))
    if report.newer:
        more = "" if report.nothing_changed else ": what that only repeated or left out may read otherwise now"
        lines.append(f"  [yellow]this delivery is older than {report.newer}{more}[/]")
    if report.outdated:
        lines.append(f"  [yellow]{plural(report.outdated, 'fact')} not used: newer statements say otherwise[/]")
    if report.refused:
        why = ", ".join(f"{escape(reason)} {_rows(report, reason)}" for reason in sorted(report.refused))
        lines.append(f"  [yellow]not used: {why}[/] (contagraph quarantine list)")
    return lines


def _rows(report: Report, reason: str) -> str:
    """Rows that could not be used, as the quarantine counts them, and how many facts they hold."""
    from api.answers.wording import plural  # noqa: PLC0415  (--help starts without it)

    facts = report.refused[reason]
    rows = report.bad.get(reason, facts)
    return plural(rows, "row") + (f" with {facts:,} facts" if facts != rows else "")
