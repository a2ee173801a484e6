"""Measures of the engine over the network, declared; what each firm's are comes with the panel."""

from typing import Final

from analytics.learning.panel import Feature

FEATURES: Final = (
    Feature("group_size", "count", "Members of its group of connected clients", "关联客户集团成员数", 0, "engine",
            "domain §1"),
    Feature("in_circle", "flag", "Whether its guarantees run in a circle", "是否处于担保圈环", 0, "engine",
            "domain §3"),
    Feature("controlled_share", "fraction", "Largest share of one owner in it, over all ways", "最大穿透持股比例", 0,
            "engine", "domain §1"),
    Feature("systemic_index", "fraction", "Economy's production lost if it fails", "系统性风险指数（ESRI）", 0,
            "engine", "domain §4"),
    Feature("guarantee_load", "ratio", "What it may be called for, of its equity", "或有担保责任／净资产", 1, "engine",
            "domain §3"),
)  # fmt: skip
