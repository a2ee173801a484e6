"""Measures of the engine over the network, declared; what each firm's are comes with the panel."""

from typing import Final

from analytics.learning.panel import Feature

OWNER: Final = 0.25
"""Share from which an owner counts: a quarter, as in the laws on beneficial owners (domain reference §1.6)."""
SYSTEMIC: Final = Feature(
    "systemic_index", "fraction", "Economy's production lost if it fails", "系统性风险指数（ESRI）", 0, "engine",
    "domain §4.8",
)  # fmt: skip
"""Costly: only where it is asked for."""
FEATURES: Final[tuple[Feature, ...]] = (
    Feature("group_size", "count", "Members of its group of connected clients", "关联客户集团成员数", 0, "engine",
            "domain §1"),
    Feature("in_circle", "flag", "Whether its guarantees run in a circle", "是否处于担保圈环", 0, "engine",
            "domain §3"),
    Feature("controlled_share", "fraction", "Largest share of one owner in it over all ways, 0 where nobody has 25 %",
            "单一股东最大穿透持股比例，无人达到25%记为0", 0, "engine", "domain §1.2"),
    Feature("guarantee_load", "ratio", "What it may be called for, of its equity", "或有担保责任／净资产", 1, "engine",
            "domain §3"),
)  # fmt: skip
"""Those that every panel has."""
