"""All models on planted worlds, seed by seed: what each recovers of what the truth has over own figures.

Every cell of the evaluation of `contagraph evaluate`, on worlds drawn anew for every seed; the last two years judge. A
line a world and seed is kept in a file as soon as it is there, and those that are there are not made again.
"""

import argparse
import json
import os
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np

WORLDS = ("S0", "S1", "S2", "S3")
SHOWN = ("truth", "stack", "gnn", "lightgbm-graph", "mlp", "lightgbm", "lightgbm-degrees", "scorecard", "merton",
         "z-double-prime", "z", "ohlson", "zmijewski", "r-gcn", "sage", "hgt")  # fmt: skip
PAIRS = (("gnn", "mlp"), ("stack", "lightgbm-graph"), ("stack", "lightgbm"), ("gnn", "lightgbm"))


def judged(world: str, seed: int, firms: int, nets: int, only: tuple[str, ...]) -> dict[str, Any]:
    """One world: what every model says of it, and what is said of that."""
    from analytics.learning.evaluating.cell import AS_IS, REWIRED  # noqa: PLC0415
    from analytics.learning.evaluating.plan import Plan  # noqa: PLC0415
    from analytics.learning.evaluating.rule import serve  # noqa: PLC0415
    from analytics.learning.evaluating.running import evaluate  # noqa: PLC0415
    from analytics.learning.evaluating.table import Table  # noqa: PLC0415
    from api.learning.models import models  # noqa: PLC0415
    from api.learning.planted import panel_of  # noqa: PLC0415
    from ingest.synthetic.planted import planted, truth  # noqa: PLC0415

    begun = time.perf_counter()
    given = planted(world, count=firms, seed=seed)  # type: ignore[arg-type]
    true = tuple(np.nan_to_num(truth(given).probability))
    known = models(nets=nets)
    named = {name: model for name, model in known.items() if not only or name in only}
    plan = Plan.whole(panel_of(given), named, seeds=1, times=400)
    variants = (AS_IS, REWIRED) if not only else (AS_IS,)
    plan = replace(plan, cells=tuple(c for c in plan.cells if c.split == plan.main and c.variant in variants))
    kept: dict[str, Any] = {}
    spent: dict[str, float] = {}
    last = [time.perf_counter()]

    def watch(_done: float, doing: str) -> None:
        name = doing.split(":", maxsplit=1)[0]
        now = time.perf_counter()
        spent[name] = spent.get(name, 0.0) + now - last[0]
        last[0] = now

    evaluate(plan, kept, watch)
    table = Table.of(plan, kept, truth=true)
    rows = {
        f"{row.model}{' rewired' if row.variant else ''}": {name: est.value for name, est in row.measures.items()}
        for row in table.rows if row.measures
    }  # fmt: skip
    shares = {f"{s.model} {s.kind}": (s.value.value, s.value.low, s.value.high) for s in table.shares}
    gains = {
        f"{one} - {other}": (found.measures["auc"].value, found.measures["auc"].low, found.measures["auc"].high)
        for one, other in PAIRS if (found := table.gain(one, other)) is not None
    }  # fmt: skip
    return {
        "world": world, "seed": seed, "firms": firms, "seconds": round(time.perf_counter() - begun), "rows": rows,
        "shares": shares, "gains": gains, "served": serve(table).model,
        "spent": {name: round(seconds) for name, seconds in spent.items()},
    }  # fmt: skip


def told(lines: list[dict[str, Any]]) -> Iterator[str]:
    """Means over seeds, and how far seeds lie apart."""
    for world in sorted({line["world"] for line in lines}):
        mine = [line for line in lines if line["world"] == world]
        seeds, firms = sorted(line["seed"] for line in mine), mine[0]["firms"]
        yield f"\n{world}, {firms:,} firms, seeds {', '.join(map(str, seeds))}"
        yield "| model | AUC | AP | KS | Brier | log loss | ECE | recovered | placebo share |"
        yield "|---|---|---|---|---|---|---|---|---|"
        for model in SHOWN:
            rows = [line["rows"][model] for line in mine if model in line["rows"]]
            if rows:
                cells = [_mean([row[name] for row in rows]) for name in rows[0]]
                shares = [_mean([line["shares"][key][0] for line in mine if key in line["shares"]])
                          for key in (f"{model} recovered", f"{model} placebo")]  # fmt: skip
                yield f"| {model} | " + " | ".join([*cells, *shares]) + " |"
        for one, other in PAIRS:
            gains = [line["gains"][key] for line in mine if (key := f"{one} - {other}") in line["gains"]]
            if gains:
                above = sum(low > 0 for _, low, _ in gains)
                across = sum(low <= 0 <= high for _, low, high in gains)
                apart = _mean([gain[0] for gain in gains])
                said = f"{one} less {other}: AUC {apart}"
                yield f"{said}; interval above 0 in {above}, over it in {across} of {len(gains)}"
        yield "served: " + ", ".join(line["served"] for line in sorted(mine, key=lambda line: line["seed"]))


def _mean(values: list[float]) -> str:
    known = [value for value in values if np.isfinite(value)]
    if not known:
        return "–"
    half = (max(known) - min(known)) / 2
    return f"{np.mean(known):.4f} ± {half:.4f}" if len(known) > 1 else f"{known[0]:.4f}"


def main() -> int:
    parser = argparse.ArgumentParser(prog="benchmarks.learning", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="2,000 firms, one seed, worlds S0 and S2")
    parser.add_argument("--worlds", nargs="*", default=WORLDS)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--firms", type=int, default=10_000)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--nets", type=int, default=3, help="nets that are averaged as one model")
    parser.add_argument("--models", nargs="*", default=(), help="these alone, and nothing rewired")
    parser.add_argument("--file", type=Path, default=Path("learning.jsonl"), help="where lines are kept")
    asked = parser.parse_args()
    if asked.quick:
        asked.worlds, asked.seeds, asked.firms = ("S0", "S2"), 1, 2_000
        asked.file = Path(os.devnull)
    there = [] if not asked.file.exists() else [json.loads(line) for line in asked.file.read_text().splitlines()]
    lines = [line for line in there if line["firms"] == asked.firms]
    known = {(line["world"], line["seed"]) for line in lines}
    missing = [(w, s) for s in range(1, asked.seeds + 1) for w in asked.worlds if (w, s) not in known]
    with ProcessPoolExecutor(asked.workers, mp_context=get_context("spawn")) as pool:
        work = [
            pool.submit(judged, world, seed, asked.firms, asked.nets, tuple(asked.models)) for world, seed in missing
        ]
        for done in as_completed(work):
            line = done.result()
            lines.append(line)
            with asked.file.open("a") as kept:
                kept.write(json.dumps(line) + "\n")
            print(f"{line['world']} seed {line['seed']}: {line['seconds']} s", line["spent"], flush=True)
    print("\n".join(told(lines)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
