"""What is not known around an application, and could turn its answer."""

from collections.abc import Iterator

import numpy as np

from analytics.limits.approval import Check
from analytics.limits.gaps import Gap, gaps_of
from analytics.limits.lines import Application
from api.limits import HOW_TO_STATE, Lender, connecting, doubtful_of
from api.promised import Promised
from api.questions.dependences import untested_of
from api.view import View
from api.wording import plural

BY_HAND = "criteria_by_hand"


def doubts_of(
    view: View, lender: Lender, application: Application, check: Check, offered: Promised
) -> tuple[tuple[Gap, ...], bool]:
    """Gaps in both languages, and whether they leave no application to be approved.

    Without suspicions there is no wide reading, and what was not measured does not pass.
    """
    unread = _unread(view)
    gaps = (*_rules(lender, check), *unread, *_bands(view, application), *_relatives(view, application))
    gaps = (*gaps, *_suspected(application))
    return (*gaps, *_offered(view, offered), *_criteria(view, application.applicant)), bool(unread)


def _rules(lender: Lender, check: Check) -> Iterator[Gap]:
    for gap in gaps_of(check):
        if gap.kind == "no_rules" and not lender.rule_sets:
            en, zh = HOW_TO_STATE
            yield Gap("no_rules", (), f"no rule set is known for the lender: {en}", f"贷款人没有适用规则集：{zh}")
        else:
            yield gap


def _unread(view: View) -> tuple[Gap, ...]:
    """Dependences that could not be computed although the criteria were in force."""
    judged = view.judged
    if not judged.left_out or not judged.rules.in_force(view.snapshot.moment.valid_at):
        return ()
    en = f"no dependence could be suspected: {judged.left_out}"
    return (Gap("suspicions", (), en, f"无法计算疑似经济依存：{judged.left_out}"),)


def _bands(view: View, application: Application) -> Iterator[Gap]:
    """Control that bands allow and do not prove, over or by the applicant."""
    x = application.applicant
    sure = {*view.control.controllers_of(x).tolist(), *view.control.controlled_by(x).tolist()}
    may = {*view.control.controllers_of(x, possible=True).tolist(), *view.control.controlled_by(x, possible=True)}
    open_ = sorted(int(y) for y in may - sure)
    if open_ and connecting(view, wide=True) is not connecting(view, wide=False):
        names = ", ".join(view.snapshot.names(np.array(open_[:5])))
        yield Gap(
            "bands", (),
            f"shares are known only within bands: {len(open_)} parties may control or be controlled ({names})",
            f"持股仅知区间：可能存在控制关系的主体{len(open_)}个（{names}）",
        )  # fmt: skip


def _relatives(view: View, application: Application) -> Iterator[Gap]:
    """Kinship of unstated degree and declared concerts within group clients that only the wide reading makes."""
    readings, x, doubtful = application.readings, application.applicant, doubtful_of(view)
    narrow = {members.tobytes() for members in readings.of("control", wide=False).around(x)}
    links = set[int]()
    for members in readings.of("control", wide=True).around(x):
        if members.tobytes() not in narrow:
            tied = members[doubtful.start[members + 1] > doubtful.start[members]].tolist()
            both = zip([doubtful.at(y) for y in tied], [doubtful.links_at(y) for y in tied], strict=True)
            links.update(link for others, at in both for link in at[np.isin(others, members)].tolist())
    if links:
        told = plural(len(links), "tie may unite", "ties may unite")
        yield Gap(
            "relatives", (),
            f"{told} group clients: declared concert, or kinship of which line or generations are not stated",
            f"一致行动或未注明系别、代数的亲属关系{len(links)}项，可能形成集团客户",
        )  # fmt: skip


def _suspected(application: Application) -> Iterator[Gap]:
    """Groups that only the wide reading makes."""
    readings, x = application.readings, application.applicant
    narrow = {members.tobytes() for members in readings.of("connected", wide=False).around(x)}
    wider = [m for m in readings.of("connected", wide=True).around(x) if m.tobytes() not in narrow]
    if wider:
        most = max(map(len, wider))
        yield Gap(
            "unconfirmed", (),
            f"possible control or suspected dependence, which nobody judged, makes a group of up to {most} parties",
            f"可能的控制或尚未认定的经济依存形成至多{most}个主体的关联客户组",
        )  # fmt: skip


def _offered(view: View, offered: Promised) -> Iterator[Gap]:
    """Guarantors who may come to depend on the applicant by what they promise."""
    for parties, en, zh in (
        (offered.new, "would promise more than their net assets", "拟担保金额超过其净资产"),
        (offered.untested, "offer guarantees, and their net assets are not known", "拟提供担保，但净资产未知"),
    ):
        if parties:
            names = ", ".join(view.snapshot.names(np.array(parties)))
            yield Gap("guarantors", (), f"guarantors {en}: {names}", f"保证人{zh}：{names}")


def _criteria(view: View, node: int) -> Iterator[Gap]:
    """Criteria that figures are missing for, and those that only somebody can judge."""
    hand = []
    for one in untested_of(view, node):
        if not one.others:
            hand.append(one)
            continue
        others = plural(one.others, "other party", "other parties")
        yield Gap(
            "criteria", (),
            f"criterion {one.criterion} ({one.name}) cannot be tested with {others}",
            f"标准{one.criterion}（{one.name_zh}）因缺少数据，对{one.others}个对手方无法检验",
        )  # fmt: skip
    if hand:
        ids = ", ".join(one.criterion for one in hand)
        yield Gap(BY_HAND, (), f"only judgement can tell criteria {ids}", f"标准{ids}须由人工认定")
