"""The worked cases about connected clients, as calls of the public functions."""

from collections.abc import Callable
from typing import Any

import numpy as np

from analytics.structure.connected import connected_groups
from analytics.structure.dependence.rules import rule_sets
from analytics.structure.dependence.verdicts import MET, Measure, judge, ratio
from analytics.structure.government import APART, BESIDE
from analytics.structure.groups import Groups, control_groups
from analytics.structure.ownership.row import integrated_row
from tests.reference import limit_cases
from tests.reference.names import Answer, Inputs, Names, control_of, holders, stakes_of


def grouped(inputs: Inputs, states: list[str], *, government: str) -> Answer:
    rows = (inputs.get(key, []) for key in ("holdings", "control", "depends"))
    names = Names(*(holders(part) for part in rows), inputs["clients"], states)
    groups: Groups = control_groups(control_of(inputs, names, states), government=government)
    falls = names.arrows(inputs.get("depends", []), back=True)
    found = connected_groups(groups, falls, names.numbers(inputs["clients"]))
    return {"groups": [names.of(group) for group in found]}


def connected(inputs: Inputs) -> Answer:
    states = [name for key in ("state", "states", "government") for name in np.atleast_1d(inputs.get(key, [])).tolist()]
    return grouped(inputs, states, government=APART)


def central_government(inputs: Inputs) -> Answer:
    return grouped(inputs, [inputs["cg"]], government=BESIDE)


def criteria_met(rules: str) -> Callable[[Inputs], Answer]:
    def met(inputs: Inputs) -> Answer:
        return {"criteria": {pair: met_by(rules, given) for pair, given in inputs["pairs"].items()}}

    return met


def met_by(rules: str, given: dict[str, Any]) -> list[int]:
    """Numbers of the criteria that one pair meets; a flag that is not given was not judged."""
    figures = {name: Measure.of([float(value)]) for name, value in given.items()}
    if "guarantee_call" in given:
        call, net_assets = given["guarantee_call"], given.get("guarantor_net_assets", np.nan)
        figures["guarantee_ratio"] = Measure.of(ratio([call], [net_assets]))
    return [c.number for c in rule_sets()[rules].criteria if judge(c, figures, 1)[0] == MET]


def group_exposure(inputs: Inputs) -> Answer:
    owed = {name: float(amount) for name, amount in inputs["exposures"].items()}
    falls = [g[:2] for g in inputs.get("guarantees", []) if g[2] > inputs.get("net_assets", {}).get(g[0], np.inf)]
    falls += [row[:2] for row in inputs.get("sales_share_to", []) if row[2] >= 0.5 and not row[3]]
    names = Names(holders(inputs["holdings"]), inputs.get("persons", []), owed, holders(falls))
    control = control_of(inputs, names)
    groups = control_groups(control)
    united = [sorted(set(names.of(groups.members(k))) & owed.keys()) for k in range(len(groups))]
    found = connected_groups(groups, names.arrows(falls, back=True), names.numbers(owed))
    fallen = [names.of(group) for group in found]
    kinds = {"control": [group for group in united if group], "connected": fallen}
    check, clients = limit_cases.check_loans(owed, inputs, ["BCBS", "CN"], kinds)
    largest = max(kinds["control"], key=lambda group: sum(owed[x] for x in group))
    widest = max(fallen, key=lambda group: sum(owed[x] for x in group))
    said = [(f.rule.id, [clients[x - 1] for x in f.members]) for f in check.findings("breach", "marked")]
    persons = names.numbers(inputs.get("persons", []))
    rows = {x: integrated_row(stakes_of(inputs, names), x) for x in persons}
    whole = {
        "control_group": largest,
        "control_exposure": sum(owed[x] for x in largest),
        "connected_group": widest,
        "group_exposure": sum(owed[x] for x in widest),
        "must_assess": [x for rule, members in said if rule == "BCBS_ASSESS_5" for x in members],
        "ratio_tier1": sum(owed[x] for x in widest) / inputs["tier1"],
        "breaches": sorted({use.rule.id for use in check.uses if use.rule.jurisdiction == "CN"
                            and use.rule.severity == "limit" and any(rule == use.rule.id for rule, _ in said)}),
        "bcbs_breach": any(rule == "BCBS_LEX_25" for rule, _ in said),
        "bcbs_large": any(rule == "BCBS_LARGE_10" for rule, _ in said),
    }  # fmt: skip
    for company in sorted({row[1] for row in inputs["holdings"]}):
        y = names.number[company]
        whole[f"ubo_of_{company}"] = {names.names[x]: row.of(y) for x, row in rows.items() if row.of(y) >= 0.25}
        whole[f"controller_of_{company}"] = next(iter(names.of(control.ultimate_of(y))), None)
    return whole
