"""What is at stake with a party held against every limit of a lender."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from analytics.limits.application import Application
from analytics.limits.facility import Facility
from analytics.limits.lines import lines_of
from api.answers.evidence import Evidence
from api.answers.frame import Party
from api.answers.wording import allowed, ended, money, plural, used
from api.engine import View
from api.groups.circles import ARISING, TOO_MANY, TOO_MANY_ARISE, TOO_WIDE
from api.groups.untested import Also, with_untested
from api.limits.criteria import seen_by
from api.limits.lender import HOW_TO_STATE, lender_of
from api.limits.standing import readings_of, standing
from api.questions.limits.arising import Coming
from api.questions.limits.counted import Tally, Way, tallies, ways_of
from api.questions.limits.memberships import Membership, around, membership, with_apart
from api.questions.limits.rules import (
    BROKEN,
    IF_UNTESTED,
    IF_WIDE,
    Held,
    by_room,
    group_said,
    group_said_zh,
    held_said,
    of_limit,
    of_limit_zh,
)
from graph.errors import InvalidQuestion, UnknownRule


@dataclass(frozen=True)
class Against:
    """Amounts against limits, both readings."""

    rule_sets: tuple[str, ...]
    lines: tuple[Held, ...]
    """Every rule against the party and each of its groups, the least room first."""
    groups: tuple[Membership, ...]
    """The groups they are held against, each with the steps by which the party came in."""
    tallies: tuple[Tally, ...]
    """What each sum over several parties is made of, member by member."""
    ways: tuple[Way, ...]
    """How the rules count."""
    binding: Held | None
    """The limit that leaves the least room for another drawn loan."""
    open: str
    open_zh: str
    """Why groups that might arise from what cannot be tested are not among them; empty where they are."""
    left_out: str
    left_out_zh: str
    """Why nothing was held against limits; empty where it was."""


AT_MOST = "; the room is at most this", "；所示余额为上限"
TOLD = 10
"""Members of whom it is told why they would come in; all stand in the answer."""
NOTHING = Against((), (), (), (), (), None, "", "", "", "")


def against(view: View, evidence: Evidence, lender: int, party: int, *, limit: int) -> Against:
    """Hold what is at stake with a party, alone and by group, against the rules in force for a lender."""
    view = seen_by(view, lender)
    try:
        bound = lender_of(view, lender)
        if not bound.rule_sets:
            return replace(NOTHING, left_out=HOW_TO_STATE[0], left_out_zh=HOW_TO_STATE[1])
        base, readings = standing(view, lender), readings_of(view, lender, [party])
        if TOO_WIDE in readings.missing:
            return replace(NOTHING, left_out=TOO_MANY[0], left_out_zh=TOO_MANY[1])
    except (UnknownRule, InvalidQuestion) as problem:
        left_out, left_out_zh = f"{problem}: {problem.remedy}", f"{problem}：{problem.remedy}"
        return replace(NOTHING, left_out=left_out, left_out_zh=left_out_zh)
    readings = with_untested(view, base, readings, party, also=Also(), falls=view.falls(wide=True))
    # No facility is asked for: what there is counts, and the room is that for a drawn loan.
    lines = by_room(lines_of(base, Application(party, Facility(0.0), readings)))
    found = list(around(readings, party))
    places = {(kind, members.tobytes()): k for k, (kind, members, _) in enumerate(found)}
    held = held_said(view, evidence, lender, lines, places)
    told = [membership(view, evidence, base, group, party, limit=limit) for group in found]
    groups = with_apart(evidence, told, found)
    limits = (one for one in held if one.rule.severity == "limit" and one.headroom is not None)
    untold, untold_zh = TOO_MANY_ARISE if ARISING in readings.missing else ("", "")
    most = AT_MOST if untold else ("", "")
    sums = tuple(tallies(view, evidence, base, party, lines, limit=limit))
    return Against(
        bound.rule_sets, held, groups, sums, tuple(ways_of(lines)), next(limits, None), untold + most[0],
        untold_zh + most[1], "", "",
    )  # fmt: skip


def against_said(found: Against, currency: str | None) -> Iterator[str]:
    """What stands out among limits, in words."""
    if found.left_out:
        yield ended(f"Nothing is held against limits: {found.left_out} · {found.left_out_zh}")
    if found.binding:
        one = found.binding
        share, share_zh = "", ""
        if one.use is not None:
            share, share_zh = f", of which {used(one.use)} is used", f"，已用{used(one.use)}"
        lest, lest_zh = ("", "") if one.tested else (" lest what cannot be tested holds", "（按无法检验的事项成立计）")
        left = allowed(one.headroom or 0.0, currency, 0)
        yield ended(
            f"{one.rule.id} {one.rule.name_zh} ({one.rule.name}) binds: {of_limit(one, currency)}{share}, room for "
            f"{left}{lest}; {one.rule.citation} · "
            f"受{one.rule.name_zh}约束：{of_limit_zh(one, currency)}{share_zh}，余额{left}{lest_zh}"
        )
    if found.open:
        yield ended(f"{found.open} · {found.open_zh}")
    for one in found.lines:
        if one.state in (BROKEN, IF_WIDE, IF_UNTESTED):
            who = one.client.name if one.client else group_said(one, found.groups)
            who_zh = one.client.name if one.client else group_said_zh(one, found.groups)
            at = money(one.before, currency)
            yield ended(
                f"{one.rule.id} {one.rule.name_zh} is {one.state} ({one.state_zh}): {who} at {at} · "
                f"{one.rule.name_zh}{one.state_zh}：{who_zh}，{at}"
            )
    yield from _coming_said(found)


def _coming_said(found: Against) -> Iterator[str]:
    """Why others would come into a group that breaks a limit if what cannot be tested holds, each step once."""
    broken = {k for k, one in enumerate(found.lines) if one.state == IF_UNTESTED}
    members = [one for tally in found.tallies if broken.intersection(tally.lines) for one in tally.members]
    steps = list(dict.fromkeys(coming_said(one.party, one.coming) for one in members if one.coming and one.coming.open))
    yield from steps[:TOLD]
    if (left := len(steps) - TOLD) > 0:
        yield ended(f"{plural(left, 'more party', 'more parties')} would come in so · 另有{left:,}个主体因此纳入")


def coming_said(party: Party, coming: Coming) -> str:
    """How a party would come in, in both languages, with what is missing."""
    whom = coming.through.name if coming.through else ""
    criteria = coming.untestable.criteria if coming.untestable else ()
    by, by_zh = "; ".join(one.missing for one in criteria), "；".join(one.missing_zh for one in criteria)
    return ended(
        f"{party.name} {coming.how} {whom}{f' ({by})' if by else ''} · "
        f"{party.name}{coming.how_zh}{whom}{f'（{by_zh}）' if by_zh else ''}"
    )
