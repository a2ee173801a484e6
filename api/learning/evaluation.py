"""The whole table for a panel, or for planted worlds, cell by cell kept in files."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np
from scipy.stats import t as student

from analytics.learning.evaluating.card import Card
from analytics.learning.evaluating.plan import Plan
from analytics.learning.evaluating.running import evaluate
from analytics.learning.evaluating.table import Difference, Row, Share, Table
from analytics.learning.judging.bootstrap import LEVEL, Estimate
from analytics.learning.judging.explained import Explained
from analytics.learning.models.model import Numbers, Watch
from analytics.learning.panel import Panel
from api.learning.config import Config, SplitAsked, judged_by
from api.learning.edition import edition
from api.learning.explanations import explanations
from api.learning.keeping import Cells, write_whole
from api.learning.models import models
from api.learning.planted import panel_of
from ingest.synthetic import planted as worlds

QUICK_NETS: Final = 1
DRAWS: Final = 4000
"""Cascades a year by which the truth of a planted world is known."""


def judged(panel: Panel, *, cells: Path, watch: Watch, seeds: int = 5, quick: bool = False, device: str = "auto",
           epochs: int = 200, split: SplitAsked | None = None) -> Card:  # fmt: skip
    """Learn every cell that is missing, and make the card. Raises InvalidPanel, Cancelled."""
    plan = _plan(panel, seeds=seeds, quick=quick, device=device, epochs=epochs, split=split)
    kept = Cells(cells)
    evaluate(plan, kept, watch)
    return Card.of(plan, kept)


def of_config(panel: Panel, asked: Config, *, cells: Path, watch: Watch, quick: bool) -> Card:
    """As a file asks."""
    return judged(panel, cells=cells, watch=watch, quick=quick, seeds=asked.evaluate.seeds,
                  device=asked.model.device, epochs=asked.model.epochs, split=asked.split)  # fmt: skip


def _plan(panel: Panel, *, seeds: int, quick: bool, device: str, epochs: int,
          split: SplitAsked | None = None) -> Plan:  # fmt: skip
    ways = models(nets=QUICK_NETS, schedule={"device": device, "epochs": epochs})
    by, folds = judged_by(panel, split), (split or SplitAsked()).folds
    if quick:
        return Plan.first_look(panel, ways, by=by, folds=folds, program=edition())
    return Plan.whole(panel, ways, by=by, folds=folds, seeds=seeds, program=edition())


@dataclass(frozen=True)
class Worlds:
    """Planted worlds of one kind, each of its own seed, and what is found over all of them."""

    name: str
    firms: int
    seeds: int
    cards: tuple[Card, ...]
    """One a world."""
    card: Card
    """The first with the table over all, means with Student intervals over worlds, and what that calls for."""
    explained: tuple[Explained, ...] = ()
    """Whether stated reasons are the planted causes, way by way; empty at a first look, and where nothing spreads."""


def of_worlds(name: worlds.Name, *, firms: int, seeds: int, cells: Path, watch: Watch, quick: bool,
              device: str = "auto", epochs: int = 200) -> Worlds:  # fmt: skip
    """Judge models on planted worlds, beside the true probability. Raises InvalidPanel, Cancelled."""
    cards, plans, explained = [], [], []
    for at in range(seeds):

        def part(done: float, doing: str, at: int = at) -> None:
            watch((at + done) / seeds, f"{name}, world {at + 1} of {seeds}: {doing}")

        part(0.0, "making it")
        world = worlds.planted(name, count=firms, seed=at + 1)
        panel = panel_of(world)
        drawn = _drawn(world, part)
        truth = _truth(world, cells / f"truth-{panel.digest[:32]}-{DRAWS}.npy", drawn)
        plan = _plan(panel, seeds=1, quick=quick, device=device, epochs=epochs)
        # Planted worlds are judged by time; communities say nothing that is not planted.
        plan = replace(plan, cells=tuple(cell for cell in plan.cells if cell.split == plan.main), folds=None)
        kept = Cells(cells)
        evaluate(plan, kept, part)
        cards.append(Card.of(plan, kept, truth=truth))
        plans.append(plan)
        if not quick:
            explained.append(explanations(world, panel, plan.models, truth=drawn, folder=cells, watch=part))
    table = pooled([card.table for card in cards])
    return Worlds(name, firms, seeds, tuple(cards), cards[0].over(table, plans), tuple(_pooled_explained(explained)))


def _drawn(world: worlds.Planted, watch: Watch) -> Callable[[], worlds.Truth]:
    """All that is true of a world, drawn when it is first asked for."""
    return cache(
        lambda: worlds.truth(world, draws=DRAWS, watch=lambda done, whole: watch(0.0, f"its truth, {done} of {whole}"))
    )


def _truth(world: worlds.Planted, file: Path, drawn: Callable[[], worlds.Truth]) -> tuple[Numbers, ...]:
    """The true probabilities, drawn once and kept."""
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        write_whole(file, drawn().probability.astype("<f8").tobytes())
    read = np.frombuffer(file.read_bytes(), "<f8").reshape(len(world.days), len(world))
    return tuple(np.nan_to_num(year) for year in read)


def pooled(tables: Sequence[Table]) -> Table:
    r"""Tables of several worlds as one: means, with Student intervals of the mean over worlds.

    .. math:: \bar x \pm t_{n-1}\, s / \sqrt n

    One table alone is left as it is.
    """
    first = tables[0]
    if len(tables) == 1:
        return first
    rows = tuple(_pooled_row(row, tables) for row in first.rows)
    differences = tuple(_pooled_difference(one, tables) for one in first.differences)
    shares = tuple(
        replace(one, value=_mean([found.value for table in tables if (found := _share(table, one))]))
        for one in first.shares
    )
    return replace(first, rows=rows, differences=differences, shares=shares)


def _pooled_row(row: Row, tables: Sequence[Table]) -> Row:
    alike = [found for table in tables if (found := table.row(row.model, row.split, row.variant))]
    return replace(row, measures=_means([found.measures for found in alike]), cells=sum(found.cells for found in alike))


def _pooled_difference(one: Difference, tables: Sequence[Table]) -> Difference:
    alike = [found.measures for table in tables if (found := table.difference(one.one, one.other))]
    return replace(one, measures=_means(alike))


def _pooled_explained(found: Sequence[Sequence[Explained]]) -> Iterator[Explained]:
    """Way by way over worlds."""
    ways = dict.fromkeys(one.way for world in found for one in world)
    for way in ways:
        alike = [one for world in found for one in world if one.way == way]
        auc, hit, overlap, same = (
            _mean([getattr(one, name) for one in alike]) for name in ("auc", "first_hit", "overlap", "same_first")
        )
        yield replace(alike[0], auc=auc, first_hit=hit, overlap=overlap, same_first=same,
                      firms=sum(one.firms for one in alike))  # fmt: skip


def _share(table: Table, one: Share) -> Share | None:
    found = (
        share for share in table.shares if (share.model, share.kind, share.over) == (one.model, one.kind, one.over)
    )
    return next(found, None)


def _means(found: Sequence[Mapping[str, Estimate]]) -> Mapping[str, Estimate]:
    return {name: _mean([one[name] for one in found]) for name in found[0]} if found and found[0] else {}


def _mean(found: Sequence[Estimate]) -> Estimate:
    values = np.array([one.value for one in found])
    middle, count = float(values.mean()), len(values)
    if count < 2:
        return found[0]
    spread = float(values.std(ddof=1))
    reach = float(student.ppf(0.5 + LEVEL / 2, count - 1)) * spread / np.sqrt(count)
    return Estimate(middle, middle - reach, middle + reach, spread)
