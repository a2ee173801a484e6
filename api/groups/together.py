"""Parties that stand and fall together, in every reading: around one of them, or among some."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from analytics.limits.units import Units
from analytics.structure.connected import groups_around, grown_groups
from analytics.structure.groups import Groups
from analytics.structure.kinship.circles import PERSON, Circle
from analytics.structure.reach import Nodes
from analytics.structure.sets import greatest
from analytics.structure.votes import Arrows
from api.engine import View
from api.groups.circles import WIDEST, circles_of, connecting, control_units
from graph.errors import InvalidQuestion

CONFIRMED, SUSPECTED, GROUP_CLIENT, POSSIBLE_CLIENT = "confirmed", "suspected", "group-client", "possible-group-client"
READINGS: Final = {
    CONFIRMED: ("确定的控制及已确认的经济依存", "certain control and confirmed dependence"),
    SUSPECTED: (
        "控制（含可能）及已确认、疑似的经济依存",
        "control, also possible, and confirmed or suspected dependence",
    ),
    GROUP_CLIENT: ("集团客户（2010）", "group clients of the 2010 guideline"),
    POSSIBLE_CLIENT: (
        "集团客户（2010），含可能的控制、未注明亲等的亲属及一致行动",
        "group clients of the 2010 guideline, also by possible control, kin of unstated degree and declared concerts",
    ),
}
"""How groups are made; of each kind limits count the second reading, and a refusal rests on the first."""
TOO_WIDE_TOLD: Final = (
    f"more than {WIDEST:,} parties hang together by control and dependence: groups are told by control alone, and who "
    "else falls with them is not"
)
"""What is said where groups cannot be told whole."""
TOO_WIDE_ZH: Final = (
    f"因控制及经济依存相互牵连的主体超过{WIDEST:,}个：仅按控制关系列示各组，未列示随之陷入困境的其他主体"
)
"""The same in Chinese."""
READINGS_BY: Final = {"connected": (CONFIRMED, SUSPECTED), "control": (GROUP_CLIENT, POSSIBLE_CLIENT)}
"""The narrow and the wide reading of each kind of group that rules are measured on."""
BASES_ZH: Final = {
    "control": "依据控制", "control and dependence": "依据控制及经济依存", "group client": "集团客户",
}  # fmt: skip
"""By what a group came about, in Chinese."""
NARROW: Final = {CONFIRMED: CONFIRMED, SUSPECTED: CONFIRMED, GROUP_CLIENT: GROUP_CLIENT, POSSIBLE_CLIENT: GROUP_CLIENT}
"""The reading of the same kind that counts only what is certain and judged."""


@dataclass(frozen=True)
class Together:
    """Parties that stand and fall together: clients of one book, or a whole group."""

    clients: Nodes
    """Ascending, at least two; of a whole group all members, clients or not."""
    seed: Nodes
    """The control group from which they were reached, of a group client all of it; it need hold no client."""
    heads: tuple[int, ...] = ()
    """Who unites a group client: the legal person on top, an individual and relatives, or a concert."""
    by_control: bool = False
    """Whether control alone was followed, since too many parties hang together to tell who falls with it."""


def made_of(view: View, *, wide: bool) -> tuple[Groups, Arrows]:
    """What groups of connected clients are grown from in a reading: control groups, and who falls with whom."""
    return connecting(view, wide=wide), view.falls(wide=wide)


def groups_of(view: View, party: int, reading: str) -> list[Together]:
    """Groups of at least two that a party sits in, whole; of group clients also those that it heads.

    Raises InvalidQuestion where more parties hang together than can be told apart.
    """
    check_reading(reading)
    if reading in (CONFIRMED, SUSPECTED):
        united, falls = made_of(view, wide=reading == SUSPECTED)
        grown = groups_around(united, falls, party, most=WIDEST)
        return [Together(one.clients, one.seed) for one in grown if len(one.clients) > 1]
    wide = reading == POSSIBLE_CLIENT
    circles, mine = circles_of(view, wide=wide), control_units(view, wide=wide).around(party)
    names = dict.fromkeys([*(members.tobytes() for members in mine), *_headed(view, wide=wide).get(party, ())])
    return [_unity(circles[name]) for name in names]


def groups_told(view: View, party: int, reading: str) -> tuple[list[Together], str]:
    """Groups of a party as `groups_of`; where too many parties hang together its control groups, and a word on that."""
    try:
        return groups_of(view, party, reading), ""
    except InvalidQuestion as problem:
        if problem.where != "groups":
            raise
    sets = connecting(view, wide=reading == SUSPECTED).around(party)
    return [Together(members, members, by_control=True) for members in sets if len(members) > 1], TOO_WIDE_TOLD


def grouped_with(view: View, party: int, readings: Iterable[str]) -> Iterator[int]:
    """Whom a party is grouped with in any of some readings, itself among them; once for each group."""
    groups = (group for reading in readings for group in groups_told(view, party, reading)[0])
    return (int(x) for group in groups for x in group.clients)


def groups_among(view: View, clients: Nodes, reading: str) -> list[Together]:
    """Groups of at least two of some clients in one reading; they overlap where the law lets them."""
    check_reading(reading)
    make = _grown if reading in (CONFIRMED, SUSPECTED) else _united
    name = ("groups", reading, view.criteria, view.government, clients.tobytes())
    return view.kept(name, lambda: make(view, clients, reading))


def _grown(view: View, clients: Nodes, reading: str) -> list[Together]:
    grown = grown_groups(*made_of(view, wide=reading == SUSPECTED), clients.tolist())
    return [Together(one.clients, one.seed) for one in grown if len(one.clients) > 1]


def check_reading(reading: str) -> None:
    """Raise InvalidQuestion where there is no such reading."""
    if reading not in READINGS:
        raise InvalidQuestion(f"no reading {reading}", where="reading", remedy=f"one of {', '.join(READINGS)}")


def units_of(groups: Sequence[Together]) -> Units:
    """Clients of each group as units."""
    return Units.ordered([group.clients for group in groups])


def _united(view: View, clients: Nodes, reading: str) -> list[Together]:
    """Group clients of which at least two are clients here, each clients' set once and within no other."""
    client = np.zeros(view.snapshot.size, np.bool_)
    client[clients] = True
    found: dict[frozenset[int], Together] = {}
    for circle in circles_of(view, wide=reading == POSSIBLE_CLIENT).values():
        mine = circle.members[client[circle.members]]
        if len(mine) > 1:
            found.setdefault(frozenset(mine.tolist()), Together(mine, circle.members, circle.heads))
    return sorted((found[members] for members in greatest(found)), key=lambda one: one.clients.tolist())


def _unity(circle: Circle) -> Together:
    return Together(circle.members, circle.members, circle.heads)


def _headed(view: View, *, wide: bool) -> Mapping[int, list[bytes]]:
    """Group clients that each individual unites, by the bytes of their members."""

    def make() -> Mapping[int, list[bytes]]:
        by, person = dict[int, list[bytes]](), view.snapshot.kind == PERSON
        for name, circle in circles_of(view, wide=wide).items():
            for head in circle.heads:
                if person[head]:
                    by.setdefault(head, []).append(name)
        return by

    return view.kept(("headed", wide), make)
