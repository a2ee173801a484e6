"""Explanations of planted worlds: are the links that models state the planted causes, and do seeds state the same?"""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from analytics.learning.evaluating.plan import NET, STACK, TREES
from analytics.learning.explaining.reasons import live
from analytics.learning.judging.bootstrap import Estimate
from analytics.learning.judging.causes import Beside, Link
from analytics.learning.judging.explained import Explained, explained
from analytics.learning.models import Fitted, Model, Reason, Task
from analytics.learning.models.model import Numbers, Watch
from analytics.learning.models.stack import Stack
from analytics.learning.panel import Panel, Part, Split, Wave
from analytics.learning.serving.served import ServedNet
from api.learning.edition import edition
from api.learning.facts import told
from api.learning.keeping import in_json, write_whole
from api.learning.planted import relation_of
from graph.errors import NotInstalled
from ingest.synthetic import planted as worlds

SEEDS: Final = 3
FIRMS: Final = 200
"""Firms of a world whose explanations are judged, at most."""
LEAST: Final = 0.01
"""What the foremost planted cause of such a firm adds to its probability, at least."""
EVERY: Final = 10_000
"""Reasons asked for: all."""
LIVE: Final = f"{NET} (live)"
"""Gradient times exposure, as the live view has it."""
AMOUNT: Final = "largest amount"
"""The control: no model, the link with most at stake first."""


@dataclass(frozen=True)
class Judged:
    """Firms of the rows that judge whose links add to their risk in truth."""

    at: NDArray[np.int64]
    """Wave of each."""
    party: NDArray[np.int64]
    planted: tuple[Mapping[Link, float], ...]
    """What each link adds."""

    @classmethod
    def of(cls, world: worlds.Planted, panel: Panel, split: Split, truth: worlds.Truth) -> "Judged":
        """Drawn from all there are, by the seed of the world."""
        found = [
            (at, party, links)
            for at, wave in enumerate(panel.waves)
            for party, links in _planted(world, at, truth, wave.rows[split.rows(at, Part.TEST)]).items()
            if max(links.values()) >= LEAST
        ]
        drawn = np.random.default_rng(world.seed).permutation(len(found))[:FIRMS]
        chosen = [found[place] for place in np.sort(drawn).tolist()]
        return cls(np.array([at for at, *_ in chosen], np.int64), np.array([party for _, party, _ in chosen], np.int64),
                   tuple(links for *_, links in chosen))  # fmt: skip

    def beside(self, panel: Panel, state: Callable[[int, int], Sequence[Reason]]) -> Beside:
        """What is stated of each, by wave and party, beside the truth; of its own links alone, as truth is."""
        planted: list[Numbers] = []
        stated: list[Numbers] = []
        for at, party, links in zip(self.at.tolist(), self.party.tolist(), self.planted, strict=True):
            wave = panel.waves[at]
            own = set(_links(wave, party))
            reasons = [one for one in state(at, party) if (one.relation, one.link) in own]
            one = Beside.of(wave, {party: links}, {party: reasons})
            planted += one.planted
            stated += one.stated
        return Beside(tuple(planted), tuple(stated))


def explanations(
    world: worlds.Planted, panel: Panel, ways: Mapping[str, Model], *, truth: Callable[[], worlds.Truth], folder: Path,
    watch: Watch, seeds: int = SEEDS,
) -> tuple[Explained, ...]:  # fmt: skip
    """Train trees, net and stack from several seeds and judge what each states; kept, and read where it is.

    Empty where no link adds to any firm's risk. Raises InvalidPanel where trees cannot learn, Cancelled.
    """
    split = Split.by_time(panel).check(panel)
    file = folder / f"explained-{_key(panel, split, ways, seeds)}.json"
    if file.exists():
        return tuple(_read(one) for one in json.loads(file.read_bytes()))
    judged = Judged.of(world, panel, split, truth())
    found: list[Explained] = []
    if judged.planted:
        by_way: dict[str, list[Beside]] = {}
        for seed in range(seeds):
            task = Task(panel, split, seed, lambda done, what, at=seed: watch((at + done) / seeds, what))  # type: ignore[misc]
            for way, state in _stating(panel, ways, task):
                watch((seed + 1) / seeds, f"explaining by {way}")
                by_way.setdefault(way, []).append(judged.beside(panel, state))
        found = [explained(way, besides, judged.party) for way, besides in by_way.items()]
        found.append(explained(AMOUNT, [judged.beside(panel, lambda at, party: _amounts(panel, at, party))],
                               judged.party))  # fmt: skip
    write_whole(file, in_json(told(found)))
    return tuple(found)


def _stating(
    panel: Panel, ways: Mapping[str, Model], task: Task
) -> Iterator[tuple[str, Callable[[int, int], Sequence[Reason]]]]:
    """Ways of explaining, each with what it states of a party of a wave; of models that can learn here."""
    trees, net = ways[TREES].fit(task), None
    models: list[tuple[str, Fitted]] = [(TREES, trees)]
    # Without torch the table says so of nets, and trees are explained alone.
    with suppress(NotInstalled):
        net = ways[NET].fit(task)
        models.append((NET, net))
    if net is not None and isinstance(stack := ways[STACK], Stack):
        models.append((STACK, stack.joined(task, trees, net)))
    for name, fitted in models:
        yield name, lambda at, party, of=fitted: of.explain(panel, at, party, most=EVERY)  # type: ignore[misc]
    if isinstance(net, ServedNet):
        yield LIVE, lambda at, party: live(net, panel, at, party, most=EVERY)


def _links(wave: Wave, party: int) -> Iterator[Link]:
    for relation, ties in wave.ties.items():
        yield from ((relation, link) for link in ties.beside(np.array([party])).tolist())


def _amounts(panel: Panel, at: int, party: int) -> list[Reason]:
    wave = panel.waves[at]
    stakes = ((link, float(wave.ties[link[0]].stake[link[1]])) for link in _links(wave, party))
    return [Reason("", *link, stake, stake) for link, stake in stakes if stake > 0]


def _planted(
    world: worlds.Planted, at: int, truth: worlds.Truth, rows: NDArray[np.integer[Any]]
) -> dict[int, dict[Link, float]]:
    """What each link adds to the probability of each of some firms, where it adds anything."""
    hits, adds = truth.causes[at].hits, truth.causes[at].adds
    names = [relation_of(relation.name) for relation in worlds.RELATIONS]
    # What is drawn may come out below 0 where a link adds next to nothing: that is no cause.
    mine = np.flatnonzero(np.isin(hits.target, rows) & (adds > 0))
    found: dict[int, dict[Link, float]] = {}
    for hit in mine.tolist():
        of = found.setdefault(int(hits.target[hit]), {})
        link = (names[hits.relation[hit]], int(hits.link[hit]))
        of[link] = of.get(link, 0.0) + float(adds[hit])
    return found


def _key(panel: Panel, split: Split, ways: Mapping[str, Model], seeds: int) -> str:
    said = (panel.digest, split.digest, *(repr(ways[name]) for name in (TREES, NET, STACK)), str(seeds), edition())
    return hashlib.sha256("\0".join(said).encode()).hexdigest()[:32]


def _read(said: Mapping[str, Any]) -> Explained:
    auc, first_hit, overlap, same_first = (
        Estimate(*(np.nan if value is None else value for value in said[name].values()))
        for name in ("auc", "first_hit", "overlap", "same_first")
    )
    return Explained(said["way"], auc, first_hit, overlap, same_first, said["firms"], said["seeds"])
