"""Why a credit check decides as it does: what binds, what breaks, who belongs to which group, what would pass; each
sentence in English and then in Chinese."""

from collections.abc import Iterator
from typing import Final

from analytics.limits.approval import APPROVE
from api.answers.wording import apart, ended, money, within
from api.questions.groups.dependences import readings_said
from api.questions.groups.dependences import said as figures
from api.questions.groups.dependences import said_zh as figures_zh
from api.questions.groups.untestable import ENDS
from api.questions.limits.checked import CreditCheck
from api.questions.limits.memberships import Membership, belongs
from api.questions.limits.rules import (
    ASIDE,
    IF_WIDE,
    KEPT,
    UNTOLD,
    Held,
    group_said,
    group_said_zh,
    of_limit,
    of_limit_zh,
)
from api.questions.limits.steps import BY_DEPENDENCE, HELD, Step
from api.questions.ownership.falls import in_words, in_words_zh

JUDGE: Final = (
    "Judge what is suspected: confirmed it counts for a refusal, rejected it counts no more (`contagraph judge`, "
    "POST /v1/judgements) · 请对疑似依存作出认定。"
)


def reasons_of(value: CreditCheck) -> Iterator[str]:
    """The reasons, the verdict first."""
    amount, _ = within(value.amount, value.headroom, value.currency)
    yield f"{value.verdict} · {value.verdict_zh}: {amount} to {value.applicant.name}."
    if value.binding is not None:
        yield ended(" · ".join(_binding(value, value.binding)))
    for held in value.lines:
        if held.rule.severity == "limit" and held.state not in (KEPT, UNTOLD, ASIDE):
            yield ended(" · ".join(_broken(value, held)))
    for group in value.groups:
        yield ended(" · ".join(_member(group)))
        for step in (step for step in group.others if step.how in BY_DEPENDENCE):
            yield ended(f"Of these, {said(step)} · 其中{said_zh(step)}")
    yield from _to_judge(value)
    for gap in value.gaps:
        yield ended(f"{gap.en} · {gap.zh}")
    if value.untestable.listed:
        yield ENDS
    for change in value.remedies:
        done = "pass" if change.verdict == APPROVE else "break no limit"
        yield ended(f"It would {done} to {change.text} · {change.text_zh}")


def _to_judge(value: CreditCheck) -> Iterator[str]:
    """Suspicions by which a limit breaks, with their figures, and how one is judged."""
    broken = {held.group for held in value.lines if held.state == IF_WIDE}
    ways = [(*group.steps, *group.others) for k, group in enumerate(value.groups) if k in broken]
    suspected = [one for way in ways for step in way for one in step.suspected]
    told = (ended(f"{one.dependant.name} is {figures(one)} · {figures_zh(one)}") for one in suspected)
    if open_ := list(dict.fromkeys(told)):
        yield from (*open_, *readings_said(suspected), JUDGE)


def said(step: Step) -> str:
    """A step of a proof in a few words."""
    if step.proof:
        sure = "" if step.how == HELD else f" ({step.how})"
        return "; then ".join(in_words(fall) for fall in step.proof) + sure
    through = f" ({step.through.name})" if step.through else ""
    return f"{step.party.name} {step.how}{through}"


def said_zh(step: Step) -> str:
    """The same in Chinese."""
    if step.proof:
        sure = "" if step.how == HELD else f"（{step.how_zh}）"
        return "，进而".join(in_words_zh(fall) for fall in step.proof) + sure
    return f"{step.party.name}{step.how_zh}" + (f"（{step.through.name}）" if step.through else "")


def _member(group: Membership) -> tuple[str, str]:
    """That a party is of a group, and by which steps, in both languages."""
    name, related = group.party.name, group.kind == "lender_related"
    en, zh = "; ".join(said(step) for step in group.steps), "；".join(said_zh(step) for step in group.steps)
    sure, sure_zh = ("", "") if group.certain else (" counted in the wide reading alone", "，仅按宽口径计入")
    what = f"属于{group.name_zh}" if related else f"所在{group.name_zh}"
    many = f"共{group.page.total:,}个主体{group.apart.zh}"
    return f"{name} {belongs(group)}{sure}: {en}", f"{name}{what}，{many}{sure_zh}：{zh}"


def _binding(value: CreditCheck, held: Held) -> tuple[str, str]:
    _, room = within(value.amount, value.headroom, value.currency)
    most = "" if value.headroom_whole else " at most, since not all it rests on is known"
    most += "" if held.tested else ", lest what cannot be tested holds"
    most_zh = "" if value.headroom_whole else "（所依据的事项未全部查明，此为上限）"
    most_zh += "" if held.tested else "（按无法检验的事项成立计）"
    return (
        f"{room} could be lent{most}: {held.rule.id} {held.rule.name_zh} ({held.rule.name}) binds, "
        f"{of_limit(held, value.currency)}; {held.rule.citation}",
        f"可授信{room}{most_zh}：受{held.rule.name_zh}约束，{of_limit_zh(held, value.currency)}",
    )


def _broken(value: CreditCheck, held: Held) -> tuple[str, str]:
    who, who_zh = (
        (held.client.name,) * 2 if held.client else (group_said(held, value.groups), group_said_zh(held, value.groups))
    )
    unread, unread_zh = (
        ("", "") if held.rule.verified else (", a rule not verified against its text", "（未与原文核对）")
    )
    after, _ = apart(held.after, held.limit.amount, value.currency)
    before = money(held.before, value.currency)
    return (
        f"{held.rule.id} {held.rule.name_zh} would be {held.state} ({held.state_zh}){unread}: {who} at "
        f"{after} after {before}, of {of_limit(held, value.currency)}; {held.rule.citation}",
        f"{held.rule.name_zh}{unread_zh}{held.state_zh}：{who_zh}由{before}增至{after}，"
        f"{of_limit_zh(held, value.currency)}",
    )
