"""The worked cases of one shock through several layers, as calls of the public functions."""

import numpy as np

from analytics.contagion.calls.book import Loans, Standing, Sureties
from analytics.contagion.shock.calling import Guarantees
from analytics.contagion.shock.coupled import Shock, send
from analytics.contagion.shock.firms import Firms
from analytics.contagion.shock.layers import Layers
from analytics.contagion.shock.supplying import Supplies
from analytics.contagion.supply.network import SupplyNetwork
from tests.reference.names import Answer, Inputs, Names

BANK = "the lender"


def contagion(inputs: Inputs) -> Answer:
    """One debtor fails: its guarantors are called, and who sold to it loses that part of its sales."""
    suppliers = inputs.get("supplier", {})
    given = inputs.get("guarantees", [])
    names = Names(inputs["debt"], suppliers, inputs.get("capacity", {}), inputs["exposures"], [BANK])
    size, at = len(names), names.numbers
    equity, margin, revenue, back = (np.full(size, value) for value in (np.nan, np.nan, np.nan, 1.0))
    for name, capacity in inputs.get("capacity", {}).items():
        equity[at([name])] = capacity
    for name, told in suppliers.items():
        k = at([name])
        equity[k], revenue[k], margin[k] = told["equity"], told["revenue"], told["revenue"] - told["material_cost"]
    for name, part in inputs["recovery"].items():
        back[at([name])] = part
    failed = list(inputs["debt"])
    firms = Firms.of(size, equity=equity, margin=margin, recovered=back)
    debts = at(failed), at([BANK] * len(failed)), np.array([inputs["debt"][name] for name in failed], float)
    loans = Loans.of(size, debts[1], debts[0], debts[2])
    behind = Sureties.of(
        loans, at([one[0] for one in given]), np.array([failed.index(one[1]) for one in given], np.int64),
        np.array([one[2] for one in given], float),
    )  # fmt: skip
    standing = Standing.of(loans, behind, capacity=np.nan_to_num(equity), recovery=back)
    sold = [
        (name, key.removeprefix("share_to_"), told[key] * told["revenue"])
        for name, told in suppliers.items() for key in told if key.startswith("share_to_")
    ]  # fmt: skip
    network = SupplyNetwork.of(
        size, at([one[0] for one in sold]), at([one[1] for one in sold]), [one[2] for one in sold],
        industry=np.arange(size), revenue=revenue,
    )  # fmt: skip
    layers = Layers.of(firms, debts=debts, production=Supplies(network), guarantees=Guarantees(standing, len(failed)))
    found = send(firms, layers, Shock.of(size, at(failed)))
    fallen = names.of(np.flatnonzero(found.failed))
    at_default = sum(inputs["exposures"].get(name, 0.0) for name in fallen)
    return {
        "defaulted": fallen,
        "guarantee_call": float(found.asked.sum()),
        **{f"paid_by_{one[0]}": float(found.called[at([one[0]])][0]) for one in given},
        "profit_loss": {name: float(found.income[at([name])][0]) for name in suppliers},
        "ead_in_default": at_default,
        "loss": at_default * inputs["lgd"],
    }
