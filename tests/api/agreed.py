"""The groups question, the credit check and the book, held against each other party by party."""

from collections.abc import Iterable

import numpy as np

from api import questions
from api.book.lending import groups_in, lending
from api.engine import Engine, View
from api.groups.together import CONFIRMED, GROUP_CLIENT, POSSIBLE_CLIENT, SUSPECTED, groups_among
from api.limits.criteria import seen_by
from api.limits.lender import kinds_of
from api.limits.standing import readings_of
from api.questions.groups.groups import GroupsOf
from graph.moment import Moment

Sets = set[frozenset[str]]
KINDS = {"connected": (CONFIRMED, SUSPECTED), "group-clients": (GROUP_CLIENT, POSSIBLE_CLIENT)}
RULES = {"connected": "connected", "group-clients": "control"}


def disagreements(engine: Engine, lender: str, parties: Iterable[str], moment: Moment) -> list[str]:
    """Where two of the three tell other groups of a party; empty where they agree."""
    whole = engine.view(moment)
    view = seen_by(whole, whole.snapshot.node(lender))
    node = view.snapshot.node(lender)
    everybody = np.arange(view.snapshot.size, dtype=np.uint32)
    clients = lending(view, node).clients
    found: list[str] = []
    for kind, readings in KINDS.items():
        books = [named(view, [g.clients for g in groups_among(view, everybody, name)]) for name in readings]
        lent = [named(view, [g.clients for g in groups_in(view, node, name)]) for name in readings]
        # A check tells a lender no group clients that none of its rules is measured on.
        counted = kind == "connected" or RULES[kind] in kinds_of(view, node)
        for party in parties:
            told = questions.groups(engine, party, kind=kind, lender=lender, limit=1000, moment=moment).answer
            read = readings_of(view, node, [view.snapshot.node(party)])
            for wide, (book, owed) in enumerate(zip(books, lent, strict=True)):
                asked = answered(told, wide=bool(wide))
                check = named(view, read.of(RULES[kind], wide=bool(wide)).around(view.snapshot.node(party)))
                among = greatest({group & {*view.snapshot.ids(clients)} for group in asked})
                where = f"{party} {kind} wide={wide}"
                if asked != {group for group in book if party in group} or check != (asked if counted else set()):
                    found.append(f"{where}: {asked} {check} {book}")
                if party in view.snapshot.ids(clients) and among - {g for g in among if party not in g} != {
                    group for group in owed if party in group
                }:
                    found.append(f"{where}: among clients {among} {owed}")
    return found


def answered(told: GroupsOf, *, wide: bool) -> Sets:
    """Groups of an answer in one reading that the party is a member of."""
    groups = told.with_suspected if wide and told.with_suspected else told.groups
    sets = {frozenset(member.party.id for member in group.members) for group in groups}
    return {group for group in sets if told.party.id in group}


def named(view: View, groups: Iterable[np.ndarray]) -> Sets:
    return {frozenset(view.snapshot.ids(members)) for members in groups}


def greatest(sets: Sets) -> Sets:
    return {group for group in sets if len(group) > 1 and not any(group < other for other in sets)}
