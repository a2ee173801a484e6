"""Arrows with a few more, as if these had been among them; nothing of the many is copied."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.structure.votes import Arrows


@dataclass(frozen=True)
class Extended:
    """Plain arrows and some more, read like them by what leaves a node."""

    base: Arrows
    more: Mapping[int, tuple[tuple[int, int], ...]]
    """Of those that are new, by their tail: head, and position in what they were made of."""

    @classmethod
    def by(cls, arrows: "Ways", tail: int, heads: Iterable[int], *, first: int) -> "Extended":
        """Arrows with more that leave one node, behind those it has; their positions are counted from `first` on."""
        new = tuple((head, first + k) for k, head in enumerate(heads))
        base, more = (arrows.base, arrows.more) if isinstance(arrows, Extended) else (arrows, {})
        return cls(base, {**more, tail: (*more.get(tail, ()), *new)} if new else more)

    def at(self, node: int) -> NDArray[np.uint32]:
        """Where the arrows that leave this node lead."""
        return self._joined(self.base.at(node), node, 0)

    def links_at(self, node: int) -> NDArray[np.uint32]:
        """Positions of the arrows that leave this node."""
        return self._joined(self.base.links_at(node), node, 1)

    def any_at(self, nodes: NDArray[Any]) -> NDArray[np.bool_]:
        """Whether any arrow leaves each of some nodes."""
        return self.base.any_at(nodes) | np.isin(nodes, list(self.more))

    @cached_property
    def reverse(self) -> "Extended":
        """The same arrows the other way round, their positions unchanged."""
        back: dict[int, tuple[tuple[int, int], ...]] = {}
        for tail, new in self.more.items():
            for head, link in new:
                back[head] = (*back.get(head, ()), (tail, link))
        return Extended(self.base.reverse, back)

    def _joined(self, known: NDArray[np.uint32], node: int, end: int) -> NDArray[np.uint32]:
        new = self.more.get(node)
        return known if new is None else np.append(known, [one[end] for one in new]).astype(np.uint32)


Ways = Arrows | Extended
"""Arrows as they are walked along, with or without more."""
