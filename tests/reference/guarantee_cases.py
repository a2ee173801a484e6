"""The worked cases about guarantees, as calls of the public functions."""

from collections.abc import Iterable

import numpy as np

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
