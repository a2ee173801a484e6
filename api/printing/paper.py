"""What printed answers are made of: headings, tables, values in words, numbered sources."""

import re
from collections.abc import Iterable, Iterator
from typing import Any, Final

from rich.table import Table
from rich.text import Text

from api.answers.frame import Answer, Fact, Page, Party, Source
from api.answers.namesakes import bare_name
from api.answers.wording import period, plural
from api.printing.grid import Grid
from graph.model import KINDS

UNPRINTABLE: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]+")
"""Signs that would move the cursor, colour the terminal or turn the direction of writing."""
DIM: Final = "dim"
BOLD: Final = "bold"


class Cited:
    """The sources of an answer, by number."""

    def __init__(self, answer: Answer[Any]) -> None:
        self._sources = {source.fact_id: source for source in answer.sources}
        self._number = {fact: number for number, fact in enumerate(self._sources, start=1)}

    def numbers(self, facts: Iterable[str]) -> str:
        """Where facts stand in the list of sources: `[3] [5]`."""
        found = sorted({self._number[fact] for fact in facts if fact in self._number})
        return " ".join(f"[{number}]" for number in found)

    def holds(self, fact: str) -> str:
        """From when to when a fact holds."""
        source = self._sources.get(fact)
        return "" if source is None else period(source.valid_from, source.valid_to)

    def __iter__(self) -> Iterator[tuple[int, Source]]:
        return zip(self._number.values(), self._sources.values(), strict=True)


def plain(value: object) -> str:
    """What data says, on one line and without signs that a terminal would obey.

    >>> plain("a\\x1b[31mb\\nc")
    'a [31mb c'
    """
    return UNPRINTABLE.sub(" ", "" if value is None else str(value))


def heading(party: Party, *, before: str = "") -> Text:
    """The party that an answer is about."""
    return Text.assemble(before, (plain(bare_name(party)), BOLD), (f" · {party.kind} · {plain(party.id)}", DIM))


def table(*heads: str, title: str = "", amounts: Iterable[str] = ()) -> Grid:
    """An empty table; the columns named in `amounts` are written to the right."""
    right = set(amounts)
    return Grid(
        *(Text(head, style="dim underline") for head in heads),
        title=Text(plain(title), style=BOLD) if title else None,
        right=[head in right for head in heads],
        dim=[head in ("src", "id") for head in heads],
    )


def row(to: Grid, *cells: object, style: str = "") -> None:
    """One row; lines of a cell stay lines."""
    lines = [cell if isinstance(cell, Text) else Text("\n".join(map(plain, _lines(cell)))) for cell in cells]
    to.tell(lines, style)


def _lines(cell: object) -> Iterable[object]:
    return cell if isinstance(cell, list | tuple) else (cell,)


def titled(kind: str, *, arrow: str = "", total: int | None = None) -> str:
    """A kind of fact in both languages, and how many there are."""
    of = KINDS[kind]
    count = "" if total is None else f" ({total:,})"
    return f"{arrow}{kind if of.is_relation else ''} {of.en} {of.zh}{count}".strip()


def facts(cited: Cited, shown: Iterable[Fact], title: str, *, side: str = "") -> Iterator[Table]:
    """Facts as a table; of both ends, or of the one on the other `side` (`from` or `to`)."""
    one = {"from": ("from",), "to": ("to",)}.get(side, ("from", "relation", "to"))
    made = table(*one, *(("id",) if side else ()), "what", "holds", "src", title=title)
    for fact in shown:
        party = fact.tail if side == "from" else fact.head
        ends = (bare_name(party), party.id) if side else (fact.tail.name, fact.kind, fact.head.name)
        row(made, *ends, fact.text, cited.holds(fact.fact_id), cited.numbers([fact.fact_id]))
    if made.row_count:
        yield made


def left(page: Page, one: str, many: str = "", *, by: str = "--limit, --offset") -> Iterator[Text]:
    """How many come after those shown, if any, and by which options; of a page behind the last, how many there are."""
    if page.total and page.offset >= page.total:
        yield Text(f"this page lies behind the last: {page.total:,} in all", style=DIM)
    elif page.left:
        yield Text(f"… {plural(page.left, f'more {one}', f'more {many}' if many else '')} ({by})", style=DIM)
