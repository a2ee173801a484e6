"""Rules and limits in the words of an answer: what is counted, against what, and how much of it is used."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from math import inf, isfinite, isnan

import numpy as np

from analytics.limits.capital import Cap
from analytics.limits.catalogue import Rule
from analytics.limits.denominators import DENOMINATORS
from analytics.limits.lines import Line
from analytics.limits.numerators import NUMERATORS
from api.answers.evidence import Evidence
from api.answers.frame import Party
from api.answers.wording import apart, listed, money, names_of, percent, plural
from api.engine import View
from api.groups.alike import NOT_ALIKE, Apart, told_apart
from api.limits.capital import figure_row
from api.limits.standing import standing
from api.questions.limits.memberships import Membership, called
from graph.model import STATEMENT

KEPT, BROKEN, IF_WIDE, UNTOLD, MARKED = "kept", "broken", "broken in the wide reading", "not known", "reached"
IF_UNTESTED = "broken if what cannot be tested holds"
ASIDE = "not touched by this amount"
STATES_ZH = {
    KEPT: "未突破", BROKEN: "突破", IF_WIDE: "仅宽口径突破", IF_UNTESTED: "若无法检验的依存或控制成立则突破",
    UNTOLD: "无法判断", MARKED: "达到报告或调查标准", ASIDE: "本次金额不涉及",
}  # fmt: skip

FOREMOST = 5
"""Members that are named of a group that only might arise."""


@dataclass(frozen=True)
class RuleSaid:
    """One rule, with the text it rests on."""

    id: str
    name: str
    name_zh: str
    counts: str
    """What it counts."""
    counts_zh: str
    of: str
    """What the limit is a part of: tier1, net_capital, or that of the last quarter."""
    ratio: float
    comparison: str
    """`>`: broken above the limit; `>=`: at it already."""
    severity: str
    """`limit` must not be broken; `large` is reported; `assess` asks for an investigation."""
    citation: str
    verified: bool
    """Whether it was read in its text, and what it counts in that; else no refusal or approval rests on it alone."""


@dataclass(frozen=True)
class Limit:
    """A rule's limit for the lender on the day, in the answer's currency."""

    amount: float | None
    """None where the lender's figure is missing."""
    figure: float | None
    """The lender's figure it is a part of."""
    period_end: date | None
    statement: str
    """Id of the statement the figure stands in; empty where it is missing."""
    floor_left_out: bool
    """Whether a floor was left out for want of an exchange rate, which makes the limit stricter."""
    stale: bool
    """Whether the figure is too old for an answer to rest on."""


@dataclass(frozen=True)
class Held:
    """One rule held against one client or group; amounts in whole units of the answer's currency."""

    rule: RuleSaid
    limit: Limit
    client: Party | None
    """The single client it is held against; none for a group."""
    group: int | None
    """Position of the group among those of the answer; none for a client, or for all of a kind together."""
    parties: int
    members: tuple[Party, ...]
    """Of a group that stands only if what cannot be tested holds, and that the answer tells nowhere else: with whom
    most is at stake, most first, at most five."""
    certain: bool
    """Whether certain control and confirmed dependence alone make this client or group."""
    tested: bool
    """Whether it is a client or a group of either reading; else one that stands only if dependence or control holds
    that cannot be tested."""
    state: str
    """`kept`, `broken`, `broken in the wide reading`, `broken if what cannot be tested holds` or `not known`;
    `reached` where no limit, but a mark was; `not touched by this amount` where it only bounds a larger one."""
    state_zh: str
    before: float
    after: float
    """With the facility that is asked for; the same as before where none is."""
    use_before: float | None
    """Fraction of the limit; none where the limit is not known."""
    use: float | None
    """The same afterwards."""
    headroom: float | None
    """How much more could be lent so; none where no limit is known, and for what is no limit."""
    unknown_amounts: int
    """Facilities of unknown amount: exposures are at least what is told."""
    without_factor: int
    """Facilities that count whole for want of a conversion factor: exposures are at most what is told."""
    apart: Apart = NOT_ALIKE
    """What tells a group that stands only if what cannot be tested holds from another of the rule that has the same
    with most at stake."""


def rule_said(rule: Rule) -> RuleSaid:
    """A rule in words."""
    counted = NUMERATORS[rule.numerator]
    return RuleSaid(
        rule.id, rule.name.en, rule.name.zh, counted.name.en, counted.name.zh, rule.denominator, rule.ratio,
        rule.comparison, rule.severity, rule.citation, not rule.unread,
    )  # fmt: skip


def limit_said(view: View, evidence: Evidence, lender: int, cap: Cap) -> Limit:
    """A limit, with the statement behind it."""
    row = None if cap.figure is None else figure_row(view, lender, cap.figure)
    statement = "" if row is None else _stated(view, evidence, row)
    value, end = (None, None) if cap.figure is None else (cap.figure.value, cap.figure.period_end)
    return Limit(None if isnan(cap.value) else cap.value, value, end, statement, cap.floor_left_out, cap.stale)


def _stated(view: View, evidence: Evidence, row: int) -> str:
    """The statement behind a figure of capital, cited; it is read once of all that are asked about the lender."""
    facts = view.kept(("capital statement", row), lambda: view.snapshot.sources(STATEMENT, np.array([row], np.uint32)))
    return evidence.cite_read(STATEMENT, facts)[0]


def held_said(
    view: View, evidence: Evidence, lender: int, lines: Sequence[Line], groups: dict[tuple[str, bytes], int]
) -> tuple[Held, ...]:
    """Lines in words, in their order; `groups` says where the answer tells of each group, by kind and members."""
    limits = {line.rule.id: limit_said(view, evidence, lender, line.cap) for line in lines}
    rules = {line.rule.id: rule_said(line.rule) for line in lines}
    singles = [int(line.members[0]) for line in lines if len(line.members) == 1]
    parties = dict(zip(singles, evidence.parties(singles), strict=True))
    told = [
        _held(line, rules[line.rule.id], limits[line.rule.id], parties, groups, _foremost(view, evidence, lender, line))
        for line in lines
    ]
    open_ = [k for k, line in enumerate(lines) if not line.tested]
    named = [((told[k].rule.id, told[k].members), lines[k].members) for k in open_]
    for k, differing in zip(open_, told_apart(evidence, named), strict=True):
        told[k] = replace(told[k], apart=differing)
    return tuple(told)


def _foremost(view: View, evidence: Evidence, lender: int, line: Line) -> tuple[Party, ...]:
    """With whom of a group that only might arise most is at stake."""
    if line.tested or len(line.members) < 2:
        return ()
    own = standing(view, lender).stakes[line.rule.numerator].own[line.members]
    order = np.lexsort((line.members, -own))[:FOREMOST]
    return evidence.parties(line.members[order[own[order] > 0]].tolist())


def group_said(held: Held, groups: Sequence[Membership]) -> str:
    """A group that a rule is held against, in a few words; `groups` are those of the answer."""
    many = plural(held.parties, "party", "parties")
    if held.group is not None:
        group = groups[held.group]
        return f"the group of {called(group).name} ({many}){group.apart.en}"
    named = listed(names_of(held.members), held.parties)
    return f"a group of {many}{f' ({named})' if named else ''}{held.apart.en}"


def by_room(lines: Iterable[Line]) -> list[Line]:
    """Limits before marks, the least room first."""
    return sorted(
        lines,
        key=lambda line: (line.rule.severity != "limit", line.amount_most if isfinite(line.amount_most) else inf),
    )


def _held(
    line: Line,
    rule: RuleSaid,
    limit: Limit,
    parties: dict[int, Party],
    groups: dict[tuple[str, bytes], int],
    members: tuple[Party, ...],
) -> Held:
    state = _state(line)
    single = len(line.members) == 1
    return Held(
        rule,
        limit,
        parties[int(line.members[0])] if single else None,
        None if single else groups.get((line.rule.group_kind, line.members.tobytes())),
        len(line.members),
        members,
        line.certain,
        line.tested,
        state,
        STATES_ZH[state],
        line.before,
        line.after,
        None if limit.amount is None else line.before / limit.amount,
        None if limit.amount is None else line.after / limit.amount,
        line.amount_most if isfinite(line.amount_most) and line.deciding else None,
        line.unknown,
        line.unconverted,
    )


def _state(line: Line) -> str:
    if not line.bears:
        return ASIDE
    if line.breaks and line.rule.severity != "limit":
        return MARKED
    if line.breaks:
        return BROKEN if line.certain else IF_WIDE if line.tested else IF_UNTESTED
    return KEPT if (line.told if line.rule.severity == "limit" else line.measured) else UNTOLD


def of_limit(held: Held, currency: str | None) -> str:
    """A limit in a few words: its amount, and what it is a part of."""
    if held.limit.amount is None:
        return f"the limit of {percent(held.rule.ratio)} of {held.rule.of.replace('_', ' ')}, which is not known"
    _, limit = apart(held.after, held.limit.amount, currency)
    return (
        f"{limit} ({percent(held.rule.ratio)} of {held.rule.of.replace('_', ' ')} "
        f"{money(held.limit.figure, currency)} at {held.limit.period_end})"
    )


def group_said_zh(held: Held, groups: Sequence[Membership]) -> str:
    """A group that a rule is held against, in Chinese."""
    many = f"{held.parties:,}个主体"
    if held.group is not None:
        group = groups[held.group]
        return f"{called(group).name}所在组（{many}）{group.apart.zh}"
    named = listed(names_of(held.members), held.parties, chinese=True)
    return f"{many}的组{f'（{named}）' if named else ''}{held.apart.zh}"


def of_limit_zh(held: Held, currency: str | None) -> str:
    """A limit in Chinese: its amount, and what it is a part of."""
    what = DENOMINATORS[held.rule.of].name.zh
    if held.limit.amount is None:
        return f"限额为{what}的{percent(held.rule.ratio)}，{what}未知"
    _, limit = apart(held.after, held.limit.amount, currency)
    figure = money(held.limit.figure, currency)
    return f"限额{limit}（{held.limit.period_end}{what}{figure}的{percent(held.rule.ratio)}）"
