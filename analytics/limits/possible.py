"""Groups as they would be if dependences held that cannot be tested."""

from collections.abc import Iterable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from analytics.limits.application import Cut
from analytics.limits.stakes import Stakes
from analytics.limits.standing import Standing
from analytics.limits.units import Nodes
from analytics.structure.connected import closures_around, standing_alone
from analytics.structure.extended import Ways
from analytics.structure.groups import Groups
from analytics.structure.sets import greatest
from graph.errors import InvalidQuestion

SETS = 50
"""Parties that stand in groups of their own, with each of which the groups are tried."""


def possible_groups(
    groups: Groups,
    dependences: Ways,
    party: int,
    *,
    on: Iterable[int],
    by: Iterable[int],
    most: int,
) -> list[Nodes]:
    r"""Find the groups of connected clients a party would sit in if it depended on some, and others on it.

    With D what falls with the party then, each group is one that holds the party, or one it would depend on,
    and D.

    .. math:: \max\{G \cup D : G \in \mathcal G(x) \cup \textstyle\bigcup_{y \in on} \mathcal G(y)\},
        \qquad D = closure(\{x\} \cup by)

    Parameters
    ----------
    groups : Groups
        Control groups, and the control behind them.
    dependences : Arrows
        From each party to those that would fail if it failed.
    party : int
        Node number x.
    on, by : node numbers
        Whom it would depend on, and who would depend on it.
    most : int
        Parties a group may have at most.

    Raises
    ------
    InvalidQuestion
        If a group grows beyond `most`.

    Source
    ------
    Domain reference §2.2; "criterion cannot be tested" is never "passed".

    Example
    -------
    >>> from analytics.structure.control import solve_control
    >>> from analytics.structure.groups import control_groups
    >>> from analytics.structure.votes import Arrows, Holdings
    >>> groups = control_groups(solve_control(Holdings.exact(5, [0], [1], [0.6])))
    >>> [g.tolist() for g in possible_groups(groups, Arrows.of(5, [2], [3]), 2, on=[1], by=[4], most=9)]
    [[0, 1, 2, 3, 4]]
    """
    fallen = _closure(groups, dependences, [party, *by], most)
    made = _with_fallen(groups, dependences, party, frozenset(fallen), on, most)
    found = greatest({frozenset(fallen), *made})
    _bounded(max(map(len, found)), most)
    return [np.array(sorted(group), np.uint32) for group in found]


def _with_fallen(
    groups: Groups,
    dependences: Ways,
    party: int,
    fallen: frozenset[int],
    on: Iterable[int],
    most: int,
) -> Iterator[frozenset[int]]:
    """Each group of a party, and of those it would depend on, with what falls with it: what depends on a body put
    beside groups falls apart from its own."""
    asked = list(dict.fromkeys([party, *on]))
    lone = standing_alone(groups, dependences, np.array(asked, np.int64)).tolist()
    for y, single in zip(asked, lone, strict=True):
        with_it = frozenset() if y == party and groups.beside(party) else fallen
        if single:
            yield with_it | {y}
            continue
        for group, _ in closures_around(groups, dependences, y, most=most):
            yield with_it | group


def telling(
    standing: Standing, groups: Groups, dependences: Ways, on: NDArray[np.uint32], cuts: Sequence[Cut] = ()
) -> list[int]:
    r"""Choose those of many whose groups can break a limit first: no other breaks one that these keep.

    Of parties that stand alone with nothing tied to them only the one with most at stake counts, by each
    numerator and among institutions and others.

    .. math:: \{y : \mathcal G(y) \ne \{\{y\}\}\} \cup
        \{\arg\max_{y \in class} E^{num}_y : class, num\}

    Parameters
    ----------
    standing : Standing
    groups, dependences
        As `possible_groups`.
    on : (k,) array of node numbers
    cuts : sequence of Cut, optional
        Facilities paid down, so that another may have most at stake.

    Raises
    ------
    InvalidQuestion
        If more than `SETS` of them stand in groups of their own.

    Source
    ------
    Exposure of a group is a sum over its members (domain reference §2.6).

    Example
    -------
    >>> from datetime import date
    >>> from analytics.limits.capital import Capital
    >>> from analytics.limits.catalogue import shipped
    >>> from analytics.limits.cover import Cover
    >>> from analytics.limits.exposure import Book
    >>> from analytics.limits.standing import standing_of
    >>> from analytics.structure.control import solve_control
    >>> from analytics.structure.groups import control_groups
    >>> from analytics.structure.votes import Arrows, Holdings
    >>> groups = control_groups(solve_control(Holdings.exact(4, [], [], [])))
    >>> book, rules = Book.lent(4, [0, 0], [1, 2], [30, 70]), [shipped().rule("CN_LE_GROUP_20")]
    >>> standing = standing_of(book, Cover.none(book), rules, lender=0, capital=Capital(()), day=date(2026, 11, 27))
    >>> telling(standing, groups, Arrows.of(4, [], []), np.array([1, 2, 3], np.uint32))
    [2]
    """
    names = {rule.numerator for rule in standing.rules if rule.group_kind == "connected"}
    stakes = [standing.stakes[name] for name in sorted(names)]
    tied = groups.grouped[on]
    ways = [dependences, dependences.reverse, *(s.promised for s in stakes if s.promised is not None)]
    for arrows in ways:
        tied = tied | arrows.any_at(on)
    if tied.sum() > SETS:
        raise InvalidQuestion(f"more than {SETS} groups would hang together", where="groups")
    lone, clients = on[~tied], standing.clients
    sort = clients.institution[lone] + 2 * clients.gsib[lone]
    kinds = (lone[sort == kind] for kind in np.unique(sort))
    first = (x for mine in kinds for one in stakes for x in _foremost(one, mine, cuts))
    return list(dict.fromkeys([*on[tied].tolist(), *first]))


def _foremost(stakes: Stakes, parties: Nodes, cuts: Sequence[Cut]) -> list[int]:
    """Who of some parties has most at stake once facilities are paid down; nobody where none has anything."""
    left = stakes.own[parties]
    for cut in cuts:
        left = np.where(parties == cut.borrower, left - cut.amount, left)
    return [int(parties[np.argmax(left)])] if left.max() > 0 else []


def _closure(groups: Groups, dependences: Ways, start: Iterable[int], most: int) -> set[int]:
    """Some parties, what they control, and whoever falls with any of them."""
    fallen, wave = set[int](), list(start)
    while wave:
        x = wave.pop()
        if x in fallen:
            continue
        fallen.add(x)
        wave += dependences.at(x).tolist()
        wave += groups.below(x)
        _bounded(len(fallen), most)
    return fallen


def _bounded(count: int, most: int) -> None:
    if count > most:
        raise InvalidQuestion(f"more than {most:,} parties hang together", where="groups")
