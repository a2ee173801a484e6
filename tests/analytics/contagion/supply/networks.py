"""Networks of the test's second way, for ours."""

from analytics.contagion.supply.network import SupplyNetwork
from tests.analytics.contagion.supply.dense import Economy


def network_of(economy: Economy) -> SupplyNetwork:
    seller, buyer = economy.sales.nonzero()
    return SupplyNetwork.of(
        len(economy.sales), seller, buyer, economy.sales[seller, buyer], industry=economy.industry,
        essential=economy.essential, revenue=economy.revenue, rationed=economy.rationed,
    )  # fmt: skip
