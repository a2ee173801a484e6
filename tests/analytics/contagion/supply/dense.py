"""The economic systemic risk index written out from its equations, over whole matrices: the second way to it."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]


class Economy(NamedTuple):
    """Sales W[i, j] of i to j, industries, essentiality [supplying, buying], revenue."""

    sales: Numbers
    industry: NDArray[np.int64]
    essential: NDArray[np.int64]
    revenue: Numbers
    rationed: bool


def random_economy(
    size: int, links: int, *, industries: int = 7, seed: int = 1, rationed: bool = True, demand: float = 0.5
) -> Economy:
    random = np.random.default_rng(seed)
    sales = np.zeros((size, size))
    sales[random.integers(0, size, links), random.integers(0, size, links)] = random.lognormal(0, 1, links)
    np.fill_diagonal(sales, 0.0)
    revenue = sales.sum(axis=1) * (1 + demand * random.random(size))
    return Economy(
        sales, random.integers(0, industries, size), random.integers(0, 3, (industries, industries)), revenue, rationed
    )


def followed(economy: Economy, shock: Numbers, *, stop: float) -> tuple[Numbers, Numbers, int]:
    """hᵈ, hᵘ and the rounds, from Diem et al. 2022 as the domain reference writes it (§4.8)."""
    sales, industry, essential, revenue, rationed = economy
    size, out = len(sales), sales.sum(axis=1)
    needed = essential[industry[:, None], industry[None, :]]
    same = industry[:, None] == industry[None, :]
    of_industry, of_all = same.astype(float) @ sales, np.broadcast_to(sales.sum(axis=0), sales.shape)
    whole = np.where(needed == 2, of_industry, of_all)
    passed_down = np.divide(sales, whole, out=np.zeros_like(sales), where=(whole > 0) & (needed > 0))
    passed_up = np.divide(sales, revenue[:, None], out=np.zeros_like(sales), where=revenue[:, None] > 0)
    kinds = essential[:, industry]
    of = (industry[None, :] == np.arange(len(essential))[:, None]).astype(float)
    hd = hu = 1 - shock
    for rounds in range(1, 100_000):
        left = same.astype(float) @ (out * hd)
        sigma = np.minimum(1.0, np.divide(out, left, out=np.ones(size), where=left > 0)) if rationed else np.ones(size)
        by_industry = of @ ((sigma * (1 - hd))[:, None] * passed_down)
        one_missing = np.where(kinds == 2, by_industry, 0.0).max(axis=0)
        together = np.where(kinds == 1, by_industry, 0.0).sum(axis=0)
        after = np.maximum(0.0, np.minimum(1 - np.maximum(one_missing, together), 1 - shock))
        after_up = np.maximum(0.0, np.minimum(1 - shock, 1 - passed_up @ (1 - hu)))
        largest = max((hd - after).max(), (hu - after_up).max())
        hd, hu = after, after_up
        if largest <= stop:
            return hd, hu, rounds
    raise AssertionError("no stop")


def index(economy: Economy, hd: Numbers, hu: Numbers) -> float:
    out = economy.sales.sum(axis=1)
    return float(out @ (1 - np.minimum(hd, hu)) / out.sum())
