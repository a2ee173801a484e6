"""How much may be at stake at most with the groups around each party, if what cannot be tested held."""

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from analytics.limits.exposure import Numbers
from analytics.limits.units import Nodes, Units
from analytics.structure.groups import Groups
from analytics.structure.votes import Arrows

Parts = NDArray[np.int64]


def hanging(groups: Groups, dependences: Arrows) -> Parts:
    r"""Say which parties hang together by control groups and dependence, whichever way it points.

    No group of connected clients reaches beyond one part, though a part may hold many groups.

    .. math:: p(x) = p(y) \Leftarrow \{x, y\} \subseteq G \ \lor\ x \to y

    Parameters
    ----------
    groups : Groups
        Control groups.
    dependences : Arrows
        From each of n parties to those that would fail if it failed.

    Raises
    ------
    Nothing.

    Source
    ------
    Domain reference §2.2: groups grow along control and dependence alone.

    Example
    -------
    >>> from analytics.structure.control import solve_control
    >>> from analytics.structure.groups import control_groups
    >>> from analytics.structure.votes import Holdings
    >>> groups = control_groups(solve_control(Holdings.exact(5, [0], [1], [0.6])))
    >>> hanging(groups, Arrows.of(5, [2], [1])).tolist()
    [0, 0, 0, 1, 2]
    """
    size = groups.control.size
    tail = np.concatenate([dependences.tail, np.repeat(groups.top, np.diff(groups.start))])
    head = np.concatenate([dependences.head, groups.flat])
    web = csr_array((np.ones(len(tail), np.int8), (tail, head)), shape=(size, size))
    return connected_components(web, directed=False)[1].astype(np.int64)


def at_most(
    weights: Numbers, part: Parts, units: Units, known: NDArray[np.bool_], *, dependant: Nodes, other: Nodes
) -> Numbers:
    r"""Bound what any group around each party comes to, if dependences held that cannot be tested.

    A party would join the groups of one it depends on, and bring all who depend on it, with what falls with each.
    The groups of a party that is known come to its greatest at most, and with several parties together no more than
    what hangs together with them: the lesser of two sums bounds the groups, one by groups, one by parts.

    .. math:: u_x = \min\Big\{ g_x + \max_{x \to y} g_y + \sum_p \min\big(w_p, \sum_{z \to x,\, p(z) = p} g_z\big),\;
        w_{p(x)} + \max_{x \to y} w_{p(y)} + \sum_{p \in \{p(z) : z \to x\}} w_p \Big\}

    where g is the greatest of the groups of who is known and what hangs together with anybody else, and in the second
    sum the party's own part counts once.

    Parameters
    ----------
    weights : (n,) array, whole units of one currency
        What each party adds to a group at most; 0 of whoever is no client.
    part : (n,) array
        As `hanging` gives it.
    units : Units
        Groups, among them all that hold somebody who is known, as far as their members weigh something.
    known : (n,) array of bool
        Clients, and others whose groups are all among the units.
    dependant, other : (k,) arrays of node numbers
        Who may depend on whom.

    Raises
    ------
    Nothing.

    Source
    ------
    `possible_groups`, whose groups lie within these; exposure of a group is a sum over its members (§2.6).

    Example
    -------
    >>> ends = np.array([[1, 1], [2, 3]], np.uint32)
    >>> owed, alone = np.array([0.0, 30, 70, 5]), Units.of([])
    >>> at_most(owed, np.arange(4), alone, owed > 0, dependant=ends[0], other=ends[1]).tolist()
    [0.0, 100.0, 100.0, 35.0]
    """
    size, whole = len(weights), np.bincount(part, weights)
    sums = np.bincount(units.number, weights[units.flat], minlength=len(units))
    greatest = np.where(known, weights, whole[part])
    np.maximum.at(greatest, units.flat, sums[units.number])
    joined, hung = np.zeros(size), np.zeros(size)
    np.maximum.at(joined, dependant, greatest[other])
    apart = part[dependant] != part[other]
    np.maximum.at(hung, dependant[apart], whole[part[other[apart]]])
    pairs = np.unique(other.astype(np.int64) << 32 | dependant)
    x, z = pairs >> 32, pairs & 0xFFFFFFFF
    brought, place = np.unique(x << 32 | part[z], return_inverse=True)
    x, p = brought >> 32, brought & 0xFFFFFFFF
    each = np.minimum(np.bincount(place, greatest[z], minlength=len(brought)), whole[p])
    by_group = greatest + joined + np.bincount(x, each, minlength=size)
    by_part = whole[part] + hung + np.bincount(x, np.where(p == part[x], 0.0, whole[p]), minlength=size)
    return np.asarray(np.minimum(by_group, by_part))
