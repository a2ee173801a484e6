"""The model card as a text to read: which model is served and why, from what, how good, what must not be concluded."""

from collections.abc import Iterator, Sequence
from math import isnan
from typing import Final

from analytics.learning.evaluating.card import Card
from analytics.learning.evaluating.cell import AS_IS
from analytics.learning.evaluating.plan import COMMUNITY
from analytics.learning.evaluating.table import Row
from analytics.learning.judging.bootstrap import Estimate
from analytics.learning.judging.measures import MEASURES
from api.learning.wording import PARTS, SPLITS, Tongue, figure_said, foretold_said, group_said, split_said, variant_said

GROUPS: Final = 12
"""Strata told in the card; the report has all."""
UNSERVED: Final = (
    "It answers nothing before two people promote it; whether they did stands in the ledger, not here.",
    "须经两人批准方可启用；是否已批准以台账为准，不在此记录。",
)


def card_of(card: Card, *, kept: str, asked: str, language: str) -> str:
    """Markdown."""
    say = Tongue(language)
    lines = [f"# {say('Model card', '模型卡')} · {kept}", "", *_kept(say, card, kept, asked)]
    lines += ["", f"## {say('Data', '数据')}", "", *_data(say, card)]
    lines += ["", f"## {say('How good', '表现')}", "", *_measures(say, card)]
    lines += ["", f"## {say('What could refute it', '反证')}", "", *_refuted(say, card)]
    if strata := list(_strata(say, card, kept)):
        lines += ["", f"## {say('By industry and size', '按行业与规模')}", "", *strata]
    lines += ["", f"## {say('What must not be concluded', '不得得出的结论')}", ""]
    lines += [f"- {say(caution.said.en, caution.said.zh)}" for caution in card.cautions]
    return "\n".join(lines) + "\n"


def _kept(say: Tongue, card: Card, kept: str, asked: str) -> Iterator[str]:
    why, rule = say(card.served.why.en, card.served.why.zh), card.served.model
    yield say(f"Kept: **{kept}**. Asked for: {asked}.", f"保存：**{kept}**。要求训练：{asked}。")
    yield ""
    yield say(*UNSERVED)
    yield ""
    yield say(f"The rule (serve what wins): {rule}. {why}", f"规则（择优启用）：{rule}。{why}")
    if rule != kept:
        yield ""
        yield say(
            f"This run holds {kept}, as it was asked for; by the rule {rule} would be served.",
            f"本次按要求保存{kept}；按规则应启用{rule}。",
        )


def _data(say: Tongue, card: Card) -> Iterator[str]:
    data = card.data
    yield f"- {say('Panel: ', '面板：')}`{data.digest}`"
    foretold = foretold_said(data.definition, data.horizon)
    yield say(f"- Default: {foretold.en}", f"- 违约定义：{foretold.zh}")
    yield say(
        f"- {data.parties:,} parties, {data.firms:,} firms", f"- {data.parties:,}个主体，其中{data.firms:,}家企业"
    )
    counted = say(", ", "，").join(f"{say(*SCOPES[name])} {count}" for name, count in data.features.items())
    yield f"- {say('Figures: ', '特征：')}{counted}"
    yield f"- {say('Split: ', '划分：')}{say(*SPLITS[data.split])}"
    if any(day.day is None for day in data.days):
        yield say(*STATIC)
    yield ""
    yield say("| day | part | rows | defaults | rate | public defaults | links |",
              "| 基准日 | 用途 | 行数 | 违约 | 违约率 | 已公开违约 | 连接 |")  # fmt: skip
    yield "|---|---|---:|---:|---:|---:|---:|"
    for day in data.days:
        rate = f"{day.bad / day.rows:.2%}" if day.rows else ""
        part = say(*PARTS[day.part])
        when = day.day.isoformat() if day.day else say("none", "无日期")
        counts = f"{day.rows:,} | {day.bad:,} | {rate} | {day.public:,} | {sum(day.links.values()):,}"
        yield f"| {when} | {part} | {counts} |"


SCOPES: Final = {
    "own": ("own", "自身"), "engine": ("of the engine", "图引擎"), "neighbours": ("of neighbours", "邻居"),
}  # fmt: skip
STATIC: Final = (
    "- One graph without days. What is promised of time falls away: that figures, links and public defaults were known "
    "before the defaults they predict, that no later fact leaked in, and that the model holds next year.",
    "- 单一无日期的图。与时间有关的保证因此全部失效：特征、连接与公开违约在被预测的违约之前已为人所知；未混入事后信息；"
    "模型在下一年依然有效。",
)
"""What falls away where a graph has no days."""


def _measures(say: Tongue, card: Card) -> Iterator[str]:
    rows = [row for row in card.table.rows if row.split == card.table.main and row.variant == AS_IS]
    yield from grid([say("model", "模型"), *(say(one.en, one.zh) for one in MEASURES)], rows, say)
    yield ""
    yield say(f"In brackets: 95 % intervals over firms drawn again. Split: {SPLITS[card.table.main][0]}.",
              f"方括号内为按企业重抽样的95%区间。划分：{SPLITS[card.table.main][1]}。")  # fmt: skip


def grid(head: Sequence[str], rows: Sequence[Row], say: Tongue) -> Iterator[str]:
    """A table of rows, each measure with its interval."""
    yield "| " + " | ".join(head) + " |"
    yield "|---" + "|---:" * (len(head) - 1) + "|"
    for row in rows:
        if row.measures:
            cells = [estimated(row.measures[one.name]) for one in MEASURES]
            yield f"| {row.model} | " + " | ".join(cells) + " |"
        else:
            yield f"| {row.model} | {say('cannot learn from this panel', '无法从本面板学习')}: {row.refused}" + (
                " |" * len(MEASURES)
            )


def estimated(one: Estimate, *, sign: bool = False) -> str:
    """A measure with its interval."""
    form = "+.4f" if sign else ".4f"
    return f"{one.value:{form}} [{one.low:{form}}, {one.high:{form}}]"


def shared(say: Tongue, one: Estimate) -> str:
    """A part of a gain with its interval; where there is no gain there is no part of it."""
    if isnan(one.value):
        return say("there is no gain", "没有增益")
    if isnan(one.low):
        return f"{one.value:.0%} " + say(
            "[no interval: the gain is not certainly above 0]", "[无区间：增益不能确定大于0]"
        )
    return f"{one.value:.0%} [{one.low:.0%}, {one.high:.0%}]"


def _refuted(say: Tongue, card: Card) -> Iterator[str]:
    table = card.table
    if not table.differences:
        yield say("- Nothing was held against anything.", "- 没有可比较的模型。")
    for one in table.differences:
        auc = one.measures["auc"]
        yield f"- AUC, {placed(say, one.one)} {say('less', '减')} {placed(say, one.other)}: {estimated(auc, sign=True)}"
    for share in table.shares:
        what = say(f"Of what {share.model} gains over {share.over} in AUC", f"{share.model}相对{share.over}的AUC增益中")
        kinds = {
            "placebo": say("stays where links are permuted", "打乱连接后依然存在的部分"),
            "recovered": say("of what the truth has over it", "占真实概率增益的比例"),
        }
        yield f"- {what}, {kinds[share.kind]}: {shared(say, share.value)}"
    for row in table.rows:
        if row.split == COMMUNITY and table.main != COMMUNITY and row.variant == AS_IS and row.measures:
            yield f"- {say('By community', '按社区')}, {row.model}: AUC {estimated(row.measures['auc'])}"


def placed(say: Tongue, place: tuple[str, str, str]) -> str:
    """A row of the table by its name."""
    model, split, variant = place
    more = [split_said(say, split), *([variant_said(say, variant)] if variant else [])]
    return f"{model} ({', '.join(more)})"


def _strata(say: Tongue, card: Card, kept: str) -> Iterator[str]:
    mine = [one for one in card.strata if one.model == kept and one.measures and one.group]
    if not mine:
        return
    yield say("| by | group | rows | defaults | AUC | calibration error |",
              "| 维度 | 组 | 行数 | 违约 | AUC | 校准误差 |")  # fmt: skip
    yield "|---|---|---:|---:|---:|---:|"
    for one in mine[:GROUPS]:
        auc, off = one.measures["auc"], one.measures["ece"]
        counts = f"{one.rows:,} | {one.bad:,} | {estimated(auc)} | {off.value:.4f}"
        yield f"| {figure_said(say, one.by)} | {group_said(say, one.group)} | {counts} |"
