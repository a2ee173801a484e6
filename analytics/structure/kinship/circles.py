"""集团客户: legal persons that one legal person, or one individual with close relatives, controls."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analytics.structure.concert import Concert, Together, solve_together
from analytics.structure.control import STATE, Control
from analytics.structure.groups import Groups, control_groups
from analytics.structure.kinship.kin import Kin
from analytics.structure.membership import Refuted, control_among
from analytics.structure.reach import Nodes
from analytics.structure.sets import greatest
from analytics.structure.votes import Arrows
from graph.errors import InvalidQuestion
from graph.field import PARTY_KINDS

PERSON = PARTY_KINDS.index("Person")


@dataclass(frozen=True)
class Circle:
    """Legal persons that are one group client, and who unites them."""

    members: Nodes
    """Legal persons, ascending."""
    heads: tuple[int, ...]
    """The legal person on top, or an individual and the relatives who hold with them; of a concert all who act."""


@dataclass(frozen=True)
class Families:
    """Control by parties and by families; a family is node n + its number."""

    parties: int
    """Number of parties n."""
    members: tuple[tuple[int, ...], ...]
    """Of each family the person and then the relatives; of a concert its members and their relatives, ascending."""
    control: Control
    """Of n parties and, after them, all families, each of which holds nothing and controls its members."""
    united: Together | None = None
    """The same, each family as one that acts in concert."""

    def heads(self, node: int) -> tuple[int, ...]:
        """The party that is this node, or the members of the family that is."""
        return (node,) if node < self.parties else self.members[node - self.parties]

    def groups(self, *, possible: bool = False) -> Groups:
        """Control groups, families on top of what they control; a family that controls nothing makes none."""
        control = self.control.as_possible() if possible else self.control
        groups = control_groups(control)
        sizes = np.diff(groups.start)
        number = np.repeat(np.arange(len(groups)), sizes)
        at = np.flatnonzero((groups.top >= self.parties)[number] & (groups.flat < self.parties))
        edges, owner = self.control.edges, groups.top[number[at]]
        tails = edges.tail.astype(np.int64)
        member = np.isin(owner.astype(np.int64) << 32 | groups.flat[at], tails << 32 | edges.head)
        # Whoever is no member is controlled; and so is what a member has, be it another member.
        active = np.diff(control.certain.direct.start) > 0
        kept = groups.top < self.parties
        kept[number[at[~member | active[groups.flat[at]]]]] = True
        kept[self._leading(groups, number, at[~kept[number[at]]], possible=possible)] = True
        start = np.append(0, np.cumsum(sizes[kept])).astype(np.int64)
        return Groups(control, groups.top[kept], start, groups.flat[np.repeat(kept, sizes)])

    def _leading(
        self, groups: Groups, number: NDArray[np.int64], at: NDArray[np.int64], *, possible: bool
    ) -> list[int]:
        """Groups, of some entries, of families of whose members the others control one."""
        holders, party = self.control.holdings.holders, groups.flat[at].astype(np.int64)
        many = holders.start[party + 1] - holders.start[party]
        pairs = np.repeat(number[at], many) << 32 | holders.head[holders.spans(party)]
        inside = np.isin(pairs, number[at] << 32 | party)
        found = np.unique(np.repeat(number[at], many)[inside]).tolist()
        return [
            k
            for k in found
            if self.united and len(self.united.led(int(groups.top[k]) - self.parties, possible=possible))
        ]


def family_control(control: Control, kin: Kin, *, wide: bool = False, concerts: Iterable[Concert] = ()) -> Families:
    r"""Let each person with kin control together with them what they hold together.

    A family is one more owner that controls its members and holds nothing, as a concert is, so that what is
    known of the holdings stays as it is. Kin of kin stays out; whose families are the same are one. A government body
    in a concert connects nobody.

    .. math:: C(F_p) = \mu S \supseteq \{p\} \cup K(p) : \{y : \sum_{k \in S} W_{ky} > \theta\}
        \cup \{y : k \to y,\ k \in S\}

    Parameters
    ----------
    control : Control
        Who controls whom, n parties.
    kin : Kin
        Within the degrees of a rule.
    wide : bool
        Whether kinships count of which line or generations are not stated.
    concerts : iterable of Concert
        Declared concerts (一致行动); the members of each and their kin are one more family.

    Raises
    ------
    InvalidQuestion
        If kin and control are not of the same parties, or a member of a concert is none of them.

    Source
    ------
    银监会令2010年第4号 art. 3(3): 主要投资者个人、关键管理人员或与其近亲属共同直接控制或间接控制; of concerts
    上市公司收购管理办法 art. 83.

    Example
    -------
    >>> from analytics.structure.control import solve_control
    >>> from analytics.structure.kinship.kin import Kinship, degrees, relatives
    >>> from analytics.structure.votes import Holdings
    >>> said = Kinship(*np.array([[0], [1]], np.uint32), np.array([0]), np.array([-1]), np.array([-1]))
    >>> kin = relatives(3, said, degrees()["cn-group-2010"])
    >>> alone = solve_control(Holdings.exact(3, [0, 1], [2, 2], [0.3, 0.3]))
    >>> found = family_control(alone, kin)
    >>> alone.controllers_of(2).tolist(), found.control.controllers_of(2).tolist(), found.members
    ([], [3], ((0, 1),))
    """
    size, near = control.size, kin.wide if wide else kin.near
    if len(near.start) != size + 1:
        raise InvalidQuestion(f"kin of {len(near.start) - 1} parties", where=f"control of {size}")
    families = _families(near, concerts, control.state)
    if not families:
        return Families(size, (), control)
    kind = np.where(control.state, STATE, 0).astype(np.uint8)
    owners = [Concert(members, ()) for members in families]
    found = solve_together(control.holdings, owners, control.edges, kind=kind, threshold=control.threshold)
    return Families(size, tuple(families.values()), found.control, found)


def _families(
    near: Arrows, concerts: Iterable[Concert], state: NDArray[np.bool_]
) -> dict[tuple[int, ...], tuple[int, ...]]:
    """Persons with their kin and concerts with theirs, by their members in order."""
    families: dict[tuple[int, ...], tuple[int, ...]] = {}
    for person in np.flatnonzero(np.diff(near.start)).tolist():
        relatives = {*near.at(person).tolist()} - {person}
        families.setdefault(tuple(sorted({person, *relatives})), (person, *sorted(relatives)))
    for concert in concerts:
        if not 0 <= min(concert.members) <= max(concert.members) < len(state):
            raise InvalidQuestion("a member of a concert is no party of this graph", where=str(concert.members))
        acting = [x for x in concert.members if not state[x]]
        every = tuple(sorted({*acting, *(z for x in acting for z in near.at(x).tolist())}))
        if len(every) > 1:
            families.setdefault(every, every)
    return families


def group_clients(
    control: Control,
    kin: Kin,
    kind: NDArray[np.uint8],
    *,
    possible: bool = False,
    concerts: Iterable[Concert] = (),
) -> list[Circle]:
    r"""Unite legal persons into group clients of the 2010 rules.

    A legal person with all it controls; and all that an individual controls, alone or with close
    relatives. The State unites nobody. Groups overlap, and one within another is left out.

    .. math:: G_t = \{y : y \in \{t\} \cup C(t),\ y \text{ legal person}\}, \qquad |G_t| \ge 2

    Parameters
    ----------
    control : Control
        Who controls whom, n parties.
    kin : Kin
        Within the degrees of the rule.
    kind : (n,) array of codes of party kinds
    possible : bool
        The wide reading: control that bands only allow counts, alone and together, and so do kinships of which
        line or generations are not stated.
    concerts : iterable of Concert
        Declared concerts that count as families.

    Raises
    ------
    InvalidQuestion
        If kin and control are not of the same parties, or a member of a concert is none of them.

    Source
    ------
    银监会令2010年第4号 art. 3; domain reference §2.5.

    Example
    -------
    >>> from analytics.structure.control import solve_control
    >>> from analytics.structure.kinship.kin import Kinship, degrees, relatives
    >>> from analytics.structure.votes import Holdings
    >>> said = Kinship(*np.array([[0], [1]], np.uint32), np.array([0]), np.array([-1]), np.array([-1]))
    >>> kin = relatives(4, said, degrees()["cn-group-2010"])
    >>> held = solve_control(Holdings.exact(4, [0, 1], [2, 3], [0.6, 0.6]))
    >>> kinds = np.array([PERSON, PERSON, 0, 0], np.uint8)
    >>> [(c.members.tolist(), c.heads) for c in group_clients(held, kin, kinds)]
    [([2, 3], (0, 1))]
    """
    families = family_control(control, kin, wide=possible, concerts=concerts)
    legal = np.zeros(families.control.size, np.bool_)
    legal[: control.size] = (kind != PERSON) & ~control.state
    circles = _legal_parts(families.groups(possible=possible), legal)
    found = (Circle(members, families.heads(top)) for top, members in circles)
    return sorted(found, key=lambda circle: circle.members.tolist())


def _legal_parts(groups: Groups, legal: NDArray[np.bool_]) -> list[tuple[int, Nodes]]:
    """Tops of groups with at least two legal persons, and these; none within another."""
    kept = legal[groups.flat]
    size = np.bincount(np.repeat(np.arange(len(groups)), np.diff(groups.start))[kept], minlength=len(groups))
    flat, several = groups.flat[kept][np.repeat(size > 1, size)], np.flatnonzero(size > 1)
    ends = np.cumsum(size[several])
    parts = np.split(flat, ends[:-1])
    tops = groups.top[several].tolist()
    chosen = _outermost(parts, np.bincount(flat, minlength=len(legal))[flat], ends) if parts[0].size else []
    return [(tops[k], parts[k]) for k in chosen]


def _outermost(parts: list[Nodes], times: NDArray[np.int64], ends: NDArray[np.int64]) -> list[int]:
    """Which sets lie within no other, of equal ones the first; `times` says in how many each entry's party is."""
    start = np.append(0, ends[:-1])
    shared = np.flatnonzero(np.maximum.reduceat(times, start) > 1).tolist()
    found: dict[frozenset[int], int] = {}
    for k in shared:
        found.setdefault(frozenset(parts[k].tolist()), k)
    # A set with a member that no other has lies within none.
    alone = np.flatnonzero(np.minimum.reduceat(times, start) == 1).tolist()
    return sorted({*alone, *(found[members] for members in greatest(found))})


def leave_circle(
    control: Control, circle: Circle, *, refuted: Refuted, without: Iterable[int] = (), possible: bool = False
) -> Nodes:
    r"""Find who would leave a group client if some edges, or the kinship of some of its heads, were refuted.

    .. math:: L = G \setminus \Big(\{h\} \cup C'\Big(\sum_{h \in H \setminus R} h\Big)\Big)

    Parameters
    ----------
    control : Control
        Who controls whom, n parties.
    circle : Circle
        A group client G with its heads H, as `group_clients` makes it.
    refuted : Refuted
        Holdings and edges to do without.
    without : node numbers
        Heads R who would no longer hold together with the first.
    possible : bool
        As `group_clients`.

    Raises
    ------
    InvalidQuestion
        If the first head is among those to do without.

    Source
    ------
    银监会令2010年第4号 art. 3; control is monotone in votes (domain reference §1.4).

    Example
    -------
    >>> from analytics.structure.control import solve_control
    >>> from analytics.structure.votes import Holdings
    >>> held = solve_control(Holdings.exact(4, [0, 1, 1], [2, 3, 2], [0.3, 0.6, 0.3]))
    >>> couple = Circle(np.array([2, 3], np.uint32), (0, 1))
    >>> leave_circle(held, couple, refuted=Refuted(), without=[1]).tolist()
    [2, 3]
    >>> leave_circle(held, couple, refuted=Refuted(holdings=frozenset([2]))).tolist()
    [3]
    """
    gone = set(without)
    if circle.heads[0] in gone:
        raise InvalidQuestion("is whom all others are kin to", where=f"head {circle.heads[0]}")
    place = {x: k for k, x in enumerate(circle.members.tolist(), 1)}
    place |= dict.fromkeys((head for head in circle.heads if head not in gone), 0)
    found = control_among(control.as_possible() if possible else control, circle.members, place, refuted)
    stays = {0, *found.controlled_by(0).tolist()}
    return np.array([x for x in circle.members.tolist() if place[x] not in stays], np.uint32)
