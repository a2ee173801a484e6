"""One shock through debts, guarantees, supplies and shares together, and what each layer takes alone.

No other program has this answer. What a person would write without it stands beside it for debts and shares alone,
the same fixed point by repeated products over whole vectors.
"""

import sys
from collections.abc import Callable
from typing import Any

import numpy as np
from scipy.sparse import csr_array

from analytics.contagion.calls.book import Loans, Standing, Sureties
from analytics.contagion.shock.calling import Guarantees
from analytics.contagion.shock.coupled import Aftermath, Shock, send
from analytics.contagion.shock.firms import Firms
from analytics.contagion.shock.layers import LAYERS, Layers
from analytics.contagion.shock.supplying import Supplies
from analytics.contagion.supply.network import SupplyNetwork
from benchmarks.graphs import chung_lu
from benchmarks.timing import best, compare, scaled

ASKED = 2.0
LENDERS = 100
FAILED = 1_000
"""Who fails at first: of a million one in a thousand."""


def world(parties: int, links: int) -> tuple[Firms, Layers]:
    """Of the links three tenths are debts between firms, two tenths loans, one tenth guarantees of these, three tenths
    supplies, one tenth shares; a firm's equity is a fifth of all it has."""
    random = np.random.default_rng(11)
    trade, owed, held = (
        chung_lu(parties, int(links * part), seed=seed) for part, seed in ((0.3, 1), (0.3, 2), (0.1, 3))
    )
    debtor = random.integers(LENDERS, parties, links * 2 // 10)
    amount = [random.lognormal(3, 1, len(owed.tail)).round(2), random.lognormal(4, 1, len(debtor)).round(2)]
    lender = random.integers(0, LENDERS, len(debtor))
    ends = np.concatenate([debtor, owed.tail]), np.concatenate([lender, owed.head])
    debts = np.concatenate([amount[1], amount[0]])
    due, claims = (np.bincount(end, debts, minlength=parties) for end in ends)
    assets = np.maximum(due * 1.25, claims * 1.2) + 50
    firms = Firms.of(
        parties, equity=assets - due, liquidity=(assets - due) * random.uniform(0.3, 1.5, parties),
        margin=(assets - due) * random.uniform(0.2, 1.5, parties), assets=assets, liabilities=due,
    )  # fmt: skip
    loans = Loans.of(parties, lender, debtor, amount[1])
    behind = random.integers(0, len(debtor), links // 10)
    sureties = Sureties.of(
        loans, random.integers(LENDERS, parties, len(behind)), behind, amount[1][behind],
        joint=random.random(len(behind)) < 0.5,
    )  # fmt: skip
    standing = Standing.of(loans, sureties, capacity=np.fmin(firms.equity, firms.liquidity), recovery=firms.recovered)
    sold = random.lognormal(3, 1, len(trade.tail)).round(2)
    made = np.bincount(trade.tail, sold, minlength=parties)
    network = SupplyNetwork.of(
        parties, trade.tail, trade.head, sold, industry=random.integers(0, 616, parties), essential=1,
        revenue=made * random.uniform(1.1, 2, parties),
    )  # fmt: skip
    share = random.random(len(held.tail))
    share *= 0.8 / np.maximum(np.bincount(held.head, share, minlength=parties)[held.head], 0.8)
    layers = Layers.of(
        firms, debts=(*ends, debts), shares=(held.tail, held.head, share), production=Supplies(network),
        guarantees=Guarantees(standing, len(debts)),
    )  # fmt: skip
    return firms, layers


def by_products(firms: Firms, layers: Layers, shock: Shock) -> Callable[[], list[Any]]:
    """Debts and shares by repeated products over whole vectors."""
    n, debts, held = firms.size, layers.debts, layers.shares
    owed = csr_array((debts.amount, (debts.creditor.astype(np.int64), debts.debtor)), shape=(n, n))
    share = csr_array((held.share[held.holders.link], (held.holders.head.astype(np.int64), held.holders.tail)), (n, n))
    due, equity = np.where(debts.owed > 0, debts.owed, 1.0), firms.to_lose

    def run() -> list[Any]:
        failed, lost = shock.failed.copy(), np.zeros(n)
        claims = np.zeros(n)
        while True:
            pays = np.fmin(np.maximum(firms.assets - lost, 0) / due, firms.recovered)
            claims = owed @ np.where(failed, 1 - pays, 0.0)
            after = claims + share @ np.where(failed, equity, np.minimum(lost, equity))
            down = failed | (after > firms.equity * (1 + 1e-12)) | (claims > firms.liquidity * (1 + 1e-12))
            if (down == failed).all() and np.abs(after - lost).max() <= 1e-6:
                return [int(failed.sum()), round(float(claims.sum()), 2)]
            failed, lost = down, after

    return run


def told(found: Aftermath) -> list[Any]:
    return [int(found.failed.sum()), round(float(found.claims.sum()), 2)]


def run(*, quick: bool) -> None:
    """All layers, each alone, and debts with shares against repeated products."""
    parties = 100_000 if quick else 1_000_000
    firms, layers = world(parties, 5 * parties)
    first = np.random.default_rng(6).choice(np.arange(LENDERS, parties), FAILED * parties // 1_000_000, replace=False)
    shock, size = Shock.of(parties, first), f"{parties:,} firms, {5 * parties:,} links"
    two = layers.only_some(("debts", "shares"))
    compare(
        "a shock through debts and shares", lambda: told(send(firms, two, shock)), by_products(firms, two, shock),
        size=size, peer_name="scipy products",
    )  # fmt: skip
    for name, only in (("all layers", LAYERS), *((f"{one} alone", (one,)) for one in LAYERS)):
        chosen = layers.only_some(only)
        found = send(firms, chosen, shock)
        cpu, wall = best(lambda chosen=chosen: send(firms, chosen, shock), 3)
        asked = f", asked {ASKED} s" if only == LAYERS else ""
        print(
            f"  {name}, {size}: {scaled(cpu)} of CPU, {scaled(wall)} of wall time{asked}; {int(found.failed.sum()):,} "
            f"fail in {found.rounds} rounds, residual {found.residual:.1e}", flush=True,
        )  # fmt: skip
    one = Shock.of(parties, first[:1])
    print(f"  one failure through all layers: {scaled(best(lambda: send(firms, layers, one), 3)[0])}", flush=True)


if __name__ == "__main__":
    run(quick="--quick" in sys.argv)
