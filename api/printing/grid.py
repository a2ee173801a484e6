"""A table that fits the terminal without losing anything: ids, words and amounts keep to one line as long as there is
room, then the heads break, then words, and what is too wide all the same is told row by row."""

import re
from collections.abc import Sequence
from typing import Final

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, JustifyMethod, RenderResult
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

WORD: Final = re.compile(r"[^\s,;]*:[!-~]+|[!-~]+")
"""What must not break: an id, or a run of Latin letters, digits and signs."""
LONGEST: Final = 32
"""Widest of them that a column is widened for."""
NARROW: Final = 8
"""The least width of a column of text."""


class Grid(Table):
    """A table whose ids and words keep to one line where the terminal has room for them."""

    def __init__(self, *heads: Text, title: Text | None, right: Sequence[bool], dim: Sequence[bool]) -> None:
        super().__init__(
            title=title, title_justify="left", show_header=any(head.plain for head in heads), box=None, pad_edge=False,
            padding=(0, 2, 0, 0),
        )  # fmt: skip
        self._heads: list[Text] = []
        self._told: list[tuple[Text, ...]] = []
        self._least: list[int] = []
        self._whole: list[int] = []
        for head, amount, faint in zip(heads, right, dim, strict=True):
            self._begin(head, amount=amount, faint=faint)

    def _begin(self, head: Text, *, amount: bool = False, faint: bool = False) -> None:
        """Add a column."""
        side: JustifyMethod = "right" if amount else "left"
        self.add_column(head, overflow="fold", justify=side, no_wrap=amount, style="dim" if faint else "")
        self._heads.append(head)
        self._least.append(0)
        self._whole.append(cell_len(head.plain))

    def tell(self, cells: Sequence[Text], style: str) -> None:
        """Add a row, and note how wide columns want to be, and must be so that nothing breaks in it."""
        for _ in cells[len(self._heads) :]:
            self._begin(Text())
        self.add_row(*cells, style=style)
        self._told.append(tuple(cells))
        for at, (column, cell) in enumerate(zip(self.columns, cells, strict=False)):
            lines = cell.plain.split("\n")
            pieces = lines if column.no_wrap else WORD.findall(cell.plain)
            most = max(map(cell_len, pieces), default=0)
            self._whole[at] = max(self._whole[at], *map(cell_len, lines))
            self._least[at] = max(self._least[at], most if column.no_wrap else min(most, LONGEST))

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Where all does not fit the widest columns give way first: gaps, then heads of amounts, then what follows the
        first, then words; where even that is too wide each row is told by itself."""
        loose = [at > 0 and not column.no_wrap for at, column in enumerate(self.columns)]
        words = [not column.no_wrap for column in self.columns]
        rigid = [False] * len(self.columns)
        for gap, folded, broken in (
            (2, rigid, False), (1, rigid, False), (1, rigid, True), (1, loose, True), (1, words, True),
        ):  # fmt: skip
            least = self._narrowest(folded, broken=broken)
            room = options.max_width - gap * (len(least) - 1)
            if sum(least) <= room:
                self.padding = (0, gap, 0, 0)
                for at, width in enumerate(_shared(least, self._whole, room)):
                    self.columns[at].width = width
                    self.columns[at].header = self._head(at, width, console)
                yield from super().__rich_console__(console, options)
                return
        yield from self._row_by_row()

    def _narrowest(self, folded: Sequence[bool], *, broken: bool) -> list[int]:
        """The least widths where words of some columns may break, and heads of amounts between words."""
        found = []
        for at, (head, column) in enumerate(zip(self._heads, self.columns, strict=True)):
            longest = max(map(cell_len, WORD.findall(head.plain)), default=0)
            mine = cell_len(head.plain) if column.no_wrap and not broken else min(longest, LONGEST)
            least = max(self._least[at], mine, min(self._whole[at], NARROW))
            found.append(min(least, NARROW) if folded[at] else least)
        return found

    def _head(self, at: int, width: int, console: Console) -> Text:
        """A head on as many lines as its column's width asks for."""
        head = self._heads[at]
        if not self.columns[at].no_wrap or cell_len(head.plain) <= width:
            return head
        return Text("\n", style=head.style).join(head.wrap(console, width))

    def _row_by_row(self) -> RenderResult:
        """Each row as a list of its own: heads to the left, what stands under them to the right."""
        if self.title:
            yield self.title if isinstance(self.title, Text) else Text(self.title)
        for cells in self._told:
            first, *others = cells
            yield Text(first.plain, style="bold")
            beside = [(head, cell) for head, cell in zip(self._heads[1:], others, strict=False) if cell.plain]
            if beside:
                listed = Table.grid(padding=(0, 2, 0, 0))
                listed.add_column()
                listed.add_column(overflow="fold")
                for head, cell in beside:
                    listed.add_row(head, cell)
                yield Padding(listed, (0, 0, 0, 2))


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
