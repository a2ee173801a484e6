"""What is heard of neighbours, held against loops over links."""

from dataclasses import replace

import numpy as np
import pytest

from analytics.learning.features.channels import Channels, Linked, Shared
from analytics.learning.features.neighbours import (
    BEFORE,
    DEGREE,
    EXPOSURE,
    FAILED,
    RISK,
    SECOND,
    STANDING,
    Neighbours,
)
from analytics.learning.panel import Panel, Ties, Wave
from analytics.learning.panel.ties import WAYS, weights
from tests.analytics.learning.panels import small

SIZE = 40


def tangled(seed: int = 3) -> Panel:
    """Firms and persons: 40 parties of whom every fourth is a person that holds offices and shares."""
    rng = np.random.default_rng(seed)
    base = small(firms=SIZE, seed=seed)
    firm = np.arange(SIZE) % 4 > 0
    waves = []
    for wave in base.waves:
        offices = drawn(rng, np.flatnonzero(~firm), np.flatnonzero(firm), 30)
        shares = drawn(rng, np.arange(SIZE), np.flatnonzero(firm), 30)
        since = np.where(wave.public, rng.uniform(0, 3, SIZE), np.nan).astype(np.float32)
        rows = np.isin(wave.rows, np.flatnonzero(firm))
        ties = {**wave.ties, "HOLDS_OFFICE": offices, "OWNS": shares}
        waves.append(replace(wave, ties=ties, since=since, rows=wave.rows[rows], label=wave.label[rows]))
    relations = (*base.relations, "HOLDS_OFFICE", "OWNS")
    return replace(base, firm=firm, relations=relations, waves=tuple(waves))


def drawn(rng: np.random.Generator, tails: np.ndarray, heads: np.ndarray, count: int) -> Ties:
    tail, head = rng.choice(tails, count).astype(np.int32), rng.choice(heads, count).astype(np.int32)
    stake = np.where(rng.random(count) < 0.5, np.nan, rng.uniform(0, 9, count))
    return Ties(tail, head, stake, np.full(count, -1, np.int64))


def by_loops(wave: Wave, relation: str, way: str, x: np.ndarray, *, weighted: bool = True) -> np.ndarray:
    ties = wave.ties[relation]
    weight = weights(ties, wave.capacity, way) if weighted else np.ones(ties.size)
    found = np.zeros(wave.size)
    for tail, head, w in zip(ties.tail, ties.head, weight, strict=True):
        hears, of = (head, tail) if way == "in" else (tail, head)
        found[hears] += w * x[of]
    return found


def over_persons(panel: Panel, wave: Wave, relations: tuple[str, ...], x: np.ndarray) -> np.ndarray:
    persons: dict[int, set[int]] = {}
    for relation in relations:
        ties = wave.ties[relation]
        for a, b in [*zip(ties.tail, ties.head, strict=True), *zip(ties.head, ties.tail, strict=True)]:
            if not panel.firm[a] and panel.firm[b]:
                persons.setdefault(int(a), set()).add(int(b))
    found = np.zeros(wave.size)
    for firms in persons.values():
        for one in firms:
            found[one] += sum(x[other] for other in firms if other != one)
    return found


def columns(neighbours: Neighbours, found: np.ndarray, *measures: object) -> dict[str, np.ndarray]:
    names = [feature.name for feature in neighbours.features(*measures)]
    assert found.shape == (SIZE, len(names))
    return dict(zip(names, found.T, strict=True))


def test_channels_are_each_relation_both_ways_and_persons_where_some_stand_between() -> None:
    panel = tangled()
    persons = ("GUARANTEES", "SUPPLIES", "HOLDS_OFFICE", "OWNS")
    expected = [Linked(relation, way) for relation in panel.relations for way in WAYS]
    assert Channels.of(panel).all == (*expected, *(Shared((name,)) for name in persons), Shared(persons))
    assert Channels.of(small()).shared == []
    again = Channels.read(Channels.of(panel).relations, Channels.of(panel).shared)
    assert again == Channels.of(panel)


@pytest.mark.parametrize("at", [1, 4])
def test_what_is_heard_of_neighbours_is_what_loops_over_links_find(at: int) -> None:
    panel = tangled()
    wave, neighbours = panel.waves[at], Neighbours(Channels.of(panel))
    pd = np.random.default_rng(1).random(SIZE)
    standing = columns(neighbours, neighbours.standing(wave, panel.firm), *STANDING)
    risk = columns(neighbours, neighbours.risk(wave, panel.firm, pd), RISK)
    failed = columns(neighbours, neighbours.failed(wave, panel.firm), FAILED)
    degrees = columns(neighbours, neighbours.degrees(wave, panel.firm), DEGREE)
    lately = wave.public & (wave.since <= 1)
    chance = np.where(panel.firm & ~wave.public, pd, 0.0)
    ones = np.ones(SIZE)
    for relation in panel.relations:
        for way in WAYS:
            name = f"{relation}.{way}"
            for measure, x in ((EXPOSURE, ones), (FAILED, lately), (BEFORE, wave.public & ~lately)):
                np.testing.assert_allclose(standing[f"{name}.{measure.name}"], by_loops(wave, relation, way, x * 1.0))
            np.testing.assert_allclose(degrees[f"{name}.degree"], by_loops(wave, relation, way, ones, weighted=False))
            np.testing.assert_allclose(risk[f"{name}.risk"], by_loops(wave, relation, way, chance))
            np.testing.assert_allclose(failed[f"{name}.failed"], standing[f"{name}.failed"])
    for shared in (("HOLDS_OFFICE",), ("OWNS",), ("GUARANTEES", "SUPPLIES", "HOLDS_OFFICE", "OWNS")):
        name = Shared(shared).name
        assert f"{name}.exposure" not in standing
        np.testing.assert_allclose(degrees[f"{name}.degree"], over_persons(panel, wave, shared, ones))
        np.testing.assert_allclose(standing[f"{name}.failed"], over_persons(panel, wave, shared, lately * 1.0))
        np.testing.assert_allclose(risk[f"{name}.risk"], over_persons(panel, wave, shared, chance), atol=1e-12)


def test_where_it_is_not_known_since_when_all_public_defaults_are_of_late() -> None:
    panel = tangled()
    wave = replace(panel.waves[3], since=None)
    neighbours = Neighbours(Channels.of(panel))
    found = columns(neighbours, neighbours.standing(wave, panel.firm), *STANDING)
    assert wave.public.any()
    assert not found["GUARANTEES.out.failed_before"].any()
    np.testing.assert_allclose(found["GUARANTEES.out.failed"], by_loops(wave, "GUARANTEES", "out", wave.public * 1.0))


def test_figures_of_neighbours_say_of_whom_and_more_risk_is_never_less() -> None:
    features = Neighbours(Channels.of(tangled())).features(*STANDING, RISK, SECOND)
    assert len({feature.name for feature in features}) == len(features)
    assert {feature.scope for feature in features} == {"neighbours"}
    for feature in features:
        assert feature.direction == (0 if feature.name.endswith((".degree", ".exposure")) else 1)
    said = {feature.name: feature for feature in features}
    assert "those it guarantees" in said["GUARANTEES.out.risk"].en
    assert "被担保人" in said["GUARANTEES.out.risk"].zh
