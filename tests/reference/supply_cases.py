"""The worked cases about supplies, as calls of the public functions."""

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from analytics.contagion.supply.cascade import cascade, shock_of
from analytics.contagion.supply.network import ESSENTIAL, IRRELEVANT, REPLACEABLE, SupplyNetwork, essential_matrix
from analytics.contagion.supply.ranking import every_firm
from tests.reference.names import Answer, Inputs, Names

WORDS = {"all_essential": ESSENTIAL, "all_nonessential": REPLACEABLE, "all_irrelevant": IRRELEVANT}


def network_of(inputs: Inputs) -> tuple[Names, SupplyNetwork]:
    """Names and supplies of a case, each seller a mapping from buyer to amount."""
    rows = [(seller, buyer, amount) for seller, to in inputs["W"].items() for buyer, amount in to.items()]
    industry = inputs["industry"]
    names = Names(industry, *(row[:2] for row in rows))
    code = {name: k for k, name in enumerate(sorted(set(industry.values())))}
    said, essential = inputs.get("essential", "all_essential"), np.array(0.0)
    essential = np.array(WORDS[said]) if isinstance(said, str) else essential_matrix(said, code)
    revenue = inputs.get("revenue") or {}
    network = SupplyNetwork.of(
        len(names),
        *(names.numbers(row[end] for row in rows) for end in (0, 1)),
        [row[2] for row in rows],
        industry=[code.get(industry.get(name), -1) for name in names.names],
        essential=essential,
        revenue=[revenue.get(name, np.nan) for name in names.names],
        rationed=bool(inputs.get("market", True)),
    )
    return names, network


def _shock(names: Names, given: Any) -> dict[int, float]:
    """A list of firms that stop, or a mapping from firms to what they lose."""
    losses = given if isinstance(given, Mapping) else dict.fromkeys([given] if isinstance(given, str) else given, 1.0)
    return {names.number.get(name, -1): float(part) for name, part in losses.items()}


def _named(names: Names, values: Iterable[Any]) -> dict[str, float]:
    return {name: float(value) for name, value in zip(names.names, values, strict=True)}


def esri(inputs: Inputs) -> Answer:
    """One shock, or where none is given each firm's failure."""
    names, network = network_of(inputs)
    stop = inputs.get("stop", 1e-9)
    if inputs.get("shock") is None:
        ranked = every_firm(network, stop=stop)
        each = {"ESRI": ranked.total, "ESRI_d": ranked.down, "ESRI_u": ranked.up}
        return {key: _named(names, values) for key, values in each.items()}
    found = cascade(network, shock_of(network, _shock(names, inputs["shock"])), stop=stop)
    return {
        "ESRI": found.total,
        "ESRI_d": found.total_down,
        "ESRI_u": found.total_up,
        "hd": _named(names, 1 - found.down),
        "hu": _named(names, 1 - found.up),
        "h": _named(names, 1 - found.down),
        "rounds": found.rounds,
    }
