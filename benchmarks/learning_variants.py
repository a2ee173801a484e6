"""Nets side by side on planted worlds: `python -m benchmarks.learning_variants [--worlds S0,S2] [--seeds 11,12]`.

One line a cell as it is done: world, seed, net, AUC, recovered share of the gap between LightGBM on own figures and
what is true, log loss. Not part of `python -m benchmarks`: it takes minutes on a GPU and hours without.
"""

import argparse
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from analytics.learning.judging.calibration import log_loss
from analytics.learning.judging.ranking import auc
from analytics.learning.models import Task
from analytics.learning.models.first import FirstStage
from analytics.learning.models.net import NetModel
from analytics.learning.panel import Panel, Part, Split
from api.learning.planted import panel_of
from ingest.synthetic import planted

JUDGED: Final = 2
"""Waves that judge."""
VARIANTS: Final[Mapping[str, tuple[str, Mapping[str, Any]]]] = {
    "mlp": ("mlp", {}),
    "gnn-sum": ("gnn-sum", {}),
    "cascade": ("cascade", {}),
    "cascade, 3 rounds": ("cascade", {"sizes": {"rounds": 3}}),
    "cascade, 16 wide": ("cascade", {"sizes": {"hidden": 16}}),
    "gnn": ("gnn", {}),
    "gnn, 16 wide": ("gnn", {"sizes": {"hidden": 16}}),
    "gnn, decay .003": ("gnn", {"schedule": {"decay": 3e-3}}),
    "r-gcn": ("r-gcn", {}),
    "sage": ("sage", {}),
    "hgt": ("hgt", {}),
}


def prepared(cell: tuple[str, int], firms: int) -> tuple[str, int, Task, tuple[NDArray[np.float64], ...], FirstStage]:
    """A world as a task, what is true of it, and its first stage."""
    name, seed = cell
    world = planted.planted(name, count=firms, seed=seed)  # type: ignore[arg-type]
    panel = panel_of(world)
    true = planted.truth(world, draws=2000).probability
    task = Task(panel, Split.by_time(panel, test=JUDGED))
    return name, seed, task, tuple(np.nan_to_num(true)), FirstStage.of(task)


def judged(task: Task, told: tuple[NDArray[np.float64], ...]) -> tuple[float, float]:
    """AUC and log loss on the rows that judge."""
    panel: Panel = task.panel
    label, p = task.split.labels(panel, Part.TEST), task.split.pick(panel, Part.TEST, told)
    return auc(label, p), log_loss(label, p)


def cells(given: argparse.Namespace) -> Iterator[str]:
    """Lines, one a cell."""
    asked = [(world, int(seed)) for world in given.worlds.split(",") for seed in given.seeds.split(",")]
    names = given.nets.split(";") if given.nets else list(VARIANTS)
    with ProcessPoolExecutor(given.workers) as pool:
        for name, seed, task, true, first in pool.map(partial(prepared, firms=given.firms), asked):
            own, best = judged(task, first.cross_fitted), judged(task, true)
            yield f"{name} {seed} LightGBM on own figures {own[0]:.4f} {own[1]:.5f}, true {best[0]:.4f} {best[1]:.5f}"
            for variant in names:
                begun = time.perf_counter()
                base, fields = VARIANTS[variant]
                schedule = {"device": given.device, **fields.get("schedule", {})}
                model = NetModel.named(base, **{**fields, "nets": given.nets_each, "schedule": schedule})
                net = model.fit_from(task, first)
                told = tuple(net.predict(task.panel, at) for at in range(len(task.panel.waves)))
                found = judged(task, told)
                share = (found[0] - own[0]) / (best[0] - own[0])
                told_of = f"AUC {found[0]:.4f}, recovered {share:.3f}, loss {found[1]:.5f}"
                yield f"{name} {seed} {variant}: {told_of}, {time.perf_counter() - begun:.0f} s"


def main() -> None:
    parser = argparse.ArgumentParser(prog="benchmarks.learning_variants", description="Nets on planted worlds.")
    parser.add_argument("--worlds", default="S2,S1,S3,S0")
    parser.add_argument("--seeds", default="11,12,13")
    parser.add_argument("--nets", default="", help="some of: " + "; ".join(VARIANTS))
    parser.add_argument("--nets-each", type=int, default=3, help="how many are averaged")
    parser.add_argument("--firms", type=int, default=10_000)
    parser.add_argument("--device", default="auto")
    parser.add_argument("--workers", type=int, default=4, help="processes that make worlds and first stages")
    parser.add_argument("--quick", action="store_true", help="1,000 firms, one seed, one net")
    given = parser.parse_args()
    if given.quick:
        given.firms, given.seeds, given.nets_each = 1000, "11", 1
    for line in cells(given):
        print(line, flush=True)


if __name__ == "__main__":
    main()
