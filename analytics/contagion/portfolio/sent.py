"""Drawn defaults sent through all layers, year by year, as `analytics.contagion.shock` sends one shock.

With contagion a year costs what the whole shock does: output that stops, guarantees called, debts unpaid and shares
worth less, until nothing changes. Without, its defaults alone: each leaves what its assets or its recovery pay, and
guarantors pay what these call them for, as far as their means before the year go; nobody else fails.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analytics.contagion.shock.coupled import Room
from analytics.contagion.shock.tied import Tied
from analytics.kernels.defaults import Found, Odds, Web, Years, fall, twist
from analytics.kernels.defaults import Room as Drawing


@dataclass(frozen=True)
class Sent:
    """Firms and layers that drawn defaults are sent through, and whose losses count."""

    tied: Tied
    node: NDArray[np.int64]
    """Which of the firms each party that is drawn is, shape (k,)."""
    lender: int

    def room(self) -> Room:
        """Memory for years, one at a time."""
        return Room(self.tied)

    def years(
        self,
        room: Room,
        drawn: tuple[Odds, Web, Years],
        goal: float,
        spreads: bool,
        drawing: Drawing,
        found: Found,
        ended: Callable[[], bool] = lambda: False,
    ) -> None:
        """Draw years one by one as `draw_years` does, and send what defaults through all layers.

        `spreads` says whether `found.by` gets the losses with contagion, or those without. Nothing more is drawn once
        the work has `ended`, and what was is not to be used. Raises NotConverged where a year's losses do not come to
        rest.
        """
        odds, web, years = drawn
        asked = len(found.by) > 0
        by = np.zeros(self.tied.firms.size if asked else 0)
        for year in range(len(years.key)):
            if ended():
                return
            theta = psi = 0.0
            if goal > 0:
                theta, psi = twist(odds, web, years.factor, year, goal, drawing)
            used = theta if years.likelier[year] == 1 else 0.0
            count = fall(odds, web, years, year, used, -1.0 if years.mirrored[year] == 1 else 1.0, drawing)
            first = drawing.order[:count].copy()
            drawing.down[first] = 0
            found.defaults[year] = count
            found.tilt[year] = psi - theta * float(web.lost[first].sum()) if theta != 0 else 0.0
            share = float(years.share[year]) if asked else 0.0
            shares = (0.0, share) if spreads else (share, 0.0)
            found.alone[year], found.whole[year], found.failed[year] = room.year(
                self.node[first].astype(np.uint32), self.lender, shares, by
            )
        if asked:
            found.by[:] = by[self.node]
