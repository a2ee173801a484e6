"""The worked cases of the domain reference, as calls of the public functions."""

from collections.abc import Callable

from graph.errors import ContagraphError
from tests.reference import (
    contagion_cases,
    group_cases,
    guarantee_cases,
    limit_cases,
    ownership_cases,
    portfolio_cases,
    scoring_cases,
    shock_cases,
    supply_cases,
    valuation_cases,
)
from tests.reference.names import Answer, Inputs

KINDS: dict[str, Callable[[Inputs], Answer]] = {
    "integrated_ownership": ownership_cases.integrated,
    "network_control": ownership_cases.net_control,
    "ubo": ownership_cases.beneficial,
    "close_links": ownership_cases.linked,
    "connected_groups": group_cases.connected,
    "central_government": group_cases.central_government,
    "interdependence_criteria": group_cases.criteria_met("basel-lex10"),
    "interdependence_criteria_cn": group_cases.criteria_met("cn-annex1"),
    "group_exposure": group_cases.group_exposure,
    "topology": guarantee_cases.topology,
    "ratios": guarantee_cases.guarantee_ratios,
    "csrc_guarantee": guarantee_cases.csrc_guarantee,
    "cascade": guarantee_cases.cascade,
    "limit_check": limit_cases.limit_check,
    "group_credit_15": limit_cases.group_credit,
    "approval_headroom": limit_cases.headroom,
    "crm_substitution": limit_cases.crm,
    "eisenberg_noe": contagion_cases.eisenberg_noe,
    "rogers_veraart": contagion_cases.rogers_veraart,
    "eisenberg_noe_seniority": contagion_cases.seniority,
    "debtrank_2012": contagion_cases.debtrank_2012,
    "debtrank_linear": contagion_cases.debtrank_linear,
    "spectral": contagion_cases.spectral,
    "esri": supply_cases.esri,
    "contagion": shock_cases.contagion,
    "irb_rw": portfolio_cases.risk_weights,
    "irb_rw_lgd40": portfolio_cases.risk_weights,
    "vasicek_es": portfolio_cases.endless_book,
    "hhi": portfolio_cases.concentration,
    "granularity": portfolio_cases.granularity,
    "var_es_discrete": portfolio_cases.discrete_tail,
    "creditrisk_plus": portfolio_cases.credit_risk_plus,
    "fsri": supply_cases.fsri,
    "altman": scoring_cases.altman,
    "zmijewski": scoring_cases.zmijewski,
    "ohlson": scoring_cases.ohlson,
    "merton_solve": scoring_cases.merton,
    "scaling": scoring_cases.scaling,
    "auc_ks": scoring_cases.auc_ks,
    "working_capital": scoring_cases.working_capital,
    "ifrs9": scoring_cases.staging,
    "cn_five_class": scoring_cases.five_class,
}
KEPT: dict[str, Callable[[Inputs], Answer]] = {
    "furfine": valuation_cases.furfine_cascade,
    "debtrank_nonlinear": contagion_cases.debtrank_nonlinear,
    "nonlinear_debtrank": contagion_cases.debtrank_nonlinear,
    "neva": valuation_cases.network_valuation,
    "neva_merton": valuation_cases.network_valuation,
    "neva_exante_merton": valuation_cases.network_valuation,
    "exante_merton": valuation_cases.network_valuation,
}
"""Kinds whose cases are kept for checking the result, under the names that they may have."""


def evaluate(kind: str, inputs: Inputs) -> Answer:
    """Answer one worked case; NotImplementedError for a kind that is not built yet."""
    answer = KINDS.get(kind) or KEPT.get(kind)
    if answer is None:
        raise NotImplementedError(kind)
    try:
        return answer(inputs)
    except ContagraphError as error:
        return {"error": str(error)}
