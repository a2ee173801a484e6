"""The worked cases about guarantees, as calls of the public functions."""

from collections.abc import Iterable

import numpy as np

from analytics.contagion.calls.book import Loans, Standing, Sureties
from analytics.contagion.calls.cascade import call_guarantees
from analytics.structure.dependence.verdicts import ratio
from analytics.structure.guarantees.promises import Promises
from analytics.structure.guarantees.ratios import BROKEN, Figures, check_guarantees
from analytics.structure.guarantees.topology import SHAPES, find_topology
from tests.reference.names import Answer, Inputs, Names, holders


def promises_of(inputs: Inputs, *also: Iterable[str]) -> tuple[Names, Promises]:
    rows = inputs["edges"]
    names = Names(holders(rows), *also)
    ends = (names.numbers(row[end] for row in rows) for end in (0, 1))
    return names, Promises.between(len(names), *ends, [row[2] if len(row) > 2 else np.nan for row in rows])


def topology(inputs: Inputs) -> Answer:
    names, promises = promises_of(inputs)
    found = find_topology(promises.pairs)
    shapes = {",".join(names.of(found.members(c))): SHAPES[shape].name for c, shape in enumerate(found.shape)}
    return {"types": shapes, "cyclic_cores": [names.of(core) for core in found.cores]}


def guarantee_ratios(inputs: Inputs) -> Answer:
    assets = inputs["net_assets"]
    names, promises = promises_of(inputs, assets)
    found = ratio(promises.given, [assets.get(name, np.nan) for name in names.names])
    known = zip(names.names, found.tolist(), strict=True)
    return {"ratio": {name: value if np.isfinite(value) else None for name, value in known if name in assets}}


def csrc_guarantee(inputs: Inputs) -> Answer:
    def broken(case: Inputs) -> list[str]:
        told = {"total_guarantees_after": "total_guarantees", "guaranteed_debt_ratio": "guaranteed_leverage"}
        figures = {told.get(name, name): value for name, value in case.items()}
        found = check_guarantees(Figures(**figures), only="csrc")
        return [finding.rule.id for finding in found if finding.verdict == BROKEN]

    return {name: broken(case) for name, case in inputs["cases"].items()}


LENDER = "the bank"
"""Lender of all debts of a case."""


def cascade(inputs: Inputs) -> Answer:
    rows, debt = inputs["edges"], inputs["debt"]
    names = Names(holders(rows), debt, inputs["capacity"], inputs["initial"], [LENDER])
    owing = sorted({*debt, *(row[1] for row in rows)})
    known = {name: k for k, name in enumerate(owing)}
    bank = [names.number[LENDER]] * len(owing)
    loans = Loans.of(len(names), bank, names.numbers(owing), [float(debt.get(name, 0)) for name in owing])
    behind = Sureties.of(
        loans, names.numbers(row[0] for row in rows), [known[row[1]] for row in rows], [float(row[2]) for row in rows],
        joint=inputs.get("immediate", False),
    )  # fmt: skip
    able, back = ([float(inputs[key].get(name, 0)) for name in names.names] for key in ("capacity", "recovery"))
    standing = Standing.of(loans, behind, capacity=able, recovery=back, in_full=inputs["mode"] == "joint")
    found = call_guarantees(standing, names.numbers(inputs["initial"]))
    called, paid = found.by_guarantor(found.called), found.by_guarantor(found.paid)
    return {
        "defaulted": names.of(found.failed),
        "paid": {names.names[k]: float(paid[k]) for k in np.flatnonzero(called)},
        "called": {names.names[k]: float(called[k]) for k in np.flatnonzero(called)},
        "bank_loss": {name: float(found.loss[known[name]]) for name in owing if found.due[known[name]]},
        "total_loss": float(found.loss.sum()),
    }
