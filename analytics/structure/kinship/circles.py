"""集团客户: legal persons that one legal person, or one individual with close relatives, controls."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from analytics.structure.concert import Concert, solve_together
from analytics.structure.control import STATE, Control
from analytics.structure.groups import Groups, control_groups
from analytics.structure.kinship.kin import Kin
from analytics.structure.reach import Nodes
from analytics.structure.sets import greatest
from graph.errors import InvalidQuestion
from graph.field import PARTY_KINDS

PERSON = PARTY_KINDS.index("Person")


@dataclass(frozen=True)
class Circle:
    """Legal persons that are one group client, and who unites them."""

    members: Nodes
    """Legal persons, ascending."""
    heads: tuple[int, ...]
    """The legal person on top, or an individual and the relatives who hold with them."""


@dataclass(frozen=True)
class Families:
    """Control by parties and by families; a family is node n + its number."""

    parties: int
    """Number of parties n."""
    members: tuple[tuple[int, ...], ...]
    """Of each family the person and then the relatives; of a concert its members and their relatives, ascending."""
    control: Control
    """Of n parties and, after them, all families, each of which holds nothing and controls its members."""

    def heads(self, node: int) -> tuple[int, ...]:
        """The party that is this node, or the members of the family that is."""
        return (node,) if node < self.parties else self.members[node - self.parties]

    def groups(self, *, possible: bool = False) -> Groups:
        """Control groups, families on top of what they control; a family that controls nothing makes none."""
        control = replace(self.control, certain=self.control.possible) if possible else self.control
        groups = control_groups(control)
        sizes = np.diff(groups.start)
        number = np.repeat(np.arange(len(groups)), sizes)
        at = np.flatnonzero((groups.top >= self.parties)[number] & (groups.flat < self.parties))
        edges, owner = self.control.edges, groups.top[number[at]]
        tails = np.repeat(np.arange(self.control.size), np.diff(edges.start))
        others = at[~np.isin(owner.astype(np.int64) << 32 | groups.flat[at], tails << 32 | edges.head)]
        kept = groups.top < self.parties
        kept[number[others]] = True
        start = np.append(0, np.cumsum(sizes[kept])).astype(np.int64)
        return Groups(control, groups.top[kept], start, groups.flat[np.repeat(kept, sizes)])


def family_control(control: Control, kin: Kin, *, wide: bool = False, concerts: Iterable[Concert] = ()) -> Families:
    r"""Let each person with kin control together with them what they hold together.

    A family is one more owner that controls its members and holds nothing, as a concert is, so that what is
    known of the holdings stays as it is. Kin of kin stays out; whose families are the same are one.

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
    families: dict[tuple[int, ...], tuple[int, ...]] = {}
    for person in np.flatnonzero(np.diff(near.start)).tolist():
        relatives = {*near.at(person).tolist()} - {person}
        families.setdefault(tuple(sorted({person, *relatives})), (person, *sorted(relatives)))
    for concert in concerts:
        if not 0 <= min(concert.members) <= max(concert.members) < size:
            raise InvalidQuestion("a member of a concert is no party of this graph", where=str(concert.members))
        every = tuple(sorted({*concert.members, *(z for x in concert.members for z in near.at(x).tolist())}))
        families.setdefault(every, every)
    kind = np.where(control.state, STATE, 0).astype(np.uint8)
    owners = [Concert(members, ()) for members in families]
    found = solve_together(control.holdings, owners, control.edges, kind=kind, threshold=control.threshold)
    return Families(size, tuple(families.values()), found.control)


def group_clients(
    control: Control, kin: Kin, kind: NDArray[np.uint8], *, among: NDArray[np.bool_] | None = None
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
    among : (n,) array of bool, optional
        Only these legal persons count as members, as the clients of one lender; by default all.

    Raises
    ------
    InvalidQuestion
        If kin and control are not of the same parties.

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
    families = family_control(control, kin)
    legal = np.zeros(families.control.size, np.bool_)
    legal[: control.size] = (kind != PERSON) & ~control.state & (True if among is None else among)
    groups = families.groups()
    count = np.bincount(
        np.repeat(np.arange(len(groups)), np.diff(groups.start))[legal[groups.flat]], minlength=len(groups)
    )
    found: dict[frozenset[int], int] = {}
    for group in np.flatnonzero(count > 1).tolist():
        members = groups.members(group)
        found.setdefault(frozenset(members[legal[members]].tolist()), int(groups.top[group]))
    kept = greatest(found)
    return [
        Circle(np.array(sorted(members), np.uint32), families.heads(found[members]))
        for members in sorted(kept, key=sorted)
    ]
