"""What a member of a closed block holds, as if nobody held it."""

from dataclasses import replace

import numpy as np

from analytics.structure.ownership.bands import Bounds, Widest, integrated_bounds
from analytics.structure.ownership.stakes import Stakes


def member_bounds(stakes: Stakes, member: int) -> Bounds:
    r"""Bound what one member of a closed block holds along walks that do not come back to it.

    Without the holdings of the member itself the rest of its block leaks, so that each sum is finite; those of all
    members together are no shares in the end and add up to more than all.

    .. math:: y_j = W_{ij} + \sum_{k \ne i} y_k W_{kj}, \qquad W_{\cdot i} = 0

    Parameters
    ----------
    stakes : Stakes
        Direct shares holder → company, fractions.
    member : int
        Node number i.

    Raises
    ------
    InvalidQuestion, NotConverged
        As `integrated_bounds`.

    Source
    ------
    Domain reference §1.2 (in-links of the owner removed) and §1.8: directly or indirectly.

    Example
    -------
    >>> held = Stakes.exact(3, [0, 1, 0], [1, 0, 2], [1.0, 1.0, 0.25])
    >>> [str(member_bounds(held, x).of(2)) for x in (0, 1)]
    ['25%', '25%']
    """
    return integrated_bounds(Widest.of(unheld(stakes, member)), member)


def unheld(stakes: Stakes, member: int) -> Stakes:
    r"""Let nobody hold a node: the same pairs at the same positions, those into the node with shares of 0.

    .. math:: W'_{kj} = W_{kj} \ (j \ne i), \qquad W'_{ki} = 0

    Parameters
    ----------
    stakes : Stakes
        Direct shares holder → company, fractions.
    member : int
        Node number i.

    Raises
    ------
    Nothing.

    Source
    ------
    As `member_bounds`.

    Example
    -------
    >>> unheld(Stakes.exact(3, [0, 1], [1, 2], [0.5, 0.5]), 1).low.tolist()
    [0.0, 0.5]
    """
    low, high = (np.where(stakes.head == member, 0.0, share) for share in (stakes.low, stakes.high))
    return replace(stakes, low=low, high=high)
