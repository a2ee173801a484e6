"""What all answers have: reasons, sources, the moment; and as JSON, the whole of it."""

import shutil
import typing
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import typer
from pydantic import TypeAdapter
from rich.console import Console
from rich.table import Table
from rich.text import Text

from api import questions
from api.answers.frame import Answer
from api.answers.namesakes import distinguished
from api.answers.wording import percent, period, plural, remark
from api.printing import (
    amounts,
    books,
    control,
    credit,
    losses,
    owners,
    parties,
    promises,
    related,
    risks,
    shocks,
    systemic,
    ties,
)
from api.printing.paper import DIM, Cited, plain, row, table
from api.questions.book.groups import BookGroups
from api.questions.book.guarantees import BookGuarantees
from api.questions.book.limits import BookLimits
from api.questions.book.losses import BookLosses
from api.questions.book.related import BookRelated
from api.questions.book.reverse import BookReverse
from api.questions.book.risk import BookRisk
from api.questions.book.systemic import BookSystemic
from api.questions.groups.groups import GroupsOf
from api.questions.guarantees import GuaranteesOf
from api.questions.limits.checked import CreditCheck
from api.questions.limits.exposure import ExposureTo
from api.questions.links.links import Linkage
from api.questions.links.tiers import TiersOf
from api.questions.ownership.control import ControlOf
from api.questions.ownership.owners import OwnersOf
from api.questions.parties.changes import ChangesOf
from api.questions.parties.network import Network
from api.questions.parties.party import Dossier
from api.questions.parties.search import Found
from api.questions.risk.risk import RiskOf
from api.questions.shocks.shock import ShockAnswer

SOURCES = 40
"""Sources printed; --json has all."""
PAPER = (140, 50)
"""Columns and lines where the answer goes into a file and no terminal says how wide it is."""

PRINTERS: Mapping[type, Callable[[Any, Cited], Iterable[Any]]] = {
    Found: parties.found,
    Dossier: parties.dossier,
    Network: parties.network,
    ControlOf: control.control,
    OwnersOf: owners.owners,
    GroupsOf: control.groups,
    ExposureTo: amounts.exposure,
    CreditCheck: credit.credit_check,
    GuaranteesOf: promises.guarantees,
    BookLimits: books.limits,
    BookGroups: books.groups,
    BookGuarantees: books.guarantees,
    BookRelated: related.related,
    BookRisk: risks.book,
    BookSystemic: systemic.systemic,
    RiskOf: risks.risk,
    BookLosses: losses.losses,
    BookReverse: losses.reverse,
    Linkage: ties.linkage,
    TiersOf: amounts.tiers,
    ChangesOf: ties.changes,
    ShockAnswer: shocks.shock,
}
"""How each kind of answer is printed."""

NEXT: Mapping[type, str] = {
    Found: "try part of the name, the other language or a number; the day may lie before it was known (--known-at)",
    Dossier: "ask about another day (--valid-at), or load more about it: contagraph load PATH",
    Network: "ask about another day (--valid-at) or without --kind",
    OwnersOf: "ask who may control it: contagraph ask control ID, or load who holds it: contagraph load PATH",
    ControlOf: "ask who stands around it: contagraph ask network ID",
    GroupsOf: "ask who may control it: contagraph ask control ID",
    ExposureTo: "ask with another --lender, or load facilities: contagraph load PATH",
    CreditCheck: "load a Profile of the lender with rule_sets, and its tier1 and net_capital: contagraph load PATH",
    GuaranteesOf: "load guarantees: contagraph load PATH, or ask about another day (--valid-at)",
    BookLimits: "state the lender's rule_sets in a Profile of it, and load its capital: contagraph load PATH",
    BookGroups: "load facilities of this lender: contagraph load PATH, or ask about another day (--valid-at)",
    BookGuarantees: "load guarantees: contagraph load PATH, or ask about another day (--valid-at)",
    BookRelated: "load its holders, officers and their kin: contagraph load PATH, or ask about another day",
    BookRisk: "load its facilities: contagraph load PATH",
    RiskOf: "ask about another day (--valid-at), or load its statements: contagraph load PATH",
    BookSystemic: "load its facilities, with guarantees, statements and supplies: contagraph load PATH",
    BookLosses: "load its facilities: contagraph load PATH",
    BookReverse: "load its facilities: contagraph load PATH",
    Linkage: "allow longer paths (--steps 6), or what joins many (--through lenders, state, hubs)",
    TiersOf: "load who supplies whom, or ask the other way: upstream, downstream",
    ChangesOf: "compare with an earlier day (--since 2023-12-31) or with what was known then (--since-known)",
    ShockAnswer: "load facilities, statements and supplies: contagraph load PATH, or ask about another day",
}
"""What to do where there is nothing to print."""


def show(answer: Answer[Any], *, as_json: bool) -> None:
    """Print an answer in words and tables, or whole as JSON."""
    if as_json:
        said = typing.get_type_hints(getattr(questions, answer.question.name))["return"]
        typer.echo(TypeAdapter(said).dump_json(answer, by_alias=True, indent=2))
        return
    width = shutil.get_terminal_size(PAPER).columns
    console = Console(width=width, highlight=False, markup=False, emoji=False)
    cited = Cited(answer)
    parts = list(PRINTERS[type(answer.answer)](distinguished(answer.answer), cited))
    for before, part in zip([None, *parts], parts, strict=False):
        if isinstance(part, Table) and before is not None:
            console.print()
        console.print(part)
    if parts:
        console.print()
    _listed(console, "why", answer.reasons)
    # A page behind the last says so; there is nothing to look for elsewhere.
    further = answer.question.parameters.get("offset", 0) > 0
    if not further and not any(isinstance(part, Table) and part.row_count for part in parts):
        _listed(console, "next", [NEXT[type(answer.answer)]])
    _sources(console, cited)
    console.print(Text(f"as of {answer.as_of} · snapshot {answer.snapshot}", style=DIM), soft_wrap=True)


def _listed(console: Console, title: str, lines: Iterable[str]) -> None:
    grid = Table.grid(padding=(0, 1))
    for line in lines:
        grid.add_row(Text("·"), Text(plain(line), overflow="fold"))
    if grid.row_count:
        console.print(Text(title, style="bold"))
        console.print(grid)
        console.print()


def _sources(console: Console, cited: Cited) -> None:
    every = list(cited)
    if not every:
        return
    notes = any(source.note for _, source in every[:SOURCES])
    doubts = any(source.confidence not in (None, 1.0) for _, source in every[:SOURCES])
    heads = ("source", "its record", "fact", "holds", "recorded", *["trust"] * doubts, *["note"] * notes)
    made = table("src", *heads, title="sources")
    for number, source in every[:SOURCES]:
        trust = "" if source.confidence is None else percent(source.confidence)
        row(
            made, f"[{number}]", source.source, source.source_ref, source.kind,
            period(source.valid_from, source.valid_to), f"{source.recorded_at:%Y-%m-%d}",
            *[trust] * doubts, *[remark(source.note)] * notes, style=DIM,
        )  # fmt: skip
    console.print(made)
    if len(every) > SOURCES:
        console.print(Text(f"… {plural(len(every) - SOURCES, 'more source')}; --json has all", style=DIM))
    console.print()
