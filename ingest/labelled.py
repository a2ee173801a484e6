"""Tables of labelled data sets, guessed from their headers: a number, a label, a split, and figures without names."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from graph.field import Type
from ingest.ends import Cells, End, end_of

_LABEL: Final = (
    r"^(label|target|y|class|outcome|bad|(is[_ ]?)?default(ed)?([_ ]?(flag|label))?)$|违约标|是否违约|^(违约|标签)$"
)
_SPLIT: Final = r"^(split|part|partition|set|subset|fold|data[_ ]?set)$|划分|数据集|样本集"
_DAY: Final = r"基准日|观察日|as.?of|observ"
_FEWEST: Final = 3
"""Columns of figures that a table has beside its label before it is taken for a labelled set without a split."""
_NUMBERED: Final = re.compile(r"(.*?\D)\d+")


@dataclass(frozen=True)
class Labelled:
    """Which columns say what; empty where none does."""

    end: End
    defaulted: str
    part: str
    day: str
    figures: tuple[str, ...]
    """Patterns of columns of figures; several that are alike but for a number are one."""
    used: tuple[str, ...]


def labelled(headers: Mapping[str, str], types: Mapping[str, Type | None], cells: Cells) -> Labelled | None:
    """Columns of a labelled set, by their plain headers and what they hold; None where it is none.

    >>> types: dict[str, Type | None] = {"id": "text", "f1": "number", "f2": "number", "label": "flag", "split": "text"}
    >>> found = labelled({name: name for name in types}, types, Cells(frozenset(), frozenset()))
    >>> found.defaulted, found.part, found.figures
    ('label', 'split', ('f*',))
    """

    def first(words: str, *fitting: Type) -> str:
        fits = (name for name in headers if types[name] in (*fitting, None))
        return next((name for name in fits if re.search(words, headers[name])), "")

    label = first(_LABEL, "flag", "number")
    if not label:
        return None
    part, day = first(_SPLIT, "text"), first(_DAY, "date")
    rest = {name: word for name, word in headers.items() if name not in (label, part, day)}
    end = end_of(r"\bid\b|_id$|id$|编号|代码|^(node|firm|company|index|企业|公司)$", rest, cells)
    if end is None:
        return None
    taken = (end.id, end.title, end.kind)
    figures = [name for name in rest if name not in taken and types[name] in ("number", "flag")]
    if not part and len(figures) < _FEWEST:
        return None
    used = tuple(name for name in (*taken, label, part, day, *figures) if name)
    return Labelled(end, label, part, day, _patterns(figures, [name for name in headers if name not in used]), used)


def _patterns(figures: list[str], unused: list[str]) -> tuple[str, ...]:
    """Columns that differ by a number alone as one pattern, where no other column fits it."""
    found: dict[str, None] = {}
    for name in figures:
        alike = _NUMBERED.fullmatch(name)
        begins = alike[1] if alike else ""
        others = [other for other in unused if other.startswith(begins)]
        plain = begins and not others and not set("[]?*") & set(begins)
        found[f"{begins}*" if plain else "".join(f"[{c}]" if c in "*?[" else c for c in name)] = None
    return tuple(found)
