"""What stands around one party, as far as its probability can hear; and the same without some links, side by side."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from analytics.learning.models.model import Numbers
from analytics.learning.panel import Wave
from analytics.learning.panel.ties import WAYS, Way
from analytics.learning.serving.hearing import Hearing

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Vicinity:
    """s parties around one, and the m links over which it hears of them within some hops."""

    parties: Ints
    """Positions among the wave's, ascending, shape (s,)."""
    place: int
    """Of the party asked about, among them."""
    relations: tuple[str, ...]
    relation: Ints
    """Of each link: position in `relations`, shape (m,)."""
    position: Ints
    """Of each link among the wave's ties of its relation."""
    tail: Ints
    """Of each link, among these parties."""
    head: Ints
    weight: Numbers
    """Of each link, as head and as tail weigh it: ways "in" and "out", shape (2, m)."""
    distance: Ints
    """Hops from the party asked about to the nearer end of each link."""

    @classmethod
    def of(cls, wave: Wave, relations: Sequence[str], party: int, hops: int) -> "Vicinity":
        """Around one party of a wave; what it hears of within so many hops is all there. Raises InvalidModel."""
        Hearing.check(wave, relations)
        known = front = np.array([party], np.int64)
        found: list[Ints] = [np.empty(0, np.int64) for _ in relations]
        away: list[Ints] = [np.empty(0, np.int64) for _ in relations]
        for hop in range(hops):
            ends = [front]
            for at, relation in enumerate(relations):
                ties = wave.ties[relation]
                more = np.setdiff1d(ties.beside(front), found[at], assume_unique=True)
                found[at] = np.concatenate([found[at], more])
                away[at] = np.concatenate([away[at], np.full(len(more), hop)])
                ends += [ties.tail[more].astype(np.int64), ties.head[more].astype(np.int64)]
            reached = np.unique(np.concatenate(ends).astype(np.int64))
            front = np.setdiff1d(reached, known, assume_unique=True)
            known = np.union1d(known, reached)
        return cls._cut(wave, tuple(relations), known, party, found, away)

    @classmethod
    def _cut(
        cls, wave: Wave, relations: tuple[str, ...], parties: Ints, party: int, found: list[Ints], away: list[Ints]
    ) -> "Vicinity":  # fmt: skip
        def joined(of: "list[Any]") -> Any:
            return np.concatenate([np.empty(0, np.int64), *of])

        tail = joined([wave.ties[name].tail[at] for name, at in zip(relations, found, strict=True)])
        head = joined([wave.ties[name].head[at] for name, at in zip(relations, found, strict=True)])
        weight = [
            np.concatenate(
                [np.empty(0), *(wave.weight(name, way)[at] for name, at in zip(relations, found, strict=True))]
            )
            for way in WAYS
        ]
        return cls(
            parties, int(np.searchsorted(parties, party)), relations,
            np.repeat(np.arange(len(relations)), [len(at) for at in found]), joined(found),
            np.searchsorted(parties, tail), np.searchsorted(parties, head), np.stack(weight), joined(away),
        )  # fmt: skip

    @property
    def size(self) -> int:
        """How many parties: s."""
        return len(self.parties)

    def without(self, links: Sequence[int], channels: Sequence[tuple[str, Way]], *, plain: bool) -> Hearing:
        """As many copies side by side, each without one link by its place among these, -1 for none of them."""
        copies = len(links)
        kept = np.arange(len(self.tail))[None, :] != np.asarray(links, np.int64)[:, None]
        copy, link = np.nonzero(kept)
        size, matrices = copies * self.size, []
        for relation, way in channels:
            of = self.relation[link] == self.relations.index(relation)
            ends = (self.head, self.tail) if way == "in" else (self.tail, self.head)
            at, shift = link[of], copy[of] * self.size
            weight = self.weight[WAYS.index(way)][at]
            place = (ends[0][at] + shift, ends[1][at] + shift)
            matrices.append(sparse.csr_array((weight, place), shape=(size, size)))
        return Hearing.between(size, tuple(matrices), plain=plain)

    def hearing(self, channels: Sequence[tuple[str, Way]], *, plain: bool) -> Hearing:
        """Who hears of whom here, all links in place."""
        return self.without([-1], channels, plain=plain)

    def places(self, copies: int) -> Ints:
        """Where the party asked about stands in each copy."""
        return np.arange(copies) * self.size + self.place
