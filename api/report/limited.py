"""Limits in a report on groups: how much of each rule in force the party and its groups use."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from analytics.limits.check import NEAR
from api.answers.wording import names_of, used
from api.groups.alike import Apart
from api.groups.more_than_all import MoreThanAll
from api.questions.group_report import GroupReport, Sheet
from api.questions.limits.rules import BROKEN, IF_UNTESTED, IF_WIDE, KEPT, UNTOLD, Held
from api.report.words import Words

BREAKS = {BROKEN: "limit_broken", IF_WIDE: "limit_broken_wide", IF_UNTESTED: "limit_broken_untested"}
Named = Callable[[Sheet], str]


@dataclass(frozen=True)
class Limited:
    """One rule held against one client or group, as a line of the table."""

    held: Held
    rule: str
    whom: str
    use: str
    state: str


def limited(words: Words, value: GroupReport, named: Named) -> list[Limited]:
    """Every rule in force against the party and its groups, limits before marks, the least room first."""
    return [
        Limited(
            held,
            words.either(held.rule.name, held.rule.name_zh),
            _whom(words, value, held, named),
            "" if held.use is None else used(held.use),
            _state(words, held),
        )
        for held in value.against.lines
    ]


def limits_said(words: Words, value: GroupReport, named: Named) -> Iterator[str]:
    """Which limits break or come near, in sentences; and where none does, that."""
    found, told = value.against, False
    if found.left_out:
        yield words("limits_left_out", why=words.either(found.left_out, found.left_out_zh))
    alike: dict[tuple[str, str], list[str]] = {}
    for one in sorted(limited(words, value, named), key=_weight):
        name = "limit_near" if _near(one.held) else BREAKS.get(one.held.state, "")
        if name and one.held.rule.severity == "limit" and one.held.limit.amount is not None:
            told = True
            amount, limit = (words.money(x, value.currency) for x in (one.held.after, one.held.limit.amount))
            # The sentence of what breaks so says "if" itself.
            whom = _untested(words, one.held) if one.held.state == IF_UNTESTED else one.whom
            said = words(name, rule=one.rule, whom=whom, amount=amount, limit=limit, use=one.use)
            alike.setdefault((name, one.held.rule.id), []).append(said)
    for first, *others in alike.values():
        more = words("limit_alike", count=len(others)) if others else ""
        yield words.either(" ", "").join(filter(None, (first, more)))
    limits = [held for held in found.lines if held.rule.severity == "limit"]
    if limits and not told:
        yield words("limits_kept")
    if silent := sum(held.state == UNTOLD for held in limits):
        yield words("limits_untold", count=silent)


def _weight(one: Limited) -> tuple[int, float]:
    """The gravest first: what breaks before what might and what comes near, the greatest use before less."""
    order = (BROKEN, IF_WIDE, IF_UNTESTED)
    state = order.index(one.held.state) if one.held.state in order else len(order)
    return state, -(one.held.use or 0.0)


def _near(held: Held) -> bool:
    return held.state == KEPT and held.use is not None and held.use >= NEAR


def _state(words: Words, held: Held) -> str:
    if held.rule.severity == "limit" and _near(held):
        return words("state_near")
    return words.either(held.state, held.state_zh)


def _untested(words: Words, held: Held) -> str:
    """A group that stands only if what cannot be tested holds, by how many and with whom most is at stake."""
    count, named = words.counted(held.parties, "party"), names_of(held.members)
    told = words("limit_group", group=count, count=words.listed(named, total=held.parties)) if named else count
    return f"{told}{apart_in(words, held.apart)}"


def overfull_said(words: Words, over: MoreThanAll) -> str:
    """That more than all of a company is stated to be held."""
    layer = words("overfull_votes" if over.layer == "votes" else "overfull_capital")
    return words("overfull_short", company=over.company.name, total=over.said, layer=layer)


def apart_in(words: Words, apart: Apart) -> str:
    """What tells a group from others that are called alike."""
    return words.either(apart.en, apart.zh)


def _whom(words: Words, value: GroupReport, held: Held, named: Named) -> str:
    """A client by its name; a group as this report calls it, else by its kind."""
    if held.client:
        return held.client.name
    count = words.counted(held.parties, "party")
    if not held.tested:
        named_ = words.listed(names_of(held.members), total=held.parties)
        told = f"{named_}{apart_in(words, held.apart)}".strip()
        return words("limit_untested", count=count, whom=f"{words.either(': ', '：')}{told}" if told else "")
    if held.group is None:
        return words("limit_all", count=count)
    group = value.against.groups[held.group]
    ids = {one.party.id for one in group.members}
    for sheet in value.sheets:
        if sheet.group.page.total == held.parties and {one.party.id for one in sheet.group.members} == ids:
            return words("limit_group", group=named(sheet), count=count)
    kind = f"{words.either(group.name, group.name_zh)}{apart_in(words, group.apart)}"
    name = words("limit_group", group=kind, count=count)
    return name if held.certain else f"{name}{words('limit_wide')}"
