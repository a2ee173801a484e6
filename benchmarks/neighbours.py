"""Figures of neighbours for every firm and year, against pandas, and against networkx link by link."""

import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import date

import networkx as nx
import numpy as np
import pandas as pd

from analytics.learning.features.channels import Channels
from analytics.learning.features.neighbours import Neighbours
from analytics.learning.panel import Panel, Ties, Wave
from analytics.learning.panel.ties import WAYS, Way, weights
from benchmarks.graphs import chung_lu
from benchmarks.timing import compare

RELATIONS = ("GUARANTEES", "SUPPLIES", "OWES", "RELATED_TO")
Columns = list[np.ndarray]


def panel(firms: int, links: int, years: int) -> tuple[Panel, list[np.ndarray]]:
    """Links of four relations, drawn anew every year, and a probability for every firm and year."""
    rng = np.random.default_rng(5)
    waves = []
    for year in range(years):
        ties = {name: drawn(firms, links // len(RELATIONS), year * 10 + at) for at, name in enumerate(RELATIONS)}
        public = rng.random(firms) < 0.03
        rows = np.flatnonzero(~public).astype(np.int32)
        waves.append(
            Wave(
                date(2016 + year, 12, 31), None, np.empty((firms, 0), np.float32), rng.lognormal(1, 1, firms), public,
                rows, np.zeros(len(rows), np.int8), ties,
            )
        )  # fmt: skip
    ids = tuple(map(str, range(firms)))
    made = Panel(ids, np.ones(firms, np.bool_), (), RELATIONS, tuple(waves), "drawn")
    return made, [rng.beta(1, 30, firms) for _ in range(years)]


def drawn(firms: int, links: int, seed: int) -> Ties:
    net = chung_lu(firms, links, seed=seed)
    stake = np.random.default_rng(seed).lognormal(0, 1, len(net.tail))
    return Ties(net.tail.astype(np.int32), net.head.astype(np.int32), stake, np.full(len(net.tail), -1, np.int64))


def ours(made: Panel, chance: list[np.ndarray]) -> np.ndarray:
    """How many, how much, who has failed, how likely: of every year, from links as they come."""
    found, neighbours = [], Neighbours(Channels.of(made))
    for wave, said in zip(made.waves, chance, strict=True):
        fresh = replace(wave)  # nothing kept of before
        found += [neighbours.standing(fresh, made.firm), neighbours.risk(fresh, made.firm, said)]
    return np.hstack(found)


def over_pandas(made: Panel, chance: list[np.ndarray]) -> Callable[[], np.ndarray]:
    """Links as a table; what each end holds looked up by its position, then sums by group."""

    def figures(wave: Wave, said: np.ndarray) -> Columns:
        standing, risk = [], []
        parties = pd.DataFrame({"failed": wave.public * 1.0, "risk": np.where(wave.public, 0.0, said)})
        for relation in RELATIONS:
            ties = wave.ties[relation]
            for way in WAYS:
                hears, of = (ties.head, ties.tail) if way == "in" else (ties.tail, ties.head)
                table = pd.DataFrame({"hears": hears, "of": of, "weight": weights(ties, wave.capacity, way)})
                table = table.merge(parties, left_on="of", right_index=True)
                table["one"] = 1.0
                table[["failed", "risk"]] = table[["failed", "risk"]].mul(table["weight"], axis=0)
                sums = table.groupby("hears")[["one", "weight", "failed", "risk"]].sum()
                sums = sums.reindex(range(made.size), fill_value=0.0).to_numpy()
                standing += [sums[:, 0], sums[:, 1], sums[:, 2], np.zeros(made.size)]
                risk.append(sums[:, 3])
        return standing + risk

    def run() -> np.ndarray:
        return np.column_stack([c for wave, said in zip(made.waves, chance, strict=True) for c in figures(wave, said)])

    return run


def over_networkx(made: Panel, chance: list[np.ndarray]) -> Callable[[], np.ndarray]:
    """A graph a relation and way with weights on its links, built before the clock starts; neighbours one by one."""
    graphs: dict[tuple[int, str, Way], nx.MultiDiGraph] = {}
    for year, wave in enumerate(made.waves):
        for relation in RELATIONS:
            ties = wave.ties[relation]
            for way in WAYS:
                hears, of = (ties.head, ties.tail) if way == "in" else (ties.tail, ties.head)
                graph = graphs[year, relation, way] = nx.MultiDiGraph()
                graph.add_nodes_from(range(made.size))
                weight = weights(ties, wave.capacity, way)
                graph.add_weighted_edges_from(zip(hears.tolist(), of.tolist(), weight.tolist(), strict=True))

    def figures(year: int) -> Columns:
        standing, risk = [], []
        public, said = made.waves[year].public.tolist(), chance[year].tolist()
        for relation in RELATIONS:
            for way in WAYS:
                graph, sums = graphs[year, relation, way], np.zeros((made.size, 5))
                for party in graph:
                    links = [(other, weight) for _, other, weight in graph.out_edges(party, data="weight")]
                    failed = sum(weight for other, weight in links if public[other])
                    likely = sum(weight * said[other] for other, weight in links if not public[other])
                    sums[party] = len(links), sum(weight for _, weight in links), failed, 0.0, likely
                standing += list(sums[:, :4].T)
                risk.append(sums[:, 4])
        return standing + risk

    return lambda: np.column_stack([c for year in range(len(made.waves)) for c in figures(year)])


def run(*, quick: bool) -> None:
    """Time all years against pandas, one year against networkx."""
    firms, links = (20_000, 100_000) if quick else (100_000, 500_000)
    task = "figures of neighbours: how many, how much, who failed, how likely, by relation and way"
    for years, name, peer in ((8, "pandas", over_pandas), (1, "networkx", over_networkx)):
        made, chance = panel(firms, links, years)
        compare(
            task, lambda made=made, chance=chance: ours(made, chance), peer(made, chance),
            size=f"{firms:,} firms, {links:,} links, {years} years", peer_name=name,
            runs=3,
        )  # fmt: skip


if __name__ == "__main__":
    run(quick="--quick" in sys.argv)
