"""Beneficial owners of one company, and close links of a book, against dense algebra on what stands above each."""

import sys
import time
from collections.abc import Callable, Iterable

import numpy as np
from numpy.typing import NDArray

from analytics.structure.control import solve_control
from analytics.structure.owners.beneficial import BeneficialOwners, beneficial_owners
from analytics.structure.owners.close_links import close_links
from analytics.structure.owners.regimes import regimes
from analytics.structure.owners.register import PERSON, Register
from analytics.structure.owners.variants import variants
from analytics.structure.ownership.above import MOST
from analytics.structure.votes import Holdings
from benchmarks.graphs import ownership
from benchmarks.timing import best, compare, scaled

LAW, LINKS = regimes()["CN_2024"], variants()["ECB"]


class Dense:
    """What stands above a company as a dense matrix, inverted; nothing else is said of it."""

    def __init__(self, held: Holdings) -> None:
        self.held = held

    def shares(self, company: int) -> dict[int, float]:
        """What each party has of a company in the end."""
        nodes, number = [company], {company: 0}
        rows: list[tuple[int, int, float]] = []
        for y in nodes:
            for k in self.held.holders.links_at(y).tolist():
                x = int(self.held.tail[k])
                if x not in number:
                    number[x] = len(nodes)
                    nodes.append(x)
                rows.append((number[x], number[y], float(self.held.low[k])))
        matrix = np.zeros((len(nodes), len(nodes)))
        for x, y, share in rows:
            matrix[x, y] += share
        walks = np.linalg.inv(np.eye(len(nodes)) - matrix)
        return dict(zip(nodes, (walks[:, 0] / np.diag(walks)).tolist(), strict=True))

    def above(self, company: int, threshold: float) -> list[int]:
        """Who has the threshold of a company."""
        bar = round(threshold * 1e9)
        return sorted(x for x, share in self.shares(company).items() if x != company and round(share * 1e9) >= bar)


def upstream(held: Holdings, company: int, most: int) -> int:
    """Parties above a company, counted up to a limit."""
    seen, wave = {company}, [company]
    while wave and len(seen) <= most:
        wave = [x for y in wave for x in held.holders.at(y).tolist() if x not in seen]
        seen.update(wave)
    return len(seen)


def register_of(size: int, *, persons: float) -> Register:
    graph = ownership(size, 3 * size, persons=persons)
    held = Holdings.exact(graph.size, graph.tail, graph.head, graph.share)
    kind = np.zeros(size, np.uint8)
    kind[size * 6 // 10 :] = PERSON
    return Register(held, solve_control(held, kind=kind), kind)


def by_share(found: BeneficialOwners) -> list[int]:
    """Owners by their share of the capital."""
    return sorted(o.person for o in found.owners if any(g.test == "capital" for g in o.grounds))


def one_by_one(call: Callable[[int], object], companies: Iterable[int]) -> NDArray[np.float64]:
    """CPU milliseconds of each, p50, p99 and the most."""
    spent = []
    for company in companies:
        began = time.thread_time()
        call(company)
        spent.append(time.thread_time() - began)
    return np.percentile(spent, [50, 99, 100]) * 1e3


def run(*, quick: bool) -> None:
    """Time owners of companies one by one, close links of a book, and companies under most of a graph."""
    size = 100_000 if quick else 1_000_000
    typical(register_of(size, persons=0.93), 300 if quick else 2000)
    giant(register_of(size, persons=0.65))


def typical(register: Register, many: int) -> None:
    """Few stand above a company, as in a register of companies held by persons."""
    random = np.random.default_rng(3)
    asked = random.choice(np.unique(register.capital.head), many, replace=False).tolist()
    above = {y: upstream(register.capital, y, MOST) for y in asked}
    p50, p99 = np.percentile(list(above.values()), [50, 99])
    dense, size = (
        Dense(register.capital),
        f"{register.parties:,} parties (above a company p50 {p50:.0f}, p99 {p99:.0f})",
    )
    persons = set(np.flatnonzero(register.persons).tolist())
    few = [y for y in asked if above[y] <= 400]
    compare(
        "beneficial owners, company by company",
        lambda: [by_share(beneficial_owners(register, y, LAW)) for y in few[:300]],
        lambda: [[x for x in dense.above(y, 0.25) if x in persons] for y in few[:300]],
        size=f"{len(few[:300])} companies within {size}",
        peer_name="dense inverse by numpy of shares alone, no votes, control, proof or bands",
        runs=2,
    )
    p50, p99, most = one_by_one(lambda y: beneficial_owners(register, y, LAW), asked)
    print(f"beneficial owners of one company, {many} of them: p50 {p50:.2f}, p99 {p99:.2f} ms, asked 20 ms")
    print(f"  the longest {most:.1f} ms")
    book = np.unique(register.capital.head)[::60].tolist()
    compare(
        "close links of a book",
        lambda: sorted((tie.owner, tie.company) for tie in close_links(register, LINKS, book).ties),
        lambda: sorted((x, y) for y in book for x in dense.above(y, LINKS.threshold)),
        size=f"{len(book):,} companies within {size}",
        peer_name="dense inverse by numpy, company by company",
        runs=2,
    )


def giant(register: Register) -> None:
    """Most of the graph stands above a company."""
    once, _ = best(lambda: register.layer("capital").stakes.order, 1)
    random = np.random.default_rng(3)
    asked = random.choice(np.unique(register.capital.head), 20, replace=False).tolist()
    under = [y for y in asked if upstream(register.capital, y, MOST) > MOST][:5]
    size = upstream(register.capital, under[0], register.parties)
    beneficial_owners(register, under[0], LAW)
    p50, _, most = one_by_one(lambda y: beneficial_owners(register, y, LAW), under)
    print(
        f"beneficial owners under {size:,} parties, {len(under)} companies: p50 {p50:.0f}, most {most:.0f} ms, "
        "asked 1000 ms"
    )
    print(f"  once before: {scaled(once)}")


if __name__ == "__main__":
    run(quick="--quick" in sys.argv)
