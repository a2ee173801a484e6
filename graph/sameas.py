"""Which records are one party at a moment.

Two records are joined where a verdict confirms it or a verified identifier is on both; anonymous ones
never are. A rejection keeps its two records in different parties whatever else would join them: links
are tried in one order, confirmed verdicts before identifiers, each by ids, and one that would bring a
rejected pair together is left out. So with A and B rejected and C sharing its number with both, C goes
with the one whose id comes first. Of several verdicts about one pair the more trusted source's stands,
then the more recent, then the first by name; at one instant of one source the rejection.
"""

from collections import defaultdict
from collections.abc import Iterable
from itertools import groupby
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from graph import texts
from graph.columns import gathered, plain
from graph.compiled import compiled
from graph.facts import Facts
from graph.holding import When, holding, precedence, said
from graph.model import IDENTIFIER, SAME_AS

Pair = tuple[int, int]


class Shared(NamedTuple):
    """Facts about identifiers that stand on more than one fact, by identifier."""

    row: NDArray[np.uint32]
    group: NDArray[np.int64]


@compiled
def _join(root: NDArray[np.uint32], a: NDArray[np.uint32], b: NDArray[np.uint32]) -> None:
    for i in range(len(a)):
        x, y = a[i], b[i]
        while root[x] != x:
            root[x] = root[root[x]]
            x = root[x]
        while root[y] != y:
            root[y] = root[root[y]]
            y = root[y]
        if x < y:
            root[y] = x
        else:
            root[x] = y


@compiled
def _flatten(root: NDArray[np.uint32]) -> None:
    for i in range(len(root)):
        root[i] = root[root[i]]  # a root never has a larger number than what hangs from it


def joined(facts: Facts, when: When, rank: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """One label a party, equal for parties that are one; `rank` is each party's place in the order of ids."""
    count = len(rank)
    root = np.arange(count, dtype=np.uint32)
    confirmed, rejected = verdicts(facts, when)
    party, group = certain(facts, when)
    same = np.flatnonzero(group[1:] == group[:-1])
    _join(root, *_columns(confirmed))
    _join(root, party[same], party[same + 1])
    _flatten(root)
    disputed = {int(root[a]) for a, b in rejected if root[a] == root[b]}
    if disputed:
        _separate(root, disputed, rejected, _links(confirmed, party, group, rank))
    return root


def verdicts(facts: Facts, when: When) -> tuple[list[Pair], list[Pair]]:
    """Pairs of parties that a verdict confirms, and pairs that one rejects."""
    rows = holding(facts, SAME_AS, when)
    ends = [gathered(facts.column(SAME_AS, end), rows, np.uint32) for end in SAME_AS.ends]
    named = ~(facts.anonymous[ends[0]] | facts.anonymous[ends[1]]) & (ends[0] != ends[1])
    rows, low, high = rows[named], np.minimum(*ends)[named], np.maximum(*ends)[named]
    said = facts.column(SAME_AS, "verdict").take(pa.array(rows)).to_pylist()
    reject = np.array([word == "rejected" for word in said], bool)
    order = precedence(facts, SAME_AS, rows, when) if len(rows) else np.zeros(0, np.intp)
    best: dict[Pair, tuple[int, bool]] = {}
    stand = _ties(facts, rows)
    for at in order:
        pair = int(low[at]), int(high[at])
        held = best.setdefault(pair, (stand[at], bool(reject[at])))
        if held[0] == stand[at] and reject[at]:
            best[pair] = (stand[at], True)
    return [p for p, (_, no) in best.items() if not no], [p for p, (_, no) in best.items() if no]


def _ties(facts: Facts, rows: NDArray[np.uint32]) -> list[int]:
    """Equal numbers for statements of one source at one instant."""
    source = facts.column(SAME_AS, "source").indices.to_numpy()[rows]
    pairs = np.column_stack([source.astype(np.int64), said(facts, SAME_AS, rows)])
    return np.unique(pairs, axis=0, return_inverse=True)[1].reshape(-1).tolist()


def certain(facts: Facts, when: When) -> tuple[NDArray[np.uint32], NDArray[np.int64]]:
    """Parties that hold an identifier which another holds too, by identifier: party and group."""
    shared = facts.cached(("shared identifiers",), lambda: _shared(facts))
    if not len(shared.row):
        return np.zeros(0, np.uint32), np.zeros(0, np.int64)
    held = np.zeros(len(facts.times(IDENTIFIER).load), bool)
    held[holding(facts, IDENTIFIER, when)] = True
    keep = held[shared.row]
    return gathered(facts.column(IDENTIFIER, "party"), shared.row[keep], np.uint32), shared.group[keep]


def _shared(facts: Facts) -> Shared:
    """Verified identifiers of named parties that stand on several facts, whatever the moment."""
    verified = plain(facts.column(IDENTIFIER, "verified"), np.bool_, null=0)
    party = plain(facts.column(IDENTIFIER, "party"), np.uint32)
    rows = np.flatnonzero(verified & ~facts.anonymous[party]).astype(np.uint32)
    value = facts.column(IDENTIFIER, "value")
    hashed = texts.hashes(value)[rows]
    order = np.argsort(hashed)
    near = hashed[order][1:] == hashed[order][:-1]
    rows = np.sort(rows[order[np.append(near, False) | np.insert(near, 0, False)]] if len(rows) else rows)
    at = pa.array(rows)
    codes = [facts.column(IDENTIFIER, name).take(at).dictionary_encode() for name in ("scheme", "value")]
    scheme, number = (pc.fill_null(code.indices, -1).to_numpy().astype(np.int64) for code in codes)
    group = scheme * max(1, len(codes[1].dictionary)) + number
    order = np.lexsort([party[rows], group])
    return Shared(rows[order], group[order])


def _columns(pairs: list[Pair]) -> tuple[NDArray[np.uint32], NDArray[np.uint32]]:
    ends = np.array(pairs, np.uint32).reshape(-1, 2)
    return np.ascontiguousarray(ends[:, 0]), np.ascontiguousarray(ends[:, 1])


def _links(
    confirmed: list[Pair], party: NDArray[np.uint32], group: NDArray[np.int64], rank: NDArray[np.uint32]
) -> list[list[int]]:
    """Parties to be joined, list by list, in the order in which joining is tried; each list by ids."""
    by_id = sorted(sorted(pair, key=lambda p: int(rank[p])) for pair in confirmed)
    by_id.sort(key=lambda pair: [int(rank[p]) for p in pair])
    numbers: list[list[int]] = []
    for _, members in groupby(zip(group.tolist(), party.tolist(), strict=True), key=lambda entry: entry[0]):
        numbers.append(sorted({p for _, p in members}, key=lambda p: int(rank[p])))
    numbers.sort(key=lambda members: [int(rank[p]) for p in members])
    return by_id + numbers


class _Blocks:
    """Parties in blocks that may be joined, none with one that it is kept apart from."""

    def __init__(self, parties: Iterable[int], rejected: Iterable[Pair]) -> None:
        self._above = {p: p for p in parties}
        self._apart: defaultdict[int, set[int]] = defaultdict(set)
        for a, b in rejected:
            self._apart[a].add(b)
            self._apart[b].add(a)

    def of(self, party: int) -> int:
        """The party that stands for the block of this one, until that is joined."""
        above = self._above
        while above[party] != party:
            above[party] = above[above[party]]
            party = above[party]
        return party

    def join(self, a: int, b: int) -> bool:
        """Whether two blocks could be joined: not where a rejected pair would meet."""
        a, b = self.of(a), self.of(b)
        if b in self._apart[a]:
            return False
        if len(self._apart[a]) < len(self._apart[b]):
            a, b = b, a  # the one kept apart from fewer moves: what is big is not rewritten
        self._above[b] = a
        for other in self._apart.pop(b):
            self._apart[other].remove(b)
            self._apart[other].add(a)
            self._apart[a].add(other)
        return True


def _separate(
    root: NDArray[np.uint32], disputed: set[int], rejected: Iterable[Pair], links: Iterable[list[int]]
) -> None:
    """Join anew, link by link, the parties of components in which a rejected pair met."""
    inside = np.flatnonzero(np.isin(root, np.fromiter(disputed, np.uint32))).tolist()
    blocks = _Blocks(inside, rejected)
    for members in links:
        if int(root[members[0]]) in disputed:
            _join_apart(members, blocks)
    first: dict[int, int] = {}
    for p in inside:
        root[p] = first.setdefault(blocks.of(p), p)


def _join_apart(members: Iterable[int], blocks: _Blocks) -> None:
    """Join the block of each of these with the first block before it that it is not kept apart from."""
    before: list[int] = []
    for block in dict.fromkeys(map(blocks.of, members)):
        if not any(blocks.join(other, block) for other in before):
            before.append(block)
