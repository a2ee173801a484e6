"""The background: invented companies, persons, foreign holders and state bodies, as arrays.

A party of the background is a number: companies first, then persons, foreign holders, state bodies.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from ingest.synthetic import names
from ingest.synthetic.cast import RESERVED
from ingest.synthetic.days import number
from ingest.synthetic.identifiers import credit_codes, lei_codes

INDUSTRIES: Final = (
    ("C34", "机械", 12), ("C39", "电子", 10), ("C26", "化工", 7), ("C30", "建材", 6), ("C17", "纺织", 6),
    ("C14", "食品", 6), ("C36", "汽配", 5), ("C38", "电气", 6), ("F51", "贸易", 14), ("F52", "商贸", 8),
    ("E47", "建筑", 7), ("G54", "物流", 5), ("I65", "软件", 7), ("K70", "置业", 4), ("L72", "咨询", 6),
    ("A01", "农业", 5), ("D44", "能源", 3), ("M73", "科技", 8),
)  # fmt: skip
"""Code of the national classification, word in a company's name, weight."""
SIZES: Final = (("微型", 60), ("小型", 28), ("中型", 10), ("大型", 2))
EARLY: Final = 12_000
"""Companies of the background that deliveries before the last one cover, at most."""


@dataclass(frozen=True)
class Sizes:
    """How many of everything a world of a given size has."""

    companies: int
    persons: int
    foreign: int
    states: int
    customers: int
    """Companies that banks list under numbers of their own."""
    members: int
    """Companies that the supply platform lists under numbers of its own."""
    reported: int
    """Companies whose statements and events are told."""
    abroad: int
    """Entities and persons that only the registers abroad know."""
    holdings: int
    offices: int
    related: int
    guarantees: int
    facilities: int
    supplies: int

    @property
    def holders(self) -> int:
        """Parties of the register."""
        return self.companies + self.persons + self.foreign + self.states


def sizes(parties: int, *, planted: int) -> Sizes:
    """Shares of a world in which sources know the same company under numbers of their own."""
    rest = max(parties - planted, 40)
    customers, members = rest // 10, int(rest * 0.14)
    reported, foreign = min(rest // 50, 5_000), max(min(rest // 160, 3_000), 2)
    abroad = max(min(rest // 50, 8_000), 4)
    states = max(min(rest // 500, 300), 1)
    own = rest - customers - members - reported - abroad - 2 * foreign - states
    companies = int(own * 0.6)
    return Sizes(
        companies, own - companies, foreign, states, customers, members, reported, abroad,
        int(rest * 1.25), int(rest * 0.75), rest // 10, int(rest * 0.4), int(rest * 0.5), rest * 2,
    )  # fmt: skip


@dataclass(frozen=True)
class Population:
    """Parties of the background; arrays over companies unless said otherwise."""

    size: Sizes
    code: pa.Array
    """Register number of every party."""
    name: pa.Array
    """Name of every party."""
    english: pa.Array
    founded: NDArray[np.int64]
    industry: NDArray[np.int64]
    scale: NDArray[np.int64]
    capital: NDArray[np.int64]
    """Registered capital in 10,000 yuan."""
    closed: NDArray[np.bool_]
    foreign_lei: pa.Array
    birth: NDArray[np.int64]
    """Year of birth of each person."""

    @property
    def early(self) -> int:
        """Companies that the earlier deliveries cover."""
        return min(int(self.size.companies * 0.9), EARLY)


def people(size: Sizes, rng: np.random.Generator) -> Population:
    """Draw the parties of the background."""
    companies = np.arange(size.companies)
    serials = companies + RESERVED
    weights = np.array([weight for *_, weight in INDUSTRIES], float)
    industry = rng.choice(len(INDUSTRIES), size.companies, p=weights / weights.sum())
    shares = np.array([weight for _, weight in SIZES], float)
    scale = rng.choice(len(SIZES), size.companies, p=shares / shares.sum())
    founded = rng.integers(number("2000-01-01"), number("2021-06-01"), size.companies)
    late = companies >= int(size.companies * 0.9)
    founded[late] = rng.integers(number("2021-06-01"), number("2024-03-01"), int(late.sum()))
    capital = np.round(10 ** rng.normal(2.0 + 0.7 * scale, 0.4)).astype(np.int64) + 1
    trades = names.choose([word for _, word, _ in INDUSTRIES], industry)
    foreign = np.arange(size.foreign)
    bodies = np.arange(size.states)
    codes = [
        credit_codes(serials),
        names.numbered("自然人-", np.arange(size.persons) + RESERVED, 7),
        names.numbered("境外-", foreign + RESERVED, 6),
        names.numbered("机关-", bodies + 1, 4),
    ]
    places = names.choose(names.PLACES, bodies % len(names.PLACES))
    called = [
        names.chinese_companies(companies, trades),
        names.chinese_persons(rng.integers(0, 10**6, size.persons)),
        names.english_companies(foreign + 7_000_000),
        pa.array(
            [f"{place}市示例国有资产管理局第{at + 1}处" for at, place in enumerate(places.to_pylist())], pa.string()
        ),
    ]
    return Population(
        size, pa.concat_arrays(codes), pa.concat_arrays(called), names.english_companies(companies),
        founded, industry, scale, capital, rng.random(size.companies) < 0.03, lei_codes(foreign + RESERVED),
        rng.integers(1945, 2004, size.persons),
    )  # fmt: skip
