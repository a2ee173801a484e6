"""Words for learning in both languages."""

from dataclasses import dataclass
from typing import Final

from analytics.learning.evaluating.cell import REWIRED, WITHOUT
from analytics.rules.rule import Words
from api.learning.plan import STATED
from graph.errors import InvalidQuestion

SPLITS: Final = {
    "time": ("by time", "按时间"),
    "given": ("as the data give it", "数据自带"),
    "community": ("by community", "按社区"),
}  # fmt: skip
PARTS: Final = {
    "train": ("teaches", "训练"), "validate": ("settles", "验证"), "test": ("judges", "检验"), "all": ("all", "全部"),
    "": ("none yet", "尚无"), "none": ("left out: looks into later parts", "剔除：观察期与后段重叠"),
}  # fmt: skip
FIGURES: Final = {
    "industry": ("industry", "行业"), "size_class": ("size", "规模"), "log_assets": ("assets", "资产规模"),
    "log_revenue": ("revenue", "收入规模"),
}  # fmt: skip
GROUPS: Final = {
    "small": ("small", "小"),
    "middle": ("middle", "中"),
    "large": ("large", "大"),
    "": ("not known", "未知"),
}


@dataclass(frozen=True)
class Tongue:
    """One of two languages. Raises InvalidQuestion where it is neither."""

    language: str

    def __post_init__(self) -> None:
        if self.language not in ("en", "zh"):
            raise InvalidQuestion(f"{self.language!r} is not spoken", where="language", remedy="use en or zh")

    def __call__(self, english: str, chinese: str) -> str:
        """What is said."""
        return chinese if self.language == "zh" else english


def split_said(say: Tongue, split: str) -> str:
    """A kind of split."""
    return say(*SPLITS[split])


def variant_said(say: Tongue, variant: str) -> str:
    """How a panel was changed."""
    if variant == REWIRED:
        return say("links permuted", "打乱连接")
    relation = variant.removeprefix(WITHOUT)
    return say(f"without {relation}", f"去掉{relation}") if variant else ""


def foretold_said(definition: str, months: int | None) -> Words:
    """What default is, and over what time; none, or 0, where data state outcomes and not over what time.

    >>> foretold_said("CN", 12).en
    'as of CN, within 12 months'
    >>> foretold_said("stated", None).en
    'as the data set states it, over a time that it does not say'
    """
    what = Words("as the data set states it", "按数据集标注") if definition == STATED else Words(
        f"as of {definition}", f"按{definition}")  # fmt: skip
    if not months:
        return Words(f"{what.en}, over a time that it does not say", f"{what.zh}，未说明期限")
    return Words(f"{what.en}, within {months} months", f"{what.zh}，{months}个月内")


def figure_said(say: Tongue, name: str) -> str:
    """A figure by which firms are grouped."""
    return say(*FIGURES.get(name, (name, name)))


def group_said(say: Tongue, group: str) -> str:
    """A group of firms."""
    return say(*GROUPS.get(group, (group, group)))
