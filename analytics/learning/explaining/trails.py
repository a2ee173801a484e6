"""Over which links a reason reaches the party: the shortest way, and among those the weightiest."""

from dataclasses import dataclass

import numpy as np

from analytics.learning.explaining.scene import Scene
from analytics.learning.models.model import Reason
from analytics.learning.panel.ties import WAYS
from analytics.learning.serving.vicinity import Vicinity


@dataclass(frozen=True)
class Step:
    """One link of a trail."""

    relation: str
    link: int
    """Position among the wave's ties of the relation."""
    tail: int
    head: int
    """Parties, by position among the panel's."""


@dataclass(frozen=True)
class Trail:
    """Links from the party asked about to where its probability is moved, the nearest first."""

    reason: Reason
    steps: tuple[Step, ...]


def trails(scene: Scene, reasons: tuple[Reason, ...]) -> tuple[Trail, ...]:
    r"""Tell of each link among some reasons over which others it reaches the party.

    .. math:: \arg\min_{\text{ways to the link}} \big( \text{hops},\; -\textstyle\prod_e w_e \big)

    Parameters
    ----------
    scene : Scene
        Of the party.
    reasons : as `reasons` gives them; those that name no link have no trail and are left out

    Raises
    ------
    Nothing.

    Source
    ------
    A definition: breadth first, the weightiest link kept for each party.

    Example
    -------
    >>> from analytics.learning.explaining.example import pair
    >>> from analytics.learning.explaining.reasons import live
    >>> served, panel = pair(0.5)
    >>> (found,) = trails(Scene.of(served, panel, 0, 1), live(served, panel, 0, 1))
    >>> [(step.relation, step.tail, step.head) for step in found.steps]
    [('GUARANTEES', 1, 0)]
    """
    vicinity = scene.vicinity
    before = _before(vicinity)
    place = {
        (vicinity.relations[relation], position): link
        for link, (relation, position) in enumerate(
            zip(vicinity.relation.tolist(), vicinity.position.tolist(), strict=True)
        )
    }
    found = []
    for reason in reasons:
        if not reason.relation or (reason.relation, reason.link) not in place:
            continue
        link = place[reason.relation, reason.link]
        near = min(
            int(vicinity.tail[link]), int(vicinity.head[link]), key=lambda end: (before[1][end], -before[2][end])
        )
        steps = [_step(vicinity, link)]
        while near != vicinity.place:
            link = int(before[0][near])
            steps.insert(0, _step(vicinity, link))
            near = int(vicinity.tail[link]) if int(vicinity.head[link]) == near else int(vicinity.head[link])
        found.append(Trail(reason, tuple(steps)))
    return tuple(found)


def _step(vicinity: Vicinity, link: int) -> Step:
    return Step(
        vicinity.relations[vicinity.relation[link]], int(vicinity.position[link]),
        int(vicinity.parties[vicinity.tail[link]]), int(vicinity.parties[vicinity.head[link]]),
    )  # fmt: skip


def _before(vicinity: Vicinity) -> "tuple[np.ndarray[tuple[int], np.dtype[np.int64]], list[int], list[float]]":
    """Of each party here: the link over which it is reached, after how many hops, and the product of weights."""
    link = np.full(vicinity.size, -1, np.int64)
    hops, weight = [vicinity.size] * vicinity.size, [0.0] * vicinity.size
    hops[vicinity.place], weight[vicinity.place] = 0, 1.0
    # A link's nearer end tells when it is walked; links that are equally near go by their weight.
    for at in np.lexsort([-vicinity.weight.max(axis=0), vicinity.distance]).tolist():
        for near, far, way in (("tail", "head", "out"), ("head", "tail", "in")):
            here, there = int(getattr(vicinity, near)[at]), int(getattr(vicinity, far)[at])
            reached = (hops[here] + 1, -weight[here] * float(vicinity.weight[WAYS.index(way), at]))
            if reached < (hops[there], -weight[there]):
                link[there], hops[there], weight[there] = at, reached[0], -reached[1]
    return link, hops, weight
