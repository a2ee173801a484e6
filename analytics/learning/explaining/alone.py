"""What a firm's probability is once the risk of its neighbours is taken away."""

from dataclasses import replace

import numpy as np
from scipy.special import expit

from analytics.learning.features.neighbours import BEFORE, FAILED, RISK, SECOND
from analytics.learning.models.forests import Forest
from analytics.learning.models.model import Fitted
from analytics.learning.models.odds import log_odds
from analytics.learning.models.sights import HAZARD, OWN_RISK, SPREAD, Surroundings
from analytics.learning.models.stack import Stacked
from analytics.learning.panel import Panel, Ties, Wave

HEARD = tuple(f".{measure.name}" for measure in (FAILED, BEFORE, RISK, SECOND))


def alone(fitted: Fitted, panel: Panel, at: int, party: int) -> float:
    r"""Say how likely a firm is to default were its neighbours without risk, or were there none.

    .. math:: p_{\setminus N} = p\big(x,\; \text{risk}_N := 0\big), \qquad \text{contagion adds } p - p_{\setminus N}

    Trees keep how many neighbours there are and what is at stake, for that is the firm's own standing, and are told
    that none of them has failed or is likely to. Nets cannot tell the two apart: they are asked without links. A stack
    joins what both say.

    Parameters
    ----------
    fitted : Fitted
    panel : Panel
    at : int
        Of the wave.
    party : int
        Position among the panel's.

    Raises
    ------
    InvalidModel
        If the panel lacks what the model reads.

    Source
    ------
    A definition; `learning.md` of the design: most of a net's lift may be degree, so that degree is not contagion.

    Example
    -------
    >>> from analytics.learning.explaining.example import pair
    >>> from analytics.learning.serving.served import ServedNet
    >>> served, panel = pair(0.5)
    >>> net = ServedNet("gnn", served.inputs, served.nets, served.first, {})
    >>> round(float(net.predict(panel, 0)[1]), 4), round(alone(net, panel, 0, 1), 4)
    (0.25, 0.0)
    """
    if isinstance(fitted, Stacked):
        odds = [log_odds(alone(leg, panel, at, party)) for leg in fitted.legs]
        return float(fitted.calibration(expit(fitted.line.log_odds(np.array([odds]))))[0])
    if isinstance(fitted, Forest) and isinstance(fitted.sight, Surroundings):
        return _calm(fitted, fitted.sight, panel, at, party)
    return float(fitted.predict(_single(panel, at, party), 0)[0])


def _calm(forest: Forest, sight: Surroundings, panel: Panel, at: int, party: int) -> float:
    values = forest.seen(panel, at)[[party]].copy()
    names = sight.columns.names
    for column, name in enumerate(names):
        if name.endswith(HEARD):
            values[0, column] = 0.0
    last = sight.propagation.rounds[-1]
    own = values[:, names.index(OWN_RISK.name)].astype(np.float64)
    silent = np.zeros((1, len(last.hazards)))
    values[0, names.index(SPREAD.name)] = log_odds(last.probability(own, silent))[0]
    values[0, names.index(HAZARD.name)] = 0.0
    return float(forest.said(values)[0])


def _single(panel: Panel, at: int, party: int) -> Panel:
    """The firm with its own figures and no link."""
    wave, ends, none = panel.waves[at], np.empty(0, np.int32), np.empty(0, np.int64)
    ties = {name: Ties(ends, ends, np.empty(0), none, {key: np.empty(0, np.float32) for key in held.details})
            for name, held in wave.ties.items()}  # fmt: skip
    one = slice(party, party + 1)
    single = Wave(
        wave.day, wave.known_at, wave.values[one], wave.capacity[one], np.zeros(1, np.bool_), np.zeros(1, np.int32),
        np.full(1, -1, np.int8), ties, None if wave.since is None else np.full(1, np.nan, np.float32),
    )  # fmt: skip
    return replace(panel, ids=panel.ids[one], firm=panel.firm[one], waves=(single,), given=None)
