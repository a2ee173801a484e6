"""What is not known around an application, and could turn its answer."""

from collections.abc import Iterator, Sequence
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from analytics.limits.application import Application
from analytics.limits.approval import Check
from analytics.limits.gaps import Gap, gaps_of
from analytics.limits.lines import Line
from analytics.limits.standing import Standing
from analytics.structure.dependence.rules import Criterion
from analytics.structure.extended import Ways
from analytics.structure.government import APART
from analytics.structure.standing import DEADLOCK, standing
from analytics.structure.undisclosed import undisclosed
from api.answers.evidence import Evidence
from api.answers.wording import allowed, band, listed, percent, plural
from api.engine import View
from api.engine.dependence import too_old_said
from api.groups.circles import ARISING, TOO_MANY, TOO_MANY_ARISE, TOO_WIDE, circles_of, connecting
from api.groups.concerts import acting_over, arrows_among, held_in_concert, joint_controls, joint_votes, may_unite
from api.groups.hidden import NOBODY, hidden_of, hidden_under
from api.groups.more_than_all import POLICIES, MoreThanAll, stated_said
from api.groups.overfull import OVERFULL
from api.groups.promised import Promised
from api.groups.untested import united_by_votes, untested
from api.limits.lender import HOW_TO_STATE, Lender, perhaps_banks, perhaps_said
from api.limits.protection import unable_said
from api.limits.strays import shared_collateral, shared_said, strays_of, strays_said
from api.questions.groups.families import doubtful_ties, ties_said
from api.questions.groups.untestable import Untestables, told, untestable_of, untestable_within
from api.questions.limits.case import Case
from api.questions.limits.unsized import unsized_named
from api.questions.ownership.aside import disputed, set_aside
from graph.model import GUARANTEES

BY_HAND = "criteria_by_hand"
REFUSED = ("; the check cannot pass until they are corrected", "，更正前不得通过")
NAMED = 5
"""Concerts told, parties named of each, and holders or companies of whom votes are not disclosed."""


def doubts_of(view: View, lender: Lender, case: Case, check: Check) -> tuple[Gap, ...]:
    """Gaps in both languages."""
    _, application, offered, *_ = case
    return (
        *_rules(view, lender, application, check), *_wide(application), *_banks(view, application),
        *_concerts(view, application), *_hidden(view, application.applicant, lender.node),
        *_others_hidden(view, application, check, lender.node), *_bands(view, application),
        *_disputed(view, application),
        *_relatives(view, application), *_suspected(application), *_offered(view, offered, check),
        *_bodies(view, application, lender.node),
        *_strays(view, lender.node, application), *_collateral(view, check, lender.node),
        *_criteria(view, application.applicant, lender.node),
    )  # fmt: skip


def overfull_gaps(view: View, evidence: Evidence, check: Check, found: Sequence[MoreThanAll]) -> Iterator[Gap]:
    """Companies of which more than all votes are stated to be held, with the rules whose groups rest on them."""
    for one in found:
        node = view.snapshot.node(one.company.id)
        rules = {line.rule.id for line in check.limits if line.rule.group_kind and node in line.members}
        (en, zh), (done, done_zh) = stated_said(one, evidence), POLICIES[one.policy]
        bar, bar_zh = REFUSED if one.policy == "refuse" else ("", "")
        yield Gap(OVERFULL, tuple(sorted(rules)), f"{en}; {done}{bar}", f"{zh}；{done_zh}{bar_zh}")


def _rules(view: View, lender: Lender, application: Application, check: Check) -> Iterator[Gap]:
    for gap in gaps_of(check):
        if gap.kind == "amounts":
            yield unsized_named(view, lender.node, application, check, gap)
        elif gap.kind == "no_rules" and not lender.rule_sets:
            en, zh = HOW_TO_STATE
            yield Gap("no_rules", (), f"no rule set is known for the lender: {en}", f"贷款人没有适用规则集：{zh}")
        else:
            yield gap


def _wide(application: Application) -> Iterator[Gap]:
    """Groups that were not told because too many parties hang together."""
    if TOO_WIDE in application.readings.missing:
        yield Gap(TOO_WIDE, (), *TOO_MANY)
    if ARISING in application.readings.missing:
        yield Gap(ARISING, (), *TOO_MANY_ARISE)


def _banks(view: View, application: Application) -> Iterator[Gap]:
    """Parties that may be institutions, though no lender's class says so."""
    codes = perhaps_banks(view, sorted(application.perhaps))
    if codes:
        yield Gap("institution", (), *perhaps_said(view, codes))


def _concerts(view: View, application: Application) -> Iterator[Gap]:
    """Parties in concert by whose joint control the wide reading makes groups of the applicant."""
    united, x = connecting(view, wide=True).control, application.applicant
    groups = application.readings.of("connected", wide=True).around(x)
    arrows = {row for members in groups for some in arrows_among(view, united, members) for row in some}
    for joint in joint_controls(view, arrows, x)[:NAMED]:
        members, counting = joint.proof.concert.members, _connecting(view, joint.members)
        who, who_zh = _listed(view, members)
        mine, mine_zh = _listed(view, counting)
        what, sure, joined = view.snapshot.called(joint.company), joint.proof.certain, joint_votes(view, joint)
        votes = f" by {band(*joined)} of its votes" if joined else ""
        votes_zh = f"以合计{band(*joined)}的表决权" if joined else ""
        how, how_zh = ("control", "共同控制") if sure else ("may control", "可能共同控制")
        each, each_zh = ("each may control", "各方均") if len(counting) > 1 else ("it may control", "该方")
        yield Gap(
            "concert", (),
            f"{who} declared to act in concert and together {how} {what}{votes}: "
            f"it is counted in the group of {mine} as one that {each}",
            f"{who_zh}已声明一致行动，{votes_zh}{how_zh}{what}："
            f"按{each_zh}可能控制计入{mine_zh}的关联客户组",
        )  # fmt: skip


def _connecting(view: View, members: Sequence[int]) -> list[int]:
    """Those of some members whose control connects clients: of government bodies none where they stand apart."""
    return [x for x in members if view.government != APART or not view.control.state[x]]


def _listed(view: View, parties: Sequence[int]) -> tuple[str, str]:
    """Some parties by name, in both languages."""
    who, many = [view.snapshot.called(x) for x in parties[:NAMED]], len(parties)
    return listed(who, many, by=" and "), listed(who, many, chinese=True, unit="方")


def _disputed(view: View, application: Application) -> Iterator[Gap]:
    """What sources dispute of who holds the applicant and whom it is grouped with, and what is stated of its own
    holders and no known holding bears out."""
    x = application.applicant
    groups = application.readings.of("connected", wide=True).around(x)
    among = (int(member) for members in groups for member in members)
    told = disputed(set_aside(view, Evidence(view.snapshot), x, among=among))
    yield from (Gap("disputed", (), said, said_zh) for said, said_zh in islice(told, NAMED))


def _named(view: View, parties: Sequence[int]) -> tuple[str, str]:
    """Parties one after the other, in both languages."""
    names = view.snapshot.all_called(np.array(parties))
    return listed(names), listed(names, chinese=True, unit="方")


def _hidden(view: View, party: int, lender: int) -> Iterator[Gap]:
    """Votes of the applicant that are not disclosed and would decide, alone or with what somebody holds; a deadlock.

    Where a concert controls it they decide nothing.
    """
    if held_in_concert(view, party):
        return
    hidden, name = hidden_of(view, party, lender=lender), view.snapshot.called(party)
    if hidden.silent:
        yield Gap(
            "undisclosed", (), f"nobody is known to hold or to control {name}: who controls it is not known",
            f"{name}的股东和控制人均未披露，控制人未知",
        )  # fmt: skip
        return
    if len(hidden.tops) or (hidden.votes.decides and not len(view.control.controllers_of(party))):
        yield _undisclosed(view, party, hidden.votes.share, hidden.blocks)
    found = standing(view.control, party, acting=acting_over(view, party)) if not hidden.votes.share else None
    if found and found.kind == DEADLOCK:
        halves = [_listed(view, (block.top, *block.acting)) for block in found.blocks[:2]]
        (one, one_zh), (other, other_zh) = halves
        each = "each" + ", who act in concert together" * any(block.acting for block in found.blocks[:2])
        yield Gap(
            "deadlock", (),
            f"{one} and {other} hold half of the votes of {name} {each}: neither controls it, and it is counted in the "
            "group of neither",
            f"{one_zh}与{other_zh}各持{name}半数表决权：双方均不构成控制，{name}不计入任何一方的集团",
        )  # fmt: skip


def _undisclosed(view: View, party: int, share: float, held: Sequence[tuple[tuple[int, ...], float]]) -> Gap:
    """What is not disclosed of a party, and who would control it with that, alone or in concert."""
    name, rest = view.snapshot.called(party), percent(share)
    told = [(*_listed(view, members), percent(has), len(members) > 1) for members, has in held[:NAMED]]
    named = [f"{top} in concert ({has} together)" if joint else f"{top} ({has})" for top, _, has, joint in told]
    named_zh = [f"{top}一致行动（合计现持{has}）" if joint else f"{top}（现持{has}）" for _, top, has, joint in told]
    en = listed(named, len(held), by=" or ")
    zh = listed(named_zh, len(held), by="或", chinese=True, unit="方")
    return Gap(
        "undisclosed", (),
        f"{rest} of the votes of {name} are not disclosed" + (f"; with them {en} would control it" if en else ""),
        f"{name}的表决权有{rest}未披露" + (f"；若归于{zh}，则其控制{name}" if zh else ""),
    )  # fmt: skip


def untested_lines(check: Check) -> list[Line]:
    """Limits that break if what cannot be tested holds, and the one that then binds."""
    return [line for line in check.limits if not line.tested and (line.breaks or line is check.binding)]


def untestable_around(
    view: View, evidence: Evidence, base: Standing, application: Application, check: Check, *, falls: Ways
) -> Untestables:
    """Dependences that cannot be tested: within the parties of what breaks or binds by them, and of the applicant; last
    those between parties whom votes that are not disclosed would unite all the same."""
    lender, applicant = base.lender, application.applicant
    lines = [line.members for line in untested_lines(check) if line.rule.group_kind == "connected"]
    rows = untestable_within(view, lines, lender=lender)
    groups = []
    if rows and (len(application.readings.hidden) or all(rule.group_kind != "control" for rule in base.rules)):
        givers = [giver.party for giver in application.facility.guarantors if giver.amount > 0]
        united = united_by_votes(view, base, applicant, others=givers, falls=falls)
        groups = [frozenset(group.tolist()) for group in united]
    rows += untestable_of(view, applicant, lender=lender)
    rows.sort(key=lambda row: any(row[0] in group and row[1] in group for group in groups))
    return told(view, evidence, rows, most=NAMED)


def _others_hidden(view: View, application: Application, check: Check, lender: int) -> Iterator[Gap]:
    """What is not disclosed of who guarantees, and of others that the applicant, who guarantees or who may control
    either would control with it, as far as a limit would break or is what binds."""
    broken = np.unique(np.concatenate([NOBODY, *(line.members for line in untested_lines(check))]))
    if not len(broken):
        return
    givers = dict.fromkeys(giver.party for giver in application.facility.guarantors if giver.amount > 0)
    answering = [x for x in givers if x in broken and x != application.applicant]
    for x in answering:
        yield from _hidden(view, x, lender)
    by: dict[int, int] = {}
    for x in (application.applicant, *answering):
        for z in (x, *may_unite(view).controllers_of(x, possible=True).tolist()):
            for y in hidden_under(view, z, lambda heads: heads[np.isin(heads, broken)], lender=lender).tolist():
                by.setdefault(y, z)
    for y, z in islice(by.items(), NAMED):
        votes = undisclosed(may_unite(view), y)
        has = dict(zip(votes.holders, votes.held, strict=True))
        blocks = hidden_of(view, y, lender=lender).blocks
        joint = [one for one in blocks if len(one[0]) > 1 and z in one[0]] or [one for one in blocks if len(one[0]) > 1]
        yield _undisclosed(view, y, votes.share, [((z,), has[z])] if z in has else joint[:1])


def _bands(view: View, application: Application) -> Iterator[Gap]:
    """Control that bands allow and do not prove, over or by the applicant."""
    x = application.applicant
    sure = {*view.control.controllers_of(x).tolist(), *view.control.controlled_by(x).tolist()}
    may = {*view.control.controllers_of(x, possible=True).tolist(), *view.control.controlled_by(x, possible=True)}
    open_ = sorted(int(y) for y in may - sure)
    if open_ and connecting(view, wide=True) is not connecting(view, wide=False):
        names, names_zh = _listed(view, open_)
        yield Gap(
            "bands", (),
            f"shares are known only within bands: {plural(len(open_), 'party', 'parties')} may control or be "
            f"controlled ({names})",
            f"持股仅知区间：可能存在控制关系的主体{len(open_)}个（{names_zh}）",
        )  # fmt: skip


def _relatives(view: View, application: Application) -> Iterator[Gap]:
    """Kinship of unstated degree and declared concerts within group clients that only the wide reading makes."""
    readings, x = application.readings, application.applicant
    narrow = {members.tobytes() for members in readings.of("control", wide=False).around(x)}
    wider = [m.tobytes() for m in readings.of("control", wide=True).around(x) if m.tobytes() not in narrow]
    circles = circles_of(view, wide=True)
    ties = doubtful_ties(view, (circles[name] for name in wider if name in circles))
    if ties:
        yield Gap("relatives", (), *ties_said(len(ties)))


def _suspected(application: Application) -> Iterator[Gap]:
    """Groups that only the wide reading makes."""
    readings, x = application.readings, application.applicant
    narrow = {members.tobytes() for members in readings.of("connected", wide=False).around(x)}
    wider = [m for m in readings.of("connected", wide=True).around(x) if m.tobytes() not in narrow]
    if wider:
        most = max(map(len, wider))
        yield Gap(
            "unconfirmed", (),
            f"possible control or suspected dependence, which nobody judged, makes a group of up to {most} parties: "
            "judge the dependence, or state the shares exactly",
            f"可能的控制或尚未认定的经济依存形成至多{most}个主体的关联客户组：请认定依存或查明持股",
        )  # fmt: skip


def _offered(view: View, offered: Promised, check: Check) -> Iterator[Gap]:
    """Who may come to depend on the applicant by what they promise, or on the lender by what it lends."""
    for parties, en, zh in (
        (offered.new, "would promise more than their net assets", "拟担保金额超过其净资产"),
        (offered.untested, "offer guarantees, and their net assets are not known", "拟提供担保，但净资产未知"),
    ):
        if parties:
            names, names_zh = _named(view, parties)
            yield Gap("guarantors", (), f"guarantors {en}: {names}", f"保证人{zh}：{names_zh}")
    if not offered.funded and np.isfinite(offered.untying) and offered.untying <= check.headroom:
        most = allowed(offered.untying, view.snapshot.moment.currency)
        yield Gap(
            "funding", (),
            f"above {most} the lender would fund it by more than half of the debts that it states, the new one not "
            "among them, as it does others, and they would count together",
            f"超过{most}后贷款人提供的资金将超过其报表所列债务（不含新增）的一半，须与同样由其提供资金的主体合并计算",
        )  # fmt: skip
    if offered.unfunded:
        yield Gap(
            "funding", (),
            "its debts are not known, so that it cannot be told whether it would depend on the lender for its funds",
            "其债务总额未知，无法判断授信后是否以贷款人为主要资金来源",
        )  # fmt: skip
    if offered.funded:
        names, names_zh = _named(view, offered.funded)
        yield Gap(
            "funding", (),
            "with it the lender would fund by more than half of the debts that they state, the new one not among them, "
            f"as it does others: {names}",
            f"授信后贷款人提供的资金将超过其报表所列债务（不含新增）的一半，与他人共有该主要资金来源：{names_zh}",
        )  # fmt: skip


def _bodies(view: View, application: Application, lender: int) -> Iterator[Gap]:
    """Government bodies that offer a guarantee, or gave one for the applicant, and may not."""
    book, links = view.book, view.snapshot.links(GUARANTEES)
    given = links.arriving(application.applicant)
    given = given[book.creditor[given] == lender]
    mine = links.tail[given[~book.expired[given]] if len(book.expired) else given].tolist()
    offered = [giver.party for giver in application.facility.guarantors if giver.amount > 0]
    if told := unable_said(view, [*offered, *mine], lender):
        yield Gap("government", (), *told)


def _strays(view: View, lender: int, application: Application) -> Iterator[Gap]:
    """Guarantees for the applicant and its groups, and collateral of theirs, that protect nothing as they stand."""
    readings, x = application.readings, application.applicant
    groups = (readings.of(kind, wide=True).around(x) for kind in ("control", "connected"))
    parties = np.unique(np.concatenate([np.array([x], np.uint32), *(one for some in groups for one in some)]))
    strays = strays_of(view, lender).of(parties)
    if strays.number:
        yield Gap("strays", (), *strays_said(view, strays))


def _collateral(view: View, check: Check, lender: int) -> Iterator[Gap]:
    """Collateral that might protect what breaks, and names a number that facilities of several borrowers have."""
    inside = {x for line in check.limits if line.breaks for x in line.members.tolist()}
    for provider, number, borrowers in shared_collateral(view, lender) if inside else ():
        if inside & {provider, *borrowers}:
            yield Gap("collateral", (), *shared_said(view.snapshot.called(provider), number))


def _by_criterion(
    view: View, criterion: NDArray[np.int32], parties: NDArray[np.uint32]
) -> Iterator[tuple[Criterion, str, str]]:
    """Each criterion that cannot be tested, and with whom, in both languages."""
    rules, found = view.judged.dependences.suspected.rules, dict[int, set[int]]()
    for at, party in zip(criterion.tolist(), parties.tolist(), strict=True):
        found.setdefault(at, set()).add(party)
    for at in sorted(found):
        yield rules[at], *_listed(view, sorted(found[at]))


def _criteria(view: View, node: int, lender: int) -> Iterator[Gap]:
    """Criteria that figures are missing for, of it and of who may depend on it, and those only somebody can judge."""
    ties, name = untested(view, node, lender=lender), view.snapshot.called(node)
    for criterion, others, others_zh in _by_criterion(view, ties.on_criterion, ties.on):
        yield Gap(
            "criteria", (),
            f"criterion {criterion.id} ({criterion.name.en}) cannot be tested: whether {name} depends on {others}",
            f"标准{criterion.id}（{criterion.name.zh}）因缺少数据无法检验：{name}是否依存于{others_zh}",
        )  # fmt: skip
    for criterion, others, others_zh in _by_criterion(view, ties.by_criterion, ties.by):
        yield Gap(
            "criteria", (),
            f"criterion {criterion.id} ({criterion.name.en}) cannot be tested: dependence on {name} of {others}",
            f"标准{criterion.id}（{criterion.name.zh}）因缺少数据无法检验：{others_zh}是否依存于{name}",
        )  # fmt: skip
    if old := too_old_said(view.snapshot, node):
        yield Gap("statements", (), *old)
    if hand := view.judged.dependences.suspected.by_hand:
        ids, ids_zh = listed(hand), listed(hand, chinese=True)
        yield Gap(BY_HAND, (), f"only judgement can tell criteria {ids}", f"标准{ids_zh}须由人工认定")
