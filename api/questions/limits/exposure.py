"""What has a lender at stake with a party, and with its groups?"""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from analytics.limits.exposure import Exposure, exposure_to
from analytics.structure.government import APART
from api.answers.evidence import Evidence
from api.answers.frame import Answer, Fact, Page, Party, Question
from api.answers.wording import disclosed, ended, money, plural
from api.engine import Engine, View
from api.groups.more_than_all import MoreThanAll, more_than_all_with, told
from api.groups.together import CONFIRMED, READINGS_BY, TOO_WIDE_ZH, Together, groups_told
from api.limits.criteria import seen_by, state_said
from api.limits.lender import kinds_of
from api.questions.asking import check_page, node_of
from api.questions.groups.members import grew
from api.questions.groups.verdicts import judgements_said
from api.questions.limits.limits import NOTHING, Against, against, against_said
from api.questions.limits.stress import Stressed
from graph.field import Kind
from graph.model import GUARANTEES, LENDS
from graph.moment import Moment


@dataclass(frozen=True)
class Part:
    """One facility or guarantee, and what it adds in the answer's currency."""

    fact: Fact
    amount: float | None


@dataclass(frozen=True)
class Stake:
    """What is at stake with some parties together, in whole units of the answer's currency."""

    direct: float
    drawn: float
    undrawn: float
    """Undrawn parts times their conversion factors."""
    contingent: float
    """Guarantees given for others outside, at most what those owe the creditor each names."""
    by_kind: dict[str, float]
    unknown_facilities: int
    unknown_guarantees: int
    unknown_guarantees_most: float
    """What guarantees of undisclosed amount could add at most."""
    facilities: tuple[Part, ...]
    facilities_page: Page
    guarantees: tuple[Part, ...]
    guarantees_page: Page
    unknown_drawn: int = 0
    """Facilities of which only the undrawn amount is known, and counted."""
    expired_guarantees: int = 0
    """Guarantees past the last day on which they can be called; not counted."""
    unknown_debts: int = 0
    """Guarantees for a debt of which not all is known: they count at most up to what is."""
    unconverted: int = 0
    """Undrawn amounts without a conversion factor, counted whole."""
    unknown_by_kind: dict[str, int] = field(default_factory=dict)
    """Facilities whose drawn amount is unknown, by kind."""


@dataclass(frozen=True)
class GroupStake:
    """What is at stake with a group as a whole."""

    top: Party
    members: tuple[Party, ...]
    members_page: Page
    stake: Stake


@dataclass(frozen=True)
class ExposureTo:
    """What is at stake with a party by name and by group."""

    party: Party
    lender: Party | None
    """None: all lenders together."""
    currency: str | None
    alone: Stake
    groups: tuple[GroupStake, ...]
    against: Against
    """What the lender's rules allow, and how much of it is used."""
    overfull: tuple[MoreThanAll, ...] = ()
    """Of it and of those it is grouped with, companies whose holders are stated to have more than all votes; where
    related parties of the lender are limited, also the lender."""
    stressed: Stressed | None = None
    """What a scenario would take of it, where one was asked for."""


def exposure(
    engine: Engine, party: str, *, lender: str | None = None, limit: int = 20, moment: Moment
) -> Answer[ExposureTo]:
    """Add up facilities and guarantees with a party, alone and with each group it belongs to."""
    check_page(limit)
    view = engine.view(moment)
    node = node_of(view.snapshot, party)
    of = None if lender is None else node_of(view.snapshot, lender, where="lender")
    view, evidence = seen_by(view, of), Evidence(view.snapshot)
    united, cut = groups_told(view, node, CONFIRMED)
    sets = [one.clients for one in united]
    own, *found = (exposure_to(view.book, members, lender=of) for members in (np.array([node]), *sets))
    _read_ahead(evidence, [own, *found], sets, limit)
    groups = tuple(_group(view, evidence, one, stake, limit) for one, stake in zip(united, found, strict=True))
    alone = _stake(evidence, own, limit)
    held = NOTHING if of is None else against(view, evidence, of, node, limit=limit)
    kinds = kinds_of(view, of) if of is not None and held.rule_sets else ()
    value = ExposureTo(
        evidence.party(node), None if of is None else evidence.party(of), view.snapshot.moment.currency, alone, groups,
        held,
        more_than_all_with(
            view, evidence, node, [CONFIRMED, *(one for kind in kinds for one in READINGS_BY.get(kind, ()))],
            beside=[of] if of is not None and "lender_related" in kinds else (),
        ),
    )  # fmt: skip
    question = Question("exposure", {"party": party, "lender": lender, "limit": limit})
    state = state_said(view, of) if view.government != APART else ()
    judgements = judgements_said(view, evidence, node)
    return view.answer(
        question, value, evidence,
        reasons=[*_reasons(evidence.distinguished(value), cut), *told(value.overfull, evidence), *judgements, *state],
    )  # fmt: skip


def _read_ahead(evidence: Evidence, found: list[Exposure], united: list[NDArray[np.uint32]], limit: int) -> None:
    """Read all that will be shown at once: what a column costs to read hardly hangs on how many rows."""
    shown = {
        LENDS: np.unique(np.concatenate([stake.facilities[:limit] for stake in found])),
        GUARANTEES: np.unique(np.concatenate([stake.guarantees[:limit] for stake in found])),
    }
    links = {kind: evidence.snapshot.links(kind) for kind in shown}
    ends = [end[at] for kind, at in shown.items() for end in (links[kind].tail, links[kind].head)]
    evidence.parties(np.concatenate([*ends, *(members[:limit] for members in united)]).tolist())
    for kind, at in shown.items():
        if len(at):
            evidence.facts(kind, at)


def _group(view: View, evidence: Evidence, group: Together, found: Exposure, limit: int) -> GroupStake:
    shown = evidence.parties(group.clients[:limit].tolist())
    page = Page(len(group.clients), 0, len(shown))
    return GroupStake(evidence.party(grew(view, group, CONFIRMED).top), shown, page, _stake(evidence, found, limit))


def _stake(evidence: Evidence, found: Exposure, limit: int) -> Stake:
    facilities = _parts(evidence, LENDS, found.facilities, found.facility_amount, limit)
    guarantees = _parts(evidence, GUARANTEES, found.guarantees, found.guarantee_amount, limit)
    return Stake(
        found.direct,
        found.drawn,
        found.undrawn,
        found.contingent,
        found.by_kind,
        found.unknown_facilities,
        found.unknown_guarantees,
        found.unknown_guarantees_most,
        facilities,
        Page(len(found.facilities), 0, len(facilities)),
        guarantees,
        Page(len(found.guarantees), 0, len(guarantees)),
        found.unknown_drawn,
        found.expired,
        found.unknown_debts,
        found.unconverted,
        found.unknown_by_kind,
    )


def _parts(
    evidence: Evidence, kind: Kind, links: NDArray[np.uint32], amounts: NDArray[np.float64], limit: int
) -> tuple[Part, ...]:
    facts = evidence.facts(kind, links[:limit])
    known = [None if np.isnan(amount) else float(amount) for amount in amounts[:limit]]
    return tuple(Part(fact, amount) for fact, amount in zip(facts, known, strict=True))


def _reasons(value: ExposureTo, cut: str) -> Iterator[str]:
    """What is at stake, and what of it is not known, in both languages."""
    if cut:
        yield ended(f"{cut[0].upper()}{cut[1:]} · {TOO_WIDE_ZH}")
    who = (value.lender.name,) * 2 if value.lender else ("All lenders together", "全部贷款人")
    yield _words(who, (value.party.name,) * 2, value.alone, value.currency)
    for group in value.groups:
        name, many = group.top.name, group.members_page.total
        whom = f"the group of {name} ({plural(many, 'party', 'parties')})", f"{name}所在组（{many:,}个主体）"
        yield _words(who, whom, group.stake, value.currency)
    for stake in (value.alone, *(group.stake for group in value.groups)):
        yield from map(ended, _reserves(stake, value.currency))
    yield from against_said(value.against, value.currency)
    if not (value.groups or cut):
        yield ended(f"{value.party.name} belongs to no group · {value.party.name}不属于任何组")


def _words(who: tuple[str, str], whom: tuple[str, str], stake: Stake, currency: str | None) -> str:
    hidden, unknown = stake.unknown_facilities + stake.unknown_drawn, stake.unknown_guarantees + stake.unknown_debts
    if not (stake.direct or stake.contingent or hidden or unknown):
        return ended(f"{who[0]}: nothing at stake with {whom[0]} · {who[1]}：对{whom[1]}无敞口")
    if not (stake.direct or stake.contingent):
        what = " and ".join(["facilities"] * bool(hidden) + ["guarantees"] * bool(unknown))
        what_zh = "及".join(["授信"] * bool(hidden) + ["担保"] * bool(unknown))
        return ended(
            f"{who[0]}: what is at stake with {whom[0]} is not known, the amounts of its {what} are not disclosed · "
            f"{who[1]}：对{whom[1]}的敞口未知，其{what_zh}金额未披露"
        )
    direct, contingent = disclosed(stake.direct, hidden, currency), disclosed(stake.contingent, unknown, currency)
    direct_zh, contingent_zh = _disclosed_zh(stake.direct, hidden, currency), ""
    by = ""
    if stake.contingent or unknown:
        by = f" and {contingent} by its guarantees"
        contingent_zh = f"，因其担保{_disclosed_zh(stake.contingent, unknown, currency)}"
    return ended(
        f"{who[0]}: {direct} directly{by} at stake with {whom[0]} · "
        f"{who[1]}：对{whom[1]}的直接敞口{direct_zh}{contingent_zh}"
    )


def _disclosed_zh(amount: float, hidden: int, currency: str | None) -> str:
    """What is disclosed of several amounts, and how many are not, in Chinese."""
    known = money(amount, currency) if amount or not hidden else "未披露"
    return f"{known}（另有{hidden:,}笔金额未披露）" if hidden and amount else known


def _reserves(stake: Stake, currency: str | None) -> Iterator[str]:
    """What a stake leaves out, or counts for want of knowing better, in both languages."""
    if many := stake.unknown_guarantees:
        most = money(stake.unknown_guarantees_most, currency)
        yield (
            f"{plural(many, 'guarantee')} of undisclosed amount could add at most {most} · "
            f"{many:,}笔金额未披露的担保至多增加{most}"
        )
    if many := stake.unknown_debts:
        one = plural(many, "guarantee for a debt of unknown amount is", "guarantees for a debt of unknown amount are")
        yield f"{one} counted only up to what is known of it · {many:,}笔担保的主债务金额未知，仅计已知部分"
    if many := stake.expired_guarantees:
        one = plural(many, "guarantee that can no longer be called is", "guarantees that can no longer be called are")
        yield f"{one} not counted · {many:,}笔担保已过保证期间，未计入"
    if many := stake.unknown_facilities:
        yield (
            f"{plural(many, 'facility', 'facilities')} of unknown amount not counted · {many:,}笔金额未知的授信未计入"
        )
    if many := stake.unknown_drawn:
        yield (
            f"{plural(many, 'facility', 'facilities')} of unknown drawn amount counted only with what is undrawn · "
            f"{many:,}笔授信的已用金额未知，仅计未用部分"
        )
    if many := stake.unconverted:
        one = plural(many, "undrawn amount without a conversion factor", "undrawn amounts without a conversion factor")
        yield f"{one} counted whole · {many:,}笔未用额度缺少转换系数，按全额计入"
