"""Who would leave a group client (集团客户) if a fact were refuted: whom nobody would still unite with the rest."""

from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np

from analytics.structure.control import Control
from analytics.structure.kinship.circles import Circle
from analytics.structure.membership import Refuted, control_among
from analytics.structure.reach import Nodes
from analytics.structure.votes import Arrows

MOST: Final = 1000
"""Parties above a group client among whom it is looked for others who unite it."""
NOTHING: Final = Refuted()


@dataclass(frozen=True)
class Ties:
    """Who counts as one with whom: kin pair by pair, declared concerts through each other."""

    kin: Arrows
    """Both ways."""
    acting: Arrows
    """Both ways; positions are counted as those of `kin`."""


@dataclass(frozen=True)
class Family:
    """Who may unite parties: one alone, one with kin, or parties in concert with their kin."""

    kind: str
    """`alone`, `kin` or `concert`."""
    core: frozenset[int]
    """The one, or all who act in concert, government bodies among them."""
    people: frozenset[int]
    """These with their kin; a government body unites nobody."""
    reach: frozenset[int]
    """What they control together of what lies around a group client."""


@dataclass(frozen=True)
class Unity:
    """A group client, and everybody who unites two or more of its members."""

    control: Control
    circle: Circle
    ties: Ties
    families: tuple[Family, ...]
    """Those who are told as its heads first, then whoever unites most of it."""

    @property
    def around(self) -> frozenset[int]:
        """Everybody whose holdings and control count."""
        own = (*self.circle.members.tolist(), *self.circle.heads)
        return frozenset(own).union(*(one.people | one.reach for one in self.families))

    def leave(self, refuted: Refuted = NOTHING, *, parted: Set[int] = frozenset()) -> Nodes:
        """Members who would leave without some edges, and without some ties by their positions; ascending.

        The part that stays is the greatest which a family, a concert, who is on top or somebody above would still
        unite; what only a lower member still has falls away with it, unless it controls who is on top. Who would
        control nothing together any more is no group and leaves as well; who is on top alone stays. Of equal parts
        that of the first head stays.
        """
        members, best, first = frozenset(self.circle.members.tolist()), frozenset[int](), self.circle.heads[0]
        for family in self.families:
            if len(members & (family.people | family.reach)) >= len(best & members):
                left = (self._stays(family, people, refuted) for people in self._left(family, parted))
                best = max((best, *left), key=lambda stays: (len(stays & members), first in stays))
        return np.array(sorted(members - best), np.uint32)

    def _stays(self, family: Family, people: frozenset[int], refuted: Refuted) -> frozenset[int]:
        """Some people and whom they still unite; worked out once for all that does not touch them."""
        near = refuted.between(self.control, family.people | family.reach)
        name = family, people, near
        if name not in self._known:
            self._known[name] = self._staying(family, people, near)
        return self._known[name]

    @cached_property
    def _known(self) -> dict[tuple[Family, frozenset[int], Refuted], frozenset[int]]:
        return {}

    def _staying(self, family: Family, people: frozenset[int], refuted: Refuted) -> frozenset[int]:
        """Some people and whom they still unite; nobody where that is no group, or is one without who is on top."""
        held = _falling(self.control, people, (family.people | family.reach) - people, refuted)
        top = self.circle.heads[0] if len(self.circle.heads) == 1 else None
        if not held and people != {top}:
            led = any(_falling(self.control, people - {y}, {y}, refuted) for y in people)
            people = people if led else held
        alone = top is not None and top in self.circle.members and top not in people | held
        return frozenset() if alone else people | held

    def _left(self, family: Family, parted: Set[int]) -> Iterator[frozenset[int]]:
        """Who still holds together of a family once some ties are gone."""
        left = set(family.core)
        while left:
            first = min(left)
            core = _through(self.ties.acting, first, parted) if family.kind == "concert" else {first}
            left -= core
            people = _people(self.control, self.ties.kin, core, family.kind, parted)
            if len(people) > 1 or family.kind == "alone":
                yield people


def unity(control: Control, circle: Circle, ties: Ties, *, possible: bool = False) -> Unity:
    r"""Find everybody who unites members of a group client, so that it can be told who would leave without a fact.

    .. math:: L(R) = G \setminus \arg\max_{F} \big| G \cap (F' \cup C'(F')) \big|, \qquad F' = F \text{ without } R

    Looked at are parties that hold or control a member, or who does so, and their kin and concerts, as far as these are
    few; else those among members and heads alone.

    Parameters
    ----------
    control : Control
        Who controls whom, n parties.
    circle : Circle
        A group client G with its heads, as `analytics.structure.kinship.circles.group_clients` makes it.
    ties : Ties
        Kin and concerts that count.
    possible : bool
        As `group_clients`.

    Raises
    ------
    Nothing; who is no party has no ties.

    Source
    ------
    银监会令2010年第4号 art. 3(3): kin of kin stays out; 上市公司收购管理办法 art. 83: concert is transitive; control is
    monotone in votes (domain reference §1.4).

    Example
    -------
    >>> from analytics.structure.control import solve_control
    >>> from analytics.structure.votes import Holdings
    >>> held = solve_control(Holdings.exact(4, [0, 1, 2], [2, 2, 3], [0.3, 0.3, 0.6]))
    >>> pair, none = Arrows.of(4, [0, 1], [1, 0]), Arrows.of(4, (), ())
    >>> found = unity(held, Circle(np.arange(4, dtype=np.uint32), (0, 1)), Ties(none, pair))
    >>> found.leave(Refuted(holdings=frozenset([2]))).tolist(), found.leave(parted={0, 1}).tolist()
    ([3], [0, 1, 2, 3])
    """
    solved = control.as_possible() if possible else control
    around = _above(solved, {*circle.members.tolist(), *circle.heads})
    found = dict[tuple[str, frozenset[int]], Family]()
    alone = around - {*circle.members.tolist()} | {*circle.heads, *_ring(solved, circle)}
    for kind, core in _cores(solved, ties, alone, around):
        people = _people(solved, ties.kin, core, kind)
        if (kind, core) not in found and (len(people) > 1 or kind == "alone"):
            found[kind, core] = Family(kind, core, people, _reach(solved, people, around - people))
    members, heads = frozenset(circle.members.tolist()), frozenset(circle.heads)
    several = (one for one in found.values() if one.people <= heads or len(members & (one.people | one.reach)) > 1)
    order = sorted(several, key=lambda one: (one.people != heads, -len(members & (one.people | one.reach))))
    return Unity(solved, circle, ties, tuple(order))


def _ring(control: Control, circle: Circle) -> frozenset[int]:
    """Members who control the one on top in turn."""
    if len(circle.heads) > 1:
        return frozenset()
    return frozenset(control.controllers_of(circle.heads[0]).tolist()).intersection(circle.members.tolist())


def _cores(
    control: Control, ties: Ties, alone: Set[int], around: frozenset[int]
) -> Iterator[tuple[str, frozenset[int]]]:
    """Some parties alone, and each of all of them and of their kin with kin and in concert, as far as it is."""
    yield from (("alone", frozenset([x])) for x in sorted(alone) if not control.state[x])
    for x in sorted(around.union(*(ties.kin.at(x).tolist() for x in around))):
        if len(ties.kin.at(x)):
            yield "kin", frozenset([x])
        if len(ties.acting.at(x)):
            yield "concert", frozenset(_through(ties.acting, x))


def _people(
    control: Control, kin: Arrows, core: Iterable[int], kind: str, parted: Set[int] = frozenset()
) -> frozenset[int]:
    """Who holds together around a core: government bodies do not, and kin counts where it is asked for."""
    mine = [x for x in core if not control.state[x]]
    if kind == "alone":
        return frozenset(mine)
    return frozenset([*mine, *(y for x in mine for y in _near(kin, x, parted))])


def _through(arrows: Arrows, x: int, parted: Set[int] = frozenset()) -> set[int]:
    """Everybody to whom a chain of ties leads."""
    found, wave = {x}, [x]
    while wave:
        new = _near(arrows, wave.pop(), parted) - found
        found |= new
        wave += new
    return found


def _near(arrows: Arrows, x: int, parted: Set[int]) -> set[int]:
    rows = zip(arrows.at(x).tolist(), arrows.links_at(x).tolist(), strict=True)
    return {y for y, link in rows if link not in parted}


def _falling(control: Control, people: Set[int], others: Set[int], refuted: Refuted) -> frozenset[int]:
    """Which of some others fall to people who hold as one."""
    names = sorted(others)
    place = {**dict.fromkeys(people, 0), **{y: k for k, y in enumerate(names, 1)}}
    if not names or not people:
        return frozenset()
    found = control_among(control, np.array(names, np.uint32), place, refuted)
    return frozenset(names[at - 1] for at in found.controlled_by(0).tolist() if at)


def _reach(control: Control, people: frozenset[int], others: frozenset[int]) -> frozenset[int]:
    """Which of some others fall to people who hold as one, as control is known."""
    if len(people) == 1:
        return others.intersection(control.controlled_by(min(people)).tolist())
    held, other = control.holdings.holders, control.controlled_otherwise
    some = {y for y in others if len(held.at(y)) or len(other.at(y))}
    return _falling(control, people, some, NOTHING)


def _above(control: Control, parties: Set[int]) -> frozenset[int]:
    """Some parties and who holds or controls them, or who does so in turn; of too many themselves alone."""
    arrows, found, wave = (control.holdings.holders, control.controlled_otherwise), set(parties), list(parties)
    while wave and len(found) <= MOST:
        y = wave.pop()
        new = {x for each in arrows for x in each.at(y).tolist()} - found
        found |= new
        wave += new
    return frozenset(found if len(found) <= MOST else parties)
