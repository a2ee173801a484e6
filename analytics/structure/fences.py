"""Ring fences: control that was shown not to create a single risk."""

from collections.abc import Iterable

import numpy as np

from analytics.structure.control import STATE, Control, solve_control
from analytics.structure.votes import Arrows
from graph.errors import InvalidQuestion


def fenced(control: Control, fences: Iterable[tuple[int, int]]) -> Control:
    r"""Solve control as far as it creates a single risk: without what a ring fence takes out of it.

    A fence around y against x leaves out what x, all that x controls and all that control x hold of y,
    and their other control over it; holdings of y's own and of others stay. Control itself is as it was:
    this is what groups are made of. Nobody gains by it, since votes left out are still votes that a
    majority is counted of.

    .. math:: W'_{ky} = 0 \quad (k \in \{x\} \cup C(x) \cup C^{-1}(x)), \qquad C' \subseteq C

    Parameters
    ----------
    control : Control
        Who controls whom.
    fences : pairs of node numbers
        The controlled y and the controller x.

    Raises
    ------
    InvalidQuestion
        If one is no party of the graph.

    Source
    ------
    CRR art. 4(1)(39), burden of proof; domain reference §2.1 and §2.3, last row.

    Example
    -------
    >>> from analytics.structure.votes import Holdings
    >>> control = solve_control(Holdings.exact(3, [0, 1], [1, 2], [0.6, 0.6]))
    >>> fenced(control, [(2, 0)]).controlled_by(0).tolist(), fenced(control, [(1, 0)]).controlled_by(1).tolist()
    ([1], [2])
    """
    held, edges = control.holdings, control.edges
    cut = np.zeros(len(held.head), np.bool_)
    kept = np.ones(len(edges.head), np.bool_)
    tails = edges.tail
    found = False
    for y, x in fences:
        if not 0 <= min(x, y) <= max(x, y) < control.size:
            raise InvalidQuestion("no party of this graph", where=f"fence {y} against {x}")
        found = True
        line = np.concatenate([[x], control.controlled_by(x), control.controllers_of(x)])
        line = line[line != y]
        holders, links = held.holders.at(y), held.holders.links_at(y)
        cut[links[np.isin(holders, line)]] = True
        kept &= ~((edges.head == y) & np.isin(tails, line))
    if not found:
        return control
    left = Arrows.of(control.size, tails[kept], edges.head[kept])
    doubtful = None if edges.doubtful is None else edges.doubtful[kept][left.link]
    named = Arrows(left.start, left.head, edges.link[kept][left.link], doubtful)
    kind = np.where(control.state, STATE, 0).astype(np.uint8)
    return solve_control(held.without(np.flatnonzero(cut)), named, kind=kind, threshold=control.threshold)
