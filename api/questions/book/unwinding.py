"""Unwinding in the words of an answer: which guarantees to end first so that no long circle, or large one, remains."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from analytics.structure.guarantees.census import LONGEST
from analytics.structure.guarantees.promises import Promises
from analytics.structure.guarantees.unwinding import Step, unwind_circles, unwind_parts
from api.answers.evidence import Evidence
from api.answers.frame import Fact, Page, Party
from api.book.guaranteed import Network
from api.book.lending import Lending
from api.questions.asking import check_range
from graph.errors import InvalidQuestion
from graph.model import GUARANTEES

CIRCLES, PARTS = "circles", "parts"
PLANNED: Final = {CIRCLES: 1_000, PARTS: 1_000}
"""Pairs of guarantor and borrower that one answer plans for: what the first choice takes a second or two for. Parts of
the network beyond are told as left out."""
DEFAULT: Final = "circles:2"
"""Only mutual guarantees remain."""
STEPS = 200
"""Steps shown of one plan."""


@dataclass(frozen=True)
class Wanted:
    """What a plan shall reach."""

    goal: str = CIRCLES
    """`circles`: no circle of more than `most` guarantees; `parts`: no more than `most` parties hang together."""
    most: int = 2
    around: str = ""
    """Only where this party stands; empty: the whole book, parts that owe the lender most first."""

    @classmethod
    def read(cls, text: str) -> "Wanted":
        """What `circles:2`, `parts:10` or `circles:2:PARTY` asks for. Raises InvalidQuestion."""
        goal, _, rest = text.partition(":")
        most, _, around = rest.partition(":")
        if goal not in PLANNED or not most.isascii() or not most.isdigit():
            remedy = f"such as {DEFAULT}, parts:10, or {DEFAULT}:PARTY for where one party stands"
            raise InvalidQuestion(f"cannot unwind to {text!r}", where="unwind", remedy=remedy)
        high = LONGEST - 1 if goal == CIRCLES else 1_000_000
        check_range(int(most), where="unwind", low=1, high=high)
        return cls(goal, int(most), around)


@dataclass(frozen=True)
class Release:
    """One pair to unwind: all guarantees of one party for another."""

    guarantor: Party
    borrower: Party
    guarantees: tuple[Fact, ...]
    cost: float
    """What they guarantee: protection that is given up, or replaced by other security."""
    remaining: int
    """What is still too much after this step: long circles, or parties in parts that are too large."""


@dataclass(frozen=True)
class Plan:
    """The cheapest guarantees to release or replace, in the order in which to do it."""

    goal: str
    most: int
    around: Party | None
    parts: int
    """Parts of the network that it is about, each a core, or parties that hang together."""
    parties: int
    pairs: int
    before: int
    """What is too much at first, counted as in each step."""
    counted_to: int
    """Most guarantees of a circle counted; 0 where parties are counted."""
    steps: tuple[Release, ...]
    page: Page
    cost: float
    """In the answer's currency."""
    bound: float
    """No other choice costs less than this."""
    gap: float
    """How much less it might cost at most, a fraction; 0 where it is proven least."""
    proven: bool
    programmes: int
    """Programmes solved."""
    unpriced: int
    """Guarantees of undisclosed amount, taken to cost as much as the dearest of all."""
    left_parts: int
    """Parts too large to be planned with these; ask around a party of theirs, or for one relation less."""
    left_pairs: int


def plan(evidence: Evidence, network: Network, lent: Lending, wanted: Wanted, around: int | None) -> Plan:
    """Plan the unwinding of what is too much, as far as one answer can."""
    label = network.topology.core if wanted.goal == CIRCLES else network.topology.of
    rows = _rows(network, label)
    chosen, left = _chosen(network, label, lent, wanted, around)
    mine = rows & np.isin(label[network.promises.guarantor], chosen)
    promises, kept = _alone(network.promises, np.flatnonzero(mine))
    cost, unpriced = _costs(promises, network)
    solve = {CIRCLES: lambda: unwind_circles(promises, cost, longest=wanted.most),
             PARTS: lambda: unwind_parts(promises, cost, largest=wanted.most)}  # fmt: skip
    found = solve[wanted.goal]()
    shown = tuple(_release(evidence, promises, kept, step) for step in found.steps[:STEPS])
    return Plan(
        wanted.goal,
        wanted.most,
        None if around is None else evidence.party(around),
        len(chosen),
        promises.size,
        len(promises.pairs),
        found.before,
        found.counted_to,
        shown,
        Page(len(found.steps), 0, len(shown)),
        found.cost,
        found.bound,
        found.gap,
        found.proven,
        found.iterations,
        unpriced,
        *left,
    )


def _rows(network: Network, label: NDArray[np.int32]) -> NDArray[np.bool_]:
    """Guarantees within one part of the network."""
    promises = network.promises
    tail, head = label[promises.guarantor], label[promises.borrower]
    return np.asarray((tail == head) & (tail >= 0) & (promises.place >= 0))


def _chosen(
    network: Network, label: NDArray[np.int32], lent: Lending, wanted: Wanted, around: int | None
) -> tuple[NDArray[np.int64], tuple[int, int]]:
    """Parts to plan for, and how many parts and pairs were too many."""
    count = int(label.max(initial=-1)) + 1
    inside, pairs = label >= 0, network.promises.pairs
    size = np.bincount(label[inside], minlength=count)
    both = (label[pairs.tail] == label[pairs.head]) & (label[pairs.tail] >= 0)
    links = np.bincount(label[pairs.tail[both]], minlength=count)
    owed = np.bincount(label[inside], weights=lent.owed[inside], minlength=count)
    large = np.flatnonzero(size > wanted.most)
    if around is not None:
        large = large[large == label[around]]
    order = large[np.lexsort((large, links[large], -owed[large]))]
    kept, room = [], PLANNED[wanted.goal]
    for part in order.tolist():
        if links[part] <= room:
            kept.append(part)
            room -= int(links[part])
    left = np.setdiff1d(large, kept)
    return np.array(kept, np.int64), (len(left), int(links[left].sum()))


def _alone(promises: Promises, rows: NDArray[np.intp]) -> tuple[Promises, Promises]:
    """Some guarantees between parties numbered for themselves, and the same as they were."""
    kept = promises.some(rows)
    present = np.unique(np.concatenate([kept.guarantor, kept.borrower]))
    tail, head = (np.searchsorted(present, end) for end in (kept.guarantor, kept.borrower))
    return Promises.between(len(present), tail, head, kept.amount), kept


def _costs(promises: Promises, network: Network) -> tuple[NDArray[np.float64], int]:
    """What each guarantee costs to end, and how many of them are not disclosed."""
    unknown = np.isnan(promises.amount)
    dearest = float(np.nan_to_num(network.promises.amount).max(initial=0.0)) or 1.0
    return np.where(unknown, dearest, promises.amount), int(unknown.sum())


def _release(evidence: Evidence, promises: Promises, kept: Promises, step: Step) -> Release:
    rows = list(step.guarantees)
    guarantor, borrower = evidence.parties([kept.guarantor[rows[0]], kept.borrower[rows[0]]])
    facts = evidence.facts(GUARANTEES, kept.link[rows])
    return Release(guarantor, borrower, facts, step.cost, step.remaining)
