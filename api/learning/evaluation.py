"""The whole table for a panel, or for planted worlds, cell by cell kept in files."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np

from analytics.learning.evaluating.card import Card
from analytics.learning.evaluating.cell import AS_IS, REWIRED
from analytics.learning.evaluating.plan import Plan
from analytics.learning.evaluating.running import evaluate
from analytics.learning.evaluating.table import TRUTH, Difference, Row, Share, Table
from analytics.learning.judging.bootstrap import Estimate
from analytics.learning.judging.explained import Explained
from analytics.learning.judging.worlds import estimates_over, share_over
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
    r"""Tables of several worlds as one: means, with Student intervals over worlds; shares as ratios of means.

    .. math:: \bar x \pm t_{n-1}\, s / \sqrt n, \qquad R = \bar g / \bar w

    What is recovered, and what stays where links are permuted, is the mean gain of the model over the mean of what
    there is, not the mean of each world's own ratio (`share_over`): that would be led by worlds in which next to
    nothing is to be gained. Each world's own ratio stands in its own table. One table alone is left as it is.
    """
    first = tables[0]
    if len(tables) == 1:
        return first
    rows = tuple(_pooled_row(row, tables) for row in first.rows)
    differences = tuple(_pooled_difference(one, tables) for one in first.differences)
    shares = tuple(replace(one, value=_pooled_share(one, tables)) for one in first.shares)
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
            estimates_over([getattr(one, name) for one in alike])
            for name in ("auc", "first_hit", "overlap", "same_first")
        )
        yield replace(alike[0], auc=auc, first_hit=hit, overlap=overlap, same_first=same,
                      firms=sum(one.firms for one in alike))  # fmt: skip


def _pooled_share(one: Share, tables: Sequence[Table]) -> Estimate:
    """Of what one row has over own figures, the part that another has, over worlds that have all three."""
    some, whole = (AS_IS, TRUTH) if one.kind == "recovered" else (REWIRED, one.model)
    told = [(table.row(one.model, variant=some), table.row(whole), table.row(one.over)) for table in tables]
    auc = np.array([[row.measures["auc"].value for row in rows if row] for rows in told if all(rows)])
    found, best, own = auc.T
    return share_over(found - own, best - own)


def _means(found: Sequence[Mapping[str, Estimate]]) -> Mapping[str, Estimate]:
    return {name: estimates_over([one[name] for one in found]) for name in found[0]} if found and found[0] else {}
