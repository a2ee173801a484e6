"""Cascades by going through everything that may happen: who fails by itself, and which links carry."""

import itertools
import math

import numpy as np
from numpy.typing import NDArray

from ingest.synthetic.planted import Hits


def links(*told: tuple[int, int, float]) -> Hits:
    """Links that bring their target down with these probabilities."""
    source, target = (np.array([link[end] for link in told], np.int32) for end in (0, 1))
    strength = np.array([-math.log1p(-link[2]) for link in told])
    return Hits(source, target, strength, np.zeros(len(told), np.int8), np.arange(len(told), dtype=np.int32))


def exact(own: NDArray[np.float64], carried: Hits) -> NDArray[np.float64]:
    """Probability that each firm fails: the sum over all that may happen."""
    total = np.zeros(len(own))
    carries = -np.expm1(-carried.strength)
    for start in itertools.product((False, True), repeat=len(own)):
        for live in itertools.product((False, True), repeat=len(carried)):
            chance = math.prod(np.where(start, own, 1 - own)) * math.prod(np.where(live, carries, 1 - carries))
            total += chance * _reached(start, live, carried)
    return total


def _reached(start: tuple[bool, ...], live: tuple[bool, ...], carried: Hits) -> NDArray[np.bool_]:
    fallen = np.array(start)
    for _ in start:
        for source, target, carries in zip(carried.source, carried.target, live, strict=True):
            fallen[target] |= carries and fallen[source]
    return fallen


def without(carried: Hits, link: int) -> Hits:
    """All links but one."""
    return carried.only(np.arange(len(carried)) != link)
