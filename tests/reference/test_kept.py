"""Kinds of cases that are not at hand, by cases worked out by hand."""

import numpy as np
import pytest

from tests.reference.vectors import evaluate


def test_a_cascade_from_claims_equity_and_what_is_lost_of_a_claim() -> None:
    """B loses 0.6 · 10 ≥ 5 by A; C loses 0.6 · 8 = 4.8 < 5 by B, and lives."""
    inputs = {
        "claims": {"B": {"A": 10}, "C": {"B": 8}}, "equity": {"A": 3, "B": 5, "C": 5}, "lgd": 0.6, "initial": ["A"],
    }  # fmt: skip
    assert evaluate("furfine", inputs)["defaulted"] == ["A", "B"]
    back = {"B": {"A": 10}, "C": {"B": 8}, "A": {"C": 1}}
    assert evaluate("furfine", {**inputs, "claims": back, "equity": {"A": 0, "B": 5, "C": 5}})["default"] == ["A", "B"]
    from_debtors = {**inputs, "L": {"A": {"B": 10}, "B": {"C": 8}}, "equity": {"A": 3, "B": 6, "C": 4.8}}
    del from_debtors["claims"]
    answer = evaluate("furfine", from_debtors)
    assert (answer["defaulted"], answer["rounds"]) == (["A", "B", "C"], [["A"], ["B"], ["C"]])


@pytest.mark.parametrize(("alpha", "felt"), [(0.0, 0.5), (2.0, 0.5 * np.exp(-1.0)), (float("inf"), 0.0)])
def test_nonlinear_distress_of_one_creditor(alpha: float, felt: float) -> None:
    inputs = {"claims_over_equity": {"2": {"1": 0.8}}, "h0": {"1": 0.5}, "alpha": alpha, "v": {"1": 0.4, "2": 0.6}}
    answer = evaluate("debtrank_nonlinear", inputs)
    assert answer["h"]["2"] == pytest.approx(0.8 * felt, abs=1e-12)
    assert answer["R"] == pytest.approx(0.6 * 0.8 * felt, abs=1e-12)


def test_a_network_is_valued_with_debts_outside_ranking_above() -> None:
    """A has 90 for 75 outside and 20 inside: without chance B gets 15 of 20, its equity is 10 + 15 − 12."""
    inputs = {
        "L": {"A": {"B": 20}}, "external_assets": {"A": 90, "B": 10}, "external_liabilities": {"A": 75, "B": 12},
        "sigma": 0.0, "recovery": 1.0,
    }  # fmt: skip
    answer = evaluate("neva", inputs)
    assert answer["equity"] == pytest.approx({"A": -5.0, "B": 13.0})
    assert answer["V"]["A"] == pytest.approx(0.75)
    assert answer["default"] == ["A"]


@pytest.mark.parametrize("kind", ["neva_merton", "exante_merton"])
def test_a_large_network_goes(kind: str) -> None:
    """A ring of 400 of whom all are alike: each equity solves one equation, e = a − o − d + d V(e)."""
    names = [f"n{k}" for k in range(400)]
    inputs = {
        "L": {name: {names[k - 1]: 30.0} for k, name in enumerate(names)}, "sigma": 0.15, "recovery": 0.4,
        "external_assets": dict.fromkeys(names, 100.0), "external_liabilities": dict.fromkeys(names, 85.0),
    }  # fmt: skip
    equity = set(np.round(list(evaluate(kind, inputs)["equity"].values()), 9).tolist())
    assert len(equity) == 1
    e = equity.pop()
    one = {"E": e, "Ae": 100.0, "L": 30.0, "sigma": 0.15, "R": 0.4}
    assert e == pytest.approx(100 - 85 - 30 + 30 * evaluate(kind, one)["V"], abs=1e-7)
    assert 0 < e < 15
