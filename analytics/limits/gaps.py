"""What is not known, and could turn the answer to an application."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import isnan

from analytics.limits.approval import Check
from analytics.limits.denominators import DENOMINATORS
from analytics.limits.lines import Line


@dataclass(frozen=True)
class Gap:
    """One thing that is missing or uncertain, in both languages."""

    kind: str
    """no_rules, capital, stale, unverified, amounts, factors, thinned, groups, untested, bound, assess or floor."""
    rules: tuple[str, ...]
    """Ids of the rules it touches."""
    en: str
    zh: str


WORDS = {
    "capital": ("{what} of the lender is missing", "缺少贷款人的{what}"),
    "stale": (
        "{what} of the lender is too old to rest on: capital is reported every quarter",
        "贷款人的{what}已过时，资本应按季报告",
    ),
    "unverified": ("{what} was not read in its text", "{what}未与原文核对"),
    "amounts": ("facilities and guarantees of unknown amount: {what}", "金额未知的授信和担保笔数：{what}"),
    "factors": (
        "undrawn amounts without a conversion factor, counted whole: {what}",
        "缺少转换系数、按全额计入的未用额度笔数：{what}",
    ),
    "groups": (
        "{what} breaks only if possible control or unconfirmed dependence holds",
        "仅在可能的控制或未确认的依存成立时突破{what}",
    ),
    "untested": (
        "{what} breaks if what cannot be tested holds: a dependence, or control by votes that are not disclosed",
        "若无法检验的经济依存或未披露表决权所致的控制成立，则突破{what}",
    ),
    "bound": (
        "{what} leaves the least room only if what cannot be tested holds: a dependence, or control by votes that are "
        "not disclosed",
        "仅在无法检验的经济依存或未披露表决权所致的控制成立时，{what}才是余额最小的限额",
    ),
    "assess": (
        "{what} asks to look into economic dependence, and nobody has judged what is suspected or cannot be tested",
        "{what}要求调查经济依存，疑似或无法检验的依存尚未认定",
    ),
    "thinned": (
        "collateral of the applicant for all it owes also protects a facility that somebody guarantees, and would "
        "leave more of it to the guarantor; name the facility that the collateral is for",
        "申请人为全部债务提供的担保物同时覆盖他人保证的授信，新增授信将使保证人承担更多；请指明担保物对应的授信",
    ),
    "floor": ("the floor of {what} was left out for want of an exchange rate", "缺少汇率，{what}的下限未计"),
}
NO_RULES = Gap("no_rules", (), "no rule in force measures this facility", "没有适用于该授信的现行规则")


def gaps_of(check: Check) -> tuple[Gap, ...]:
    r"""List what is not known and could turn a verdict.

    .. math:: \{\,(k, \{r : k \text{ touches } r\})\,\}

    Parameters
    ----------
    check : Check
        The answer to an application.

    Raises
    ------
    Nothing.

    Source
    ------
    Domain reference §2.6 and its first page: unverified thresholds and missing figures refer, they never pass.

    Example
    -------
    >>> gaps_of(Check("refer", 0.0, 0.0, False, None, ()))[0].kind
    'no_rules'
    """
    if not any(line.bears and line.rule.severity == "limit" for line in check.limits):
        return (NO_RULES,)
    found: dict[tuple[str, str, str], dict[str, None]] = {}
    for line in (line for line in check.limits if line.bears and not check.repeats(line)):
        for kind, *what in _of(line):
            found.setdefault((kind, what[0], what[-1]), {})[line.rule.id] = None
    least = check.binding
    if least is not None and not least.tested and not least.breaks:
        found.setdefault(("bound", least.rule.id, least.rule.id), {})[least.rule.id] = None
    return tuple(
        Gap(kind, tuple(sorted(rules)), WORDS[kind][0].format(what=what), WORDS[kind][1].format(what=what_zh))
        for (kind, what, what_zh), rules in sorted(found.items())
    )


def _of(line: Line) -> Iterator[tuple[str, ...]]:
    """Kinds of gaps, each with what it is about: once, or in English and in Chinese."""
    name = DENOMINATORS[line.rule.denominator].name
    if isnan(line.cap.value):
        day = line.cap.wanted
        yield "capital", f"{name.en} ({day})" if day else name.en, f"{name.zh}（{day}）" if day else name.zh
    if line.cap.stale and line.cap.figure:
        day = line.cap.figure.period_end
        yield "stale", f"{name.en} ({day})", f"{name.zh}（{day}）"
    if line.rule.unread:
        yield "unverified", f"{line.rule.id} ({line.rule.unread})"
    if line.unknown and line.tested:
        yield "amounts", str(line.unknown)
    if line.thinned:
        yield "thinned", ""
    if line.unconverted and line.breaks:
        yield "factors", str(line.unconverted)
    if line.breaks and line.rule.severity == "assess":
        yield "assess", line.rule.id
    elif line.breaks and not line.certain:
        yield "groups" if line.tested else "untested", line.rule.id
    if line.cap.floor_left_out:
        yield "floor", line.rule.id
