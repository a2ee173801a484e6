"""What a party's own figures add: its probability less the one it would have with a figure in the middle."""

from dataclasses import replace
from typing import Final

import numpy as np

from analytics.learning.explaining.scene import Scene, Served
from analytics.learning.models.model import Reason
from analytics.learning.panel import Panel, Wave

ROWS: Final = 20_000
"""Parties in all copies of a vicinity together, at most."""


def replaced(served: Served, scene: Scene, panel: Panel, at: int, party: int) -> list[Reason]:
    r"""Take each figure a party states to the middle of those the nets learned from, and look at the difference.

    .. math:: \Delta_k = p - p(x_k := c_k)

    The first stage is asked again for each, so that what trees make of a figure counts too. Figures that are missing,
    or codes of categories, are left out; in a vicinity too large to be copied so often, the furthest from the middle
    come first.

    Parameters
    ----------
    served : Served
    scene : Scene
        Of the party.
    panel, at, party : as in `Scene.of`

    Raises
    ------
    Nothing.

    Source
    ------
    A definition; replace one.

    Example
    -------
    >>> from analytics.learning.explaining.example import pair
    >>> served, panel = pair(0.5)
    >>> [(one.feature, round(one.effect, 4)) for one in replaced(served, Scene.of(served, panel, 0, 0), panel, 0, 0)]
    [('said', 0.25)]
    """
    inputs = served.inputs
    places = np.array(inputs.columns.places(panel), np.int64)
    coded = np.array([bool(feature.categories) for feature in inputs.columns.features], np.bool_)
    numbers = places[~coded]
    own = panel.waves[at].values[party]
    scaled = scene.given.figures[scene.vicinity.place, : len(numbers)]
    stated = np.flatnonzero(~np.isnan(own[numbers]))
    stated = stated[np.argsort(-np.abs(scaled[stated]), kind="stable")][: max(ROWS // scene.vicinity.size, 1)]
    if not len(stated):
        return []
    values = np.tile(own, (len(stated), 1))
    values[np.arange(len(stated)), numbers[stated]] = inputs.scaling["centre"][stated]
    rows = _alone(panel, panel.waves[at], party, values)
    first = served.first.predict(rows, 0)
    told = scene.changed(inputs.encode(rows, 0, first))
    with_all = scene.probabilities()
    effects = (with_all - told).mean(axis=0)
    names = [inputs.numbers[place].name for place in stated.tolist()]
    return [
        Reason(name, value=float(own[numbers[place]]), effect=effect)
        for name, place, effect in zip(names, stated.tolist(), effects.tolist(), strict=True)
    ]


def _alone(panel: Panel, wave: Wave, party: int, values: "np.ndarray[tuple[int, int], np.dtype[np.float32]]") -> Panel:
    """A panel of one party as many times as there are rows of figures."""
    count = len(values)
    nobody = np.zeros(0, np.int32)
    one = Wave(
        wave.day, wave.known_at, values, np.full(count, wave.capacity[party]), np.full(count, wave.public[party]),
        nobody, nobody.astype(np.int8), {}, None if wave.since is None else np.full(count, wave.since[party]),
    )  # fmt: skip
    ids = tuple(f"{number}" for number in range(count))
    return replace(
        panel, ids=ids, firm=np.full(count, panel.firm[party]), relations=(), waves=(one,), given=None,
    )  # fmt: skip
