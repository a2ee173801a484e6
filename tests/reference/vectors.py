"""The worked cases of the domain reference, as calls of the public functions."""

from collections.abc import Callable

from graph.errors import ContagraphError
from tests.reference import contagion_cases, group_cases, guarantee_cases, limit_cases, ownership_cases, supply_cases
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
    "fsri": supply_cases.fsri,
}


def evaluate(kind: str, inputs: Inputs) -> Answer:
    """Answer one worked case; NotImplementedError for a kind that is not built yet."""
    if kind not in KINDS:
        raise NotImplementedError(kind)
    try:
        return KINDS[kind](inputs)
    except ContagraphError as error:
        return {"error": str(error)}
