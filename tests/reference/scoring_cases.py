"""The worked cases about scoring, as calls of the public functions."""

import numpy as np

from analytics.credit.classes import best_class
from analytics.credit.merton import implied_assets
from analytics.credit.need import Days, working_capital_need
from analytics.credit.scaling import Scale, points
from analytics.credit.scores import published_probability, score, zone
from analytics.credit.staging import stage
from analytics.learning.judging.calibration import brier
from analytics.learning.judging.ranking import auc, gini, kolmogorov_smirnov
from tests.reference.names import Answer, Inputs

ALTMAN = {"z": "ALTMAN_Z", "zp": "ALTMAN_Z_PRIME", "zpp": "ALTMAN_Z_DOUBLE_PRIME"}


def altman(inputs: Inputs) -> Answer:
    found: Answer = {}
    for key, name in ALTMAN.items():
        if key in inputs:
            value = score(name, inputs[key]["x"])
            found |= {key: float(value), f"{key}_zone": str(zone(name, value))}
    if "zpp" in inputs:
        value = score("ALTMAN_EM", inputs["zpp"]["x"])
        found |= {"em": float(value), "em_zone": str(zone("ALTMAN_EM", value))}
    return found


def zmijewski(inputs: Inputs) -> Answer:
    value = score("ZMIJEWSKI", [inputs["roa"], inputs["finl"], inputs["liq"]])
    return {"x": float(value), "p": float(published_probability("ZMIJEWSKI", value))}


def ohlson(inputs: Inputs) -> Answer:
    names = ("size", "tlta", "wcta", "clca", "nita", "futl", "intwo", "oeneg", "chin")
    value = score("OHLSON", [inputs[name] for name in names])
    return {"o": float(value), "p": float(published_probability("OHLSON", value))}


def merton(inputs: Inputs) -> Answer:
    found = implied_assets(
        inputs["E"], inputs["sigma_E"], inputs["D"], rate=inputs.get("r", 0.0), years=inputs.get("T", 1.0)
    )
    return {
        "V": float(found.value), "sigma_V": float(found.volatility), "d2": float(found.distance),
        "pd": float(found.probability),
    }  # fmt: skip


def scaling(inputs: Inputs) -> Answer:
    scale = Scale(inputs["base_score"], inputs["base_odds"], inputs["pdo"])
    return {"score": np.atleast_1d(points(inputs["odds"], scale)).tolist()}


def auc_ks(inputs: Inputs) -> Answer:
    label, said = inputs["y"], inputs["score"]
    found = {"auc": auc(label, said), "gini": gini(label, said), "ks": kolmogorov_smirnov(label, said)}
    fractions = min(said) >= 0 and max(said) <= 1
    return found | ({"brier": brier(label, said)} if fractions else {})


def working_capital(inputs: Inputs) -> Answer:
    found = working_capital_need(
        inputs["sales"], inputs["profit"], inputs["next_sales"], Days(**inputs["days"]),
        covered=inputs.get("deduct", 0.0),
    )  # fmt: skip
    return {"turnover": found.turnover, "working_capital": found.capital, "new_limit": found.new_limit}


def staging(inputs: Inputs) -> Answer:
    cases = inputs["cases"].items()
    return {
        name: int(stage(days, impaired=impaired, increased=increased, low_risk=low))
        for name, (days, impaired, increased, low) in cases
    }


def five_class(inputs: Inputs) -> Answer:
    return {name: str(best_class(days, elsewhere=share)) for name, (days, share) in inputs["cases"].items()}
