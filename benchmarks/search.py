"""Finding a party by its name among many: how long the index takes to build and a question to be answered."""

import argparse
import json
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pyarrow as pa

from benchmarks.kept import kept
from benchmarks.timing import scaled
from graph.delta import PARTIES, Delta
from graph.facts import Facts
from graph.model import IDENTIFIER, PROFILE
from graph.search import SearchIndex, Seen
from ingest.synthetic.names import chinese_companies, choose, english_companies

SEEN = Seen(1, 2**62)
TRADES = ("机械", "电子", "化工", "贸易", "物流", "食品", "纺织", "建材", "能源", "光学")


def world(folder: Path, size: int) -> Facts:
    """Half of the companies with Chinese names, half with English ones, each with a number."""
    numbers = np.arange(size, dtype=np.int64)
    half = size // 2
    chinese = chinese_companies(numbers[:half], choose(TRADES, numbers[:half] % len(TRADES)))
    names = pa.concat_arrays([pa.array(part.to_pylist()) for part in (chinese, english_companies(numbers[half:]))])
    ids = pa.array([f"register:{n:08d}" for n in numbers])
    parties = pa.table(
        [ids, pa.array(["Company"] * size), pa.array(["register"] * size), pa.array([False] * size)], schema=PARTIES
    )
    codes = pa.array([f"91{n * 7919 % 10**9:09d}MA{n % 10**5:05d}" for n in numbers])
    added = {
        "Profile": kept(PROFILE, ids, [numbers], name=names),
        "Identifier": kept(IDENTIFIER, ids, [numbers], scheme=pa.array(["CN-USCC"] * size), value=codes),
    }
    delta = Delta(1, parties, added)
    return Facts.open(folder).append(delta, source="register", trust=0.9, closed_at=datetime(2024, 1, 1, tzinfo=UTC))


def swapped(text: str, rng: np.random.Generator) -> str:
    at = int(rng.integers(1, max(len(text) - 6, 2)))
    return text[:at] + text[at + 1] + text[at] + text[at + 2 :]


def shortened(text: str, rng: np.random.Generator) -> str:
    at = int(rng.integers(1, max(len(text) - 6, 2)))
    return text[:at] + text[at + 1 :]


def queries(names: list[str], codes: list[str], rng: np.random.Generator) -> dict[str, Callable[[int], str]]:
    """How each kind of question is made from a party's name or number."""
    return {
        "exact name": lambda k: names[k],
        "prefix, 4 characters": lambda k: names[k][:4],
        "2 Chinese characters": lambda k: names[k // 2][2:4],
        "middle of a name": lambda k: names[k][3:12],
        "identifier": lambda k: codes[k],
        "identifier's beginning": lambda k: codes[k][:9],
        "two letters swapped": lambda k: swapped(names[k], rng),
        "a letter missing": lambda k: shortened(names[k], rng),
        "legal form alone": lambda k: "有限公司" if k % 2 else "Limited",
    }


def main() -> None:
    """Build once, then ask each kind of question many times."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--parties", type=int, default=1_000_000)
    parser.add_argument("--quick", action="store_true", help="on 100,000 parties")
    parser.add_argument("--asked", type=int, default=300)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        run(Path(folder), 100_000 if asked.quick else asked.parties, asked.asked)


def run(folder: Path, size: int, asked: int) -> None:
    facts = world(folder / "columns", size)
    names, codes = (facts.column(k, c).to_pylist() for k, c in ((PROFILE, "name"), (IDENTIFIER, "value")))
    began, cpu = time.perf_counter(), time.process_time()
    path = folder / "search.sqlite"
    index = SearchIndex.open(path, facts)
    wall, cpu = time.perf_counter() - began, time.process_time() - cpu
    megabytes = path.stat().st_size / 1e6
    print(f"build, {size} parties: {scaled(cpu)} CPU, {scaled(wall)} wall, {megabytes:.0f} MB; asked 30 s")
    rng = np.random.default_rng(1)
    worst = 0.0
    rows = {}
    for task, make in queries(names, codes, rng).items():
        times, found, unlike = [], 0, 0
        for k in rng.integers(0, size, asked).tolist():
            text = make(k)
            start = time.perf_counter()
            hits = index.find(text, seen=SEEN).found[:20]
            times.append(time.perf_counter() - start)
            found += any(hit.party == k for hit in hits)
            unlike += not hits
        p50, p99 = np.quantile(times, [0.5, 0.99])
        worst = max(worst, float(p99))
        rows[task] = {"p50": float(p50), "p99": float(p99), "among the first 20": found / asked}
        print(f"{task}: p50 {scaled(p50)}, p99 {scaled(p99)}; among the first 20: {found / asked:.1%}; none {unlike}")
    print(f"worst p99 {scaled(worst)}; asked 50 ms")
    print(json.dumps({"task": "search", "size": size, "build_cpu": cpu, "build_wall": wall, "questions": rows}))


if __name__ == "__main__":
    main()
