"""How likely each party is to default within a year, and by whose word."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from api.engine import View
from api.engine.authors import without_network
from api.questions.asking import node_of
from api.questions.book.assumed import Assumed, Chances
from graph.errors import InvalidQuestion
from graph.field import PARTY_KINDS
from graph.snapshot import Snapshot
from graph.traits import Traits

Numbers = NDArray[np.float64]
YEAR: Final = 12
"""Months that a PD has to look ahead."""
SAID: Final = (
    ("named by party", "逐户给定"),
    ("assessment, 12 months", "信用评估（12个月）"),
    ("by grade", "按等级"),
    ("by industry", "按行业"),
    ("the rest", "其余"),
)
"""Whose word a PD is, the most particular first."""
NAMED, ASSESSED, GRADE, INDUSTRY, REST, NOBODY = 0, 1, 2, 3, 4, -1


@dataclass(frozen=True)
class Odds:
    """Probabilities of default of n parties."""

    pd: Numbers
    """NaN where none is given, shape (n,)."""
    by: NDArray[np.int8]
    """Whose word it is, as a position in SAID; -1 where none is given."""
    row: NDArray[np.int64]
    """Row of the assessment it stands in, -1 where in none."""
    absent: tuple[str, ...] = ()
    """Grades and industries given that are nobody's."""


def odds_of(view: View, assumed: Assumed, lender: int) -> Odds:
    """Probabilities of all parties but the lender. Raises UnknownParty, and InvalidQuestion of the lender."""
    snapshot, chances = view.snapshot, assumed.pd
    size = snapshot.size
    found = Odds(np.full(size, np.nan), np.full(size, NOBODY, np.int8), np.full(size, -1, np.int64))
    private = snapshot.kind != PARTY_KINDS.index("State")
    if chances.rest is not None:
        _put(found, private, chances.rest, REST)
    _by_words(found, snapshot.traits("industry"), chances, private)
    if chances.grades:
        grades = snapshot.grades()
        for name, pd in chances.grades.items():
            _put(found, grades.any_of([word == name for word in grades.words]), pd, GRADE)
    if chances.assessed:
        # A model of the network has contagion in its PD already: a cascade that starts from it counts it twice.
        stated = snapshot.assessed("pd", horizon=YEAR, by=without_network)
        known = ~np.isnan(stated.value)
        _put(found, known, stated.value[known], ASSESSED)
        found.row[known] = stated.row[known]
    _by_party(found, snapshot, chances, lender)
    found.pd[lender], found.by[lender] = np.nan, NOBODY
    found.row[found.by != ASSESSED] = -1
    return replace(found, absent=tuple(_absent(snapshot, chances)))


def _by_words(found: Odds, industry: Traits, chances: Chances, private: NDArray[np.bool_]) -> None:
    """By how industries' codes begin: the longest that fits counts, so it is written last."""
    words = [word.casefold() for word in industry.words]
    for start, pd in sorted(chances.industries.items(), key=lambda one: len(one[0])):
        _put(found, private & industry.any_of([word.startswith(start.casefold()) for word in words]), pd, INDUSTRY)


def _absent(snapshot: Snapshot, chances: Chances) -> Iterator[str]:
    """Grades and beginnings of industries' codes that nobody has."""
    if chances.grades:
        grades = snapshot.grades()
        yield from (name for name in chances.grades if not grades.any_of([word == name for word in grades.words]).any())
    codes = snapshot.traits("industry")
    words = [word.casefold() for word in codes.words]
    for start in chances.industries:
        if not codes.any_of([word.startswith(start.casefold()) for word in words]).any():
            yield start


def _by_party(found: Odds, snapshot: Snapshot, chances: Chances, lender: int) -> None:
    for name, pd in chances.parties.items():
        node = node_of(snapshot, name, where=f"pd.parties.{name}")
        if node == lender:
            remedy = "leave it out: the years drawn are those of its book"
            raise InvalidQuestion("is the lender itself", where=f"pd.parties.{name}", remedy=remedy)
        found.pd[node], found.by[node] = pd, NAMED


def _put(found: Odds, who: NDArray[np.bool_], pd: float | Numbers, by: int) -> None:
    found.pd[who], found.by[who] = pd, by
