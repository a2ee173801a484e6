"""集团客户: legal persons that one legal person, or one individual with close relatives, controls."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analytics.structure.control import STATE, Control, solve_control
from analytics.structure.groups import control_groups
from analytics.structure.kinship.kin import Kin
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
    size, held = control.size, control.holdings
    if len(kin.near.start) != size + 1:
        raise InvalidQuestion(f"kin of {len(kin.near.start) - 1} parties", where=f"control of {size}")
    heads = np.flatnonzero(np.diff(kin.near.start)).astype(np.uint32)
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
    return solve_control(votes, arrows, kind=kind, threshold=control.threshold), heads


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
    >>> from analytics.structure.kinship.kin import Kinship, degrees, relatives
    >>> said = Kinship(*np.array([[0], [1]], np.uint32), np.array([0]), np.array([-1]), np.array([-1]))
    >>> kin = relatives(4, said, degrees()["cn-group-2010"])
    >>> held = solve_control(Holdings.exact(4, [0, 1], [2, 3], [0.6, 0.6]))
    >>> kinds = np.array([PERSON, PERSON, 0, 0], np.uint8)
    >>> [(c.members.tolist(), c.heads) for c in group_clients(held, kin, kinds)]
    [([2, 3], (0, 1))]
    """
    together, heads = family_control(control, kin)
    legal = np.zeros(together.size, np.bool_)
    legal[: control.size] = (kind != PERSON) & ~control.state & (True if among is None else among)
    groups = control_groups(together)
    count = np.bincount(
        np.repeat(np.arange(len(groups)), np.diff(groups.start))[legal[groups.flat]], minlength=len(groups)
    )
    found: dict[frozenset[int], int] = {}
    for group in np.flatnonzero(count > 1).tolist():
        members = groups.members(group)
        found.setdefault(frozenset(members[legal[members]].tolist()), int(groups.top[group]))
    kept = greatest(found)
    return [
        Circle(np.array(sorted(members), np.uint32), _heads(control.size, found[members], heads, kin))
        for members in sorted(kept, key=sorted)
    ]


def _heads(size: int, top: int, heads: Nodes, kin: Kin) -> tuple[int, ...]:
    """Who unites a group: its top, or the person and kin that a head stands for."""
    if top < size:
        return (top,)
    person = int(heads[top - size])
    return (person, *sorted({*kin.near.at(person).tolist()} - {person}))
