"""The worked cases about a portfolio's losses, as calls of the public functions."""

from analytics.contagion.portfolio.concentration import concentrate
from analytics.contagion.portfolio.creditrisk import credit_losses
from analytics.contagion.portfolio.discrete import tail_risk
from analytics.contagion.portfolio.granularity import granularity_adjustment
from analytics.contagion.portfolio.irb import risk_weight
from analytics.contagion.portfolio.vasicek import conditional_pd, expected_shortfall
from tests.reference.names import Answer, Inputs

TOLD = 100
"""Units of loss up to which probabilities are told."""


def risk_weights(inputs: Inputs) -> Answer:
    return {"rw_percent": (100 * risk_weight(inputs["pd"], inputs["lgd"], inputs["m"])).tolist()}


def endless_book(inputs: Inputs) -> Answer:
    pd, rho, level, lgd = inputs["pd"], inputs["rho"], inputs["q"], inputs.get("lgd", 1.0)
    return {
        "var": lgd * float(conditional_pd(pd, rho, level=level)),
        "es": lgd * float(expected_shortfall(pd, rho, level=level)),
    }


def concentration(inputs: Inputs) -> Answer:
    found = concentrate(inputs["exposures"])
    return {"hhi": found.index, "effective_number": found.effective_number}


def granularity(inputs: Inputs) -> Answer:
    found = granularity_adjustment(
        [1.0] * inputs["n"], inputs["pd"], inputs["lgd"], inputs["K"], delta=inputs["delta"], spread=inputs["gamma"]
    )
    return {"GA": found.adjustment}


def discrete_tail(inputs: Inputs) -> Answer:
    found = tail_risk(inputs["losses"], inputs["probs"], level=inputs["q"])
    return {"var": found.value_at_risk, "es": found.expected_shortfall}


def credit_risk_plus(inputs: Inputs) -> Answer:
    found = credit_losses(inputs["exposures"], inputs["pds"], spread=inputs.get("sigma", 0.0), most=TOLD)
    return {"pmf": found.tolist()}
