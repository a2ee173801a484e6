"""The worked cases about cascades and network valuation, as calls of the public functions.

A debt may be given from its debtor (`L`, `liabilities`) or from its creditor (`A`, `claims`, `exposures`).
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from analytics.contagion.debts import Debts
from analytics.contagion.distress import Impact, furfine
from analytics.contagion.neva import value_network
from analytics.contagion.valuations import DebtRank, EisenbergNoe, Furfine, Merton, Valuation, expected_value
from tests.reference.names import Answer, Inputs, Names

Rows = list[tuple[str, str, float]]


def _first(inputs: Inputs, *names: str) -> Any:
    """The first of these that is given; None where none is."""
    return next((inputs[name] for name in names if name in inputs), None)


def _rows(inputs: Inputs) -> Rows:
    """Debtor, creditor and amount of each debt."""
    owed = _first(inputs, "L", "liabilities", "debts")
    if owed is not None:
        return [(debtor, creditor, x) for debtor, to in owed.items() for creditor, x in to.items()]
    held = _first(inputs, "A", "claims", "exposures", "claims_over_equity") or {}
    return [(debtor, creditor, x) for creditor, on in held.items() for debtor, x in on.items()]


def _of_each(given: Any, names: Names, otherwise: float = 0.0) -> np.ndarray:
    """One of all, or by name."""
    if not isinstance(given, Mapping):
        return np.full(len(names), otherwise if given is None else float(given))
    return np.array([float(given.get(name, otherwise)) for name in names.names])


def _ends(rows: Rows, names: Names) -> tuple[list[int], list[int], list[float]]:
    return names.numbers(r[0] for r in rows), names.numbers(r[1] for r in rows), [r[2] for r in rows]


def furfine_cascade(inputs: Inputs) -> Answer:
    rows, failed = _rows(inputs), _first(inputs, "initial", "shock", "failed", "defaulted") or []
    names = Names(*(row[:2] for row in rows), inputs.get("equity", {}), failed)
    ends = _ends(rows, names)
    if "claims_over_equity" in inputs:
        impact = Impact.weighed(len(names), *ends)
    else:
        equity = _of_each(inputs["equity"], names)
        equity[names.numbers(failed)] = 1.0  # gone before, so that what they hold no longer matters
        impact = Impact.of(len(names), *ends, equity=equity)
    found = furfine(impact, names.numbers(failed), loss=float(inputs.get("lgd", 1.0)))
    fallen = names.of(np.flatnonzero(found.h == 1))
    rounds = [names.of(np.flatnonzero(found.wave == k)) for k in range(1, found.waves + 1)]
    h = dict(zip(names.names, found.h.tolist(), strict=True))
    return {"defaulted": fallen, "default": fallen, "rounds": rounds, "h": h}


def _valuation(inputs: Inputs, names: Names) -> Valuation:
    word = str(_first(inputs, "valuation", "method", "model") or "merton").lower()
    recovery = _of_each(_first(inputs, "recovery", "R", "rho"), names, 1.0 - float(inputs.get("lgd", 0.0)))
    if "furfine" in word:
        return Furfine(recovery)
    if "noe" in word or word == "en":
        return EisenbergNoe()
    if "debtrank" in word or "linear" in word:
        return DebtRank(float(inputs.get("alpha", 0.0)))
    horizon = float(inputs.get("horizon", inputs.get("T", 1.0)))
    return Merton(_of_each(_first(inputs, "sigma", "volatility"), names) * horizon**0.5, recovery)


def network_valuation(inputs: Inputs) -> Answer:
    """All equities; what is owed outside ranks above what is owed inside, as in the paper."""
    if not isinstance(_first(inputs, "L", "liabilities", "claims", "A", "exposures"), Mapping):
        return _one_debtor(inputs)
    rows = _rows(inputs)
    assets = _first(inputs, "external_assets", "assets") or {}
    names = Names(*(row[:2] for row in rows), assets, inputs.get("equity", {}))
    tail, head, amount = _ends(rows, names)
    outside = np.zeros((len(names), 2))
    outside[:, 0] = _of_each(inputs.get("external_liabilities"), names)
    debts = Debts.of(
        len(names), tail, head, amount, assets=_of_each(assets, names), seniority=[1] * len(rows), outside=outside
    )
    shock = _of_each(_first(inputs, "shock", "equity_shock", "delta"), names)
    found = value_network(debts, _valuation(inputs, names), shock=shock, tolerance=1e-14)
    equity, value, h = (
        dict(zip(names.names, x.tolist(), strict=True)) for x in (found.equity, found.value[:, -1], found.h)
    )
    return {"equity": equity, "E": equity, "V": value, "h": h, "default": names.of(found.defaults)}


def _one_debtor(inputs: Inputs) -> Answer:
    """What is expected of one debtor's debts, or of several side by side."""
    equity, assets = _first(inputs, "equity", "E"), _first(inputs, "external_assets", "assets", "Ae", "A_e")
    owed, recovery = _first(inputs, "interbank_liabilities", "liabilities", "L"), _first(inputs, "recovery", "R")
    value = expected_value(equity, assets, inputs["sigma"], owed, recovery=1.0 if recovery is None else recovery)
    return {"V": value.tolist(), "value": value.tolist()}
