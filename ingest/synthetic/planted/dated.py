"""Days of a planted world: when a link began and ended, a statement came out, a firm defaulted, and it became known.

What holds on an as-of day became known on it at the latest; what holds from a later day on is of a later day.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from ingest.synthetic.days import NONE, number
from ingest.synthetic.planted.links import Ties
from ingest.synthetic.planted.world import DAYS, Planted

Days = NDArray[np.int64]
EARLIER: Final = 4
"""Years before the first as-of day in which the links of that day began."""
DELAY: Final = 20
"""Days until something is known, at most."""
_NEW_YEARS: Final = np.array([number(f"{day.year}-01-01") for day in DAYS] + [number(f"{DAYS[-1].year + 1}-01-01")])
"""First day of each year that ends on an as-of day, and of the year after the last."""


def of_links(ties: Ties, rng: np.random.Generator) -> tuple[Days, Days, Days]:
    """First day of each link, first day on which it is no more (NONE: it still is), and the day it became known."""
    earlier = rng.integers(number(f"{DAYS[0].year - EARLIER}-01-01"), _NEW_YEARS[0] + 300, len(ties.links))
    since = np.where(ties.first == 0, earlier, _within(ties.first, rng))
    until = np.where(ties.last == len(DAYS), NONE, _within(ties.last, rng))
    return since, until, since + rng.integers(0, DELAY + 1, len(since))


def of_statements(statement: NDArray[np.int64], rng: np.random.Generator) -> tuple[Days, Days]:
    """Last day of the financial year of each statement, and the day it came out, from March to June after that."""
    return _NEW_YEARS[statement] - 1, _NEW_YEARS[statement] + rng.integers(60, 180, len(statement))


def of_defaults(world: Planted, firm: NDArray[np.int64], rng: np.random.Generator) -> tuple[Days, Days]:
    """Day of each firm's default, of later rounds of a cascade later in the year, and the day it became known."""
    round_ = world.round[firm].astype(np.float64)
    last = int(world.round.max(initial=0))
    # The year halves with each round: none of a later one comes before one of an earlier.
    part = 1 - 0.5**round_, 1 - 0.5 ** np.where(round_ < last, round_ + 1, np.inf)
    day = part[0] + (part[1] - part[0]) * rng.random(len(firm))
    happened = _NEW_YEARS[world.defaulted[firm] + 1] + 4 + np.floor(330 * day).astype(np.int64)
    return happened, happened + rng.integers(0, DELAY + 1, len(firm))


def _within(year: NDArray[np.int16], rng: np.random.Generator) -> Days:
    """A day within the year that ends on the as-of day, early enough to be known by then."""
    return np.asarray(_NEW_YEARS[year] + rng.integers(20, 335, len(year)))
