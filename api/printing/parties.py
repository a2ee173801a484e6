"""Search, party and network."""

from collections.abc import Iterable, Iterator
from typing import Any

from rich.table import Table
from rich.text import Text

from api.answers.frame import Page, Record
from api.answers.namesakes import bare_name
from api.answers.wording import value
from api.printing.paper import Cited, facts, heading, left, row, table, titled
from api.questions.parties.network import Network
from api.questions.parties.party import Dossier
from api.questions.parties.search import Found
from graph.model import KINDS, PROFILE

UNSAID = ("name", "fact", "currency")
"""Fields of a profile that stand elsewhere."""


def found(answer: Found, _cited: Cited) -> Iterator[Any]:
    """Parties found, the best first."""
    made = table("", "name", "kind", "id", "found by", "likeness", amounts=("likeness",))
    for number, match in enumerate(answer.matches, start=answer.page.offset + 1):
        by = match.by if match.text == bare_name(match.party) else f"{match.by} {match.text}"
        row(made, number, bare_name(match.party), match.party.kind, match.party.id, by, f"{match.score:.0%}")
    if made.row_count:
        yield made
    yield from left(answer.page, "resembles it less", "resemble it less")


def dossier(answer: Dossier, cited: Cited) -> Iterator[Any]:
    """Everything known about one party."""
    yield heading(answer.party)
    yield _profile(answer)
    for records in answer.records:
        if records.kind != PROFILE.name:
            yield _records(records.kind, records.records, records.page, cited)
            yield from left(records.page, "of these", "of these")
    for relations in answer.relations:
        out = relations.direction == "out"
        title = titled(relations.kind, arrow="→ " if out else "← ", total=relations.page.total)
        yield from facts(cited, relations.facts, title, side="to" if out else "from")
        yield from left(relations.page, "of these", "of these")
    yield from facts(cited, answer.indirect, "stated as indirect: they check, they do not count")
    yield from facts(cited, answer.rivals, "what other sources say, and is not believed")


def _profile(answer: Dossier) -> Table:
    made = table("", "")
    if len(answer.ids) > 1:
        row(made, "ids", answer.ids)
    currency = answer.profile.get("currency")
    for name, said in answer.profile.items():
        if name not in UNSAID:
            money = f"{currency} " if currency and PROFILE.field(name).type == "money" else ""
            row(made, name.replace("_", " "), money + value(PROFILE, name, said))
    return made


def _records(name: str, records: Iterable[Record], page: Page, cited: Cited) -> Table:
    """Statements with a column for each field that any of them fills; the same said twice is one row."""
    kind = KINDS[name]
    said: dict[tuple[str, ...], list[str]] = {}
    records = tuple(records)
    fields = [field for field in kind.fields if any(field.name in record.values for record in records)]
    for record in records:
        cells = tuple(
            value(kind, field.name, record.values[field.name]) if field.name in record.values else ""
            for field in fields
        )
        said.setdefault(cells, []).append(record.fact_id)
    heads = [field.name.replace("_", " ") for field in fields]
    numbers = [head for head, field in zip(heads, fields, strict=True) if field.type in ("money", "number", "fraction")]
    made = table(*heads, "src", title=titled(name, total=page.total), amounts=numbers)
    for cells, stated in said.items():
        row(made, *cells, cited.numbers(stated))
    return made


def network(answer: Network, cited: Cited) -> Iterator[Any]:
    """Who stands around a party, and what ties them."""
    yield heading(answer.party)
    counts = " · ".join(f"{'→' if c.direction == 'out' else '←'} {c.kind} {c.count:,}" for c in answer.counts)
    if counts:
        yield Text(counts)
    made = table("step", "party", "kind", "id", "links", amounts=("step", "links"))
    for one in answer.parties:
        row(made, one.hops, bare_name(one.party), one.party.kind, one.party.id, f"{one.links:,}")
    if made.row_count:
        yield made
    yield from left(answer.page, "party", "parties")
    yield from facts(cited, answer.links, "what ties them")
