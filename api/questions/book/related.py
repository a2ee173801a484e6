"""Who is related to a lender, and how much of the rules on related parties do they use?"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from analytics.limits.catalogue import Rule
from analytics.limits.numerators import NUMERATORS
from analytics.limits.stakes import Stakes, stakes_of
from analytics.limits.standing import Standing
from analytics.limits.units import Nodes, Units, measured
from analytics.rules.rule import Words
from analytics.structure.kinship import lender as circle
from analytics.structure.kinship.kin import Kin, Kinship, degrees, relatives
from analytics.structure.kinship.lender import Related, leave_related
from analytics.structure.membership import Refuted
from api.answers.evidence import Evidence
from api.answers.frame import Answer, Page, Party, Question
from api.answers.wording import ended, money, percent, plural
from api.engine import Engine, View
from api.groups.circles import kin_of
from api.groups.more_than_all import MoreThanAll, more_than_all_of_many, told
from api.groups.overfull import overfull_among
from api.limits.lender import HOW_TO_STATE, Lender, clients_of, lender_of
from api.limits.related import RELATED_2022, officers_of, related_of, related_units, shares_of
from api.limits.standing import cover_of, standing
from api.questions.asking import check_page, node_of
from api.questions.groups.members import SMALL, Edge, facts_of, without
from api.questions.limits.memberships import between, kinships, related_steps
from api.questions.limits.rules import Limit, RuleSaid, limit_said, rule_said
from api.questions.limits.steps import Step
from graph.field import Kind
from graph.model import CONTROLS, HOLDS_OFFICE, OWNS, RELATED_TO
from graph.moment import Moment

COUNTED = "group_credit"
"""What the rules on related parties count, for a lender that none of them binds here."""
NO_GROUP = ("no two related parties are in one group", "没有两个以上关联方同属一个集团")
MEMBERS = 20
"""Members of one group that are named, those with most granted first."""


@dataclass(frozen=True)
class RelatedParty:
    """One related party of a lender, and how it came to be one."""

    party: Party
    why: str
    """holder, controller, officer, kin or controlled; within bands `possible holder`, `possible controller` or
    `possibly controlled`; `possible kin` where line or generations are not stated."""
    certain: bool
    """Whether it is related whatever shares within bands and kinships of unstated degree are."""
    steps: tuple[Step, ...]
    """From the party next to the lender on to this one."""
    exposure: float
    """Credit granted, net of margins as the rules net it."""
    of_capital: float | None
    """Fraction of the figure the rules divide by."""
    unknown: int
    """Facilities of unknown amount: it is at least what is told."""
    edges: tuple[Edge, ...]
    """The facts of its last step, each with who would no longer be related without it."""
    edges_left: int
    """How many facts that step has of which it is not worked out: all of them where the party is only perhaps related,
    or very many are."""


@dataclass(frozen=True)
class RelatedGroup:
    """Related parties that one group holds, counted together."""

    members: tuple[Party, ...]
    page: Page
    certain: bool
    exposure: float
    of_capital: float | None


@dataclass(frozen=True)
class RelatedLimit:
    """One rule on related parties, and how much of it is used."""

    rule: RuleSaid
    limit: Limit
    most: float
    """Greatest exposure it is held against, by what is certain."""
    most_wide: float
    """The same with what is only possible."""
    scope: str
    """Whether it is on each related party (`single`), on each of their groups (`group`), or on `all` together."""
    units: int
    """Clients or groups it is held against in the wide reading; a rule on groups counts those of two or more."""
    use: float | None
    """Of the limit, a fraction, in the wide reading; none where the limit or who is related is not known."""


@dataclass(frozen=True)
class BookRelated:
    """The related parties of a lender: shareholders, officers, their kin, and what they control."""

    lender: Party
    currency: str | None
    rule: str
    """Id of the rule that says how far kin reaches, and from which share a holder is related."""
    name: Words
    citation: str
    verified: bool
    in_force: bool
    rule_sets: tuple[str, ...]
    limits: tuple[RelatedLimit, ...]
    """The rules on one related party, its group and all together, where they bind the lender."""
    exposure: float
    """With all who are certainly related."""
    exposure_wide: float
    """With those who may be, too."""
    above: int
    """Parties known to hold or control it; without them who is related by shares is not known."""
    officers: int
    """Parties known to hold an office at it."""
    related: tuple[RelatedParty, ...]
    """Those with most granted first."""
    page: Page
    groups: tuple[RelatedGroup, ...]
    """Groups of at least two of them, those with most granted first; at most as many as a page."""
    groups_page: Page
    untested: int
    """Kinships of officers and holders whose line or generations nobody stated."""
    left_out: str
    left_out_zh: str
    """Why no limit is held against them; empty where one is."""
    overfull: tuple[MoreThanAll, ...]
    """The lender, and companies among them, whose holders are stated to have more than all votes, or of the lender all
    of its capital."""
    overfull_page: Page


def book_related(
    engine: Engine, lender: str, *, limit: int = 20, offset: int = 0, moment: Moment
) -> Answer[BookRelated]:
    """Find who is related to a lender, each with the way it came in, and what is granted to them."""
    check_page(limit, offset)
    view = engine.view(moment)
    node = node_of(view.snapshot, lender, where="lender")
    evidence, related, rule = Evidence(view.snapshot), related_of(view, node), degrees()[RELATED_2022]
    bound, counted = lender_of(view, node), _Counted.of(view, node)
    every = np.union1d(related.parties, related.possible)
    order = every[np.lexsort((every, -counted.stakes.own[every]))]
    above, officers = _above(view, node), len({*officers_of(view, node)})
    limits = tuple(_limits(view, evidence, bound, counted, known=bool(above or officers)))
    shown = tuple(_party(view, evidence, related, counted, x) for x in order[offset : offset + limit].tolist())
    groups = _groups(evidence, counted, limit)
    value = BookRelated(
        evidence.party(node),
        view.snapshot.moment.currency,
        rule.id,
        rule.name,
        rule.citation,
        rule.verified,
        rule.in_force(view.snapshot.moment.valid_at),
        bound.rule_sets,
        limits,
        counted.stakes.total(related.parties),
        counted.stakes.total(every),
        above,
        officers,
        shown,
        Page(len(order), offset, len(shown)),
        groups,
        Page(int((np.diff(counted.wide.start) > 1).sum()), 0, len(groups)),
        _untested(view, related),
        *(("", "") if limits else _unbound(bound)),
        *_overfull(view, evidence, node, every),
    )
    asked = {"lender": lender, "limit": limit, "offset": offset}
    return view.answer(
        Question("book_related", asked),
        value,
        evidence,
        reasons=[
            *_reasons(evidence.distinguished(value)),
            *told(value.overfull, evidence, left=value.overfull_page.left),
        ],
    )


def _overfull(view: View, evidence: Evidence, lender: int, related: Nodes) -> tuple[tuple[MoreThanAll, ...], Page]:
    """Companies on whose holders it rests who is related, of which more than all is stated."""
    votes = overfull_among(view, [np.append(related, lender)])
    shown, page = more_than_all_of_many(view, evidence, votes)
    # From which share one is related is asked of the lender's capital.
    own = [] if lender in votes else overfull_among(view, [np.array([lender])], layer="capital")
    more, _ = more_than_all_of_many(view, evidence, own, layer="capital")
    return (*more, *shown), replace(page, total=page.total + len(more), shown=page.shown + len(more))


@dataclass(frozen=True)
class _Counted:
    """What is granted to related parties, and in which groups, in both readings."""

    stakes: Stakes
    narrow: Units
    wide: Units
    capital: float | None

    @classmethod
    def of(cls, view: View, lender: int) -> "_Counted":
        base = standing(view, lender)
        rules = [rule for rule in base.rules if rule.group_kind == "lender_related"]
        narrow, wide = (related_units(view, lender, wide=reading) for reading in (False, True))
        if not rules:
            stakes = stakes_of(view.book, cover_of(view, lender), NUMERATORS[COUNTED], clients_of(view), lender=lender)
            return cls(stakes, narrow, wide, None)
        figure = base.caps[rules[0].id].figure
        known = figure is not None and figure.value > 0
        return cls(base.stakes[rules[0].numerator], narrow, wide, figure.value if figure and known else None)

    def share(self, amount: float) -> float | None:
        """Fraction of the figure the rules divide by."""
        return None if self.capital is None else amount / self.capital


def _unbound(bound: Lender) -> tuple[str, str]:
    if not bound.rule_sets:
        return HOW_TO_STATE
    sets = ", ".join(bound.rule_sets)
    return f"no rule of {sets} limits credit to related parties on this day", f"{sets}当日没有关联方授信限额规则"


def _above(view: View, lender: int) -> int:
    """How many are known to hold or control a lender."""
    owns, controls = view.snapshot.links(OWNS), view.snapshot.links(CONTROLS)
    return len({int(links.tail[k]) for links in (owns, controls) for k in links.arriving(lender).tolist()})


def _limits(view: View, evidence: Evidence, bound: Lender, counted: _Counted, *, known: bool) -> Iterator[RelatedLimit]:
    base = standing(view, bound.node)
    for rule in (rule for rule in base.rules if rule.group_kind == "lender_related"):
        (most, _), (wide, units) = (_most(base, rule, units) for units in (counted.narrow, counted.wide))
        said = limit_said(view, evidence, bound.node, base.caps[rule.id])
        use = wide / said.amount if said.amount and known else None
        yield RelatedLimit(rule_said(rule), said, most, wide, rule.scope, units, use)


def _most(base: Standing, rule: Rule, units: Units) -> tuple[float, int]:
    """Greatest exposure that a rule is held against, and against how many it is."""
    stakes = base.stakes[rule.numerator]
    held = measured(rule, stakes.parties, {rule.group_kind: units}, base.clients)
    return float(stakes.totals(held).max(initial=0)), len(held)


def _party(view: View, evidence: Evidence, related: Related, counted: _Counted, x: int) -> RelatedParty:
    certain = x in related.why
    reason = related.why[x] if certain else related.maybe[x]
    amount = float(counted.stakes.own[x])
    worked = certain and len(related.why) <= SMALL
    edges = tuple(_edges(view, evidence, related, x, reason)) if worked else ()
    steps = tuple(related_steps(view, evidence, related, x))
    beyond = 0 if worked else len(resting(steps[-1]))
    return RelatedParty(
        evidence.party(x), reason[0], certain, steps, amount, counted.share(amount), int(counted.stakes.silent[x]),
        edges, beyond,
    )  # fmt: skip


def resting(step: Step) -> set[str]:
    """Ids of the facts that a step rests on."""
    falls = (fact for fall in step.proof for fact in (*fall.by, *fall.concert))
    return {fact.fact_id for fact in (*step.facts, *falls)}


def _groups(evidence: Evidence, counted: _Counted, most: int) -> tuple[RelatedGroup, ...]:
    units, sure = counted.wide, {counted.narrow.members(k).tobytes() for k in range(len(counted.narrow))}
    amounts = counted.stakes.totals(units) if len(units) else np.zeros(0)
    several = np.flatnonzero(np.diff(units.start) > 1)
    order = several[np.lexsort((several, -amounts[several]))][:most]
    return tuple(_group(evidence, counted, units.members(k), float(amounts[k]), sure) for k in order.tolist())


def _group(evidence: Evidence, counted: _Counted, members: Nodes, amount: float, sure: set[bytes]) -> RelatedGroup:
    order = members[np.lexsort((members, -counted.stakes.own[members]))][:MEMBERS]
    shown = evidence.parties(order.tolist())
    page = Page(len(members), 0, len(shown))
    return RelatedGroup(shown, page, members.tobytes() in sure, amount, counted.share(amount))


def _untested(view: View, related: Related) -> int:
    """Kinships of related parties that cannot be placed within the degrees."""
    untested, links = kin_of(view, RELATED_2022).untested, view.snapshot.links(RELATED_TO)
    near = np.isin(links.tail[untested], related.parties) | np.isin(links.head[untested], related.parties)
    return int(near.sum())


# ── what would leave ──


def _edges(view: View, evidence: Evidence, related: Related, x: int, reason: circle.Reason) -> Iterator[Edge]:
    """The facts of the last step to a party, each with who would no longer be related without it."""
    for kind, link, at in _facts(view, x, reason):
        gone = leave_related(
            related, view.control, shares_of(view, related.lender, but={at} if kind is OWNS else frozenset()),
            officers_of(view, related.lender, but={at} if kind is HOLDS_OFFICE else frozenset()),
            kin_of(view, RELATED_2022) if kind is not RELATED_TO else _kin_without(view, at),
            degrees()[RELATED_2022],
            refuted=without(kind, link) if kind in (OWNS, CONTROLS) else Refuted(),
        )  # fmt: skip
        facts = evidence.whole(kind, [at])
        yield Edge(kind.name, facts[0].head, facts[0].tail, "stated", facts, evidence.parties(gone.tolist()))


def _facts(view: View, x: int, reason: circle.Reason) -> Iterable[tuple[Kind, int, int]]:
    """Facts behind a reason: kind, position as control counts it, and position among the links."""
    how, through = reason
    if how in (circle.CONTROLLED, circle.CONTROLLER):
        owner, company = (through, x) if how == circle.CONTROLLED else (x, through)
        rows = facts_of(view.control, {owner: [company]})
        return [(kind, link, link if kind is OWNS else int(view.other_control[link])) for kind, link in rows]
    kind = {circle.RELATIVE: RELATED_TO, circle.OFFICER: HOLDS_OFFICE}.get(how, OWNS)
    found = kinships(view, through, x) if kind is RELATED_TO else between(view, kind, x, through)
    return [(kind, link, link) for link in found]


def _kin_without(view: View, link: int) -> Kin:
    links = view.snapshot.links(RELATED_TO)
    said, kept = Kinship.of(links), np.arange(len(links.tail)) != link
    columns = (said.tail, said.head, said.kind, said.line, said.generations)
    left = Kinship(*(column[kept] for column in columns))
    return relatives(view.snapshot.size, left, degrees()[RELATED_2022])


def _reasons(value: BookRelated) -> Iterator[str]:
    name, currency = value.lender.name, value.currency
    unread = "" if value.verified else " (not verified)"
    rule = f"{value.name.en} · {value.name.zh}{unread}, {value.citation}"
    if not (value.above or value.officers or value.page.total):
        who, who_zh = _untold(value)
        yield ended(f"{who}, so its related parties by {rule} are not known · {who_zh}，其关联方未知")
        yield from _unheld(value)
        return
    many = plural(value.page.total, "related party", "related parties")
    yield f"{name} has {many} by {rule}."
    if not value.above or not value.officers:
        who, who_zh = _untold(value)
        yield ended(f"{who}, so there may be more · {who_zh}，可能另有关联方")
    yield f"{money(value.exposure, currency)} is granted to those who certainly are."
    if value.exposure_wide > value.exposure:
        yield f"{money(value.exposure_wide, currency)} with those who may be."
    for one in value.limits:
        name_ = f"{one.rule.id} {one.rule.name_zh} ({one.rule.name})"
        if no_group(one):
            yield ended(f"{name_}: {NO_GROUP[0]} · {NO_GROUP[1]}")
            continue
        unknown = "of a limit that is not known" if one.limit.amount is None else "at least"
        used = unknown if one.use is None else f"{percent(one.use)} of its limit"
        most = money(one.most_wide, currency)
        yield f"{name_}: {most}, {used}; {one.rule.citation}."
    yield from _unheld(value)
    if value.untested:
        yield f"{plural(value.untested, 'kinship')} cannot be placed within the degrees · 亲属关系的亲等未说明。"
    if value.page.left:
        yield f"{plural(value.page.left, 'more related party is', 'more related parties are')} not shown."


def no_group(one: RelatedLimit) -> bool:
    """Whether a rule is on groups, and no two related parties are in one."""
    return one.scope == "group" and not one.units


def _untold(value: BookRelated) -> tuple[str, str]:
    """What of those around a lender is not known, in both languages."""
    name = value.lender.name
    if not (value.above or value.officers):
        return f"Nobody is known to hold or direct {name}", f"未知{name}的股东、控制人和董监高"
    if not value.above:
        return f"Nobody is known to hold {name}", f"未知{name}的股东和控制人"
    return f"Nobody is known to direct {name}", f"未知{name}的董监高"


def _unheld(value: BookRelated) -> Iterator[str]:
    if value.left_out:
        yield ended(f"Nothing is held against limits: {value.left_out} · {value.left_out_zh}")
