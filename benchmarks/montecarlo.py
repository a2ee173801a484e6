"""Ten thousand drawn years with contagion and without, against whole vectors of NumPy year by year; and years that are
sent through layers as shocks."""

import resource
import sys
import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np
from scipy.special import ndtr, ndtri

from analytics.contagion.portfolio.factors import Factors, Plan, draw_factors, keys_of
from analytics.contagion.portfolio.losses import contributions, loss_risk, tail_plan
from analytics.contagion.portfolio.montecarlo import Portfolio, simulate
from analytics.contagion.portfolio.sent import Sent
from analytics.contagion.shock.layers import Layers
from analytics.contagion.shock.supplying import Supplies
from analytics.contagion.shock.tied import Tied
from benchmarks.graphs import chung_lu
from benchmarks.shock import LENDERS, world
from benchmarks.timing import best, compare, scaled

ASKED = 30.0
"""Seconds for 10,000 years at 100,000 parties and 300,000 links on two cores."""
CORES = 2
SENT = 150
"""Years that are sent as shocks; what ten thousand of them take is reckoned from these."""


def book_of(parties: int, links: int) -> Portfolio:
    """Two thirds claims and one third guarantees, each of up to half of the loser's equity; 20 industries, 31 regions.

    Every tenth party borrows from the lender; PDs are about 1 %, those of the safest 0.03 %.
    """
    net, random = chung_lu(parties, links), np.random.default_rng(3)
    equity = random.lognormal(4, 1, parties)
    amount = equity[net.head] * random.uniform(0, 0.5, len(net.head))
    claim = random.random(len(net.head)) < 2 / 3
    factors = shared(random, parties)
    lent = np.where(random.random(parties) < 0.1, random.lognormal(3, 1, parties), 0.0)
    return Portfolio.of(
        chances(random, parties), lent, factors,
        claims=(net.tail[claim], net.head[claim], amount[claim]),
        calls=(net.tail[~claim], net.head[~claim], amount[~claim]),
        ours=random.random(int((~claim).sum())) < 0.2, equity=equity,
    )  # fmt: skip


def chances(random: np.random.Generator, parties: int) -> np.ndarray:
    """PDs."""
    return np.asarray(np.exp(random.normal(-4.6, 0.8, parties)).clip(3e-4, 0.3))


def shared(random: np.random.Generator, parties: int) -> Factors:
    """What defaults share with all, with an industry, with a region."""
    layers = [(np.zeros(parties, np.int64), 0.1), (random.integers(0, 20, parties), 0.05),
              (random.integers(0, 31, parties), 0.03)]  # fmt: skip
    return Factors.layered(layers)


def uniform(key: np.uint64, size: int) -> np.ndarray:
    """The random numbers of the parties of a year, by SplitMix64."""
    x = key + np.uint64(0x9E3779B97F4A7C15) * np.arange(1, size + 1, dtype=np.uint64)
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.asarray((((x ^ (x >> np.uint64(31))) >> np.uint64(12)) + 0.5) * 2.0**-52)


def over_numpy(book: Portfolio, years: int, seed: int) -> Callable[[], np.ndarray]:
    """The same years: the normal law for everybody, then rounds over whole vectors until nobody falls."""
    tail = np.repeat(np.arange(book.size), np.diff(book.ties.start))
    back = np.repeat(np.arange(book.size), np.diff(book.backing.start))
    rows, cell = book.factors.loading, book.factors.cell
    own, bound = np.sqrt(1 - np.square(rows).sum(axis=1))[cell], ndtri(book.pd)

    def lost(down: np.ndarray) -> float:
        paid = np.bincount(back, np.where(down[book.backing.head], 0.0, book.backing.amount), minlength=book.size)
        return float(np.maximum(book.lost - paid, 0.0)[down].sum())

    def run() -> np.ndarray:
        z = draw_factors(book.factors, range(years), seed=seed, plan=Plan())
        keys, found = keys_of(np.arange(years), seed=seed, plan=Plan()), []
        for year in range(years):
            down = uniform(keys[year], book.size) < ndtr((bound - (rows @ z[year])[cell]) / own)
            alone = lost(down)
            while True:
                hit = np.bincount(book.ties.head, np.where(down[tail], book.ties.amount, 0.0), minlength=book.size)
                more = down | ((hit > 0) & (hit >= book.equity * (1 - 1e-12)))
                if (more == down).all():
                    break
                down = more
            found += [alone, lost(down)]
        return np.array(found)

    return run


def sent_through(parties: int) -> None:
    """Some years of the first lender of the world of shocks, sent through some layers and through all."""
    firms, layers = world(parties, 3 * parties)
    random = np.random.default_rng(3)
    pd, factors, made = chances(random, parties), shared(random, parties), layers.production
    pd[:LENDERS] = 0.0

    def sent(name: str, chosen: Layers) -> None:
        lost = Sent(Tied.of(firms, chosen), np.arange(parties), 0)
        book = Portfolio.of(pd, np.ones(parties), factors, sent=lost)
        simulate(book, 8, seed=1)
        cpu = time.process_time()
        found = simulate(book, SENT, seed=1)
        cpu = time.process_time() - cpu
        print(f"  {name}: {found.defaults.mean():,.0f} default in a year and {found.failed.mean():,.0f} fail, at most "
              f"{found.failed.max():,}; {scaled(cpu / SENT)} of CPU a year, reckoned from {SENT}: 10,000 take "
              f"{cpu / SENT * 10_000:,.0f} s, asked {CORES * ASKED:g} at 100,000 firms; lost {found.loss.mean():.6f}, "
              f"without contagion {found.alone.mean():.6f}", flush=True)  # fmt: skip

    print(f"  years sent as shocks, {parties:,} firms, {3 * parties:,} links")
    sent("guarantees and debts", layers.only_some(("guarantees", "debts")))
    sent("and shares", layers.only_some(("guarantees", "debts", "shares")))
    if isinstance(made, Supplies):
        for stop in (made.stop, 1e-3, 1e-2):
            sent(f"all layers, supplies to {stop:g}", replace(layers, production=Supplies(made.network, stop)))


def run(*, quick: bool) -> None:
    """Time ten thousand years on two threads and what else is asked of them, then a few against NumPy."""
    parties = 10_000 if quick else 100_000
    book, years = book_of(parties, 3 * parties), 10_000
    size = f"{parties:,} parties, {len(book.ties.head):,} links"

    def whole(workers: int = CORES) -> None:
        simulate(book, years, seed=1, workers=workers)

    drawn = simulate(book, years, seed=1, workers=CORES)
    begun = time.perf_counter()
    whole()
    wall = time.perf_counter() - begun
    print(f"  {drawn.defaults.mean():,.0f} default in a year and {drawn.failed.mean():,.0f} fail, at most "
          f"{drawn.failed.max():,}")  # fmt: skip
    print(f"  {years:,} years with contagion and without, {CORES} threads: {wall:.1f} s of the clock, asked "
          f"{ASKED:g} s at 100,000 parties; {scaled(best(whole, 1)[0])} of CPU")  # fmt: skip
    for contagion in (False, True):
        risk = loss_risk(drawn, level=0.99, contagion=contagion)
        print(f"  {'with' if contagion else 'without'} contagion, expected {risk.expected.value:,.0f} ± "
              f"{risk.expected.error:,.0f}, ES 99 % {risk.expected_shortfall.value:,.0f} ± "
              f"{risk.expected_shortfall.error:,.0f}")  # fmt: skip
    print(f"  contributions to ES: {scaled(best(lambda: contributions(book, drawn, level=0.99, workers=CORES), 1)[1])}")
    alone = Portfolio.of(book.pd, book.lost, Factors.one(0.15, size=parties))
    plain = simulate(alone, years, seed=2, workers=CORES)
    far = loss_risk(plain, level=0.999)
    plan = tail_plan(alone, far.value_at_risk.value)
    begun = time.process_time()
    twisted = loss_risk(simulate(alone, 2000, seed=2, plan=plan, workers=CORES), level=0.999)
    took = scaled(time.process_time() - begun)
    print(f"  ES 99.9 % of one factor from {years:,} plain years: {far.expected_shortfall.value:,.0f} ± "
          f"{far.expected_shortfall.error:,.0f}; 2,000 of which half are made likelier "
          f"{twisted.expected_shortfall.value:,.0f} ± {twisted.expected_shortfall.error:,.0f} in {took} of CPU; "
          f"expected {far.expected.value:,.0f} ± {far.expected.error:,.0f}, {twisted.expected.value:,.0f} ± "
          f"{twisted.expected.error:,.0f}")  # fmt: skip
    print(f"  memory at most {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20:.2f} GiB")
    few = 20

    def ours() -> np.ndarray:
        found = simulate(book, few, seed=1)
        return np.stack([found.alone, found.loss], axis=1).ravel()

    compare(f"{few} drawn years with contagion", ours, over_numpy(book, few, 1), size=size, peer_name="numpy",
            asked=ASKED * CORES * few / 10_000)  # fmt: skip
    sent_through(parties)


if __name__ == "__main__":
    run(quick="--quick" in sys.argv)
