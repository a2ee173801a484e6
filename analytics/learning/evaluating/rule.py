"""What is served."""

from dataclasses import dataclass
from typing import Final

from analytics.learning.evaluating.cell import AS_IS
from analytics.learning.evaluating.plan import COMMUNITY, GIVEN, OWN, STACK, TIME, TREES
from analytics.learning.evaluating.table import Table
from analytics.learning.judging.bootstrap import Estimate
from analytics.rules.rule import Words
from graph.errors import InvalidPanel

MEASURE: Final = "auc"
HELD_OUT: Final = {
    TIME: Words("on years held out", "在留出年份上"),
    GIVEN: Words("on the rows that the data set keeps for judging", "在数据自带的检验集上"),
    COMMUNITY: Words("on communities held out", "在留出的社区上"),
}
"""What judges, by the main split."""


@dataclass(frozen=True)
class Served:
    """The model that is served, and why."""

    model: str
    why: Words
    gain: Estimate | None
    """Of the stack over trees with neighbours, in AUC; none where one of them was not judged."""


def serve(table: Table) -> Served:
    r"""Choose what is served: the stack only where it certainly gains on what is held out, else trees.

    .. math:: \text{serve } stack \iff q_{2.5\,\%}\!\left( AUC^*_{stack} - AUC^*_{trees} \right) > 0

    over paired draws of the parties that judge; trees are those with what is made of neighbours. What is held out are
    years, else the rows that the data set keeps for judging, else communities; what that leaves open is said by the
    cautions of the table.

    Parameters
    ----------
    table : Table

    Raises
    ------
    InvalidPanel
        If neither the stack nor trees were judged.

    Source
    ------
    `learning.md` of the design: serve what wins.

    Example
    -------
    >>> from analytics.learning.evaluating.table import Row
    >>> half = {"auc": Estimate(0.5, 0.4, 0.6)}
    >>> serve(Table("time", (Row("lightgbm", "time", "", half, 1),), (), (), {}, False)).model
    'lightgbm'
    """
    fallback = next((name for name in (TREES, OWN) if table.row(name)), None)
    if fallback is None:
        raise InvalidPanel(f"neither {TREES} nor {OWN} was judged", where="evaluate",
                           remedy="learn at least one of them")  # fmt: skip
    found = table.difference((STACK, table.main, AS_IS), (TREES, table.main, AS_IS))
    if found is None:
        why = Words(
            "The stack was not judged beside trees with neighbours.", "未能将融合模型与含邻居特征的树模型比较。"
        )
        return Served(fallback, why, None)
    gain = found.measures[MEASURE]
    en = f"The stack's AUC less that of trees with neighbours is {gain.value:+.4f} [{gain.low:+.4f}, {gain.high:+.4f}]"
    zh = f"融合模型与含邻居特征的树模型的AUC之差为{gain.value:+.4f}（区间{gain.low:+.4f}至{gain.high:+.4f}）"
    where = HELD_OUT[table.main]
    if gain.above_zero:
        return Served(STACK, Words(f"{en}: all above 0 {where.en}.", f"{zh}，{where.zh}全部大于0。"), gain)
    why = Words(f"{en}: not certainly above 0 {where.en}.", f"{zh}，{where.zh}不能确定大于0。")
    return Served(fallback, why, gain)
