"""The worked cases of the domain reference, as calls of the public functions."""

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from analytics.structure.control import STATE, Control, solve_control
from analytics.structure.groups import Groups, connected_groups, control_groups
from analytics.structure.ownership import integrated_ownership
from analytics.structure.votes import Arrows, Holdings
from graph.errors import ContagraphError

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


def ownership(inputs: Inputs, names: Names) -> np.ndarray:
    rows = inputs["holdings"]
    tail, head = names.numbers(r[0] for r in rows), names.numbers(r[1] for r in rows)
    share = [r[2] for r in rows]
    return np.array([integrated_ownership(len(names), tail, head, share, owner=x) for x in range(len(names))])


def integrated(inputs: Inputs) -> Answer:
    names = Names(holders(inputs["holdings"]), holders(inputs.get("control", [])))
    control = control_of(inputs, names)
    owned = ownership(inputs, names)
    held = {names.number[row[1]] for row in inputs["holdings"]}
    final = [x for x in range(len(names)) if x not in held]
    return {
        "integrated": [[names.names[i], names.names[j], float(owned[i, j])] for i, j in np.argwhere(owned > 0)],
        "final_owner_sum": {names.names[y]: float(owned[final, y].sum()) for y in sorted(held)},
        "controls": {name: names.of(control.controlled_by(x)) for x, name in enumerate(names.names)},
        "ultimate_controller": {names.names[y]: names.of(control.ultimate_of(y)) for y in sorted(held)},
        "deadlock": [names.of(ring) for ring in control.deadlocks],
    }


def network_control(inputs: Inputs) -> Answer:
    names = Names(holders(inputs["holdings"]), inputs["value"])
    value = np.array([inputs["value"].get(name, 0.0) for name in names.names])
    return {"net_control": dict(zip(names.names, (ownership(inputs, names) @ value).tolist(), strict=True))}


def grouped(inputs: Inputs, states: list[str], *, beside_state: bool) -> Answer:
    rows = (inputs.get(key, []) for key in ("holdings", "control", "depends"))
    names = Names(*(holders(part) for part in rows), inputs["clients"], states)
    groups: Groups = control_groups(control_of(inputs, names, states))
    falls = names.arrows(inputs.get("depends", []), back=True)
    found = connected_groups(groups, falls, names.numbers(inputs["clients"]), beside_state=beside_state)
    return {"groups": [names.of(group) for group in found]}


def connected(inputs: Inputs) -> Answer:
    states = [name for key in ("state", "states", "government") for name in np.atleast_1d(inputs.get(key, [])).tolist()]
    return grouped(inputs, states, beside_state=False)


def central_government(inputs: Inputs) -> Answer:
    return grouped(inputs, [inputs["cg"]], beside_state=True)


KINDS: dict[str, Callable[[Inputs], Answer]] = {
    "integrated_ownership": integrated,
    "network_control": network_control,
    "connected_groups": connected,
    "central_government": central_government,
}


def evaluate(kind: str, inputs: Inputs) -> Answer:
    """Answer one worked case; NotImplementedError for a kind that is not built yet."""
    if kind not in KINDS:
        raise NotImplementedError(kind)
    try:
        return KINDS[kind](inputs)
    except ContagraphError as error:
        return {"error": str(error)}
