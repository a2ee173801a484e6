"""集团客户: legal persons that one legal person, or one individual with close relatives, controls."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analytics.structure.control import STATE, Control, solve_control
from analytics.structure.groups import control_groups
from analytics.structure.kinship.kin import Kin
from analytics.structure.membership import Refuted, control_among
from analytics.structure.reach import Nodes
from analytics.structure.sets import greatest
from analytics.structure.votes import Arrows, Holdings
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


def family_control(control: Control, kin: Kin) -> tuple[Control, Nodes]:
    r"""Let each person with kin control together with them what they hold together.

    Each such person heads a party of its own that holds all that the person and the kin hold; kin of kin
    stays out. Numbers n, n + 1, … are these heads.

    .. math:: W_{(n + k)\, y} = \sum_{z \in \{p_k\} \cup K(p_k)} W_{zy}

    Parameters
    ----------
    control : Control
        Who controls whom, n parties.
    kin : Kin
        Within the degrees of a rule.

    Raises
    ------
    InvalidQuestion
        If kin and control are not of the same parties.

    Source
    ------
    银监会令2010年第4号 art. 3(3): 主要投资者个人、关键管理人员或与其近亲属共同直接控制或间接控制.

    Example
    -------
    >>> from analytics.structure.kinship.kin import Kinship, degrees, relatives
    >>> said = Kinship(*np.array([[0], [1]], np.uint32), np.array([0]), np.array([-1]), np.array([-1]))
    >>> kin = relatives(3, said, degrees()["cn-group-2010"])
    >>> alone = solve_control(Holdings.exact(3, [0, 1], [2, 2], [0.3, 0.3]))
    >>> together, heads = family_control(alone, kin)
    >>> alone.controllers_of(2).tolist(), together.controllers_of(2).tolist(), heads.tolist()
    ([], [3, 4], [0, 1])
    """
    if len(kin.near.start) != control.size + 1:
        raise InvalidQuestion(f"kin of {len(kin.near.start) - 1} parties", where=f"control of {control.size}")
    heads = np.flatnonzero(np.diff(kin.near.start)).astype(np.uint32)
    if not len(heads):
        return control, heads
    return _headed(control, kin, heads), heads


def _headed(control: Control, kin: Kin, heads: Nodes) -> Control:
    """Control solved with one party more for each head, which holds what the head and the kin hold."""
    size, held = control.size, control.holdings
    links, edges = [np.arange(len(held.tail))], [np.arange(len(control.edges.head))]
    tails = np.repeat(np.arange(size, dtype=np.uint32), np.diff(control.edges.start))
    owner, commander = [held.tail.astype(np.int64)], [tails.astype(np.int64)]
    for k, head in enumerate(heads.tolist()):
        for z in {head, *kin.near.at(head).tolist()}:
            mine = np.arange(held.start[z], held.start[z + 1])
            theirs = np.arange(control.edges.start[z], control.edges.start[z + 1])
            links.append(mine)
            edges.append(theirs)
            owner.append(np.full(len(mine), size + k))
            commander.append(np.full(len(theirs), size + k))
    at, which = np.concatenate(links), np.concatenate(edges)
    low, high = held.low[at], held.high[at]
    votes = Holdings.between(
        size + len(heads), np.concatenate(owner), held.head[at], low, high if held.banded else low,
        held.ends[at] if len(held.ends) else (),
    )  # fmt: skip
    arrows = Arrows.of(size + len(heads), np.concatenate(commander), control.edges.head[which])
    kind = np.zeros(size + len(heads), np.uint8)
    kind[:size] = np.where(control.state, STATE, 0)
    return solve_control(votes, arrows, kind=kind, threshold=control.threshold)


def group_clients(control: Control, kin: Kin, kind: NDArray[np.uint8], *, possible: bool = False) -> list[Circle]:
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
        Count control that bands only allow, alone and together, as certain.

    Raises
    ------
    InvalidQuestion
        If kin and control are not of the same parties.

    Source
    ------
    银监会令2010年第4号 art. 3; domain reference §2.5.

    Example
    -------
    >>> from analytics.structure.kinship.kin import Kinship, degrees, relatives
    >>> said = Kinship(*np.array([[0], [1]], np.uint32), np.array([0]), np.array([-1]), np.array([-1]))
    >>> kin = relatives(4, said, degrees()["cn-group-2010"])
    >>> held = solve_control(Holdings.exact(4, [0, 1], [2, 3], [0.6, 0.6]))
    >>> kinds = np.array([PERSON, PERSON, 0, 0], np.uint8)
    >>> [(c.members.tolist(), c.heads) for c in group_clients(held, kin, kinds)]
    [([2, 3], (0, 1))]
    """
    together, heads = family_control(control, kin)
    groups = control_groups(together.as_possible() if possible else together)
    legal = np.zeros(together.size, np.bool_)
    legal[: control.size] = (kind != PERSON) & ~control.state
    kept = legal[groups.flat]
    size = np.bincount(np.repeat(np.arange(len(groups)), np.diff(groups.start))[kept], minlength=len(groups))
    flat, several = groups.flat[kept][np.repeat(size > 1, size)], np.flatnonzero(size > 1)
    ends = np.cumsum(size[several])
    parts = np.split(flat, ends[:-1])
    tops = groups.top[several].tolist()
    chosen = _outermost(parts, np.bincount(flat, minlength=control.size)[flat], ends) if parts[0].size else []
    circles = [Circle(parts[k], _heads(control.size, tops[k], heads, kin)) for k in chosen]
    return sorted(circles, key=lambda circle: circle.members.tolist())


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


def _heads(size: int, top: int, heads: Nodes, kin: Kin) -> tuple[int, ...]:
    """Who unites a group: its top, or the person and kin that a head stands for."""
    if top < size:
        return (top,)
    person = int(heads[top - size])
    return (person, *sorted({*kin.near.at(person).tolist()} - {person}))


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
