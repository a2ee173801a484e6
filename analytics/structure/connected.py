"""Groups of connected clients: what one controller unites, and what falls with it."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analytics.structure.extended import Ways
from analytics.structure.groups import Groups
from analytics.structure.reach import Nodes
from analytics.structure.sets import greatest
from analytics.structure.votes import Arrows
from graph.errors import InvalidQuestion

BOOK = 1000
"""Clients from which it is worth making lists of all dependences first."""


@dataclass(frozen=True)
class Grown:
    """One group of connected clients, and what it grew from."""

    clients: Nodes
    """Ascending."""
    seed: Nodes
    """The control group, or the party that stands alone, from which it was reached; it need hold no client."""


def connected_groups(groups: Groups, dependences: Arrows, clients: Iterable[int]) -> list[Nodes]:
    r"""Find the groups of connected clients: control groups and all that would fail with them.

    From each control group, and each party that stands alone: add whoever depends economically on a
    member, and with it all it controls, to closure. A parent comes in only where it is itself recorded
    as dependent. Each seed gives one group; they overlap and are not united. Then who is no client is
    left out, and with it groups that lie wholly within another.

    .. math:: G = \min\{S \supseteq seed : x \to s,\ s \in S \Rightarrow \{x\} \cup C(x) \subseteq S\}

    Parameters
    ----------
    groups : Groups
        Control groups, and the control behind them.
    dependences : Arrows
        From each party to those that would fail if it failed (confirmed `DEPENDS_ON` turned round).
    clients : node numbers
        Parties to which there is an exposure.

    Raises
    ------
    InvalidQuestion
        If a client is no node of the graph.

    Source
    ------
    EBA/GL/2017/15; Delegated Regulation (EU) 2024/1728; domain reference §2.2, vectors GRP-01 to GRP-09.

    Example
    -------
    >>> from analytics.structure.control import solve_control
    >>> from analytics.structure.groups import control_groups
    >>> from analytics.structure.votes import Holdings
    >>> groups = control_groups(solve_control(Holdings.exact(4, [0], [1], [0.6])))
    >>> connected_groups(groups, Arrows.of(4, [1, 3], [2, 2]), range(4))
    [array([0, 1, 2], dtype=uint32), array([2, 3], dtype=uint32)]
    """
    return [grown.clients for grown in grown_groups(groups, dependences, clients)]


def grown_groups(groups: Groups, dependences: Arrows, clients: Iterable[int]) -> list[Grown]:
    r"""Find the groups of connected clients as `connected_groups` does, each with the seed it grew from.

    Of several seeds from which the same clients are reached, the largest is told.

    .. math:: (G, s), \qquad G = \text{closure}(s) \cap clients

    Parameters
    ----------
    groups, dependences, clients
        As `connected_groups`.

    Raises
    ------
    InvalidQuestion
        If a client is no node of the graph.

    Source
    ------
    As `connected_groups`; the membership proof of domain reference §2.7 begins with the seed.

    Example
    -------
    >>> from analytics.structure.control import solve_control
    >>> from analytics.structure.groups import control_groups
    >>> from analytics.structure.votes import Holdings
    >>> groups = control_groups(solve_control(Holdings.exact(4, [0], [1], [0.6])))
    >>> [(g.clients.tolist(), g.seed.tolist()) for g in grown_groups(groups, Arrows.of(4, [1], [2]), [1, 2])]
    [([1, 2], [0, 1])]
    """
    given = _checked(groups, clients)
    # Of a book most stand alone with nothing tied to them: they need no walk.
    lone = standing_alone(groups, dependences, given)
    known = set(given.tolist())
    near = _listed if len(given) > BOOK else _all
    falls, supports = near(dependences), near(dependences.reverse)
    seeds = _seeds(groups, supports, given[~lone].tolist())
    found = _largest((frozenset(_fallen(groups, falls, seed) & known), seed) for seed in seeds)
    found += [Grown(alone, alone) for alone in given[lone].astype(np.uint32)[:, None]]
    return sorted(found, key=lambda one: one.clients.tolist())


def closures_over(groups: Groups, dependences: Arrows, parties: Iterable[int]) -> list[Nodes]:
    r"""Find everything that falls with a seed, for each seed from which one of some parties could be reached.

    .. math:: \{\text{closure}(s) : s \text{ reaches a } p \in P\} \supseteq \{G : G \cap P \ne \varnothing\}

    Parameters
    ----------
    groups, dependences
        As `connected_groups`.
    parties : node numbers
        P, whether there is an exposure to them or not.

    Raises
    ------
    InvalidQuestion
        If a party is no node of the graph.

    Source
    ------
    As `connected_groups`; here nobody is left out, and groups within another stand too.

    Example
    -------
    >>> from analytics.structure.control import solve_control
    >>> from analytics.structure.groups import control_groups
    >>> from analytics.structure.votes import Holdings
    >>> groups = control_groups(solve_control(Holdings.exact(4, [0], [1], [0.6])))
    >>> [closure.tolist() for closure in closures_over(groups, Arrows.of(4, [1, 3], [2, 2]), [1])]
    [[0, 1, 2]]
    """
    given = _checked(groups, parties)
    near = _listed if len(given) > BOOK else _all
    falls, supports = near(dependences), near(dependences.reverse)
    return [_nodes(_fallen(groups, falls, seed)) for seed in _seeds(groups, supports, given.tolist())]


def _checked(groups: Groups, parties: Iterable[int]) -> NDArray[np.int64]:
    """Some parties, ascending."""
    given = np.unique(np.fromiter(parties, np.int64))
    if len(given) and not 0 <= given[0] <= given[-1] < groups.control.size:
        raise InvalidQuestion("a client is no party of this graph", where=f"clients {given[0]} to {given[-1]}")
    return given


def _largest(reached: Iterable[tuple[frozenset[int], frozenset[int]]]) -> list[Grown]:
    """Groups that lie within no other, each with the largest seed it was reached from, the first of several."""
    grown: dict[frozenset[int], frozenset[int]] = {}
    for group, seed in reached:
        before = grown.setdefault(group, seed)
        if before is not seed:
            grown[group] = min(before, seed, key=lambda one: (-len(one), sorted(one)))
    found = [Grown(_nodes(group), _nodes(grown[group])) for group in greatest(grown)]
    return sorted(found, key=lambda one: one.clients.tolist())


def _nodes(parties: Iterable[int]) -> Nodes:
    return np.array(sorted(parties), np.uint32)


def groups_around(
    groups: Groups,
    dependences: Ways,
    party: int,
    *,
    most: int | None = None,
) -> list[Grown]:
    r"""Find the groups of connected clients that one party sits in, as `grown_groups` finds all of them.

    Only seeds from which the party can be reached are grown, and each group whole, whoever is a client.

    .. math:: \{G \in \mathcal G : x \in G\}

    Parameters
    ----------
    groups : Groups
        Control groups, and the control behind them.
    dependences : Arrows
        From each party to those that would fail if it failed.
    party : int
        Node number x.
    most : int, optional
        Parties a group may have at most.

    Raises
    ------
    InvalidQuestion
        If the party is no node of the graph, or a group grows beyond `most`.

    Source
    ------
    As `connected_groups`; domain reference §2.7, an applicant's groups.

    Example
    -------
    >>> from analytics.structure.control import solve_control
    >>> from analytics.structure.groups import control_groups
    >>> from analytics.structure.votes import Holdings
    >>> groups = control_groups(solve_control(Holdings.exact(4, [0], [1], [0.6])))
    >>> falls = Arrows.of(4, [1, 3], [2, 2])
    >>> [(group.clients.tolist(), group.seed.tolist()) for group in groups_around(groups, falls, 2)]
    [([0, 1, 2], [0, 1]), ([2, 3], [3])]
    """
    return _largest(closures_around(groups, dependences, party, most=most))


def closures_around(
    groups: Groups,
    dependences: Ways,
    party: int,
    *,
    most: int | None = None,
) -> Iterator[tuple[frozenset[int], frozenset[int]]]:
    r"""Find everything that falls with a seed, and the seed, for each from which one party is reached.

    .. math:: \{(\text{closure}(s), s) : x \in \text{closure}(s)\}

    Parameters
    ----------
    groups, dependences, party, most
        As `groups_around`, which keeps those that lie within no other.

    Raises
    ------
    InvalidQuestion
        As `groups_around`.

    Source
    ------
    As `connected_groups`.

    Example
    -------
    >>> from analytics.structure.control import solve_control
    >>> from analytics.structure.groups import control_groups
    >>> from analytics.structure.votes import Holdings
    >>> groups = control_groups(solve_control(Holdings.exact(4, [0], [1], [0.6])))
    >>> sorted((sorted(group), sorted(seed)) for group, seed in closures_around(groups, Arrows.of(4, [1], [2]), 2))
    [([0, 1, 2], [0, 1]), ([2], [2])]
    """
    if not 0 <= party < groups.control.size:
        raise InvalidQuestion("no party of this graph", where=f"party {party}")
    if standing_alone(groups, dependences, np.array([party]))[0]:
        yield frozenset([party]), frozenset([party])
        return
    falls, supports = _all(dependences), _all(dependences.reverse)
    around = [x for group in groups.around(party) for x in group.tolist()] if groups.beside(party) else [party]
    for seed in _seeds(groups, supports, around, most=most):
        group = frozenset(_fallen(groups, falls, seed, most=most))
        if party in group:
            yield group, seed


Near = Callable[[int], Iterable[int]]
"""Who stands next to a party along some arrows."""


def _all(arrows: Ways) -> Near:
    return lambda x: arrows.at(x).tolist()


def _listed(arrows: Arrows) -> Near:
    """As `_all`, made once for many parties."""
    heads, start = arrows.head.tolist(), arrows.start.tolist()
    near = {x: heads[start[x] : start[x + 1]] for x in np.flatnonzero(np.diff(arrows.start)).tolist()}
    return lambda x: near.get(x, ())


def standing_alone(groups: Groups, dependences: Ways, parties: NDArray[np.int64]) -> NDArray[np.bool_]:
    r"""Say who sits in no control group, depends on nobody and has nobody depend on it: a group of its own.

    .. math:: \{x : \mathcal G(x) = \{\{x\}\}\}

    Parameters
    ----------
    groups, dependences
        As `groups_around`.
    parties : (k,) array of node numbers

    Raises
    ------
    Nothing.

    Source
    ------
    As `connected_groups`.

    Example
    -------
    >>> from analytics.structure.control import solve_control
    >>> from analytics.structure.groups import control_groups
    >>> from analytics.structure.votes import Holdings
    >>> groups = control_groups(solve_control(Holdings.exact(5, [0], [1], [0.6])))
    >>> standing_alone(groups, Arrows.of(5, [2], [3]), np.arange(5)).tolist()
    [False, False, False, False, True]
    """
    tied = [arrows.any_at(parties) for arrows in (dependences, dependences.reverse)]
    return np.asarray(~(tied[0] | tied[1] | groups.grouped[parties]))


def _seeds(groups: Groups, supports: Near, clients: list[int], *, most: int | None = None) -> set[frozenset[int]]:
    """Control groups from which a client could be reached."""
    seeds, met = set[frozenset[int]](), 0
    for group in groups.near(clients, supports):
        seeds.add(frozenset(group.tolist()))
        met += len(group)
        _bounded(met, most)
    return seeds


def _bounded(count: int, most: int | None) -> None:
    if most is not None and count > most:
        raise InvalidQuestion(f"more than {most:,} parties hang together", where="groups")


def _fallen(groups: Groups, falls: Near, seed: frozenset[int], *, most: int | None = None) -> set[int]:
    """The seed and whoever falls with it; what depends on a body put beside a group falls apart from it."""
    owned = groups.control.certain.direct.start
    fallen = set(seed)
    wave = groups.bearing(seed)
    while wave:
        for dependant in falls(wave.pop()):
            if dependant not in fallen:
                below = () if owned[dependant] == owned[dependant + 1] else groups.below(dependant)
                new = {dependant, *below} - fallen
                fallen |= new
                wave += new
                _bounded(len(fallen), most)
    return fallen
