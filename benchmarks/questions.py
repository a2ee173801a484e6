"""Every question to an engine that holds a large graph: first answer, then answers with all that is kept."""

import argparse
import json
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from api import questions
from api.engine import Engine, Place
from api.report import linkage_page
from benchmarks.graphs import chung_lu, ownership
from benchmarks.kept import kept
from benchmarks.timing import scaled
from graph.delta import PARTIES, Delta
from graph.facts import Facts
from graph.links import Links
from graph.model import GUARANTEES, LENDS, OWNS, PROFILE, SUPPLIES

LENDERS = 200


def world(folder: Path, size: int) -> Facts:
    """Holdings, facilities, guarantees and supplies between companies; 5 relations a party."""
    random = np.random.default_rng(1)
    numbers = np.arange(size)
    ids = pa.array([f"register:{n:08d}" for n in range(size)])
    parties = pa.table(
        [ids, pa.array(["Company"] * size), pa.array(["register"] * size), pa.array([False] * size)], schema=PARTIES
    )
    owned, sold = ownership(size, 5 * size // 2), chung_lu(size, size)
    share, ends = pa.array(owned.share), pa.array(np.zeros(len(owned.share), np.int8))

    def cny(count: int) -> dict[str, pa.Array]:
        return {"currency": pa.array(["CNY"] * count)}

    def money(count: int) -> pa.Array:
        return pa.array(random.random(count) * 1e8)

    borrower, promised = random.integers(LENDERS, size, size), random.integers(LENDERS, size, (2, size // 2))
    promised = promised[:, promised[0] != promised[1]]
    sold_ends = [end.astype(np.int64)[sold.tail != sold.head] for end in (sold.tail, sold.head)]
    added = {
        "Profile": kept(PROFILE, ids, [numbers], name=pa.array([f"霁岑{n}号有限公司" for n in range(size)])),
        "OWNS": kept(OWNS, ids, [owned.tail, owned.head], share_low=share, share_high=share, share_ends=ends),
        "LENDS": kept(
            LENDS, ids, [random.integers(0, LENDERS, size), borrower], drawn=money(size), **cny(size),
            kind=pa.array(["loan"] * size), facility_id=pa.array(numbers).cast(pa.string()),
        ),
        "GUARANTEES": kept(
            GUARANTEES, ids, list(promised), amount=money(len(promised[0])), **cny(len(promised[0])),
            facility_id=pa.array(np.arange(len(promised[0]))).cast(pa.string()),
        ),
        "SUPPLIES": kept(SUPPLIES, ids, sold_ends, amount=money(len(sold_ends[0])), **cny(len(sold_ends[0]))),
    }  # fmt: skip
    now = datetime(2024, 1, 1, tzinfo=UTC)
    return Facts.open(folder).append(Delta(1, parties, added), source="register", trust=0.9, closed_at=now)


def asked(engine: Engine, size: int) -> dict[str, Callable[[int], Any]]:
    """How each question is asked of the k-th party."""
    now = engine.moment()
    before = engine.moment(valid_at=date(2020, 1, 1))

    holdings = engine.view(now).snapshot.links(OWNS)

    def report(pair: list[str]) -> str:
        return linkage_page(questions.links(engine, pair, steps=4, moment=now), language="zh")

    def name(k: int) -> str:
        return f"register:{k:08d}"

    return {
        "search": lambda k: questions.search(engine, f"霁岑{k}号", moment=now),
        "party": lambda k: questions.party(engine, name(k), moment=now),
        "network": lambda k: questions.network(engine, name(k), hops=2, moment=now),
        "control": lambda k: questions.control(engine, name(k), moment=now),
        "groups": lambda k: questions.groups(engine, name(k), moment=now),
        "exposure": lambda k: questions.exposure(engine, name(k), moment=now),
        "links": lambda k: questions.links(engine, [name(k), name((k + 1) % size)], steps=4, moment=now),
        "linkage report, random pair": lambda k: report([name(k), name(7919 * (k + 1) % size)]),
        "linkage report, a pair two holdings apart": lambda k: report([name(k), name(two_away(holdings, k))]),
        "upstream": lambda k: questions.upstream(engine, name(k), moment=now),
        "downstream": lambda k: questions.downstream(engine, name(k), moment=now),
        "changes": lambda k: questions.changes(engine, name(k), since=before, moment=now),
    }


def two_away(holdings: Links, k: int) -> int:
    """A party that a holding ties to one that a holding ties to party k; numbers of nodes follow ids here."""
    there = k
    for _ in range(2):
        near = {*holdings.head[holdings.leaving(there)].tolist(), *holdings.tail[holdings.arriving(there)].tolist()}
        there = max(near - {k}, default=k + 1)
    return there


def main() -> None:
    """Ask each question of many parties."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--parties", type=int, default=1_000_000)
    parser.add_argument("--quick", action="store_true", help="on 100,000 parties")
    parser.add_argument("--asked", type=int, default=200)
    parser.add_argument("--only", default="", help="questions whose name begins so")
    given = parser.parse_args()
    size = 100_000 if given.quick else given.parties
    with tempfile.TemporaryDirectory() as folder:
        place = Place(Path(folder))
        engine = Engine(place, world(place.folder / "columns", size))
        run(engine, size, given.asked, only=given.only)


def run(engine: Engine, size: int, count: int, *, only: str = "") -> None:
    random = np.random.default_rng(2)
    rows = {}
    for task, ask in asked(engine, size).items():
        if not task.startswith(only):
            continue
        began = time.perf_counter()
        ask(LENDERS)
        first = time.perf_counter() - began
        times = []
        for k in random.integers(0, size, count).tolist():
            began = time.perf_counter()
            ask(k)
            times.append(time.perf_counter() - began)
        p50, p99 = (float(value) for value in np.quantile(times, [0.5, 0.99]))
        rows[task] = {"first": first, "p50": p50, "p99": p99}
        print(f"{task}, {size} parties: first {scaled(first)}, then p50 {scaled(p50)}, p99 {scaled(p99)}", flush=True)
    print(json.dumps({"task": "questions", "size": size, "questions": rows}))


if __name__ == "__main__":
    main()
