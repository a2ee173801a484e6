"""Arrows with a few more and without a few, as if they had always been so; nothing of the many is copied."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.structure.votes import Arrows


@dataclass(frozen=True)
class Extended:
    """Plain arrows, some more and without some, read like them by what leaves a node."""

    base: Arrows
    more: Mapping[int, tuple[tuple[int, int], ...]]
    """Of those that are new, by their tail: head, and position in what they were made of."""
    less: Mapping[int, tuple[tuple[int, int], ...]] = field(default_factory=dict)
    """The same of those that are gone."""

    @classmethod
    def by(cls, arrows: "Ways", tail: int, heads: Iterable[int], *, first: int) -> "Extended":
        """Arrows with more that leave one node, behind those it has; their positions are counted from `first` on."""
        new = tuple((head, first + k) for k, head in enumerate(heads))
        known = _extended(arrows)
        more = {**known.more, tail: (*known.more.get(tail, ()), *new)} if new else known.more
        return cls(known.base, more, known.less)

    @classmethod
    def without(cls, arrows: "Ways", gone: Iterable[tuple[int, int, int]]) -> "Ways":
        """Arrows without some of the plain ones, each given by its tail, its head and its position."""
        known = _extended(arrows)
        less = dict(known.less)
        for tail, head, link in gone:
            less[tail] = (*less.get(tail, ()), (head, link))
        return cls(known.base, known.more, less) if less != known.less else arrows

    def at(self, node: int) -> NDArray[np.uint32]:
        """Where the arrows that leave this node lead."""
        return self._joined(self.base.at(node), node, 0)

    def links_at(self, node: int) -> NDArray[np.uint32]:
        """Positions of the arrows that leave this node."""
        return self._joined(self.base.links_at(node), node, 1)

    @cached_property
    def gone(self) -> frozenset[int]:
        """Positions of those that are gone."""
        return frozenset(link for ends in self.less.values() for _, link in ends)

    def any_at(self, nodes: NDArray[Any]) -> NDArray[np.bool_]:
        """Whether any arrow leaves each of some nodes."""
        found = self.base.any_at(nodes) | np.isin(nodes, list(self.more))
        for node in self.less:
            found[nodes == node] = len(self.at(node)) > 0
        return found

    @cached_property
    def reverse(self) -> "Extended":
        """The same arrows the other way round, their positions unchanged."""
        return Extended(self.base.reverse, _turned(self.more), _turned(self.less))

    def _joined(self, known: NDArray[np.uint32], node: int, end: int) -> NDArray[np.uint32]:
        new, gone = self.more.get(node), self.less.get(node)
        if gone is not None:
            known = known[~np.isin(self.base.links_at(node), [link for _, link in gone])]
        return known if new is None else np.append(known, [one[end] for one in new]).astype(np.uint32)


def _extended(arrows: "Ways") -> Extended:
    return arrows if isinstance(arrows, Extended) else Extended(arrows, {})


def _turned(some: Mapping[int, tuple[tuple[int, int], ...]]) -> Mapping[int, tuple[tuple[int, int], ...]]:
    """Arrows by their head, each with its tail."""
    back: dict[int, tuple[tuple[int, int], ...]] = {}
    for tail, ends in some.items():
        for head, link in ends:
            back[head] = (*back.get(head, ()), (tail, link))
    return back


Ways = Arrows | Extended
"""Arrows as they are walked along, with or without more."""
