"""A panel out of facts: 100,000 firms on eight days, figures, events, links, labels and measures of the engine.

Asked: at most 60 s. What is made is made once; reading the columns of a store is part of it.
"""

import argparse
import json
import resource
import sys
import tempfile
import time
from collections import Counter
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from api.answers.progress import Stage
from api.engine import Engine
from api.engine.engine import Place
from api.learning.panel import build_panel
from api.learning.plan import Plan
from benchmarks.kept import kept
from benchmarks.timing import scaled
from graph.delta import PARTIES, Delta
from graph.facts import Facts
from graph.holding import EPOCH_DAY
from graph.model import EVENT, GUARANTEES, HOLDS_OFFICE, OWNS, PROFILE, STATEMENT, SUPPLIES

YEARS = range(2013, 2022)
STOCKS = (
    "total_assets",
    "current_assets",
    "cash",
    "inventory",
    "total_liabilities",
    "current_liabilities",
    "total_debt",
)
FLOWS = ("revenue", "operating_cost", "net_profit", "ebit", "interest_expense", "operating_cash_flow")
DAY = 86_400_000_000


def facts(folder: Path, firms: int, rng: np.random.Generator) -> Facts:
    """Firms and half as many persons; statements a year, five links a firm, some events."""
    size = firms + firms // 2
    ids = pa.array([f"b:{number:07d}" for number in range(size)])
    kinds = pa.array(["Company"] * firms + ["Person"] * (size - firms))
    parties = pa.table([ids, kinds, pa.array(["b"] * size), pa.array([False] * size)], schema=PARTIES)
    added = {
        STATEMENT.name: _statements(ids, firms, rng),
        PROFILE.name: kept(PROFILE, ids, [np.arange(firms)], name=ids.slice(0, firms),
                           industry=pa.array([f"C{code}" for code in rng.integers(13, 44, firms)]),
                           valid_from=_days(rng.integers(8000, 15000, firms))),
        GUARANTEES.name: _money(GUARANTEES, ids, firms, firms, rng, "amount"),
        SUPPLIES.name: _money(SUPPLIES, ids, firms, 2 * firms, rng, "receivable"),
        OWNS.name: _owned(ids, firms, size, rng),
        HOLDS_OFFICE.name: kept(HOLDS_OFFICE, ids, [rng.integers(firms, size, firms), np.arange(firms)],
                                role=pa.array(["director"] * firms)),
        EVENT.name: _events(ids, firms, rng),
    }  # fmt: skip
    closed = datetime(2022, 6, 1, tzinfo=UTC)
    return Facts.open(folder).append(Delta(1, parties, added), source="register", trust=0.9, closed_at=closed)


def _days(days: NDArray[np.int64]) -> pa.Array:
    return pa.array(days.astype(np.int32)).cast(pa.date32())


def _statements(ids: pa.Array, firms: int, rng: np.random.Generator) -> pa.Table:
    items = np.array(STOCKS + FLOWS)
    party, year, item = (
        axis.ravel() for axis in np.meshgrid(np.arange(firms), np.array(YEARS), np.arange(len(items)), indexing="ij")
    )
    end = np.array([(date(y, 12, 31) - EPOCH_DAY).days for y in YEARS])[year - YEARS[0]]
    return kept(
        STATEMENT, ids, [party], period_end=_days(end), months=pa.array(np.where(item < len(STOCKS), 0, 12)),
        standard=pa.array(["CAS"] * len(party)), item=pa.array(items[item]), unit=pa.array(["CNY"] * len(party)),
        value=pa.array(rng.lognormal(16, 1, len(party))),
        recorded_at=pa.array((end + 115).astype(np.int64) * DAY).cast(pa.timestamp("us")),
    )  # fmt: skip


def _money(kind: object, ids: pa.Array, firms: int, count: int, rng: np.random.Generator, field: str) -> pa.Table:
    ends = rng.integers(0, firms, (2, count))
    ends = ends[:, ends[0] != ends[1]]
    count = ends.shape[1]
    start = rng.integers(14000, 18900, count)
    amount = {field: pa.array(rng.lognormal(14, 1, count)), "currency": pa.array(["CNY"] * count)}
    return kept(kind, ids, list(ends), valid_from=_days(start), valid_to=_days(start + 1500), **amount)  # type: ignore[arg-type]


def _owned(ids: pa.Array, firms: int, size: int, rng: np.random.Generator) -> pa.Table:
    holder = np.r_[rng.integers(firms, size, firms), rng.integers(0, firms, firms // 2)]
    held = np.r_[np.arange(firms), rng.integers(0, firms, firms // 2)]
    mine = holder != held
    share = pa.array(np.where(np.arange(len(held)) < firms, 0.6, 0.2)[mine])
    return kept(OWNS, ids, [holder[mine], held[mine]], share_low=share, share_high=share,
                share_ends=pa.array(np.zeros(int(mine.sum()), np.int8)))  # fmt: skip


def _events(ids: pa.Array, firms: int, rng: np.random.Generator) -> pa.Table:
    count = firms // 2
    happened = rng.integers(15000, 18900, count)
    kind = rng.choice(["default", "lawsuit", "enforcement", "news"], count, p=[0.3, 0.4, 0.2, 0.1])
    return kept(EVENT, ids, [rng.integers(0, firms, count)], kind=pa.array(kind), happened=_days(happened),
                amount=pa.array(rng.lognormal(13, 1, count)), currency=pa.array(["CNY"] * count),
                recorded_at=pa.array((happened + 9).astype(np.int64) * DAY).cast(pa.timestamp("us")))  # fmt: skip


def main() -> int:
    parser = argparse.ArgumentParser(prog="benchmarks.panel", description=__doc__)
    parser.add_argument("--quick", action="store_true")
    firms = 10_000 if parser.parse_args().quick else 100_000
    with tempfile.TemporaryDirectory() as folder:
        facts(Path(folder) / "columns", firms, np.random.default_rng(1))
        plan = Plan(tuple(date(year, 12, 31) for year in YEARS[1:]), currency="CNY")
        begun, stages = time.perf_counter(), Counter[str]()

        def told(stage: Stage) -> None:
            stages[stage.doing] = round(time.perf_counter() - begun, 1)  # type: ignore[assignment]

        place = Place(Path(folder))
        engine = Engine(place, place.facts(), clock=lambda: datetime(2022, 12, 1, tzinfo=UTC))
        panel = build_panel(engine, plan, now=engine.moment(currency="CNY"), progress=told)
        spent = time.perf_counter() - begun
    rows = sum(len(wave.rows) for wave in panel.waves)
    links = sum(ties.size for wave in panel.waves for ties in wave.ties.values())
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(f"panel, {firms:,} firms on {len(panel.waves)} days, {rows:,} rows, {links:,} links, "
          f"{len(panel.features)} figures: {scaled(spent)}, asked 60 s; peak {peak:.1f} GB")  # fmt: skip
    print(
        json.dumps({"task": "panel", "firms": firms, "rows": rows, "links": links, "seconds": spent, "stages": stages})
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
