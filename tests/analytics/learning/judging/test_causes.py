"""Stated causes against planted ones, by hand and in a planted world."""

import numpy as np
import pytest

from analytics.learning.judging.causes import Beside, Link, cause_auc, first_cause_hit, recovered_share
from analytics.learning.models.model import Reason
from analytics.learning.panel import Ties, Wave
from graph.errors import InvalidPanel
from ingest.synthetic.planted.truth import truth
from ingest.synthetic.planted.world import planted

PLANTED = [[0.3, 0.0, 0.0], [0.0, 0.1, 0.4], [0.0, 0.0], [0.2]]


def test_causes_stated_as_they_are_leave_nothing_to_wish() -> None:
    assert cause_auc(PLANTED, PLANTED) == 1.0
    assert first_cause_hit(PLANTED, PLANTED) == 1.0


def test_firms_without_causes_or_with_nothing_else_do_not_count_for_the_order() -> None:
    """The first firm's cause ranks between the two others (½), the second's two of three pairs... (0.1 < 0.2: ½)."""
    stated = [[0.2, 0.1, 0.3], [0.2, 0.1, 0.4], [9.0, 0.0], [0.0]]
    assert cause_auc(PLANTED, stated) == pytest.approx(np.mean([0.5, 0.5]))
    assert first_cause_hit(PLANTED, stated) == pytest.approx(1 / 3)  # of three firms with causes the second alone


def test_nothing_stated_hits_nothing_and_orders_nothing() -> None:
    nothing = [np.zeros(len(links)) for links in PLANTED]
    assert cause_auc(PLANTED, nothing) == 0.5
    assert first_cause_hit(PLANTED, nothing) == 0.0


def test_the_recovered_share_runs_from_own_figures_to_the_truth() -> None:
    assert recovered_share([0.7, 0.8, 0.65], [0.7, 0.7, 0.7], [0.8, 0.8, 0.8]) == pytest.approx([0, 1, -0.5])
    assert np.isnan(recovered_share([0.8], [0.7], [0.7])[0])


def test_worlds_without_causes_are_refused() -> None:
    with pytest.raises(InvalidPanel):
        cause_auc([[0.1]], [[0.1]])
    with pytest.raises(InvalidPanel):
        first_cause_hit([[0.0]], [[0.1]])


@pytest.fixture(scope="module")
def beside() -> tuple[Wave, dict[int, dict[Link, float]]]:
    """A planted world of public failures, in its last year, with what each link adds to whom."""
    world = planted("S1", count=600, seed=3)
    year, links = 7, world.links(7)
    names, causes = list(links), truth(world).causes[7]
    adds: dict[int, dict[Link, float]] = {}
    hits = causes.hits
    for target, relation, link, by in zip(hits.target, hits.relation, hits.link, causes.adds, strict=True):
        adds.setdefault(int(target), {})[names[relation], int(link)] = float(by)
    ties = {
        name: Ties(of.tail.astype(np.int32), of.head.astype(np.int32), of.exposure, np.full(len(of), -1))
        for name, of in links.items()
    }
    rows = np.flatnonzero(world.standing(year)).astype(np.int32)
    wave = Wave(world.days[year], None, np.empty((600, 0), np.float32), np.ones(600), np.zeros(600, bool), rows,
                world.labels(year)[rows].astype(np.int8), ties)  # fmt: skip
    return wave, adds


def test_planted_causes_stated_as_they_are_are_all_hit(beside: tuple[Wave, dict[int, dict[Link, float]]]) -> None:
    wave, adds = beside
    stated = {
        party: [Reason("", *link, effect=by) for link, by in links.items()] + [Reason("debt_ratio", effect=9.0)]
        for party, links in adds.items()
    }
    found = Beside.of(wave, adds, stated)
    assert (found.auc, found.first_hit) == (1.0, 1.0)
    touched = {party: sum(((t.tail == party) | (t.head == party)).sum() for t in wave.ties.values()) for party in adds}
    assert [len(links) for links in found.planted] == list(touched.values())


def test_causes_guessed_are_hit_by_chance(beside: tuple[Wave, dict[int, dict[Link, float]]]) -> None:
    wave, adds = beside
    rng, chance = np.random.default_rng(0), []
    stated: dict[int, list[Reason]] = {}
    for party in adds:
        links = [
            (name, int(at))
            for name, ties in wave.ties.items()
            for at in np.flatnonzero((ties.tail == party) | (ties.head == party))
        ]
        stated[party] = [Reason("", *link, effect=float(rng.random())) for link in links]
        chance.append(1 / len(links))
    found = Beside.of(wave, adds, stated)
    assert abs(found.first_hit - np.mean(chance)) < 4 * np.sqrt(np.mean(chance) / len(chance))
    assert 0.35 < found.auc < 0.65
