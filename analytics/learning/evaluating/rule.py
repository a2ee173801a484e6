"""What is served."""

from dataclasses import dataclass
from typing import Final

from analytics.learning.evaluating.cell import AS_IS
from analytics.learning.evaluating.plan import OWN, STACK, TIME, TREES
from analytics.learning.evaluating.table import Table
from analytics.learning.judging.bootstrap import Estimate
from analytics.rules.rule import Words
from graph.errors import InvalidPanel

MEASURE: Final = "auc"


@dataclass(frozen=True)
class Served:
    """The model that is served, and why."""

    model: str
    why: Words
    gain: Estimate | None
    """Of the stack over trees with neighbours, in AUC; none where one of them was not judged."""


def serve(table: Table) -> Served:
    r"""Choose what is served: the stack only where it certainly gains on years held out, else trees.

    .. math:: \text{serve } stack \iff q_{2.5\,\%}\!\left( AUC^*_{stack} - AUC^*_{trees} \right) > 0

    over paired draws of the parties that judge; trees are those with what is made of neighbours. Where rows are not
    split by time there are no years held out, and the stack is not served, whatever it gains.

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
    if table.main != TIME:
        why = Words(f"{en}, but no years were held out.", f"{zh}，但没有留出的年份可供检验。")
        return Served(fallback, why, gain)
    if gain.above_zero:
        return Served(STACK, Words(f"{en}: all above 0 on years held out.", f"{zh}，在留出年份上全部大于0。"), gain)
    return Served(fallback, Words(f"{en}: not certainly above 0.", f"{zh}，不能确定大于0。"), gain)
