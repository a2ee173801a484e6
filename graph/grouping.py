"""Counting sorts: rows by group in one pass, without comparing."""

import numpy as np
from numpy.typing import NDArray

from graph.compiled import compiled


@compiled
def _group(keys: NDArray[np.uint32], groups: int) -> tuple[NDArray[np.int64], NDArray[np.uint32]]:
    start = np.zeros(groups + 1, np.int64)
    for i in range(len(keys)):
        start[keys[i] + np.uint32(1)] += 1
    for g in range(groups):
        start[g + 1] += start[g]
    place = start[:-1].copy()
    order = np.empty(len(keys), np.uint32)
    for i in range(len(keys)):
        order[place[keys[i]]] = np.uint32(i)
        place[keys[i]] += 1
    return start, order


@compiled
def _starts(keys: NDArray[np.uint32], groups: int) -> NDArray[np.int64]:
    start = np.zeros(groups + 1, np.int64)
    for i in range(len(keys)):
        start[keys[i] + np.uint32(1)] += 1
    for g in range(groups):
        start[g + 1] += start[g]
    return start


@compiled
def _in_pairs(tail: NDArray[np.uint32], head: NDArray[np.uint32]) -> bool:
    for i in range(1, len(tail)):
        if tail[i] < tail[i - 1] or (tail[i] == tail[i - 1] and head[i] < head[i - 1]):
            return False
    return True


def grouped(keys: NDArray[np.uint32], groups: int) -> tuple[NDArray[np.int64], NDArray[np.uint32]]:
    """Where each group starts, and the rows group by group, in their old order within one.

    >>> start, order = grouped(np.array([2, 0, 2], np.uint32), 3)
    >>> start.tolist(), order.tolist()
    ([0, 1, 1, 3], [1, 0, 2])
    """
    return _group(np.ascontiguousarray(keys), groups)


def starts(keys: NDArray[np.uint32], groups: int) -> NDArray[np.int64]:
    """Where each group starts among rows that lie by group already."""
    return _starts(np.ascontiguousarray(keys), groups)


def by_pairs(tail: NDArray[np.uint32], head: NDArray[np.uint32], size: int) -> NDArray[np.uint32] | None:
    """Rows by tail, then head, else in their old order; None where they lie so."""
    if _in_pairs(tail, head):
        return None
    _, by_head = grouped(head, size)
    _, by_tail = grouped(tail[by_head], size)
    return by_head[by_tail]


def spans(first: NDArray[np.int64], end: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """All positions of some ranges `first[k]:end[k]`, one after the other, and which range each is of.

    >>> [found.tolist() for found in spans(np.array([5, 0, 7]), np.array([7, 0, 8]))]
    [[5, 6, 7], [0, 0, 2]]
    """
    count = end - first
    whose = np.repeat(np.arange(len(count)), count)
    return np.arange(len(whose)) + (first - np.cumsum(count) + count)[whose], whose
