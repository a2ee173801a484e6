"""Planted firms: what each is, and the communities that trade, lend and vouch among themselves."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ingest.synthetic.population import INDUSTRIES, SIZES

REGIONS: Final = (
    "CN-BJ", "CN-TJ", "CN-HE", "CN-LN", "CN-SH", "CN-JS", "CN-ZJ", "CN-FJ", "CN-SD", "CN-GD", "CN-SC", "CN-SN",
)  # fmt: skip
"""Provinces by ISO 3166-2; a firm's region is a position here."""
SECTORS: Final = 3
"""Industries of one region fall into so many communities."""
TRADING: Final = ("F", "G")
"""Sections of the classification whose firms turn much over with few assets."""
MEDIAN_ASSETS: Final = (6e6, 3e7, 2e8, 2e9)
"""Total assets in yuan of the middle firm of each size: what a lender takes where a firm states none."""


@dataclass(frozen=True)
class Firms:
    """What n firms are; shape (n,) each, the same in all years."""

    industry: NDArray[np.int16]
    """Position in INDUSTRIES."""
    size: NDArray[np.int16]
    """Position in SIZES."""
    region: NDArray[np.int16]
    """Position in REGIONS."""
    assets: NDArray[np.float64]
    """Total assets from which the first year's grow, yuan; not told."""

    @property
    def community(self) -> NDArray[np.int64]:
        """Region and sector: most partners of a firm are of its own."""
        return self.region.astype(np.int64) * SECTORS + self.industry % SECTORS

    @property
    def traded(self) -> NDArray[np.float64]:
        """1 where the industry trades or carries, 0 elsewhere."""
        trading = np.array([code.startswith(TRADING) for code, *_ in INDUSTRIES])
        return trading[self.industry].astype(np.float64)

    @property
    def median_assets(self) -> NDArray[np.float64]:
        """Total assets of the middle firm of each firm's size."""
        return np.array(MEDIAN_ASSETS)[self.size]


def firms(count: int, rng: np.random.Generator) -> Firms:
    """Draw so many firms."""
    weights = np.array([weight for *_, weight in INDUSTRIES], float)
    shares = np.array([weight for _, weight in SIZES], float)
    industry = rng.choice(len(INDUSTRIES), count, p=weights / weights.sum())
    size = rng.choice(len(SIZES), count, p=shares / shares.sum())
    region = rng.choice(len(REGIONS), count, p=_falling(len(REGIONS)))
    assets = np.array(MEDIAN_ASSETS)[size] * np.exp(0.7 * rng.standard_normal(count))
    return Firms(industry.astype(np.int16), size.astype(np.int16), region.astype(np.int16), assets)


def _falling(count: int) -> NDArray[np.float64]:
    weights = 1 / np.arange(3, count + 3)
    return np.asarray(weights / weights.sum())
