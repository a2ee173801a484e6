"""What became of each dependence: suspected, confirmed or rejected.

A suspicion is computed, a verdict is a `DEPENDS_ON` fact of the moment: it holds from its first day to
its last. A verdict that has expired is none of the moment's facts, so the suspicion returns by itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from analytics.structure.dependence.figures import Nodes
from analytics.structure.dependence.suspected import Suspected
from analytics.structure.votes import Arrows
from graph.errors import InvalidQuestion

SUSPECTED, CONFIRMED, REJECTED = "suspected", "confirmed", "rejected"
ANY = "any"
"""Criterion of a rejection that speaks of all suspicions of its pair."""
CONTROL = "control"
"""Criterion of a ring fence: the controlled depends on its controller, rejected."""


@dataclass(frozen=True)
class Verdicts:
    """What was judged, as facts of the moment: dependant → other."""

    dependant: Nodes
    other: Nodes
    criterion: Sequence[str]
    confirmed: NDArray[np.bool_]
    """Else rejected."""

    @cached_property
    def overruled(self) -> NDArray[np.int64]:
        """Positions of rejections that do not count, since the same was confirmed; of all criteria if any was."""
        judged = list(zip(self.dependant.tolist(), self.other.tolist(), self.criterion, strict=True))
        sure = {judged[at] for at in np.flatnonzero(self.confirmed).tolist()}
        sure |= {(x, y, ANY) for x, y, _ in sure}
        rejected = np.flatnonzero(~self.confirmed).tolist() if sure else []
        return np.array([at for at in rejected if judged[at] in sure], np.int64)

    @cached_property
    def fences(self) -> NDArray[np.int64]:
        """Positions of ring fences that count."""
        fence = np.array([criterion == CONTROL for criterion in self.criterion], np.bool_)
        at = np.flatnonzero(fence & ~self.confirmed) if len(fence) else np.zeros(0, np.int64)
        return np.setdiff1d(at, self.overruled)

    @cached_property
    def fenced(self) -> list[tuple[int, int]]:
        """Ring fences that count, as pairs of the controlled and the controller."""
        at = self.fences
        return list(zip(self.dependant[at].tolist(), self.other[at].tolist(), strict=True))


@dataclass(frozen=True)
class Dependences:
    """Every dependence with its state."""

    suspected: Suspected
    verdicts: Verdicts
    state: NDArray[np.int8]
    """Of each suspicion: 0 suspected, 1 confirmed, 2 rejected."""
    verdict: NDArray[np.int64]
    """Position of the verdict on each suspicion, -1 for none."""
    size: int

    def state_of(self, suspicion: int) -> str:
        """State of a suspicion as a word."""
        return (SUSPECTED, CONFIRMED, REJECTED)[int(self.state[suspicion])]

    @property
    def open(self) -> NDArray[np.int64]:
        """Positions of the suspicions that nobody judged."""
        return np.flatnonzero(self.state == 0)

    @property
    def narrow(self) -> Arrows:
        """From each party to those that would fail with it, confirmed; positions are those of verdicts."""
        at = np.flatnonzero(self.verdicts.confirmed).astype(np.uint32)
        made = Arrows.of(self.size, self.verdicts.other[at], self.verdicts.dependant[at])
        return Arrows(made.start, made.head, at[made.link])

    @property
    def wide(self) -> Arrows:
        """The same with what is suspected; positions go on behind the verdicts with those of suspicions."""
        sure = np.flatnonzero(self.verdicts.confirmed)
        tail = np.concatenate([self.verdicts.other[sure], self.suspected.other[self.open]])
        head = np.concatenate([self.verdicts.dependant[sure], self.suspected.dependant[self.open]])
        position = np.concatenate([sure, self.open + len(self.verdicts.confirmed)]).astype(np.uint32)
        made = Arrows.of(self.size, tail, head)
        return Arrows(made.start, made.head, position[made.link])


def settle(size: int, suspected: Suspected, verdicts: Verdicts) -> Dependences:
    r"""Set verdicts beside suspicions.

    A verdict speaks of its pair and criterion; a rejection under `any` of all criteria of its pair.
    Where one was both confirmed and rejected, and both stand, the confirmation counts: a lender may not
    lose a risk in a contradiction. Confirmations need no suspicion.

    .. math:: s(x, y, c) = \text{confirmed} \succ \text{rejected} \succ \text{suspected}

    Parameters
    ----------
    size : int
        Number of parties n.
    suspected : Suspected
    verdicts : Verdicts
        `DEPENDS_ON` facts of the moment.

    Raises
    ------
    InvalidQuestion
        If a verdict speaks of no party of the graph.

    Source
    ------
    Domain reference §2.4: state suspected → confirmed → rejected (reason).

    Example
    -------
    >>> from analytics.structure.dependence.figures import Amounts, Sheet, Ties, figures
    >>> from analytics.structure.dependence.rules import rule_sets
    >>> from analytics.structure.dependence.suspected import suspect
    >>> none = Amounts("OWES", *np.zeros((2, 0), np.uint32), np.zeros(0), np.zeros(0, np.int64))
    >>> sale = Amounts("SUPPLIES", np.array([0], np.uint32), np.array([1], np.uint32), np.array([60.0]), np.array([0]))
    >>> sheet = Sheet(np.array([100, np.nan]), np.array([7, -1]))
    >>> china = rule_sets()["cn-annex1"].criteria
    >>> found = suspect(china, figures(Ties(sale, none, none, none, none), {"income": sheet}))
    >>> no = Verdicts(np.array([0], np.uint32), np.array([1], np.uint32), ["cn-annex1-1"], np.array([False]))
    >>> rejected = settle(2, found, no)
    >>> rejected.state_of(0), rejected.wide.at(1).tolist()
    ('rejected', [])
    """
    ends = np.concatenate([verdicts.dependant, verdicts.other])
    if len(ends) and ends.max() >= size:
        raise InvalidQuestion("no party of this graph", where=f"verdict on {ends.max()}")
    told: dict[tuple[int, int, str], tuple[int, int]] = {}
    rows = zip(verdicts.dependant.tolist(), verdicts.other.tolist(), verdicts.criterion, strict=True)
    for at, (x, y, criterion) in enumerate(rows):
        now = (1 if verdicts.confirmed[at] else 2, at)
        told[x, y, criterion] = min(now, told.get((x, y, criterion), now))
    state, verdict = np.zeros(len(suspected), np.int8), np.full(len(suspected), -1)
    if told:
        _mark(suspected, told, state, verdict)
    return Dependences(suspected, verdicts, state, verdict, size)


def _mark(
    suspected: Suspected,
    told: dict[tuple[int, int, str], tuple[int, int]],
    state: NDArray[np.int8],
    verdict: NDArray[np.int64],
) -> None:
    """State and verdict of the suspicions that somebody judged."""
    criterion = suspected.criterion
    judged = {x for x, _, _ in told}
    for x in judged:
        for at in suspected.of(x):
            pair = x, int(suspected.other[at])
            name = suspected.rules[int(criterion[at])].id
            found = [told[key] for key in ((*pair, name), (*pair, ANY)) if key in told]
            if found:
                state[at], verdict[at] = min(found)
