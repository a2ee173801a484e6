"""The worked cases about ownership and control, as calls of the public functions."""

from collections.abc import Iterable
from itertools import pairwise

import numpy as np

from analytics.structure.concert import Concert, find_concerts, solve_together
from analytics.structure.control import Control
from analytics.structure.owners.beneficial import Owner, beneficial_owners
from analytics.structure.owners.close_links import close_links
from analytics.structure.owners.multiplied import Multiplied
from analytics.structure.owners.portions import attributed_portions
from analytics.structure.owners.regimes import regimes
from analytics.structure.owners.register import PERSON, Register
from analytics.structure.owners.variants import variants
from analytics.structure.ownership.column import integrated_column
from analytics.structure.ownership.network import network_control
from analytics.structure.ownership.row import integrated_row
from tests.reference.names import Answer, Inputs, Names, control_of, holders, stakes_of


def integrated(inputs: Inputs) -> Answer:
    names = Names(holders(inputs["holdings"]), holders(inputs.get("control", [])))
    control, stakes = control_of(inputs, names), stakes_of(inputs, names)
    if stakes.order.blocks:
        return {"error": f"no final owner: {[names.of(members) for members in stakes.order.blocks]}"}
    rows = [integrated_row(stakes, x) for x in range(len(names))]
    held = sorted({names.number[row[1]] for row in inputs["holdings"]})
    columns = {y: integrated_column(stakes, y) for y in held}
    return {
        "integrated": [
            [names.names[row.owners[0]], names.names[y], share]
            for row in rows
            for y, share in zip(row.company.tolist(), row.share.tolist(), strict=True)
        ],
        "final_owner_sum": {names.names[y]: float(c.share[c.final].sum()) for y, c in columns.items()},
        "controls": {name: names.of(control.controlled_by(x)) for x, name in enumerate(names.names)},
        "ultimate_controller": {names.names[y]: names.of(control.ultimate_of(y)) for y in held},
        "deadlock": [names.of(ring) for ring in control.deadlocks],
    } | (in_concert(inputs, names, control) if "concert" in inputs else {})


def in_concert(inputs: Inputs, names: Names, control: Control) -> Answer:
    concerts = concerts_of(inputs, names)
    both = solve_together(control.holdings, concerts, control.edges)
    controls = {name: set(names.of(control.controlled_by(x))) for x, name in enumerate(names.names)}
    ultimate: dict[str, list[str]] = {}
    for k, concert in enumerate(concerts):
        for member in names.of(concert.members):
            controls[member] |= set(names.of(both.controlled_by(k)))
    for y, name in enumerate(names.names):
        parties, groups = both.ultimate_of(y)
        ultimate[name] = names.of([*parties, *(x for k in groups for x in concerts[k].members)])
    return {"controls": {name: sorted(below) for name, below in controls.items()}, "ultimate_controller": ultimate}


def net_control(inputs: Inputs) -> Answer:
    names = Names(holders(inputs["holdings"]), inputs["value"])
    value = [inputs["value"].get(name, 0.0) for name in names.names]
    found = network_control(stakes_of(inputs, names), value)
    return {"net_control": dict(zip(names.names, found.corrected.tolist(), strict=True))}


def register_of(inputs: Inputs, names: Names, persons: Iterable[str] = ()) -> Register:
    control = control_of(inputs, names)
    kind = np.zeros(len(names), np.uint8)
    kind[names.numbers(persons)] = PERSON
    if "concert" not in inputs:
        return Register(control.holdings, control, kind)
    together = solve_together(control.holdings, concerts_of(inputs, names), control.edges, kind=kind)
    return Register.of(control.holdings, together, kind)


def concerts_of(inputs: Inputs, names: Names) -> tuple[Concert, ...]:
    pairs = [pair for group in inputs["concert"] for pair in pairwise(group)]
    return find_concerts(names.numbers(p[0] for p in pairs), names.numbers(p[1] for p in pairs))


def beneficial(inputs: Inputs) -> Answer:
    rows = [*inputs["holdings"], *inputs.get("control", [])]
    held = {row[1] for row in rows}
    persons = inputs.get("persons") or sorted({row[0] for row in rows} - held)
    names = Names(holders(rows), persons, [inputs["target"]])
    register, target = register_of(inputs, names, persons), names.number[inputs["target"]]
    found = {r.id: beneficial_owners(register, target, r).owners for r in regimes().values()}
    coexist = ("art54a", "art54b")

    def passing(owners: Iterable[Owner], *, art54: bool) -> list[str]:
        return names.of(o.person for o in owners if any((g.test in coexist) is art54 for g in o.grounds))

    multiplied = Multiplied(register.layer("capital"), target)
    share = {owner: multiplied.low(owner) for owner in multiplied.owner.tolist()}
    whole = {one.owner: one.low for one in attributed_portions(register.capital, register.control, target)}
    answer: Answer = {name: passing(owners, art54=False) for name, owners in found.items()}
    answer["AMLR_art54"] = passing(found["EU_AMLR"], art54=True)
    for key, parts in (("share", share), ("uk_share", whole)):
        each = {name: parts.get(names.number[name], 0.0) for name in persons}
        answer[key] = next(iter(each.values())) if len(each) == 1 else each
    return answer


def linked(inputs: Inputs) -> Answer:
    names = Names(holders(inputs["holdings"]), holders(inputs.get("control", [])))
    found = close_links(register_of(inputs, names), variants()[inputs.get("variant", "ECB")], range(len(names)))
    pairs = {(link.first, link.second) for link in found.pairs()}
    return {"pairs": [names.of(pair) for pair in sorted(pairs | {pair[::-1] for pair in pairs})]}
