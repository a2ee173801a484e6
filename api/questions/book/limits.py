"""Which limits does a lender's book break, and how much of each is used?"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from math import isnan

import numpy as np

from analytics.limits.check import NEAR, Use
from analytics.limits.numerators import NUMERATORS
from analytics.limits.units import Nodes
from api.answers.evidence import Evidence
from api.answers.frame import Answer, Page, Party, Question
from api.answers.wording import ended, plural
from api.book.check import STATES, Checked, Place, checked, facilities_of, protecting, state_of
from api.book.lending import lending
from api.book.overfull import doubtful_of, refused
from api.book.untested import possible_breaks
from api.engine import Engine, View
from api.groups.alike import told_apart
from api.groups.circles import heads_of
from api.groups.more_than_all import MoreThanAll, more_than_all_of_many, told
from api.groups.together import Together
from api.limits.capital import figure_row
from api.limits.criteria import seen_by
from api.limits.lender import lender_of
from api.limits.related import related_of
from api.questions.asking import check_page, node_of
from api.questions.book.findings import LimitFinding, called, finding_said
from api.questions.book.gaps import book_gaps
from api.questions.book.groups import ClientGroup, apart_by_top, group_of
from api.questions.book.possible import PossibleBreak, harmless_said, possible_of
from api.questions.groups.members import grew
from graph.errors import InvalidQuestion
from graph.model import GUARANTEES, LENDS, STATEMENT
from graph.moment import Moment

MEMBERS = 20
"""Members of one group that are named, those with most at stake first."""
FACILITIES = 5
"""Facilities shown of one finding, the largest first."""
PROVED = 5
"""Groups of which it is shown how each member came in."""
SHOWN_BY_ITSELF = ("breach", "near", "large", "assess")


@dataclass(frozen=True)
class LimitRule:
    """One rule in force, its limit for this lender, and how the book stands against it."""

    rule: str
    chinese: str
    english: str
    counted: str
    """What it counts, in English."""
    counted_chinese: str
    denominator: str
    ratio: float
    comparison: str
    """How an exposure breaks it: above the limit, or at it already."""
    scope: str
    group_kind: str
    severity: str
    """`limit` must not be broken, `large` is reported, `assess` asks for an investigation."""
    citation: str
    verified: bool
    """Whether it was read in its text, and what it counts in that; else no answer rests on it alone."""
    figure: float | None
    """The lender's figure it divides by; None where it is missing."""
    figure_day: date | None
    limit: float | None
    """Whole units of the answer's currency; None where the figure is missing."""
    floor_left_out: bool
    """Whether its floor was left out for want of a rate, which makes it stricter."""
    measured: int
    """Clients and groups it was measured on."""
    states: dict[str, int]
    """How many of them stand in each state."""
    greatest: float | None
    """Greatest use, a fraction of the limit."""
    possible: int
    """Clients around whom a group would break it that stands only if what cannot be tested holds."""
    unsettled: int
    """Clients of whom that was not worked out."""
    state: str
    """`breach`; `refer` where a figure is missing, the rule unread, only the wide reading or what cannot be tested
    breaks it, those of whom it breaks may be institutions, or votes are refused that its groups rest on; or
    `within`."""


@dataclass(frozen=True)
class RelatedClient:
    """One related party of the lender."""

    party: Party
    why: str
    """holder, controller, officer, kin, controlled; `possible holder`, `possible controller` or `possibly controlled`
    within a band; `possible kin` of unstated degree."""
    through: Party | None
    exposure: float
    """Credit granted, net of margins as the rules on related parties net it."""
    of_capital: float | None


@dataclass(frozen=True)
class BookLimits:
    """Every limit of a lender, and who uses how much of it."""

    lender: Party
    currency: str | None
    rule_sets: tuple[str, ...]
    state: str
    """`breach`, `refer` or `within`; nothing that is not known passes."""
    near: float
    """Share of a limit from which a use is told as near."""
    clients: int
    rules: tuple[LimitRule, ...]
    findings: tuple[LimitFinding, ...]
    """The gravest first, of each state the greatest use first."""
    page: Page
    groups: tuple[ClientGroup, ...]
    """The first groups among these findings, with how each member came in."""
    possible: tuple[PossibleBreak, ...]
    """What would break if what cannot be tested held, the greatest use first."""
    possible_page: Page
    related: tuple[RelatedClient, ...]
    related_page: Page
    anonymous: int
    """Clients that are undisclosed by name."""
    gaps: tuple[str, ...]
    """What is not known and keeps the book from passing."""
    overfull: tuple[MoreThanAll, ...]
    """Clients, and companies in a group of clients, whose holders are stated to have more than all votes; where such
    shares are refused no limit on groups is within."""
    overfull_page: Page


def book_limits(
    engine: Engine,
    lender: str,
    *,
    near: float = NEAR,
    state: str = "",
    limit: int = 50,
    offset: int = 0,
    moment: Moment,
) -> Answer[BookLimits]:
    """Hold every client and group of a lender's book against every rule in force."""
    check_page(limit, offset)
    return _limits(engine, lender, near=near, state=state, page={"limit": limit, "offset": offset}, moment=moment)


def whole_limits(engine: Engine, lender: str, *, near: float, state: str, moment: Moment) -> Answer[BookLimits]:
    """The same with all findings on one page, so that those called alike are told apart over all of them."""
    return _limits(engine, lender, near=near, state=state, page={}, moment=moment)


def _limits(
    engine: Engine, lender: str, *, near: float, state: str, page: dict[str, int], moment: Moment
) -> Answer[BookLimits]:
    _check(near, state)
    offset, limit = page.get("offset", 0), page.get("limit")
    rows = slice(offset, None if limit is None else offset + limit)
    view = engine.view(moment)
    node = node_of(view.snapshot, lender, where="lender")
    view = seen_by(view, node)
    evidence, found = Evidence(view.snapshot), checked(view, node, near)
    doubtful = doubtful_of(view, found)
    rules = tuple(_rule(view, evidence, found, k, doubtful) for k in range(len(found.wide.uses)))
    places = [place for name in ([state] if state else SHOWN_BY_ITSELF) for place in found.places[name]]
    shown = places[rows]
    findings = _findings(view, evidence, found, shown)
    possible = possible_of(view, evidence, found)
    related, many = _related(view, evidence, found, rows)
    bank = lender_of(view, node)
    value = BookLimits(
        evidence.party(node),
        view.snapshot.moment.currency,
        bank.rule_sets,
        _whole(rules),
        near,
        len(found.clients),
        rules,
        findings,
        Page(len(places), offset, len(findings)),
        _groups(view, evidence, found, shown),
        *possible,
        related,
        Page(many, offset, len(related)),
        int(found.standing.clients.anonymous[found.clients].sum()),
        tuple(
            book_gaps(
                view,
                found,
                bank.rule_sets,
                missing={rule.denominator for rule in rules if rule.limit is None},
                floorless=[rule.rule for rule in rules if rule.floor_left_out],
                possible=possible[0],
            )
        ),
        *more_than_all_of_many(view, evidence, doubtful),
    )
    return view.answer(
        Question("book_limits", {"lender": lender, "near": near, "state": state, **page}),
        value,
        evidence,
        reasons=[
            *_reasons(evidence.distinguished(value), found),
            *told(value.overfull, evidence, left=value.overfull_page.left),
            *harmless_said(view, found),
        ],
    )


def _check(near: float, state: str) -> None:
    if not 0 < near <= 1:
        raise InvalidQuestion(f"{near} is no share of a limit", where="near", remedy="give a fraction such as 0.8")
    if (state and state not in STATES) or state == "within":
        known = ", ".join(name for name in STATES if name != "within")
        raise InvalidQuestion(f"no state {state}", where="state", remedy=f"one of {known}")


def _rule(view: View, evidence: Evidence, found: Checked, k: int, doubtful: list[int]) -> LimitRule:
    use = found.wide.uses[k]
    rule, cap, numerator = use.rule, use.cap, NUMERATORS[use.rule.numerator]
    if cap.figure is not None:
        row = figure_row(view, found.standing.lender, cap.figure)
        evidence.cite_rows(STATEMENT, [] if row is None else [row])
    codes = [state_of(use, unit) for unit in np.unique(use.state, return_index=True)[1]]
    counts = np.unique(use.state, return_counts=True)[1].tolist()
    share = use.share[~np.isnan(use.share)]
    breaks = possible_breaks(view, found)
    possible, unsettled = sum(one.use == k for one in breaks.found), breaks.open.get(k, 0)
    return LimitRule(
        rule.id, rule.name.zh, rule.name.en, numerator.name.en, numerator.name.zh, rule.denominator, rule.ratio,
        rule.comparison, rule.scope, rule.group_kind, rule.severity, rule.citation, not rule.unread,
        None if cap.figure is None else cap.figure.value,
        None if cap.figure is None else cap.figure.period_end,
        None if isnan(cap.value) else cap.value,
        cap.floor_left_out,
        len(use.units),
        dict(zip(codes, counts, strict=True)),
        float(share.max()) if len(share) else None,
        possible,
        unsettled,
        _rule_state(found, k, unsettled=bool(possible or unsettled) or refused(view, doubtful, rule.group_kind)),
    )  # fmt: skip


def _rule_state(found: Checked, k: int, *, unsettled: bool) -> str:
    use = found.wide.uses[k]
    broken = [place for place in found.places["breach"] if place.use == k]
    if not use.rule.unread and not use.cap.stale and any(found.certain(place) for place in broken):
        return "breach"
    unsure = isnan(use.cap.value) or use.cap.stale or bool(use.rule.unread) or bool((use.unknown > 0).any())
    return "refer" if broken or unsure or unsettled else "within"


def _whole(rules: tuple[LimitRule, ...]) -> str:
    states = {rule.state for rule in rules if rule.severity == "limit"} or {"refer"}
    return next(state for state in ("breach", "refer", "within") if state in states)


def _findings(view: View, evidence: Evidence, found: Checked, shown: list[Place]) -> tuple[LimitFinding, ...]:
    """Findings in words, groups of one rule that are called alike with what tells them apart."""
    told = [_finding(view, evidence, found, place) for place in shown]
    named = [
        ((one.rule, one.whom, called(one)), found.wide.uses[place.use].units.members(place.unit))
        for one, place in zip(told, shown, strict=True)
    ]
    return tuple(replace(one, apart=apart) for one, apart in zip(told, told_apart(evidence, named), strict=True))


def _finding(view: View, evidence: Evidence, found: Checked, place: Place) -> LimitFinding:
    use, unit = found.wide.uses[place.use], place.unit
    rule, stakes = use.rule, found.standing.stakes[use.rule.numerator]
    members = use.units.members(unit)
    order = members[np.lexsort((members, -stakes.own[members]))]
    parties = evidence.parties(order[:MEMBERS].tolist())
    sums = found.sums[rule.numerator]
    gross, kept = float(sums.gross[members].sum()), float(sums.kept[members].sum())
    exposure, state = float(use.exposure[unit]), state_of(use, unit)
    cap = None if isnan(use.cap.value) else use.cap.value
    figure = use.cap.figure
    return LimitFinding(
        rule.id,
        state,
        STATES[state],
        _whom(use, members),
        parties[0],
        *_group(view, evidence, found, place),
        parties,
        Page(len(members), 0, len(parties)),
        exposure,
        gross,
        gross - kept,
        exposure - kept,
        cap,
        None if cap is None else exposure / cap,
        None if figure is None or not figure.value > 0 else exposure / figure.value,
        int(use.unknown[unit]),
        found.certain(place),
        found.surely(place),
        found.binding(place),
        evidence.facts(LENDS, facilities_of(found.standing, use, unit, FACILITIES)),
        evidence.facts(GUARANTEES, protecting(found.standing, use, unit, FACILITIES) if exposure > kept else []),
    )


def _group(view: View, evidence: Evidence, found: Checked, place: Place) -> tuple[Party | None, int, int]:
    """Who is on top of a group, how many of its members are clients, and how many it has."""
    use = found.wide.uses[place.use]
    members = use.units.members(place.unit)
    clients = members[found.client[members]]
    name, size = clients.tobytes(), len(members)
    if size < 2 or use.rule.scope in ("all", "anonymous") or name not in found.together:
        # Of a group client with one client alone, or whose clients lie within another's, who unites it.
        heads = heads_of(view, members) if use.rule.group_kind == "control" else ()
        return (evidence.party(heads[0]) if heads else None), len(clients), size
    reading, group = found.together[name]
    if group.heads:
        return evidence.party(group.heads[0]), len(clients), size
    grown = grew(view, group, reading)
    # Of connected clients the book measures those who are its clients; the group has others too.
    return evidence.party(grown.top), len(clients), len(grown.came) if use.rule.group_kind == "connected" else size


def _whom(use: Use, members: Nodes) -> str:
    if use.rule.scope in ("all", "anonymous"):
        return "related parties" if use.rule.scope == "all" else "anonymous clients"
    return "group" if len(members) > 1 else "client"


def _groups(view: View, evidence: Evidence, found: Checked, shown: list[Place]) -> tuple[ClientGroup, ...]:
    """The first groups among some findings, each once."""
    lent, done, told, whole = lending(view, found.standing.lender), set[bytes](), list[ClientGroup](), list[Together]()
    for place in shown:
        members = found.wide.uses[place.use].units.members(place.unit)
        name = members[found.client[members]].tobytes()
        if name in found.together and name not in done and len(done) < PROVED:
            done.add(name)
            reading, group = found.together[name]
            told.append(group_of(view, evidence, lent, group, reading, certain=found.certain(place)))
            whole.append(group)
    return apart_by_top(evidence, told, whole)


def _related(view: View, evidence: Evidence, found: Checked, page: slice) -> tuple[tuple[RelatedClient, ...], int]:
    """One page of the lender's related parties, those with most granted first."""
    rules = [use.rule for use in found.wide.uses if use.rule.group_kind == "lender_related"]
    if not rules:
        return (), 0
    related, stakes = related_of(view, found.standing.lender), found.standing.stakes[rules[0].numerator]
    every = np.union1d(related.parties, related.possible)
    order = every[np.lexsort((every, -stakes.own[every]))]
    figure = found.standing.caps[rules[0].id].figure
    evidence.parties(order[page].tolist())
    rows = []
    for x in order[page].tolist():
        why, through = related.why[x] if x in related.why else related.maybe[x]
        amount = float(stakes.own[x])
        share = amount / figure.value if figure is not None and figure.value > 0 else None
        rows.append(RelatedClient(evidence.party(x), why, evidence.party(through), amount, share))
    return tuple(rows), len(order)


def _reasons(value: BookLimits, found: Checked) -> Iterator[str]:
    name, currency = value.lender.name, value.currency
    sets, rules, clients = ", ".join(value.rule_sets), len(value.rules), value.clients
    yield (
        f"{name} is held to {sets or 'no rule set'}: {plural(rules, 'rule')} in force, {plural(clients, 'client')} · "
        f"{name}适用规则集{sets or '未知'}：现行规则{rules:,}条，客户{clients:,}个。"
    )
    for word in ("breach", "near", "large", "assess"):
        if places := found.places[word]:
            yield _counted(word, len(places), sum(not found.certain(place) for place in places))
    for one in value.findings[:3]:
        if one.state in ("breach", "near") and one.use is not None and one.limit is not None:
            yield finding_said(one, currency)
    hidden = sum(rule.states.get("untold", 0) for rule in value.rules)
    if hidden:
        yield (
            f"{plural(hidden, 'measurement')} cannot be told for want of a figure, an amount or a text that was read · "
            f"因缺少数据、金额或未核对原文，{hidden:,}项无法判定。"
        )
    yield from (ended(f"{gap[0].upper()}{gap[1:]}") for gap in value.gaps)
    if value.page.left:
        left = value.page.left
        yield f"{plural(left, 'more finding is', 'more findings are')} not shown · 另有{left:,}项未列出。"


def _counted(state: str, many: int, unsure: int) -> str:
    """How many clients or groups stand in a state, and how many of them only in the wide reading."""
    only = f", {unsure:,} of them only with what is possible or suspected" if unsure else ""
    only_zh = f"，其中{unsure:,}个仅计可能或疑似" if unsure else ""
    return (
        f"{state}: {plural(many, 'client or group', 'clients or groups')}{only} · "
        f"{STATES[state]}：{many:,}个客户或集团{only_zh}。"
    )
