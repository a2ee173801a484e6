"""What one party controls, alone or with its relatives: the groups that all others are grown from.

Circles are group clients by the guideline of 2010: relatives control together, and a ring fence, which speaks of
single risks alone, takes nobody out. Connected groups heed it.
"""

from collections.abc import Mapping
from typing import Final

import numpy as np

from analytics.limits.catalogue import KIN
from analytics.limits.most import Parts, hanging
from analytics.limits.units import Nodes, Units
from analytics.structure.government import APART, THROUGH
from analytics.structure.groups import Groups, control_groups
from analytics.structure.kinship.circles import Circle, group_clients
from analytics.structure.kinship.kin import Kin, Kinship, degrees, relatives
from analytics.structure.votes import Arrows
from api.engine import View
from api.groups.concerts import acting_of, both_ways, may_connect, may_unite
from graph.model import RELATED_TO

WIDEST: Final = 20_000
"""Parties a group of connected clients may have."""
TOO_WIDE: Final = "too_wide"
"""Why groups are not told whole: more parties hang together."""
TOO_MANY: Final = (
    f"more than {WIDEST:,} parties hang together, too many to tell its groups: ask for control instead",
    f"互相牵连的主体超过{WIDEST:,}个，无法列出其关联客户组：请改查控制关系",
)
ARISING: Final = "too_many_arise"
"""Why groups that would only arise are not told whole."""
TOO_MANY_ARISE: Final = (
    "groups that would arise if what cannot be tested held are too many to tell; judge or load what is not known",
    "若无法检验的经济依存或控制成立，将形成的集团过多，无法列出；请补充资料或作出认定",
)
CLIENTS_2010: Final = KIN["control"]
"""How far kin reaches in groups of clients."""


def connecting(view: View, *, wide: bool) -> Groups:
    """Control groups that connected clients are grown from: control that is certain, or possible (wide).

    What parties in concert control together each of them may control.
    """
    control, state = may_connect(view) if wide else view.groups.control, view.government
    wide = wide and control.possible is not control.certain
    if not wide and state == APART:
        return view.groups
    made = control.as_possible() if wide else control
    return view.kept(("connecting", wide, state), lambda: control_groups(made, government=state))


def control_units(view: View, *, wide: bool = False) -> Units:
    """Group clients as units of the rules on them."""
    wide = wide and _widened(view)
    return view.kept(
        ("units", wide), lambda: Units.ordered([circle.members for circle in circles_of(view, wide=wide).values()])
    )


def circles_of(view: View, *, wide: bool = False) -> Mapping[bytes, Circle]:
    """Group clients (2010) by the bytes of their members: what one party controls, alone or with its relatives.

    The wide reading counts control that is possible, kin of unstated line or generations, and declared concerts. None
    before the guideline was in force.
    """
    wide = wide and _widened(view)
    return view.kept(("circles", wide), lambda: _circles(view, wide=wide))


def heads_of(view: View, members: Nodes) -> tuple[int, ...]:
    """Who unites a group client with these members, in the narrow reading or the wide one; nobody where it is none."""
    found = (circles_of(view, wide=wide).get(members.tobytes()) for wide in (False, True))
    return next((circle.heads for circle in found if circle is not None), ())


def _circles(view: View, *, wide: bool) -> dict[bytes, Circle]:
    if not degrees()[CLIENTS_2010].in_force(view.snapshot.moment.valid_at):
        return {}
    kin, concerts = kin_of(view, CLIENTS_2010), view.concerts if wide else ()
    control = may_unite(view) if wide else view.control
    found = group_clients(control, kin, view.snapshot.kind, possible=wide, concerts=concerts)
    sure = circles_of(view) if wide else {}  # of the same clients those are told who surely unite them
    names = ((circle.members.tobytes(), circle) for circle in found)
    return {name: sure.get(name, circle) for name, circle in names}


def circle_parts(view: View) -> Parts:
    """Which parties hang together by possible control and by whatever else unites group clients."""

    def make() -> Parts:
        kin, doubtful = kin_of(view, CLIENTS_2010).wide, doubtful_of(view)
        tail, head = (np.concatenate([getattr(kin, end), getattr(doubtful, end)]) for end in ("tail", "head"))
        united = control_groups(may_unite(view).as_possible(), government=THROUGH)
        return hanging(united, Arrows.of(view.snapshot.size, tail, head))

    return view.kept(("circle parts",), make)


def _widened(view: View) -> bool:
    """Whether the wide reading of group clients can be another than the narrow one."""
    return view.control.possible is not view.control.certain or len(doubtful_of(view).head) > 0


def kin_of(view: View, rule: str) -> Kin:
    """Who is kin to whom under a rule."""
    links = view.snapshot.links(RELATED_TO)
    return view.kept(("kin", rule), lambda: relatives(view.snapshot.size, Kinship.of(links), degrees()[rule]))


def doubtful_of(view: View) -> Arrows:
    """Both ways, who may unite clients and is not certain to: kin of unstated degree, and declared concerts."""
    untested = kin_of(view, CLIENTS_2010).untested
    return view.kept(("doubtful",), lambda: both_ways(view, np.union1d(untested, acting_of(view).link)))
