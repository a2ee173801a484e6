"""What printed answers are made of: headings, tables, values in words, numbered sources."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderResult
from rich.table import Table
from rich.text import Text

from api.answers.frame import Answer, Fact, Page, Party, Source
from api.answers.namesakes import bare_name
from api.answers.wording import period, plural
from graph.model import KINDS

UNPRINTABLE: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]+")
"""Signs that would move the cursor, colour the terminal or turn the direction of writing."""
WORD: Final = re.compile(r"[^\s,;]*:[!-~]+|[!-~]+")
"""What must not break: an id, or a run of Latin letters, digits and signs."""
LONGEST: Final = 32
"""Widest of them that a column is widened for."""
NARROW: Final = 8
"""The least width of a column of text."""
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


class Grid(Table):
    """A table whose ids and words keep to one line where the terminal has room for them."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self._least: list[int] = []
        self._whole: list[int] = []

    def keep(self, cells: Sequence[Text]) -> None:
        """Note how wide columns want to be, and must be so that nothing breaks in a row."""
        for at, (column, cell) in enumerate(zip(self.columns, cells, strict=False)):
            if at == len(self._least):
                self._least.append(0)
                self._whole.append(0)
            lines = cell.plain.split("\n")
            pieces = lines if column.no_wrap else WORD.findall(cell.plain)
            most = max(map(cell_len, pieces), default=0)
            self._whole[at] = max(self._whole[at], *map(cell_len, lines))
            narrow = min(self._whole[at], NARROW)
            self._least[at] = max(self._least[at], narrow, most if column.no_wrap else min(most, LONGEST))

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Where all does not fit the widest columns give way first: gaps, then what follows the first, then words."""
        loose = [at > 0 and not column.no_wrap for at, column in enumerate(self.columns)]
        words = [not column.no_wrap for column in self.columns]
        for gap, folded in ((2, None), (1, None), (1, loose), (1, words)):
            least = [min(width, NARROW) if folded and folded[at] else width for at, width in enumerate(self._least)]
            room = options.max_width - gap * (len(least) - 1)
            if sum(least) <= room:
                self.padding = (0, gap, 0, 0)
                for column, width in zip(self.columns, _shared(least, self._whole, room), strict=True):
                    column.width = width
                break
        yield from super().__rich_console__(console, options)


def _shared(least: Sequence[int], whole: Sequence[int], room: int) -> list[int]:
    """Widths that fit, none below its least nor above its whole, the widest cut first.

    >>> _shared([4, 4, 10], [30, 8, 10], 40), _shared([4, 4, 10], [30, 8, 10], 50)
    ([22, 8, 10], [30, 8, 10])
    """
    for cut in range(max(whole, default=0), 0, -1):
        widths = [max(low, min(high, cut)) for low, high in zip(least, whole, strict=True)]
        if sum(widths) <= room:
            return widths
    return list(least)


def table(*heads: str, title: str = "", amounts: Iterable[str] = ()) -> Grid:
    """An empty table; the columns named in `amounts` are written to the right."""
    right = set(amounts)
    made = Grid(
        title=Text(plain(title), style=BOLD) if title else None,
        title_justify="left",
        show_header=any(heads),
        box=None,
        pad_edge=False,
        padding=(0, 2, 0, 0),
    )
    for head in heads:
        made.add_column(
            Text(head, style="dim underline"),
            overflow="fold",
            justify="right" if head in right else "left",
            no_wrap=head in right,
            style=DIM if head in ("src", "id") else "",
        )
    made.keep([Text(head) for head in heads])
    return made


def row(to: Grid, *cells: object, style: str = "") -> None:
    """One row; lines of a cell stay lines."""
    lines = [cell if isinstance(cell, Text) else Text("\n".join(map(plain, _lines(cell)))) for cell in cells]
    to.keep(lines)
    to.add_row(*lines, style=style)


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
