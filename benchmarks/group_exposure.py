"""Exposure of a lender to a party's group, in process, against the same sums by pandas."""

import sys
import time
from collections.abc import Callable

import numpy as np
import pandas as pd

from analytics.limits.exposure import UNKNOWN, Book, exposure_to
from analytics.structure.control import solve_control
from analytics.structure.groups import Groups, control_groups
from analytics.structure.votes import Arrows, Holdings
from benchmarks.graphs import ownership
from benchmarks.timing import compare

LENDERS = 200


def run(*, quick: bool) -> None:
    """Time single questions: the groups of a party, and the exposure to each."""
    size = 100_000 if quick else 1_000_000
    graph = ownership(size, 3 * size)
    groups = control_groups(solve_control(Holdings.exact(size, graph.tail, graph.head, graph.share)))
    random = np.random.default_rng(3)
    facilities, guarantees = size, size // 2
    lender = random.integers(0, LENDERS, facilities).astype(np.uint32)
    borrower = random.integers(LENDERS, size, facilities)
    guarantor, for_whom = random.integers(LENDERS, size, (2, guarantees))
    drawn, undrawn, ccf = random.random((3, facilities)) * [[1e8], [1e7], [1.0]]
    book = Book(
        lender,
        Arrows.of(size, borrower, lender),
        random.integers(0, 8, facilities).astype(np.int8),
        drawn,
        undrawn,
        ccf,
        Arrows.of(size, guarantor, for_whom),
        random.random(guarantees) * 1e7,
        np.full(guarantees, UNKNOWN, np.uint32),
    )
    biggest = np.argsort(np.diff(groups.start))[-100:]
    asked = np.concatenate([random.integers(0, size, 900), groups.top[biggest]]).tolist()
    ours(groups, book, asked[0])
    spent = []
    for party in asked:
        wall, cpu = time.perf_counter(), time.thread_time()
        ours(groups, book, party)
        spent.append((time.thread_time() - cpu, time.perf_counter() - wall))
    (p50, _), (p99, wall99) = np.percentile(spent, [50, 99], axis=0) * 1e3
    print(
        f"group exposure of {len(asked)} parties at {size:,}: p50 {p50:.2f} ms, p99 {p99:.2f} ms of one thread "
        f"(p99 {wall99:.2f} ms of wall time), asked 5 ms"
    )
    frame = pd.DataFrame({"borrower": borrower, "amount": drawn + undrawn * ccf})
    some = asked[-20:]
    compare(
        "direct exposure of 20 groups",
        lambda: np.array([ours(groups, book, party) for party in some]),
        peer(frame, groups, some),
        size=f"{size:,} parties, {facilities:,} facilities, {guarantees:,} guarantees",
        peer_name="pandas isin",
    )


def ours(groups: Groups, book: Book, party: int) -> float:
    return sum(exposure_to(book, group).direct for group in groups.around(party))


def peer(frame: pd.DataFrame, groups: Groups, parties: list[int]) -> Callable[[], np.ndarray]:
    return lambda: np.array(
        [
            sum(frame.loc[frame["borrower"].isin(group), "amount"].sum() for group in groups.around(party))
            for party in parties
        ]
    )


if __name__ == "__main__":
    run(quick="--quick" in sys.argv)
