"""What trees would see of one party without each of its links."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from analytics.learning.features.channels import Linked
from analytics.learning.features.neighbours import BEFORE, DEGREE, EXPOSURE, FAILED, RISK, SECOND
from analytics.learning.models.columns import Figures
from analytics.learning.models.model import Numbers
from analytics.learning.models.odds import log_odds
from analytics.learning.models.sights import HAZARD, SPREAD, Surroundings, Travelled
from analytics.learning.panel import Panel
from analytics.learning.panel.ties import weights

MEASURES = (DEGREE, EXPOSURE, FAILED, BEFORE, RISK, SECOND)


class Link(NamedTuple):
    """A link over which a party hears."""

    relation: str
    link: int
    """Position among the wave's ties of the relation."""
    stake: float


@dataclass(frozen=True)
class Removal:
    """Each link of a party, and figures of the party without it; its neighbours stay as they are."""

    links: tuple[Link, ...]
    rows: Figures
    """Shape (links, k)."""

    @classmethod
    def of(cls, sight: Surroundings, went: Travelled, panel: Panel, at: int, seen: Numbers, party: int) -> "Removal":
        """From how defaults travelled over the wave, and figures of the party with all its links, (k,)."""
        place = {name: column for column, name in enumerate(sight.columns.names)}
        wave, count = panel.waves[at], len(sight.neighbours.channels.all)
        links: list[Link] = []
        rows = [np.empty((0, len(seen)))]
        for number, channel in enumerate(sight.neighbours.channels.all):
            if not isinstance(channel, Linked):
                continue
            ties = wave.ties[channel.relation]
            hears, of = (ties.head, ties.tail) if channel.way == "in" else (ties.tail, ties.head)
            found = np.flatnonzero(hears == party)
            if not len(found):
                continue
            weight, other = weights(ties, wave.capacity, channel.way)[found], of[found]
            stands = panel.firm[other] & ~wave.public[other]
            likely = [weight * np.where(stands, said[other], 0.0) for said in went.said]
            lately = weight * wave.lately[other]
            before = weight * (wave.public & ~wave.lately)[other]
            less = np.repeat(seen[None, :].astype(np.float64), len(found), axis=0)
            gone = (np.ones(len(found)), weight, lately, before, likely[0], likely[-1])
            for measure, amount in zip(MEASURES, gone, strict=True):
                column = place[f"{channel.name}.{measure.name}"]
                less[:, column] = np.maximum(less[:, column] - amount, 0.0)
            hazard, chance = _last(sight, went, party, (number, count + number), (lately, likely))
            less[:, place[HAZARD.name]] = hazard
            less[:, place[SPREAD.name]] = log_odds(chance)
            links += [Link(channel.relation, int(link), float(ties.stake[link])) for link in found]
            rows.append(less)
        return cls(tuple(links), np.concatenate(rows).astype(np.float32))


def _last(
    sight: Surroundings, went: Travelled, party: int, columns: tuple[int, int], gone: tuple[Numbers, list[Numbers]]
) -> tuple[Numbers, Numbers]:
    """Hazard and probability after the last round, without each link: (links,) each."""
    one, lately = sight.propagation.rounds[-1], gone[0]
    told: NDArray[np.float64] = np.repeat(went.told[-1][party][None, :], len(lately), axis=0)
    for column, amount in zip(columns, (lately, gone[1][len(went.told) - 1]), strict=True):
        told[:, column] = np.maximum(told[:, column] - amount, 0.0)
    return one.hazard(told), one.probability(np.full(len(lately), went.odds[party]), told)
