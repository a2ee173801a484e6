"""A planted world: firms, figures, links and defaults over the years, and how its defaults come about."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from graph.errors import InvalidQuestion
from ingest.synthetic.planted.cascade import draw_once
from ingest.synthetic.planted.figures import Figures, figures, until
from ingest.synthetic.planted.firms import Firms, firms
from ingest.synthetic.planted.hits import Hits, buffer, hits, public_probability
from ingest.synthetic.planted.links import Links, Ties, ties
from ingest.synthetic.planted.own import own_probability

Name = Literal["S0", "S1", "S2", "S3"]
Numbers = NDArray[np.float64]
Flags = NDArray[np.bool_]

SOURCE: Final = "planted"
"""Name of the source of a planted world: what stands before the colon of its ids."""
DAYS: Final = tuple(date(year, 12, 31) for year in range(2016, 2024))
"""The as-of days."""
FEWEST: Final = 100


@dataclass(frozen=True)
class Law:
    """How defaults come about in a world."""

    base: float
    """b: the middle of the logit of a firm by itself."""
    public: float
    """λ of failures of the year before, which everybody knows; 0: they cost nobody anything."""
    hidden: float
    """λ of failures within the coming year; 0: nobody brings another down."""


LAWS: Final[Mapping[Name, Law]] = {
    "S0": Law(-4.55, 0.0, 0.0),
    "S1": Law(-5.2, 2.5, 0.0),
    "S2": Law(-5.4, 0.0, 3.0),
    "S3": Law(-5.5, 1.8, 1.5),
}


@dataclass(frozen=True)
class Planted:
    """A planted world of n firms.

    A firm that defaults in the year after day t has `defaulted` t. It leaves: from day t + 1 on it has no row, states
    nothing new, is brought down by nobody and brings nobody down, but on day t + 1 its failure is publicly known and
    costs, in S1 and S3, whoever is exposed to it over a link that is there that day.
    """

    name: Name
    seed: int
    ids: NDArray[np.str_]
    """Ids of the firms, as the store knows them once the written world is loaded."""
    firms: Firms
    figures: Figures
    ties: Mapping[str, Ties]
    defaulted: NDArray[np.int16]
    """Position of the as-of day in the year after which the firm defaulted, shape (n,); -1 where it never did."""
    round: NDArray[np.int16]
    """Round of its year's cascade in which it did: 0 by itself or through a public failure, -1 never."""

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def law(self) -> Law:
        """How its defaults come about."""
        return LAWS[self.name]

    @property
    def days(self) -> tuple[date, ...]:
        """The as-of days."""
        return DAYS

    @property
    def items(self) -> Numbers:
        """Statements as last known on each as-of day, shape (years, n, items), whole yuan; NaN where not stated."""
        return self.figures.items

    def links(self, year: int) -> dict[str, Links]:
        """Links that are there on an as-of day, by relation."""
        return {name: of.of(year) for name, of in self.ties.items()}

    def standing(self, year: int) -> Flags:
        """Firms that have not defaulted by an as-of day: those that have a row; shape (n,)."""
        return (self.defaulted < 0) | (self.defaulted >= year)

    def failed(self, year: int) -> Flags:
        """Firms that defaulted in the year that ends on an as-of day, shape (n,)."""
        return np.asarray(self.defaulted == year - 1) if year else np.zeros(len(self), np.bool_)

    def labels(self, year: int) -> Flags:
        """Firms that default in the year after an as-of day, shape (n,)."""
        return np.asarray(self.defaulted == year)

    @cached_property
    def own(self) -> Numbers:
        """Probability of each firm to default by itself in the year after each day, shape (years, n)."""
        return own_probability(self.items, self.firms, self.law.base)

    def travel(self, year: int) -> tuple[Hits, Hits]:
        """Ways of failures that count on an as-of day, with λ: of firms that publicly failed, and within the year."""
        every = hits(self.links(year), buffer(self.items[year], self.firms))
        bears, law = self.standing(year)[every.target], self.law
        public = bears & self.failed(year)[every.source] & (law.public > 0)
        hidden = bears & self.standing(year)[every.source] & (law.hidden > 0)
        return every.only(public).times(law.public), every.only(hidden).times(law.hidden)


def planted(name: Name = "S2", *, count: int = 10_000, seed: int = 1) -> Planted:
    """Draw a world: `S0` no contagion, `S1` from public defaults, `S2` hidden within the year, `S3` both.

    The four worlds of one seed and size have the same firms, links and figures up to a firm's default. Of a world of
    10,000 firms all but what is true of it (`truth`) takes about a second.

    Parameters
    ----------
    name : S0 to S3
    count : firms, at least 100
    seed : of everything drawn

    Raises
    ------
    InvalidQuestion
        If there is no world of this name, or it would have fewer than 100 firms.
    """
    if name not in LAWS:
        raise InvalidQuestion(f"there is no planted world {name!r}", where="world", remedy=f"ask for {', '.join(LAWS)}")
    if count < FEWEST:
        raise InvalidQuestion(f"a planted world has {FEWEST} firms or more", where="firms")
    streams = np.random.default_rng([seed, count]).spawn(4)
    drawn = firms(count, streams[0])
    told = figures(drawn, len(DAYS), streams[1])
    tied = ties(drawn, len(DAYS), streams[2])
    ids = np.array([f"{SOURCE}:{number:07d}" for number in range(1, count + 1)])
    never = np.full(count, -1, np.int16)
    world = Planted(name, seed, ids, drawn, told, tied, never, never)
    return _lived(world, streams[3])


def _lived(world: Planted, rng: np.random.Generator) -> Planted:
    """The world with the defaults of all years."""
    own = world.own
    for year in range(len(DAYS)):
        public, hidden = world.travel(year)
        chance, _ = public_probability(np.where(world.standing(year), own[year], 0.0), public)
        fell = draw_once(chance, hidden, rng)
        defaulted = np.where(fell >= 0, np.int16(year), world.defaulted)
        world = replace(world, defaulted=defaulted, round=np.where(fell >= 0, fell, world.round))
    return replace(world, figures=until(world.figures, world.defaulted))
