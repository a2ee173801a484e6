"""A lender's limits at a moment: its rules, its capital, what protects its book, and the groups rules are measured on.

::

    Profile of the lender ─► Lender ──────────┐
    Statement, Rate ───────► capital_of ──────┤
    LENDS, GUARANTEES ─────► View.book ───────┼─► standing ─► check_credit · uses · check_book
    PLEDGES ───────────────► cover_of ────────┤
    Profiles of others ────► clients_of ──────┘
    control, dependences ──► control_units · groupings · readings_of

Each piece is made of a view when first asked for and kept there, for the last few lenders asked about. Two
readings: the narrow one counts control that is certain and dependence that was confirmed, the wide one also
control that is possible within bands, relatives of unstated degree, declared concerts and dependence that figures
suggest. Control groups are those of the law on group clients (2010): relatives control together, and a ring
fence, which speaks of single risks alone, takes nobody out; connected groups heed it.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from analytics.limits.capital import Capital, Figure
from analytics.limits.catalogue import KIN, Rule
from analytics.limits.cover import Cover
from analytics.limits.denominators import DENOMINATORS
from analytics.limits.institutions import trade_of
from analytics.limits.standing import Standing, standing_of
from analytics.limits.units import Clients, Nodes, Readings, Units, distinct
from analytics.structure.government import APART
from analytics.structure.groups import Groups, control_groups, groups_around
from analytics.structure.kinship.circles import Circle, group_clients
from analytics.structure.kinship.kin import Kin, Kinship, degrees, relatives
from analytics.structure.kinship.lender import Related, related_parties
from analytics.structure.sets import greatest
from analytics.structure.votes import Arrows, Holdings
from api.engine import View
from api.limits.numbered import Numbered
from graph.currencies import NO_CURRENCY
from graph.errors import InvalidQuestion, MissingRate, UnknownRule
from graph.model import GUARANTEES, HOLDS_OFFICE, LENDS, OWNS, PLEDGES, RELATED_TO, STATEMENT

LISTED: Final = re.compile(r"[\s,;，；、]+")
"""What may stand between rule sets, or classes of lender."""
GSIB: Final = frozenset({"gsib", "g-sib", "全球系统重要性银行"})
CLIENTS_2010, RELATED_2022 = KIN["control"], KIN["lender_related"]
"""How far kin reaches: in groups of clients, and around a lender."""
WIDEST: Final = 20_000
"""Parties a group of connected clients may have."""
TOO_WIDE: Final = "too_wide"
"""Why groups are not told whole: more parties hang together."""
TOO_MANY: Final = (
    f"more than {WIDEST:,} parties hang together, too many to tell its groups: ask for control instead",
    f"互相牵连的主体超过{WIDEST:,}个，无法列出其关联客户组：请改查控制关系",
)
HOW_TO_STATE: Final = (
    "state the rule sets of the lender in a Profile of it: rule_sets, such as CN or EU (and lender_class)",
    "请在贷款人概况（Profile）中写明适用规则集 rule_sets，如 CN 或 EU（及 lender_class）",
)


@dataclass(frozen=True)
class Lender:
    """What binds a lender on the day."""

    node: int
    rule_sets: tuple[str, ...]
    """As its profile names them; none: nothing binds it that is known here."""
    classes: tuple[str, ...]
    rules: tuple[Rule, ...]
    """Those in force."""


def lender_of(view: View, node: int) -> Lender:
    """A lender with the rules in force for it. Raises UnknownRule where a rule set it names is in no catalogue."""
    return view.kept(("lender", node), lambda: _lender(view, node))


def standing(view: View, node: int) -> Standing:
    """Where a lender stands: rules, limits and stakes. Raises UnknownRule, and InvalidQuestion of mixed currencies."""
    return view.kept(("standing", node), lambda: _standing(view, node))


def _lender(view: View, node: int) -> Lender:
    profile = view.snapshot.profile(node)
    rule_sets, said = (_listed(profile.get(name)) for name in ("rule_sets", "lender_class"))
    classes = tuple("gsib" if word.lower() in GSIB else word for word in said)
    try:
        rules = view.catalogue.in_force(view.snapshot.moment.valid_at, rule_sets=rule_sets, classes=classes)
    except UnknownRule as problem:
        problem.remedy = f"correct rule_sets in the Profile of {view.snapshot.id(node)}: {problem.remedy}"
        raise
    return Lender(node, rule_sets, classes, rules)


def _listed(text: str | None) -> tuple[str, ...]:
    return tuple(dict.fromkeys(word for word in LISTED.split(text or "") if word))


def _standing(view: View, node: int) -> Standing:
    rules = lender_of(view, node).rules
    return standing_of(
        view.book, cover_of(view), rules, lender=node, capital=capital_of(view, node),
        day=view.snapshot.moment.valid_at, clients=clients_of(view),
    )  # fmt: skip


# ── clients ──


def clients_of(view: View) -> Clients:
    """What parties are: who states that it is a lender, of a class or held to rules, is an institution."""
    return view.kept(("clients",), lambda: _clients(view))


def _clients(view: View) -> Clients:
    snapshot = view.snapshot
    institution, gsib = np.zeros((2, snapshot.size), np.bool_)
    institution[np.union1d(snapshot.stating("lender_class"), snapshot.stating("rule_sets"))] = True
    for node in snapshot.stating("lender_class").tolist():
        gsib[node] = bool(GSIB & {word.lower() for word in _listed(snapshot.profile(node).get("lender_class"))})
    return Clients(institution, gsib, snapshot.anonymous)


def perhaps_banks(view: View, parties: Iterable[int]) -> dict[int, str]:
    """Those of some parties that no lender's class makes institutions, but whose code of industry speaks for one."""
    known, codes = clients_of(view).institution, dict[int, str]()
    for x in parties:
        code = None if known[x] else view.snapshot.profile(x).get("industry")
        if code and trade_of(code):
            codes[x] = code
    return codes


def protectors_of(view: View) -> NDArray[np.bool_]:
    """Parties whose guarantee counts as protection: government bodies and institutions, shape (n,)."""
    return np.asarray(clients_of(view).institution | view.control.state)


# ── what protects ──


def cover_of(view: View) -> Cover:
    """Collateral and guarantees, each with the facility it is for."""
    return view.kept(("cover",), lambda: _cover(view))


def _cover(view: View) -> Cover:
    pledges, given, lends, book = (
        view.snapshot.links(PLEDGES), view.snapshot.links(GUARANTEES), view.snapshot.links(LENDS), view.book,
    )  # fmt: skip
    rows = Numbered.of(lends, [pledges.text("facility_id"), given.text("facility_id")])
    return Cover.of(
        pledges,
        facility=rows.pledged(0, pledges.head, pledges.tail),
        guaranteed=rows.found(1, book.creditor, given.head),
        eligible=protectors_of(view)[given.tail],
        first=rows.first,
    )


# ── capital ──


def capital_of(view: View, node: int) -> Capital:
    """What a lender is measured by, in the view's currency, else its own; figures without a rate are missing."""
    rules, rows = lender_of(view, node).rules, figures_of(view, node)
    currency = view.snapshot.moment.currency or capital_currency(view, node) or NO_CURRENCY
    asked = {row["unit"] for row in rows} | {rule.floor.currency for rule in rules if rule.floor}
    rates = dict(_rates(view, (unit for unit in asked if unit), currency))
    return Capital.of(rows, currency=currency, rates=rates)


def figures_of(view: View, node: int) -> list[dict[str, Any]]:
    """Statements of a lender that its rules ask for, the most believed first, `row` saying where each stands."""
    return view.kept(("figures", node), lambda: _figures(view, node))


def capital_currency(view: View, node: int) -> str | None:
    """The currency in which a lender states its newest capital; None where it states none."""
    newest = max(figures_of(view, node), key=lambda row: row["period_end"], default=None)
    return newest["unit"] if newest else None


def figure_row(view: View, node: int, figure: Figure) -> int | None:
    """Row of the statement that a figure was taken from."""
    said = figures_of(view, node)
    fitting = (row for row in said if (row["item"], row["period_end"]) == (figure.item, figure.period_end))
    return next((int(row["row"]) for row in fitting if not row["months"]), None)


def _figures(view: View, node: int) -> list[dict[str, Any]]:
    items = {DENOMINATORS[rule.denominator].item for rule in lender_of(view, node).rules}
    rows = view.snapshot.record_rows(STATEMENT, node).tolist()
    said = zip(rows, view.snapshot.records(STATEMENT, node), strict=True)
    return [{**record, "row": row} for row, record in said if record["item"] in items]


def _rates(view: View, units: Iterable[str], currency: str) -> Iterator[tuple[str, float]]:
    for unit in units:
        try:
            yield unit, view.snapshot.rate(unit, currency)
        except MissingRate:
            continue


# ── groups ──


def readings_of(
    view: View, lender: int, parties: Iterable[int], *, refuted: Set[int] = frozenset(), falls: Arrows | None = None
) -> Readings:
    """Groups of both readings around some parties, as the lender's rules need them.

    `refuted` are positions of dependences, as `View.wide` counts them, to do without; `falls` takes the place of
    `View.wide`. Where more parties hang together than can be told apart, connected groups of that reading are left
    out and `missing` says so.
    """
    around = list(dict.fromkeys(int(x) for x in parties))
    related = any(rule.group_kind == "lender_related" for rule in lender_of(view, lender).rules)
    found: list[dict[str, Units]] = []
    missing: dict[str, None] = {}
    for wide in (False, True):
        arrows = falls if wide and falls else view.falls(wide=wide)
        found.append({"control": control_units(view, wide=wide)})
        try:
            sets = _widest(distinct(list(_connected(connecting(view, wide=wide), arrows, around, refuted))))
            found[-1]["connected"] = Units.of(sets)
        except InvalidQuestion as problem:
            if problem.where != "groups":
                raise
            missing[TOO_WIDE] = None
        if related:
            found[-1]["lender_related"] = related_units(view, lender, wide=wide)
    return Readings(found[0], found[1], missing=tuple(missing))


def _connected(groups: Groups, falls: Arrows, parties: Iterable[int], refuted: Set[int]) -> Iterator[Nodes]:
    for x in parties:
        found = groups_around(groups, falls, x, refuted=refuted, most=WIDEST)
        yield from (group.clients for group in found if len(group.clients) > 1)


def _widest(sets: list[Nodes]) -> list[Nodes]:
    """Those within no other: of two parties a group of one may lie within one of the other."""
    if len(sets) < 2:
        return sets
    named = {frozenset(members.tolist()): members for members in sets}
    return [named[members] for members in greatest(named)]


def connecting(view: View, *, wide: bool) -> Groups:
    """Control groups that connected clients are grown from: control that is certain, or possible (wide)."""
    control, state = view.groups.control, view.government
    wide = wide and control.possible is not control.certain
    if not wide and state == APART:
        return view.groups
    made = control.as_possible() if wide else control
    return view.kept(("connecting", wide, state), lambda: control_groups(made, government=state))


def control_units(view: View, *, wide: bool = False) -> Units:
    """Group clients as units of the rules on them."""
    wide = wide and _widened(view)
    return view.kept(("units", wide), lambda: _units(circles_of(view, wide=wide)))


def _units(circles: Mapping[bytes, Circle]) -> Units:
    parts = [circle.members for circle in circles.values()]
    start = np.cumsum([0, *map(len, parts)]).astype(np.int64)
    return Units(start, np.concatenate([np.zeros(0, np.uint32), *parts]))


def circles_of(view: View, *, wide: bool = False) -> Mapping[bytes, Circle]:
    """Group clients (2010) by the bytes of their members: what one party controls, alone or with its relatives.

    The wide reading counts control that is possible, kin of unstated line or generations, and declared concerts. None
    before the guideline was in force.
    """
    wide = wide and _widened(view)
    return view.kept(("circles", wide), lambda: _circles(view, wide=wide))


def _circles(view: View, *, wide: bool) -> dict[bytes, Circle]:
    if not degrees()[CLIENTS_2010].in_force(view.snapshot.moment.valid_at):
        return {}
    kin, concerts = kin_of(view, CLIENTS_2010), view.concerts if wide else ()
    found = group_clients(view.control, kin, view.snapshot.kind, possible=wide, concerts=concerts)
    sure = circles_of(view) if wide else {}  # of the same clients those are told who surely unite them
    names = ((circle.members.tobytes(), circle) for circle in found)
    return {name: sure.get(name, circle) for name, circle in names}


def _widened(view: View) -> bool:
    """Whether the wide reading of group clients can be another than the narrow one."""
    return view.control.possible is not view.control.certain or len(doubtful_of(view).head) > 0


def kin_of(view: View, rule: str) -> Kin:
    """Who is kin to whom under a rule."""
    links = view.snapshot.links(RELATED_TO)
    return view.kept(("kin", rule), lambda: relatives(view.snapshot.size, Kinship.of(links), degrees()[rule]))


def acting_of(view: View) -> Arrows:
    """Both ways, who declared to act in concert with whom; positions are those of RELATED_TO."""
    ties = [tie for concert in view.concerts for tie in concert.ties]
    return view.kept(("acting",), lambda: _both_ways(view, np.array(ties, np.int64)))


def doubtful_of(view: View) -> Arrows:
    """Both ways, who may unite clients and is not certain to: kin of unstated degree, and declared concerts."""
    untested = kin_of(view, CLIENTS_2010).untested
    return view.kept(("doubtful",), lambda: _both_ways(view, np.union1d(untested, acting_of(view).link)))


def _both_ways(view: View, at: NDArray[np.int64]) -> Arrows:
    links = view.snapshot.links(RELATED_TO)
    tail, head = links.tail[at], links.head[at]
    both = Arrows.of(view.snapshot.size, np.append(tail, head), np.append(head, tail))
    return Arrows(both.start, both.head, np.append(at, at).astype(np.uint32)[both.link])


# ── the lender's own circle ──


def related_of(view: View, lender: int) -> Related:
    """Related parties of a lender."""
    return view.kept(("related", lender), lambda: _related(view, lender))


def _related(view: View, lender: int) -> Related:
    kin, rule = kin_of(view, RELATED_2022), degrees()[RELATED_2022]
    return related_parties(
        view.control, shares_of(view, lender), officers_of(view, lender), kin, rule, lender=lender
    )  # fmt: skip


def shares_of(view: View, lender: int, *, but: Set[int] = frozenset()) -> Holdings:
    """Shares of a lender's capital, but some facts by their positions."""
    owns = view.snapshot.links(OWNS)
    at, fields = np.array([k for k in owns.arriving(lender).tolist() if k not in but], np.int64), owns.fields
    return Holdings.between(
        view.snapshot.size, owns.tail[at], owns.head[at], fields["share_low"][at], fields["share_high"][at],
        fields["share_ends"][at],
    )  # fmt: skip


def officers_of(view: View, lender: int, *, but: Set[int] = frozenset()) -> list[int]:
    """Who holds an office at a lender, but by some facts by their positions."""
    offices = view.snapshot.links(HOLDS_OFFICE)
    return [int(offices.tail[k]) for k in offices.arriving(lender).tolist() if k not in but]


def related_units(view: View, lender: int, *, wide: bool) -> Units:
    """The related parties that one group holds, group by group, and those in none.

    In the wide reading whole groups, the lender's own companies left out, and also holders that may have the
    share from which one is related, and kin of unstated degree.
    """
    return view.kept(("related units", lender, wide), lambda: _related_units(view, lender, wide=wide), most=16)


def _related_units(view: View, lender: int, *, wide: bool) -> Units:
    related, units = related_of(view, lender), control_units(view, wide=wide)
    parties = np.union1d(related.parties, related.possible) if wide else related.parties
    own = np.append(view.control.controlled_by(lender), lender)
    touched = np.unique(units.number[np.isin(units.flat, parties)]).tolist()
    groups = [units.members(k) for k in touched]
    sets = [np.setdiff1d(group, own) if wide else np.intersect1d(group, parties) for group in groups]
    alone = np.setdiff1d(parties, np.concatenate([*sets, np.zeros(0, np.uint32)]))
    return Units.of([*distinct(sets), *([x] for x in alone.tolist())])
