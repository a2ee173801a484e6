"""How unevenly a book is spread over borrowers, groups, industries and regions."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from analytics.contagion.portfolio.concentration import concentrate
from api.answers.evidence import Evidence
from api.engine import View
from api.groups.together import Together
from api.questions.book.staked import divisions

Numbers = NDArray[np.float64]
Places = NDArray[np.int64]
TOPS: Final = (1, 5, 10)
NAMED: Final = 5
"""The largest that are named."""


@dataclass(frozen=True)
class Largest:
    """One of the largest parts of a book."""

    name: str
    owed: float
    share: float


@dataclass(frozen=True)
class Top:
    """Share of the book that stands with so many of the largest."""

    count: int
    share: float


@dataclass(frozen=True)
class Concentrated:
    """Concentration by one key."""

    by: str
    by_zh: str
    index: float
    """Herfindahl–Hirschman index of what is owed, from 1 over their number to 1."""
    effective: float
    """So many equal ones have the same index."""
    count: int
    tops: tuple[Top, ...]
    largest: tuple[Largest, ...]
    unknown: float
    """Share of the book of which the key is not known: each such borrower counts by itself."""


def concentrated(
    view: View, evidence: Evidence, borrowers: Places, owed: Numbers, groups: Sequence[Together], tops: Sequence[int]
) -> Iterator[Concentrated]:
    """Concentration by borrower, group, industry and region; `tops` are who stands on top of each group."""
    amount = owed[borrowers]
    name = dict(zip(borrowers.tolist(), (party.name for party in evidence.parties(borrowers.tolist())), strict=True))
    alone = [name[x] for x in borrowers.tolist()]
    yield _told("borrower", "借款人", amount, np.arange(len(amount)), alone, np.ones(len(amount), np.bool_))
    key, names = _grouped(evidence, borrowers, owed, groups, tops)
    yield _told("group", "客户集团", amount, key, [*names, *alone], np.ones(len(amount), np.bool_))
    codes, words = divisions(view.snapshot.traits("industry"))
    region = view.snapshot.traits("jurisdiction")
    for by, by_zh, code, said in (
        ("industry", "行业", codes, words),
        ("region", "地区", region.code.astype(np.int64), region.words),
    ):
        mine = code[borrowers]
        known = mine >= 0
        key = np.where(known, mine, len(said) + np.arange(len(mine)))
        yield _told(by, by_zh, amount, key, [*said, *alone], known)


def _grouped(
    evidence: Evidence, borrowers: Places, owed: Numbers, groups: Sequence[Together], tops: Sequence[int]
) -> tuple[Places, list[str]]:
    """A number for each borrower: of the group that owes most of those it sits in, else its own."""
    whole = np.array([float(owed[one.clients].sum()) for one in groups])
    of = np.full(len(owed), -1, np.int64)
    for k in np.argsort(whole, kind="stable").tolist():
        of[groups[k].clients] = k
    mine = of[borrowers]
    names = [party.name for party in evidence.parties(tops)]
    return np.where(mine >= 0, mine, len(groups) + np.arange(len(borrowers))), names


def _told(
    by: str, by_zh: str, amount: Numbers, key: Places, names: Sequence[str], known: NDArray[np.bool_]
) -> Concentrated:
    found = concentrate(amount, key)
    whole = float(amount.sum())
    largest = tuple(
        Largest(names[place], owes, owes / whole)
        for place, owes in zip(found.key[:NAMED].tolist(), found.exposure[:NAMED].tolist(), strict=True)
    )
    return Concentrated(
        by, by_zh, found.index, found.effective_number, len(found.key),
        tuple(Top(count, found.top(count)) for count in TOPS if count <= max(len(found.key), 1)),
        largest, float(amount[~known].sum()) / whole,
    )  # fmt: skip
