"""Reasons a net gives: links and own figures without which the probability would differ most."""

from typing import Final

import numpy as np

from analytics.learning.explaining.figures import replaced
from analytics.learning.explaining.removal import exposures, removals
from analytics.learning.explaining.scene import Scene, Served
from analytics.learning.models.model import Numbers, Reason
from analytics.learning.panel import Panel

LEAST: Final = 1e-9
"""What moves a probability by less is no reason."""


def reasons(served: Served, panel: Panel, at: int, party: int, *, most: int = 5) -> tuple[Reason, ...]:
    r"""What moves a party's probability most, the strongest first; every effect is a true difference.

    .. math:: \Delta_e = p - p_{\setminus e} \;\text{ of links}, \qquad
        \Delta_k = p - p(x_k := \text{median}) \;\text{ of own figures}

    Parameters
    ----------
    served : nets of one or several seeds
    panel : Panel
    at : int
        Of the wave.
    party : int
        Position among the panel's.
    most : int
        How many reasons.

    Raises
    ------
    InvalidModel
        If the panel lacks what the nets read.

    Source
    ------
    Leave one out; a figure that is missing is no reason.

    Example
    -------
    >>> from analytics.learning.explaining.example import pair
    >>> [(one.relation or one.feature, round(one.effect, 4)) for one in reasons(*pair(0.5), 0, 1)]
    [('GUARANTEES', 0.25), ('said', -0.1875)]
    """
    scene = Scene.of(served, panel, at, party)
    places, effects = removals(scene)
    found = linked(scene, places, effects.mean(axis=0))
    found += replaced(served, scene, panel, at, party)
    found.sort(key=lambda reason: -abs(reason.effect))
    return tuple(reason for reason in found[:most] if abs(reason.effect) > LEAST)


def live(served: Served, panel: Panel, at: int, party: int, *, most: int = 5) -> tuple[Reason, ...]:
    r"""Links along whose weight the probability moves most: the quick view, near the true differences.

    .. math:: g_e = w_e \, \partial p / \partial w_e

    Parameters
    ----------
    served, panel, at, party, most : as of `reasons`

    Raises
    ------
    InvalidModel
        If the panel lacks what the nets read.

    Source
    ------
    See `exposures`.

    Example
    -------
    >>> from analytics.learning.explaining.example import pair
    >>> [(one.relation, round(one.effect, 4)) for one in live(*pair(0.5), 0, 1)]
    [('GUARANTEES', 0.1733)]
    """
    scene = Scene.of(served, panel, at, party)
    found = linked(scene, np.arange(len(scene.vicinity.tail)), exposures(scene))
    found.sort(key=lambda reason: -abs(reason.effect))
    return tuple(reason for reason in found[:most] if abs(reason.effect) > LEAST)


def linked(scene: Scene, places: "np.ndarray[tuple[int], np.dtype[np.int64]]", effects: Numbers) -> list[Reason]:
    r"""Links of a vicinity as reasons.

    .. math:: (e, \Delta_e) \mapsto \text{relation, position among its links, stake, } \Delta_e

    Parameters
    ----------
    scene : Scene
    places : (c,) array
        Of links in its vicinity.
    effects : (c,) array

    Raises
    ------
    Nothing.

    Source
    ------
    A definition.

    Example
    -------
    >>> from analytics.learning.explaining.example import scene
    >>> (found,) = linked(scene(), np.array([0]), np.array([0.25]))
    >>> found.relation, found.link, found.value, found.effect
    ('GUARANTEES', 0, 7.0, 0.25)
    """
    vicinity, found = scene.vicinity, []
    for place, effect in zip(places.tolist(), effects.tolist(), strict=True):
        relation, link = vicinity.relations[vicinity.relation[place]], int(vicinity.position[place])
        found.append(Reason("", relation, link, float(scene.wave.ties[relation].stake[link]), effect))
    return found
