"""Worked cases speak of names; the functions they are held against, of node numbers."""

from collections.abc import Iterable
from typing import Any

import numpy as np

from analytics.structure.control import STATE, Control, solve_control
from analytics.structure.ownership.stakes import Stakes
from analytics.structure.votes import Arrows, Holdings

Answer = dict[str, Any]
Inputs = dict[str, Any]


class Names:
    """Node numbers of the names of a case, in their order."""

    def __init__(self, *names: Iterable[str]) -> None:
        self.names = sorted({name for group in names for name in group})
        self.number = {name: k for k, name in enumerate(self.names)}

    def __len__(self) -> int:
        return len(self.names)

    def of(self, nodes: Iterable[int]) -> list[str]:
        return [self.names[int(node)] for node in nodes]

    def numbers(self, names: Iterable[str]) -> list[int]:
        return [self.number[name] for name in names]

    def arrows(self, pairs: Iterable[list[str]], *, back: bool = False) -> Arrows:
        ends = [pair[::-1] if back else pair for pair in ([p[0], p[1]] for p in pairs)]
        return Arrows.of(len(self), self.numbers(p[0] for p in ends), self.numbers(p[1] for p in ends))


def holders(rows: Iterable[list[Any]]) -> Iterable[str]:
    return (name for row in rows for name in row[:2])


def control_of(inputs: Inputs, names: Names, states: Iterable[str] = ()) -> Control:
    rows = inputs.get("holdings", [])
    kind = np.zeros(len(names), np.uint8)
    kind[names.numbers(states)] = STATE
    held = Holdings.exact(
        len(names), names.numbers(r[0] for r in rows), names.numbers(r[1] for r in rows), [r[2] for r in rows]
    )
    return solve_control(held, names.arrows(inputs.get("control", [])), kind=kind)


def stakes_of(inputs: Inputs, names: Names) -> Stakes:
    rows = inputs["holdings"]
    return Stakes.exact(
        len(names), names.numbers(r[0] for r in rows), names.numbers(r[1] for r in rows), [r[2] for r in rows]
    )
