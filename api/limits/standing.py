"""Where a lender stands at a moment: its rules, its capital, what protects its book, and the groups it is measured on.

::

    Profile of the lender ─► lender_of ───────┐
    Statement, Rate ───────► capital_of ──────┤
    LENDS, GUARANTEES ─────► View.book ───────┼─► standing ─► check_credit · uses · check_book
    PLEDGES ───────────────► cover_of ────────┤
    Profiles of others ────► clients_of ──────┘
    control, dependences ──► control_units · groupings · readings_of

Each piece is made of a view when first asked for and kept there, for the last few lenders asked about.
"""

from collections.abc import Iterable, Iterator

from analytics.limits.cover import Cover
from analytics.limits.standing import Standing, standing_of
from analytics.limits.units import Nodes, Readings, Units, distinct
from analytics.structure.connected import groups_around
from analytics.structure.extended import Ways
from analytics.structure.groups import Groups
from analytics.structure.sets import greatest
from api.engine import View
from api.groups.circles import TOO_WIDE, WIDEST, connecting, control_units
from api.limits.capital import capital_of
from api.limits.lender import clients_of, kinds_of, lender_of
from api.limits.numbered import Numbered
from api.limits.protection import protectors_of, state_unable
from api.limits.related import related_units
from graph.errors import InvalidQuestion
from graph.model import GUARANTEES, LENDS, PLEDGES


def standing(view: View, node: int) -> Standing:
    """Where a lender stands: rules, limits and stakes. Raises UnknownRule, and InvalidQuestion of mixed currencies."""
    return view.kept(("standing", node), lambda: _standing(view, node))


def _standing(view: View, node: int) -> Standing:
    rules = lender_of(view, node).rules
    return standing_of(
        view.book, cover_of(view, node), rules, lender=node, capital=capital_of(view, node),
        day=view.snapshot.moment.valid_at, clients=clients_of(view),
    )  # fmt: skip


def cover_of(view: View, lender: int) -> Cover:
    """Collateral and guarantees, each with the facility it is for, and whether it counts for a lender."""
    return view.kept(("cover", bool(state_unable(view, lender))), lambda: _cover(view, lender))


def _cover(view: View, lender: int) -> Cover:
    pledges, given, lends, book = (
        view.snapshot.links(PLEDGES), view.snapshot.links(GUARANTEES), view.snapshot.links(LENDS), view.book,
    )  # fmt: skip
    rows = Numbered.of(lends, [pledges.text("facility_id"), given.text("facility_id")])
    return Cover.of(
        pledges,
        facility=rows.pledged(0, pledges.head, pledges.tail),
        guaranteed=rows.found(1, book.creditor, given.head),
        eligible=protectors_of(view, lender)[given.tail],
        first=rows.first,
    )


def readings_of(view: View, lender: int, parties: Iterable[int], *, falls: Ways | None = None) -> Readings:
    """Groups of both readings around some parties, as the lender's rules need them.

    `falls` takes the place of `View.wide`. Where more parties hang together than can be told apart, connected groups of
    that reading are left out and `missing` says so.
    """
    around = list(dict.fromkeys(int(x) for x in parties))
    kinds = kinds_of(view, lender)
    found: list[dict[str, Units]] = []
    missing: dict[str, None] = {}
    for wide in (False, True):
        arrows = falls if wide and falls else view.falls(wide=wide)
        # Group clients (集团客户) are of the rules that are measured on them alone: others know connected clients.
        found.append({"control": control_units(view, wide=wide)} if "control" in kinds else {})
        try:
            sets = _widest(distinct(list(_connected(connecting(view, wide=wide), arrows, around))))
            found[-1]["connected"] = Units.of(sets)
        except InvalidQuestion as problem:
            if problem.where != "groups":
                raise
            missing[TOO_WIDE] = None
        if "lender_related" in kinds:
            found[-1]["lender_related"] = related_units(view, lender, wide=wide)
    return Readings(found[0], found[1], missing=tuple(missing))


def _connected(groups: Groups, falls: Ways, parties: Iterable[int]) -> Iterator[Nodes]:
    for x in parties:
        found = groups_around(groups, falls, x, most=WIDEST)
        yield from (group.clients for group in found if len(group.clients) > 1)


def _widest(sets: list[Nodes]) -> list[Nodes]:
    """Those within no other: of two parties a group of one may lie within one of the other."""
    if len(sets) < 2:
        return sets
    named = {frozenset(members.tolist()): members for members in sets}
    return [named[members] for members in greatest(named)]
