"""What is told of explanations that were judged on planted worlds: a row a way of explaining, in both languages."""

from typing import Final

import numpy as np

from analytics.learning.judging.bootstrap import Estimate
from analytics.learning.judging.explained import Explained
from analytics.rules.rule import Words
from api.learning.explanations import AMOUNT, LEAST, LIVE
from api.learning.wording import Tongue

EXPLAINED: Final = ("explanations beside the planted causes", "解释与植入原因的对照")
COLUMNS: Final = (
    (Words("explained by", "解释方式"), ""),
    (Words("AUC of causes", "原因AUC"), "auc"),
    (Words("foremost cause first", "首因命中率"), "first_hit"),
    (Words("five strongest alike", "前五重合率"), "overlap"),
    (Words("first alike", "首位一致率"), "same_first"),
)
"""Heads, and the field of `Explained` under each."""
JUDGED: Final = (
    f"{{firms:,}} firms of the days that judge, whose foremost cause adds at least {LEAST:.0%} in truth; their own "
    "links alone. AUC: how often a planted cause is stated to do more than another link of the firm. Alike: between "
    "models of two seeds. The last row is no model: the link with most at stake first.",
    f"检验日的{{firms:,}}家企业，其首要原因的真实贡献不低于{LEAST:.0%}；仅计其自身的连接。AUC：植入原因的贡献被判为高于该企业"
    "其他连接的比例。一致与重合：不同随机种子的模型之间。末行不用模型：金额最大的连接排在首位。",
)
"""What was judged, with the number of firms to be filled in."""
WAYS: Final = {
    LIVE: Words("gnn, live view (gradient)", "gnn，实时视图（梯度）"),
    AMOUNT: Words("largest amount first", "按金额排序"),
}


def explained_cells(one: Explained, say: Tongue) -> list[str]:
    """A row: the way, then its measures with their intervals."""
    way = say(WAYS[one.way].en, WAYS[one.way].zh) if one.way in WAYS else one.way
    return [way, *(_ranged(getattr(one, field)) for _, field in COLUMNS[1:])]


def _ranged(one: Estimate) -> str:
    if np.isnan(one.value):
        return "–"
    return f"{one.value:.3f}" + ("" if np.isnan(one.low) else f" [{one.low:.3f}, {one.high:.3f}]")
