"""What led to a loss: a tree whose leaves sum to it.

Whatever one party lost stands against those it came from, in proportion to what came from each in the end. A party
that failed did so through what failed before it, or what the shock hit, so that of its losses those from later failures
lead nowhere; of the root all that it lost counts. Nor does the tree come back to a party that stands between it and the
root. What such a return would carry is laid on the rest.

What came from one party by one layer is one step, through however many debts. A tree is told from the largest step to
the smallest, so that it is deep where the money is; those of a party that are not told one by one stand together.
"""

import heapq
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analytics.structure.votes import Arrows
from graph.errors import InvalidQuestion

Numbers = NDArray[np.float64]
SELF = "shock"
"""Layer of what a party loses by the shock itself."""
OTHERS = "others"
"""Layer of what a party lost by those of its causes that are not told one by one."""


@dataclass(frozen=True)
class Flows:
    """What of each party's loss came from which other, and by which layer."""

    arrows: Arrows
    """From who lost to whom it came from; `link` in the others."""
    amount: Numbers
    """Whole units, above 0."""
    layer: NDArray[np.int8]
    """Position among `layers`."""
    place: NDArray[np.int64]
    """Of the debt, guarantee or holding it came through; -1 where there is no single one."""
    layers: tuple[str, ...]
    own: Numbers
    """What each lost by the shock itself, shape (n,); infinite where it failed of itself."""
    order: NDArray[np.int64]
    """In what order they failed, ascending; 0 for who did not."""

    @classmethod
    def of(
        cls,
        parts: Iterable[tuple[str, ArrayLike, ArrayLike, ArrayLike, ArrayLike | None]],
        *,
        own: ArrayLike,
        order: ArrayLike,
    ) -> "Flows":
        """Of layers with who it came from, who lost, the amount, and through what."""
        mine = [
            (name, np.asarray(source, np.int64), np.asarray(into, np.int64), np.asarray(amount, np.float64), place)
            for name, source, into, amount, place in parts
        ]
        names = tuple(dict.fromkeys(name for name, *_ in mine))
        count = [len(amount) for *_, amount, _ in mine]
        layer = np.repeat(np.array([names.index(name) for name, *_ in mine], np.int8), count)
        source, into, amount = (
            np.concatenate([np.zeros(0, kind), *(one[k] for one in mine)])
            for k, kind in ((1, np.int64), (2, np.int64), (3, np.float64))
        )
        place = np.concatenate(
            [np.zeros(0, np.int64)]
            + [
                np.full(many, -1) if at is None else np.asarray(at, np.int64)
                for (*_, at), many in zip(mine, count, strict=True)
            ]
        )
        keep = amount > 0
        given, size = np.asarray(own, np.float64), len(np.asarray(own))
        made = Arrows.of(size, into[keep], source[keep])
        return cls(made, amount[keep], layer[keep], place[keep], names, given, np.asarray(order, np.int64))

    @cached_property
    def came(self) -> Numbers:
        """What came to each from others in all, shape (n,)."""
        return np.bincount(self.arrows.tail, self.amount[self.arrows.link], minlength=len(self.own)).astype(float)

    def late(self, source: int, party: int) -> bool:
        """Whether what came from one struck another that had failed before, or together with it: it led to nothing."""
        when = self.order
        return bool(when[party] and when[source] >= when[party] and not self.own[source] > 0)


@dataclass
class Cause:
    """One step towards the root of the shock."""

    party: int
    layer: str
    """How what is above lost by this party; `shock` of what was lost by the shock itself, `others` of several."""
    places: tuple[int, ...]
    """Of the debts, guarantees or holdings it came through, the largest first; empty where there are none to name."""
    amount: float
    causes: list["Cause"] = field(default_factory=list)
    open: bool = False
    """Whether more led to it, that is not told: the tree was large enough."""
    many: int = 1
    """How many steps stand together in this one."""

    def leaves(self) -> Iterator["Cause"]:
        """The ends of the tree, which sum to its amount."""
        if not self.causes:
            yield self
        for one in self.causes:
            yield from one.leaves()


def explain(flows: Flows, root: Cause, *, most: int = 200) -> Cause:
    r"""Lay a loss on what led to it, step by step, the largest of all steps first.

    .. math:: a(q \mid path) = a(p) \frac{f_{qp}}{o_p + \sum_{q' \notin path} f_{q'p}}, \qquad
        t_q < t_p \text{ where both failed}

    Parameters
    ----------
    flows : Flows
    root : Cause
        Whose loss it is, and how much, whole units; it gets its causes.
    most : int
        Steps told one by one, the root among them: the largest of all. Beside them, what else led to a party that is
        told stands together as one step more, and is told itself where it is a single one.

    Raises
    ------
    InvalidQuestion
        If the party is none of these.

    Source
    ------
    Proportional attribution as in Eisenberg–Noe payments (pro rata); the order of failures as `send` narrates it.

    Example
    -------
    >>> flows = Flows.of(
    ...     [("debts", [0, 1], [1, 2], [8, 3], [0, 1])], own=[np.inf, 0, 0], order=[1, 2, 0]
    ... )
    >>> tree = explain(flows, Cause(2, "", (), 3.0))
    >>> [(one.party, one.layer, one.amount) for one in (tree.causes[0], *tree.leaves())]
    [(1, 'debts', 3.0), (0, 'debts', 3.0)]
    """
    if not 0 <= root.party < len(flows.own):
        raise InvalidQuestion("a party that is none of these", where=f"party {root.party}")
    opened = [_Opened.of(flows, root, frozenset())]
    waiting = opened[0].waiting(0)
    for _ in range(most - 1):
        if not waiting:
            break
        _, _, at, step = heapq.heappop(waiting)
        opened[at].cause.causes.append(step)
        opened.append(_Opened.of(flows, step, opened[at].path))
        for one in opened[-1].waiting(len(opened) - 1):
            heapq.heappush(waiting, one)
    # The last opened first: what stands together is told before what is above it is looked at.
    for each in reversed(opened):
        each.close(flows)
    return root


@dataclass(frozen=True)
class _Opened:
    """A step that is told, with what led to it."""

    cause: Cause
    steps: list[Cause]
    """What led to it, the largest first."""
    path: frozenset[int]
    """Parties from the root to it, itself among them."""

    @classmethod
    def of(cls, flows: Flows, cause: Cause, above: frozenset[int]) -> "_Opened":
        path = above | {cause.party}
        ends = cause.layer == SELF or np.isinf(flows.own[cause.party])
        return cls(cause, [] if ends else _steps(flows, cause, path), path)

    def waiting(self, at: int) -> list[tuple[float, tuple[int, int], int, Cause]]:
        """Its steps as they wait to be told: the largest first, of equals those of what was told before."""
        return [(-step.amount, (at, k), at, step) for k, step in enumerate(self.steps)]

    def close(self, flows: Flows) -> None:
        """Let what is not told of it stand together."""
        rest = self.steps[len(self.cause.causes) :]
        if not self.cause.causes:
            self.cause.open = bool(rest)
        elif len(rest) == 1:
            rest[0].open = bool(_Opened.of(flows, rest[0], self.path).steps)
            self.cause.causes.append(rest[0])
        elif rest:
            amount = sum(step.amount for step in rest)
            self.cause.causes.append(Cause(self.cause.party, OTHERS, (), amount, open=True, many=len(rest)))


def _steps(flows: Flows, cause: Cause, path: frozenset[int]) -> list[Cause]:
    """Where the loss of one party came from, one step for each party and layer, the largest first."""
    through = defaultdict[tuple[int, int], list[tuple[float, int]]](list)
    # What the root lost by each is told as it is, also by whom only the root brought down.
    for source, layer, place, amount in _came(flows, cause.party, path):
        if len(path) == 1 or _leads(flows, source, path):
            through[source, layer].append((-amount, place))
    came = [(sum(-amount for amount, _ in some), ends, some) for ends, some in through.items()]
    own = float(flows.own[cause.party])
    whole = own + sum(amount for amount, *_ in came)
    if not came:
        return []
    parts = [
        Cause(source, flows.layers[layer], _named(some), cause.amount * amount / whole)
        for amount, (source, layer), some in came
    ]
    if own > 0:
        parts.append(Cause(cause.party, SELF, (), cause.amount * own / whole))
    return sorted(parts, key=lambda one: (-one.amount, one.party, one.layer))


def _named(some: list[tuple[float, int]]) -> tuple[int, ...]:
    """Places that can be named, those of the largest amounts first."""
    return tuple(place for _, place in sorted(some) if place >= 0)


def _came(flows: Flows, party: int, path: frozenset[int]) -> Iterator[tuple[int, int, int, float]]:
    """Source, layer, place and amount of what a party lost by others that may have led to it."""
    mine = flows.arrows.links_at(party)
    for source, link in zip(flows.arrows.at(party).tolist(), mine.tolist(), strict=True):
        if source not in path and not (len(path) > 1 and flows.late(source, party)):
            yield source, int(flows.layer[link]), int(flows.place[link]), float(flows.amount[link])


def _leads(flows: Flows, party: int, path: frozenset[int]) -> bool:
    """Whether a party lost anything by itself, or by others that are not on the way already."""
    return flows.own[party] > 0 or any(True for _ in _came(flows, party, path | {party}))
