"""Ratings of a world follow what firms state."""

import pandas as pd

from ingest.synthetic import World


def test_whoever_states_assets_and_debts_has_one_pd_that_rises_with_its_debts(world: World) -> None:
    folder, key = world.folder / "2025-01-31-reports", "统一社会信用代码"
    told = pd.read_csv(folder / "报表.csv")
    figures = told[told["期末"] == "2024年12月31日"].pivot(index=key, columns="项目", values="金额（万元）")
    debts = (figures["负债合计"] / figures["资产总计"]).dropna().sort_values()
    ratings = pd.read_csv(folder / "评级.csv").set_index(key)
    assert ratings.index.is_unique
    assert set(ratings.index) == set(debts.index)
    chances = ratings.loc[debts.index, "违约概率（%）"]
    assert chances.is_monotonic_increasing
    assert chances.between(0.2, 10).all()
    # The master scale puts firms of one grade side by side.
    assert [*dict.fromkeys(ratings.loc[debts.index, "等级"])] == ["A", "BBB", "BB", "B", "CCC"]
