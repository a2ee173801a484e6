"""Years of a lender's book, drawn as a file asks, and what they say: both with contagion and without."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from threading import Lock
from typing import Final

import numpy as np
from numpy.typing import NDArray

from analytics.contagion.portfolio.factors import Plan
from analytics.contagion.portfolio.losses import (
    Estimate,
    LossRisk,
    contributions,
    exceedance,
    loss_deviation,
    loss_risk,
    tail_plan,
)
from analytics.contagion.portfolio.montecarlo import Draws, simulate
from analytics.contagion.portfolio.vasicek import conditional_pd
from api.engine import View
from api.questions.book.assumed import Assumed
from api.questions.book.staked import Staked
from graph.errors import InvalidQuestion

Numbers = NDArray[np.float64]
Progress = Callable[[int, int], None]
LEVELS: Final = (0.99, 0.999)
BLOCKS: Final = 16
"""Scrambled sequences at least, of which an error is told."""
AIMED: Final = 0.999
"""Years that importance sampling draws most about: those as bad as this level of the closed form."""
WORK: Final = 2_000_000_000
"""Years times parties that one question may draw: about a minute."""
SENT_WORK: Final = 1_000_000_000
"""The same where each year is sent through all layers: about two minutes."""
POINTS: Final = 40
"""Losses at which the distribution is told."""
THREADS: Final = 2
PACE: Final = {True: 2e-7, False: 7e-8}
"""Seconds of one thread for a year and a party of which years are sent as shocks, with production among the layers and
without: as measured where 1.4 % default a year (`benchmarks/montecarlo.py`)."""


@dataclass(frozen=True)
class Drawn:
    """Years drawn of a book."""

    staked: Staked
    draws: Draws
    level: float
    """Of what borrowers contribute to."""

    def risk(self, level: float, *, contagion: bool) -> LossRisk:
        """Expected loss, value at risk and expected shortfall."""
        return loss_risk(self.draws, level=level, contagion=contagion)

    def deviation(self, *, contagion: bool) -> Estimate:
        """Standard deviation of the loss."""
        return loss_deviation(self.draws, contagion=contagion)

    def parts(self, *, contagion: bool, progress: Progress | None = None) -> Numbers:
        """What each party drawn adds to the shortfall, with contagion or without, shape (k,); found once."""
        if contagion not in self._parts:
            found = contributions(
                self.staked.portfolio, self.draws, level=self.level, contagion=contagion, workers=THREADS,
                progress=progress,
            )  # fmt: skip
            self._parts[contagion] = found.each
        return self._parts[contagion]

    @cached_property
    def _parts(self) -> dict[bool, Numbers]:
        return {}

    @cached_property
    def curve(self) -> tuple[Numbers, Numbers, Numbers]:
        """Losses, and how likely each is passed with contagion and without."""
        top = float(self.draws.loss.max())
        at = np.linspace(0.0, top, POINTS + 1)
        chances = (exceedance(self.draws, at, contagion=spreads)[0] for spreads in (True, False))
        return at, *(np.clip(one, 0.0, 1.0) for one in chances)  # type: ignore[return-value]


class _Place:
    """Where drawn years are kept, drawn by the first who asks: nobody but those who ask for the same waits for them."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._found: Drawn | None = None

    def filled(self, draw: Callable[[], Drawn]) -> Drawn:
        """What was drawn before, else now."""
        with self._lock:
            if self._found is None:
                self._found = draw()
            return self._found


def lasting(years: int, parties: int, *, production: bool) -> tuple[str, str]:
    """About how long years sent as shocks take, in both languages.

    >>> lasting(10_000, 100_000, production=True), lasting(10_000, 500, production=True)
    (('about 100 seconds', '约100秒'), ('a few seconds', '数秒'))
    """
    seconds = years * parties * PACE[production] / THREADS
    if seconds < 10:
        return "a few seconds", "数秒"
    if seconds < 120:
        return f"about {round(seconds, -1):,.0f} seconds", f"约{round(seconds, -1):,.0f}秒"
    return f"about {seconds / 60:,.0f} minutes", f"约{seconds / 60:,.0f}分钟"


def drawing(staked: Staked, assumed: Assumed) -> tuple[str, str]:
    """What is told while years are drawn, in both languages: how long it takes where that is long."""
    if not assumed.sent:
        return "drawing years", "抽取年度"
    said, said_zh = lasting(assumed.draws, staked.portfolio.size, production="production" in assumed.layers)
    return f"drawing years, each sent as a shock ({said})", f"抽取年度并逐年传导（{said_zh}）"


def check_draws(staked: Staked, assumed: Assumed) -> None:
    """Raise InvalidQuestion where more years are asked for than one question may draw."""
    size = staked.portfolio.size
    most = SENT_WORK if assumed.sent else WORK
    if assumed.draws * size > most:
        remedy = f'draw no more than {most // size:,} of these {size:,} parties, say with sampling = "importance"'
        raise InvalidQuestion(f"{assumed.draws:,} years are too many", where="draws", remedy=remedy)


def drawn(view: View, staked: Staked, assumed: Assumed, progress: Progress | None = None) -> Drawn:
    """Draw the years that are asked for; kept for the next question that assumes the same.

    Raises InvalidQuestion where they are more than one question may draw.
    """
    check_draws(staked, assumed)
    place = view.kept(("drawn years", staked.lender, assumed.model_dump_json()), _Place, most=2)
    return place.filled(lambda: _drawn(staked, assumed, progress))


def _drawn(staked: Staked, assumed: Assumed, progress: Progress | None) -> Drawn:
    plan = _plan(staked, assumed)
    years = -(-assumed.draws // plan.block) * plan.block
    found = simulate(staked.portfolio, years, seed=assumed.seed, plan=plan, workers=THREADS, progress=progress)
    return Drawn(staked, found, assumed.level)


def _plan(staked: Staked, assumed: Assumed) -> Plan:
    """How years are drawn: a sequence is long where several of them still tell an error."""
    if assumed.sampling == "antithetic":
        return Plan(antithetic=True)
    if assumed.sampling == "sobol":
        return Plan(points=max(2, 1 << (assumed.draws // BLOCKS).bit_length() - 1))
    if assumed.sampling == "importance":
        return _importance(staked)
    return Plan()


def _importance(staked: Staked) -> Plan:
    """Years about as bad as the closed form has them at a level, in so far as the book can lose as much."""
    book = staked.portfolio
    bad = float(book.lost @ conditional_pd(book.pd, staked.correlation, level=AIMED))
    most = float(book.lost[book.pd > 0].sum())
    return tail_plan(book, min(bad, most / 2)) if most > 0 and bad > 0 else Plan()
