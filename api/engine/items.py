"""What items of statements are called: the ones that questions read of those that figures of firms are made of."""

from typing import Final

from analytics.learning.features.items import ITEMS

REVENUE: Final = ITEMS["revenue"].names
COST: Final = ITEMS["operating_cost"].names
"""What sales cost 营业成本."""
NET_ASSETS: Final = ITEMS["net_assets"].names
TOTAL_ASSETS: Final = ITEMS["total_assets"].names
