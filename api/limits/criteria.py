"""By which rule sets of dependence a question suspects: those it asks for, those of the lender, or by default.

The lender's are those that serve the rule sets its profile names: five criteria in China, seven of Basel's. They
also say whether a government body connects the clients it controls; of several that say so the widest counts.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from analytics.rules.reading import named
from analytics.rules.rule import Words
from analytics.structure.dependence.rules import rule_sets
from analytics.structure.government import APART, APPROACHES, BESIDE, THROUGH, Government, governments
from api.engine import View
from api.engine.dependence import DEFAULT as BY_DEFAULT
from api.limits.lender import lender_of
from graph.errors import UnknownRule

ASKED, LENDER, DEFAULT = "asked", "lender", "default"
BY = {
    ASKED: ("as asked", "按提问所选"),
    LENDER: ("as the lender's rule sets want it", "按贷款人适用的规则集"),
    DEFAULT: ("for want of a lender whose rule sets say otherwise", "未指明贷款人的规则集，按默认"),
}


STATE = {
    APART: ("A government body connects nobody", "政府机构不连接其控制的主体"),
    BESIDE: (
        "A government body is put beside each group that it controls, group by group, and unites none",
        "政府机构分别并入其控制的各组，不因此合并各组",
    ),
    THROUGH: ("A government body connects like any other controller", "政府机构与其他控制人同样连接其控制的主体"),
}


@dataclass(frozen=True)
class Criteria:
    """One rule set that dependence was suspected by."""

    id: str
    name: Words
    citation: str
    verified: bool
    """Whether it was read in its text."""
    in_force: bool
    """Whether on the day; else it suspects nothing."""
    by: str
    """`asked`, `lender`, or `default` where neither says which."""


def seen_by(view: View, lender: int | None, asked: Sequence[str] = ()) -> View:
    """The view that suspects as asked, else as a lender is bound to. Raises InvalidQuestion of an unknown rule set."""
    state = max((one.approach for one in state_rules(view, lender)), key=APPROACHES.index, default=APART)
    if asked:
        return view.under(dict.fromkeys(named(rule_sets(), name, where="criteria").id for name in asked), state)
    return view.under(_of_lender(view, lender) or BY_DEFAULT, state)


def state_rules(view: View, lender: int | None) -> list[Government]:
    """What the rule sets of a lender that are in force say about government bodies."""
    held, day = held_to(view, lender), view.snapshot.moment.valid_at
    return [one for one in governments().values() if held & {*one.serves} and one.in_force(day)]


def state_said(view: View, lender: int | None) -> Iterator[str]:
    """What becomes of government bodies among connected clients, in a sentence; of a world without any nothing."""
    if not view.control.state.any():
        return
    for rule in state_rules(view, lender):
        checked, checked_zh = (
            ("", "") if rule.verified else ("; the rule was not checked against its text", "，未与原文核对")
        )
        widest = rule.approach == view.government
        other, other_zh = (
            ("", "")
            if widest
            else (", but another rule set of the lender goes further", "，但贷款人的另一规则集范围更广")
        )
        en, zh = STATE[rule.approach]
        yield (
            f"{en}{other} ({rule.name.en}: {rule.citation}{checked}) · "
            f"{zh}{other_zh}（{rule.name.zh}：{rule.citation}{checked_zh}）。"
        )


def _of_lender(view: View, lender: int | None) -> list[str]:
    """Rule sets of dependence that serve the rule sets of a lender."""
    held = held_to(view, lender)
    return [name for name, rules in rule_sets().items() if held & {*rules.serves}]


def held_to(view: View, lender: int | None) -> set[str]:
    """Rule sets of a lender, by their own names and by those of their jurisdictions."""
    if lender is None:
        return set()
    try:
        bound = lender_of(view, lender)
    except UnknownRule:
        return set()  # who asks for its limits is told
    return {*bound.rule_sets, *(rule.jurisdiction for rule in bound.rules)}


def criteria_of(view: View, lender: int | None, asked: Sequence[str] = ()) -> tuple[Criteria, ...]:
    """The rule sets of a view made by `seen_by`, and by whose wish."""
    by, day = ASKED if asked else LENDER if _of_lender(view, lender) else DEFAULT, view.snapshot.moment.valid_at
    return tuple(
        Criteria(rules.id, rules.name, rules.citation, rules.verified, rules.in_force(day), by)
        for rules in view.judged.rules
    )


def apart_said(view: View) -> str:
    """That shares were told without one currency for all, and how, in both languages."""
    names = view.snapshot.currencies
    told = f"Amounts stand in {', '.join(names)}" if len(names) > 1 else f"Not every amount has a rate to {names[0]}"
    told_zh = f"金额以{'、'.join(names)}计" if len(names) > 1 else f"部分金额没有兑{names[0]}的汇率"
    return (
        f"{told}: each share of dependence is told in the currency of the statement that it divides by, at rates near "
        f"{view.snapshot.moment.valid_at} where amounts stand in another · {told_zh}：各项依存比例以其分母所在报表的"
        "币种计算，其他币种按基准日附近的汇率折算。"
    )


def criteria_said(used: Sequence[Criteria]) -> str:
    """By what dependence was suspected, in a sentence."""
    en = " and ".join(f"{one.name.en}{'' if one.verified else ' (not verified)'}" for one in used)
    zh = "、".join(f"{one.name.zh}{'' if one.verified else '（未核对原文）'}" for one in used)
    by, by_zh = BY[used[0].by]
    return f"Dependence is suspected by {en}, {by} · 疑似依存的识别标准：{zh}（{by_zh}）。"
