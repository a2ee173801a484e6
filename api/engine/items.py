"""What items of statements are called, by what they mean: of several names the first that is stated counts."""

from typing import Final

REVENUE: Final = ("revenue", "income", "total_income")
COST: Final = ("operating_cost", "cost_of_sales", "total_cost", "cost")
"""What sales cost 营业成本."""
NET_ASSETS: Final = ("net_assets", "total_equity", "equity")
TOTAL_ASSETS: Final = ("total_assets", "assets")
