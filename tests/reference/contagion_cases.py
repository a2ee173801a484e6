"""The worked cases about contagion, as calls of the public functions."""

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from analytics.contagion.clearing import Clearing, clear
from analytics.contagion.debts import Debts
from analytics.contagion.distress import Distress, Impact, debtrank, debtrank_once, spectral_radius
from tests.reference.names import Answer, Inputs, Names

Owed = Mapping[str, Mapping[str, float]]


def debts_of(classes: Iterable[Owed], inputs: Inputs) -> tuple[Names, Debts]:
    """Names and debts of a case; each class a mapping from debtor to creditor to amount."""
    rows = [
        (debtor, creditor, amount, rank)
        for rank, owed in enumerate(classes)
        for debtor, to in owed.items()
        for creditor, amount in to.items()
    ]
    names = Names(inputs["assets"], *([debtor, creditor] for debtor, creditor, _, _ in rows))
    tail, head = (names.numbers(row[end] for row in rows) for end in (0, 1))
    outside = np.array([float(inputs.get("external_liabilities", {}).get(name, 0)) for name in names.names])
    assets = [float(inputs["assets"].get(name, 0)) for name in names.names]
    amount, rank = [row[2] for row in rows], [row[3] for row in rows]
    return names, Debts.of(len(names), tail, head, amount, assets=assets, seniority=rank, outside=outside)


def _named(names: Names, values: Iterable[Any]) -> dict[str, float]:
    return {name: float(value) for name, value in zip(names.names, values, strict=True)}


def _told(names: Names, found: Clearing) -> Answer:
    return {
        "payments": _named(names, found.paid),
        "default": names.of(found.defaults),
        "equity": {name: owned for name, owned in _named(names, found.equity).items() if owned},
    }


def eisenberg_noe(inputs: Inputs) -> Answer:
    names, debts = debts_of([inputs["L"]], inputs)
    return _told(names, clear(debts, tolerance=1e-12))


def rogers_veraart(inputs: Inputs) -> Answer:
    names, debts = debts_of([inputs["L"]], inputs)
    found = _told(names, clear(debts, recovered=(inputs["alpha"], inputs["beta"]), tolerance=1e-12))
    return {name: found[name] for name in ("payments", "default")}


def seniority(inputs: Inputs) -> Answer:
    names, debts = debts_of(inputs["classes"], inputs)
    found = clear(debts, tolerance=1e-12)
    owing = sorted(set().union(*inputs["classes"]))
    received = _named(names, found.received)
    return {
        "payments": [{name: paid[name] for name in owing} for paid in (_named(names, row) for row in found.by_class.T)],
        "received": {name: value for name, value in received.items() if name not in owing},
    }


def _impact(rows: Iterable[tuple[str, str, float]], *also: Iterable[str]) -> tuple[Names, Impact]:
    """Debtor, creditor and weight of each."""
    given = list(rows)
    names = Names(*(row[:2] for row in given), *also)
    ends = (names.numbers(row[end] for row in given) for end in (0, 1))
    return names, Impact.weighed(len(names), *ends, [row[2] for row in given])


def _shock(inputs: Inputs, names: Names) -> list[float]:
    return [inputs["h0"].get(name, 0.0) for name in names.names]


def _spread(names: Names, found: Distress, inputs: Inputs) -> Answer:
    told: Answer = {"h": _named(names, found.h)}
    if "v" in inputs:
        told["R"] = found.impact([inputs["v"][name] for name in names.names])
    if "equity" in inputs:
        told["equity_after"] = {name: inputs["equity"][name] * (1 - told["h"][name]) for name in names.names}
    return told


def debtrank_2012(inputs: Inputs) -> Answer:
    rows = [(debtor, creditor, w) for debtor, to in inputs["impact"].items() for creditor, w in to.items()]
    names, impact = _impact(rows, inputs["h0"])
    return _spread(names, debtrank_once(impact, _shock(inputs, names)), inputs)


def _claims(inputs: Inputs) -> list[tuple[str, str, float]]:
    claims = inputs["claims_over_equity"]
    return [(debtor, creditor, w) for creditor, on in claims.items() for debtor, w in on.items()]


def debtrank_linear(inputs: Inputs) -> Answer:
    names, impact = _impact(_claims(inputs), inputs["h0"])
    return _spread(names, debtrank(impact, _shock(inputs, names), tolerance=1e-13), inputs)


def debtrank_nonlinear(inputs: Inputs) -> Answer:
    names, impact = _impact(_claims(inputs), inputs["h0"])
    steep = float(inputs.get("alpha", 0.0))
    return _spread(names, debtrank(impact, _shock(inputs, names), steepness=steep, tolerance=1e-13), inputs)


def spectral(inputs: Inputs) -> Answer:
    _, impact = _impact(_claims(inputs))
    radius = spectral_radius(impact)
    return {"spectral_radius": radius, "unstable": radius > 1}
