"""The questions about a lender's whole book, of an engine that holds a large graph: first asked, and asked again.

CPU seconds; the view's control and dependences are made before.
"""

import argparse
import json
import resource
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
from benchmarks.graphs import chung_lu, ownership
from benchmarks.kept import kept
from graph.delta import PARTIES, Delta
from graph.facts import Facts
from graph.model import DEPENDS_ON, GUARANTEES, LENDS, OWNS, PROFILE, STATEMENT, SUPPLIES

LENDER = "register:00000000"


def world(folder: Path, size: int) -> Facts:
    """One lender with a borrower in ten parties, others who lend as much; one party in ten depends on another."""
    random = np.random.default_rng(1)
    ids = pa.array([f"register:{n:08d}" for n in range(size)])
    parties = pa.table([ids, words("Company", size), words("register", size), pa.array([False] * size)], schema=PARTIES)
    added = {**stated(ids, random), **tied(ids, random)}
    now = datetime(2024, 1, 1, tzinfo=UTC)
    return Facts.open(folder).append(Delta(1, parties, added, {}), source="register", trust=0.9, closed_at=now)


def stated(ids: pa.Array, random: np.random.Generator) -> dict[str, pa.Table]:
    """Names and incomes of parties, rule sets and capital of the lender."""
    size = len(ids)
    income = random.choice(size, size // 2, replace=False)
    many = len(income) + 2
    values = [*(random.random(len(income)) * 1e8).tolist(), 1e10, 1.2e10]
    names = pa.array([f"霁岑{n}号有限公司" for n in range(size)])
    return {
        "Profile": kept(
            PROFILE, ids, [np.arange(size)], name=names, rule_sets=pa.array(["CN", *[None] * (size - 1)], pa.string())
        ),
        "Statement": kept(
            STATEMENT, ids, [np.append(income, [0, 0])], value=pa.array(values), unit=words("CNY", many),
            item=pa.array([*["revenue"] * len(income), "tier1", "net_capital"]),
            months=pa.array([*[12] * len(income), 0, 0], pa.int32()), period_end=pa.array([date(2023, 12, 31)] * many),
        ),
    }  # fmt: skip


def tied(ids: pa.Array, random: np.random.Generator) -> dict[str, pa.Table]:
    """Holdings, facilities, guarantees, supplies and judged dependences."""
    size = len(ids)
    owned, sold = ownership(size, 3 * size), chung_lu(size, size)
    share, ends = pa.array(owned.share), pa.array(np.zeros(len(owned.share), np.int8))
    mine = random.choice(np.arange(200, size), size // 10, replace=False)
    borrower = np.concatenate([mine, random.choice(mine, size // 20), random.integers(200, size, size // 2)])
    lender = np.where(np.arange(len(borrower)) < size * 3 // 20, 0, random.integers(1, 200, len(borrower)))
    promised, falls = (random.integers(200, size, (2, count)) for count in (size // 2, size // 10))
    promised, falls = promised[:, promised[0] != promised[1]], falls[:, falls[0] != falls[1]]
    trade = [end.astype(np.int64)[sold.tail != sold.head] for end in (sold.tail, sold.head)]

    def money(count: int, name: str) -> dict[str, pa.Array]:
        return {name: pa.array(np.round((random.pareto(1.2, count) + 0.1) * 1e6)), "currency": words("CNY", count)}

    def numbered(count: int) -> pa.Array:
        return pa.array(np.arange(count)).cast(pa.string())

    facilities, given, judged = len(borrower), len(promised[0]), len(falls[0])
    return {
        "OWNS": kept(OWNS, ids, [owned.tail, owned.head], share_low=share, share_high=share, share_ends=ends),
        "LENDS": kept(
            LENDS, ids, [lender, borrower], kind=words("loan", facilities), facility_id=numbered(facilities),
            **money(facilities, "drawn"),
        ),
        "GUARANTEES": kept(GUARANTEES, ids, list(promised), facility_id=numbered(given), **money(given, "amount")),
        "SUPPLIES": kept(SUPPLIES, ids, trade, **money(len(trade[0]), "amount")),
        "DEPENDS_ON": kept(
            DEPENDS_ON, ids, list(falls), criterion=words("judged", judged), verdict=words("confirmed", judged)
        ),
    }  # fmt: skip


def words(word: str, count: int) -> pa.Array:
    return pa.array([word] * count)


def run(*, quick: bool) -> None:
    """Time each question about the book."""
    size = 100_000 if quick else 1_000_000
    with tempfile.TemporaryDirectory() as folder:
        facts = world(Path(folder) / "columns", size)
        place = Place(Path(folder))
        engine = Engine(place, facts, clock=lambda: datetime(2024, 6, 30, tzinfo=UTC))
        moment = engine.moment(currency="CNY")
        shown: dict[str, Any] = {}

        def ask(name: str, **more: Any) -> Callable[[], Any]:
            return lambda: getattr(questions, name)(engine, LENDER, moment=moment, **more)

        view = engine.view(moment)
        for name, make in (("control", lambda: view.control), ("dependences", lambda: view.judged)):
            print(f"{name} of {size:,} parties: {timed(make):.2f} s", flush=True)
        for name, more in (
            ("book_groups", {}), ("book_groups", {"reading": "group-client"}), ("book_limits", {}),
            ("book_guarantees", {}), ("book_guarantees", {"scope": "clients", "unwind": "parts:10"}),
        ):  # fmt: skip
            first, again = timed(ask(name, **more)), timed(ask(name, **more))
            told = ", ".join(f"{key}={value}" for key, value in more.items())
            shown[f"{name} {told}".strip()] = [first, again]
            print(f"{name} {told}: first {first:.2f} s, again {again:.2f} s", flush=True)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(f"most memory {peak:.1f} GiB")
    print(json.dumps({"size": size, "seconds": shown, "peak_gib": peak}))


def timed(call: Callable[[], Any]) -> float:
    """CPU seconds."""
    began = time.process_time()
    call()
    return time.process_time() - began


if __name__ == "__main__":
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--quick", action="store_true")
    run(quick=arguments.parse_args().quick)
