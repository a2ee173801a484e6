"""How ownership grows from 10k holdings to 10M: the exponent of its time, task by task."""

import json
import sys

import numpy as np

from analytics.kernels.components import weak_components
from analytics.structure.ownership.pairs import pairs_above
from analytics.structure.ownership.row import integrated_row
from analytics.structure.ownership.stakes import Stakes
from benchmarks.graphs import ownership
from benchmarks.timing import best, scaled


def seconds(holdings: int) -> dict[str, float]:
    graph = ownership(holdings // 3, holdings)
    stakes = Stakes.exact(*graph, overfull="scale")
    owner = int(np.argmax(np.diff(stakes.start)))
    integrated_row(stakes, owner)
    tasks = {
        "stakes and their order": lambda: Stakes.exact(*graph, overfull="scale").order,
        "one owner": lambda: integrated_row(stakes, owner),
        "every holder of 25 % or more": lambda: pairs_above(stakes, 0.25),
        "weakly connected components": lambda: weak_components(stakes.start, stakes.head),
    }
    return {task: best(call, 2)[0] for task, call in tasks.items()}


def run(*, quick: bool) -> None:
    """Time each task at several sizes and fit a power of the number of holdings."""
    sizes = [10_000, 100_000] if quick else [10_000, 100_000, 1_000_000, 10_000_000]
    found = [seconds(holdings) for holdings in sizes]
    for task in found[0]:
        times = [max(row[task], 1e-6) for row in found]
        exponent = float(np.polyfit(np.log(sizes), np.log(times), 1)[0])
        told = ", ".join(f"{size:,}: {scaled(time)}" for size, time in zip(sizes, times, strict=True))
        print(f"{task}, holdings {told}; grows with their power of {exponent:.2f}")
        print(json.dumps({"task": task, "holdings": sizes, "seconds": times, "exponent": exponent}), flush=True)


if __name__ == "__main__":
    run(quick="--quick" in sys.argv)
