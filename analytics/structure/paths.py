"""How two parties hang together: all simple paths between them, the best first and the rest counted."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from analytics.kernels.compiled import frozen
from analytics.kernels.paths import Steps, distances, paths_of_length
from graph.errors import InvalidQuestion

EFFORT = 20_000
"""Entries that the search back from the target may read for the sake of pruning."""


@dataclass(frozen=True)
class Tie:
    """One relation's links, to be walked along or against their arrows."""

    tail: NDArray[np.uint32]
    head: NDArray[np.uint32]
    strength: NDArray[np.float64] | None = None
    """How strongly each ties, a fraction; none: 1 each."""
    tail_at_end: NDArray[np.bool_] | None = None
    """Links that count only where the path begins or ends with their tail; none: no link."""
    head_at_end: NDArray[np.bool_] | None = None
    """Links that count only where it begins or ends with their head; of one that is both, either suffices."""


@dataclass(frozen=True)
class Evidence:
    """One link behind a step of a path."""

    relation: int
    """Position of its relation among the ties."""
    link: int
    """Its position in that relation."""
    forward: bool
    """Whether the path goes along its arrow."""


@dataclass(frozen=True)
class Web:
    """All relations between n parties together; parallel links are one step, and each of them evidence.

    A party at which links count only where a path begins or ends with it stands in the steps twice: as itself
    without those links, to be passed, and after all parties as a twin that has them, to begin or end with.
    """

    steps: Steps
    pairs: NDArray[np.int64]
    """tail · n + head of every link both ways, ascending, with `relation`, `link` and `forward` of each."""
    relation: NDArray[np.uint8]
    link: NDArray[np.uint32]
    forward: NDArray[np.bool_]
    twinned: NDArray[np.uint32]
    """Parties that have a twin, ascending; the twin of `twinned[k]` is n + k."""

    @classmethod
    def of(
        cls, size: int, ties: Sequence[Tie], *, closed: NDArray[np.bool_] | None = None, directed: bool = False
    ) -> "Web":
        """Join relations; nothing passes through `closed` nodes, nor against arrows where `directed`."""
        tail, head, strength, relation, link, forward = ([] for _ in range(6))
        leaves_end: list[NDArray[np.bool_]] = []
        meets_end: list[NDArray[np.bool_]] = []
        for code, tie in enumerate(ties):
            for along in (True,) if directed else (True, False):
                count = len(tie.tail)
                tail.append(tie.tail if along else tie.head)
                head.append(tie.head if along else tie.tail)
                strength.append(np.ones(count) if tie.strength is None else tie.strength)
                relation.append(np.full(count, code, np.uint8))
                link.append(np.arange(count, dtype=np.uint32))
                forward.append(np.full(count, along))
                ends = (tie.tail_at_end, tie.head_at_end) if along else (tie.head_at_end, tie.tail_at_end)
                for side, at_end in zip((leaves_end, meets_end), ends, strict=True):
                    side.append(np.zeros(count, np.bool_) if at_end is None else at_end)
        key = np.concatenate([np.zeros(0, np.int64), *tail]).astype(np.int64) * size
        key += np.concatenate([np.zeros(0, np.int64), *head]).astype(np.int64)
        order = np.argsort(key, kind="stable")
        key = key[order]
        of_link, of_relation, along_arrow, tied, from_end, to_end = (
            np.concatenate([np.zeros(0, form), *parts])[order]
            for parts, form in (
                (link, np.uint32),
                (relation, np.uint8),
                (forward, np.bool_),
                (strength, np.float64),
                (leaves_end, np.bool_),
                (meets_end, np.bool_),
            )
        )
        sides = [side for tie in ties for side in ((tie.tail, tie.tail_at_end), (tie.head, tie.head_at_end))]
        twins = [parties[at_end] for parties, at_end in sides if at_end is not None]
        twinned = np.unique(np.concatenate([np.zeros(0, np.uint32), *twins])).astype(np.uint32)
        if len(twinned):
            wide, tied = _with_twins(size, twinned, key, tied, (from_end, to_end))
            closed = np.append(np.zeros(size) if closed is None else closed, np.ones(len(twinned)))
            steps = _steps(size + len(twinned), wide, tied, closed, directed=directed)
        else:
            steps = _steps(size, key, tied, closed, directed=directed)
        return cls(steps, key, of_relation, of_link, along_arrow, twinned)

    @property
    def size(self) -> int:
        """Number of nodes n."""
        return len(self.steps.start) - 1 - len(self.twinned)

    @cached_property
    def largest(self) -> int:
        """Most neighbours of a node."""
        return int(np.diff(self.steps.start).max(initial=0))

    def between(self, a: int, b: int) -> tuple[Steps, NDArray[np.uint32]]:
        """Steps and ends for paths from a to b; an end that has a twin is not passed as itself."""
        place = np.searchsorted(self.twinned, [a, b])
        twin = np.append(self.twinned, self.size)[place] == [a, b]
        if not twin.any():
            return self.steps, frozen([a, b], np.uint32)
        closed = self.steps.closed.copy()
        closed[np.array([a, b])[twin]] = 1
        ends = np.where(twin, self.size + place, [a, b])
        return self.steps._replace(closed=frozen(closed, np.uint8)), frozen(ends, np.uint32)

    def parties(self, nodes: list[int]) -> tuple[int, ...]:
        """Nodes of a path with twins as the parties they stand for."""
        return tuple(x if x < self.size else int(self.twinned[x - self.size]) for x in nodes)

    def evidence(self, a: int, b: int) -> list[Evidence]:
        """The links behind a step from a to b."""
        first, last = np.searchsorted(self.pairs, [a * self.size + b, a * self.size + b + 1])
        return [Evidence(int(self.relation[k]), int(self.link[k]), bool(self.forward[k])) for k in range(first, last)]


def _with_twins(
    size: int,
    twinned: NDArray[np.uint32],
    key: NDArray[np.int64],
    strength: NDArray[np.float64],
    at_end: tuple[NDArray[np.bool_], NDArray[np.bool_]],
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Sorted pairs and their strengths with a node more for each twin, tail · (n + twins) + head.

    `at_end` says of each pair whether its tail, or its head, has to be an end of the path; of both one suffices.
    """
    twin = np.full(size, -1, np.int64)
    twin[twinned] = size + np.arange(len(twinned))
    tail, head = key // size, key % size
    leaves, arrives = (twin[tail] >= 0) & (tail != head), (twin[head] >= 0) & (tail != head)
    from_end, to_end = at_end
    chosen = [
        (~from_end & ~to_end, tail, head),
        (leaves & (from_end | ~to_end), twin[tail], head),
        (arrives & (to_end | ~from_end), tail, twin[head]),
        (leaves & arrives, twin[tail], twin[head]),
    ]
    wide = np.concatenate([(a * (size + len(twinned)) + b)[kept] for kept, a, b in chosen])
    order = np.argsort(wide, kind="stable")
    return wide[order], np.concatenate([strength[kept] for kept, _, _ in chosen])[order]


def _steps(
    size: int,
    key: NDArray[np.int64],
    strength: NDArray[np.float64],
    closed: NDArray[np.bool_] | None,
    *,
    directed: bool,
) -> Steps:
    """Distinct neighbours from sorted pairs."""
    first = np.flatnonzero(np.diff(key, prepend=-1))
    pair = key[first]
    tail, near = pair // max(size, 1), pair % max(size, 1)
    proper = tail != near
    tied = np.maximum.reduceat(strength, first)[proper] if len(first) else strength
    tail, near = tail[proper], near[proper]
    start = np.append(0, np.cumsum(np.bincount(tail, minlength=size)))
    back_start, back = start, near
    if directed:
        back = tail[np.argsort(near, kind="stable")]
        back_start = np.append(0, np.cumsum(np.bincount(near, minlength=size)))
    shut = np.zeros(size, np.uint8) if closed is None else closed
    return Steps(
        frozen(start, np.int64),
        frozen(near, np.uint32),
        frozen(tied, np.float64),
        frozen(back_start, np.int64),
        frozen(back, np.uint32),
        frozen(shut, np.uint8),
    )


@dataclass(frozen=True)
class Path:
    """One simple path; its strength is the product of its steps'."""

    nodes: tuple[int, ...]
    strength: float

    @cached_property
    def rank(self) -> tuple[float, int, tuple[int, ...]]:
        """Stronger first, then shorter, then by the numbers of its nodes."""
        return -self.strength, len(self.nodes), self.nodes


@dataclass(frozen=True)
class Paths:
    """The best paths, and how many there are of each length."""

    best: list[Path]
    count: dict[int, int]
    """Paths found by number of steps; of lengths above `complete` there are at least so many."""
    complete: int
    """All paths of up to so many steps were seen."""

    @property
    def total(self) -> int:
        """Paths found altogether."""
        return sum(self.count.values())


def paths_between(
    web: Web, a: int, b: int, *, max_length: int = 5, limit: int = 100, max_degree: int = 1000, budget: int = 20_000_000
) -> Paths:
    r"""Find the simple paths between two parties, the best ones first.

    Stronger paths rank before weaker, then shorter before longer, then by the numbers of their nodes: the
    order hangs on nothing else. A path is as strong as the product of its steps, a step as the strongest
    of its links. No path passes through closed nodes (the State) or through nodes with more than
    `max_degree` neighbours; the two ends may be such. A link that counts only where a path begins or ends
    with its tail, or its head, is walked only where that is a or b.

    .. math:: rank(p) = \Big(-\prod_{(u,v) \in p} s_{uv},\; |p|,\; p\Big)

    Parameters
    ----------
    web : Web
        All relations together, e links.
    a, b : int
        Node numbers.
    max_length : int
        Most steps of a path, 1 to 12.
    limit : int
        How many paths to return; the rest are counted.
    max_degree : int
        Neighbours above which a node connects too many to mean anything.
    budget : int
        Entries to read before counting stops; what was counted by then is a lower bound, and said so.

    Raises
    ------
    InvalidQuestion
        If a node is not in the web, or the length is out of range.

    Source
    ------
    Yen, "Finding the K Shortest Loopless Paths", Management Science 17 (1971), 712, for the order;
    Peng et al., "Hop-constrained s-t Simple Path Enumeration", VLDB 13 (2019), 463, for the pruning.

    Example
    -------
    >>> web = Web.of(4, [Tie(np.array([0, 2, 0]), np.array([1, 1, 3])), Tie(np.array([3]), np.array([2]))])
    >>> [path.nodes for path in paths_between(web, 0, 2).best], web.evidence(1, 2)
    ([(0, 1, 2), (0, 3, 2)], [Evidence(relation=0, link=1, forward=False)])
    """
    if not (0 <= a < web.size and 0 <= b < web.size and 1 <= max_length <= 12):
        raise InvalidQuestion("no such nodes or length", where=f"paths from {a} to {b} of up to {max_length} steps")
    return _by_length(web, (a, b), max_length, limit, max_degree, budget)


def _by_length(web: Web, pair: tuple[int, int], max_length: int, limit: int, max_degree: int, budget: int) -> Paths:
    """All shorter paths before any longer one, so that of whole lengths nothing is missed when the budget ends."""
    best: list[Path] = []
    count: dict[int, int] = {}
    steps, ends = web.between(*pair)
    far = frozen(distances(steps, ends, max_length, max_degree, EFFORT), np.uint8)
    for length in range(max(1, int(far[ends[0]])), max_length + 1) if ends[0] != ends[1] else ():
        nodes = np.zeros(max(limit, 1) * (length + 1), np.uint32)
        strengths = np.zeros(limit)
        found, budget = paths_of_length(steps, ends, far, max_degree, budget, nodes, strengths)
        kept = nodes.reshape(-1, length + 1)[: min(found, limit)].tolist()
        pairs = zip(kept, strengths.tolist(), strict=False)
        best = sorted([*best, *(Path(web.parties(path), s) for path, s in pairs)], key=lambda path: path.rank)[:limit]
        if found or budget < 0:
            count[length] = found
        if budget < 0:
            return Paths(best, count, length - 1)
    return Paths(best, count, max_length)


def paths_among(web: Web, parties: Sequence[int], *, max_length: int = 5, limit: int = 100, **options: int) -> Paths:
    r"""Find the simple paths between each two of several parties, the best of all pairs first.

    .. math:: P = \bigcup_{i < j} P(a_i, a_j)

    Parameters
    ----------
    web : Web
        All relations together.
    parties : sequence of int
        Node numbers; repeated ones count once.
    max_length, limit, options : int
        As `paths_between`; the budget is for each pair.

    Raises
    ------
    InvalidQuestion
        As `paths_between`.

    Source
    ------
    As `paths_between`.

    Example
    -------
    >>> web = Web.of(3, [Tie(np.array([0, 1]), np.array([1, 2]))])
    >>> [path.nodes for path in paths_among(web, [0, 1, 2]).best]
    [(0, 1), (1, 2), (0, 1, 2)]
    """
    found = [
        paths_between(web, a, b, max_length=max_length, limit=limit, **options)
        for a, b in combinations(dict.fromkeys(parties), 2)
    ]
    count: dict[int, int] = {}
    for paths in found:
        for length, number in paths.count.items():
            count[length] = count.get(length, 0) + number
    best = sorted((path for paths in found for path in paths.best), key=lambda path: path.rank)
    complete = min((paths.complete for paths in found), default=max_length)
    return Paths(best[:limit], dict(sorted(count.items())), complete)
