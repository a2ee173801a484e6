"""What a firm is: how old, how large, of which industry and region."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

import numpy as np
from numpy.typing import NDArray

from analytics.learning.panel import Feature

YEAR: Final = 365.25
AGE: Final = Feature("age", "years", "Years since it was registered", "成立年数", 0, "own", "domain §5.1")
ASSETS: Final = Feature("log_assets", "log money", "Logarithm of total assets", "总资产对数", 0, "own", "domain §5.2")
REVENUE: Final = Feature("log_revenue", "log money", "Logarithm of revenue", "营业收入对数", 0, "own", "domain §5.1")
INDUSTRY: Final = Feature("industry", "code", "Industry", "行业", 0, "own", "domain §5.1")
SIZE: Final = Feature("size_class", "code", "Class of size", "企业规模", 0, "own", "domain §5.1")
REGION: Final = Feature("region", "code", "Country or province", "国家或省份", 0, "own", "domain §5.1")
LETTERS: Final = 3
"""How much of a code of an industry counts: section and division, such as C36."""


@dataclass(frozen=True)
class Codes:
    """Texts as numbers of categories, in alphabetical order; rare ones together, missing ones NaN."""

    categories: tuple[str, ...]
    values: NDArray[np.float32]
    """Shape (n,)."""
    REST = "…"
    """What stands for all rare ones."""

    @classmethod
    def of(cls, texts: Sequence[str | None], *, least: int = 20, known: tuple[str, ...] | None = None) -> "Codes":
        """Number texts. With categories that are known already, others count as rare ones."""
        words = np.array(["" if text is None else text for text in texts], dtype=object).astype(str)
        seen, at, count = np.unique(words, return_inverse=True, return_counts=True)
        frequent = [str(word) for word, often in zip(seen, count, strict=True) if word and often >= least]
        categories = (*frequent, cls.REST) if known is None else known
        number = {word: place for place, word in enumerate(categories)}
        rest = number.get(cls.REST, np.nan)
        found = np.array([np.nan if not word else number.get(str(word), rest) for word in seen], np.float32)
        return cls(categories, found[at])

    def feature(self, of: Feature) -> Feature:
        """A code with these categories."""
        return replace(of, categories=self.categories)


@dataclass(frozen=True)
class Profile:
    """Figures of n firms of what they are."""

    features: tuple[Feature, ...]
    values: NDArray[np.float32]
    """Shape (n, 6); NaN where missing."""

    @classmethod
    def of(cls, day: date, registered: NDArray[np.datetime64], money: NDArray[np.float64], *,
           industry: Codes, region: Codes, size: Codes) -> "Profile":  # fmt: skip
        """From days of registration (n,), total assets and revenue (n, 2), and codes; NaT and NaN where missing."""
        ago = (np.datetime64(day, "D") - registered.astype("datetime64[D]")).astype(np.float64) / YEAR
        ago[np.isnat(registered) | (ago < 0)] = np.nan
        with np.errstate(divide="ignore", invalid="ignore"):
            logs = np.where(money > 0, np.log(money), np.nan)
        values = np.column_stack([ago, logs, industry.values, region.values, size.values]).astype(np.float32)
        coded = (industry.feature(INDUSTRY), region.feature(REGION), size.feature(SIZE))
        return cls((AGE, ASSETS, REVENUE, *coded), values)
