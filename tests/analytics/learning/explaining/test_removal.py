"""Each effect of a link is what the probability would be without it, computed the long way round."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.special import expit

from analytics.learning.explaining.gradient import slopes
from analytics.learning.explaining.removal import exposures, removals
from analytics.learning.explaining.scene import Scene
from analytics.learning.nets.geometric import torch
from analytics.learning.nets.net import Given
from analytics.learning.panel import Ties, Wave
from analytics.learning.serving.blueprint import Blueprint
from analytics.learning.serving.forward import Net
from analytics.learning.serving.inputs import Encoded
from analytics.learning.serving.vicinity import Vicinity
from tests.analytics.learning.nets.wired import grown, hearing, seen, wave

SIZES = {"GUARANTEES": 40, "SUPPLIES": 70, "OWES": 0}
BUILT = {
    "sums": Blueprint("sum", tuple(SIZES), 4, hidden=8, message=3),
    "three layers": Blueprint("sum", tuple(SIZES), 4, hidden=8, message=3, layers=3),
    "sums over a cascade": Blueprint("sum", tuple(SIZES), 4, hidden=8, message=3, rounds=2),
    "cascade": Blueprint("none", tuple(SIZES), 4, hidden=8, rounds=3),
    "r-gcn": Blueprint("r-gcn", tuple(SIZES), 4, hidden=8),
    "sage": Blueprint("sage", tuple(SIZES), 4, hidden=8),
    "hgt": Blueprint("hgt", tuple(SIZES), 4, hidden=8, heads=2),
}


def staged(blueprint: Blueprint, party: int, seed: int) -> tuple[Wave, Encoded, Net, Scene]:
    of = wave(40, SIZES, seed)
    _, net = grown(blueprint, seed)
    encoded = seen(of, 4, (), seed)
    vicinity = Vicinity.of(of, blueprint.relations, party, blueprint.hops)
    return of, encoded, net, Scene(of, vicinity, encoded.take(vicinity.parties), (net,))


def lacking(of: Wave, relation: str, link: int, kept: Wave) -> Wave:
    """The wave with a link of no weight: as if it were not there, all others weighing what they weigh."""
    ties = of.ties[relation]
    keep = np.arange(ties.size) != link
    fewer = Ties(ties.tail[keep], ties.head[keep], ties.stake[keep], ties.source[keep])
    return replace(kept, ties={**of.ties, relation: fewer})


@pytest.mark.parametrize("built", BUILT)
@pytest.mark.parametrize("seed", [1, 2])
def test_every_effect_is_the_difference_on_the_whole_graph(built: str, seed: int) -> None:
    blueprint = BUILT[built]
    of, encoded, net, scene = staged(blueprint, seed * 7, seed)
    links, effects = removals(scene)
    assert len(links)
    whole = net.probability(encoded, hearing(of, blueprint))[seed * 7]
    for link, effect in zip(links.tolist(), effects[0].tolist(), strict=True):
        relation = scene.vicinity.relations[scene.vicinity.relation[link]]
        other = lacking(of, relation, int(scene.vicinity.position[link]), of)
        without = net.probability(encoded, hearing(other, blueprint))[seed * 7]
        assert effect == pytest.approx(whole - without, abs=1e-10)


@pytest.mark.parametrize("built", ["sums", "three layers", "sums over a cascade", "cascade"])
def test_links_out_of_the_vicinity_have_no_effect(built: str) -> None:
    blueprint = BUILT[built]
    of, encoded, net, scene = staged(blueprint, 5, 3)
    whole = net.probability(encoded, hearing(of, blueprint))[5]
    inside = {
        (scene.vicinity.relations[relation], position)
        for relation, position in zip(scene.vicinity.relation.tolist(), scene.vicinity.position.tolist(), strict=True)
    }
    for relation, ties in of.ties.items():
        for link in set(range(ties.size)) - {place for name, place in inside if name == relation}:
            other = lacking(of, relation, link, of)
            assert net.probability(encoded, hearing(other, blueprint))[5] == pytest.approx(whole, abs=1e-12)


@pytest.mark.parametrize("built", ["sums", "three layers", "sums over a cascade", "cascade"])
def test_slopes_by_hand_are_those_of_automatic_differentiation(built: str) -> None:
    blueprint = BUILT[built]
    of, encoded, net, _ = staged(blueprint, 0, 4)
    twin, _ = grown(blueprint, 4)
    heard = hearing(of, blueprint)
    given = Given.of(encoded, heard, blueprint, torch.zeros((), dtype=torch.float64), path="edges")
    weights = [channel.weight for channel in given.channels]
    flat = given.flat
    for weight in [*weights, *([flat.weight] if flat is not None else [])]:
        weight.requires_grad_(True)
    for party in (0, 11, 23):
        twin.zero_grad()
        for weight in [*weights, *([flat.weight] if flat is not None else [])]:
            weight.grad = None
        told = twin(given)[party]
        told.backward()
        found = slopes(net, encoded, heard, party)
        assert found.log_odds == pytest.approx(float(told.detach()), rel=1e-10)
        for channel, pairs in enumerate(found.pairs):
            expected = np.zeros(len(pairs))
            if weights:
                expected += weights[channel].grad.numpy()  # type: ignore[union-attr]
            if flat is not None:
                expected += flat.weight.grad.numpy()[heard.flat.channel == channel]  # type: ignore[union-attr]
            assert np.allclose(pairs, expected, rtol=1e-8, atol=1e-12)


def test_slope_times_weight_is_near_the_difference_where_links_are_light() -> None:
    blueprint = BUILT["cascade"]
    of = wave(40, SIZES, 9)
    light = replace(of, ties={name: replace(ties, stake=ties.stake * 1e-4) for name, ties in of.ties.items()})
    _, net = grown(blueprint, 9)
    vicinity = Vicinity.of(light, blueprint.relations, 3, blueprint.hops)
    scene = Scene(light, vicinity, seen(light, 4, (), 9).take(vicinity.parties), (net,))
    links, effects = removals(scene)
    assert np.abs(effects[0]).max() > 0
    assert np.allclose(exposures(scene)[links], effects[0], rtol=0.01, atol=1e-10)


def test_a_party_without_links_has_none_to_name() -> None:
    of = wave(3, {"GUARANTEES": 0}, 1)
    blueprint = Blueprint("sum", ("GUARANTEES",), 4, hidden=8)
    _, net = grown(blueprint, 1)
    encoded = seen(of, 4, (), 1)
    vicinity = Vicinity.of(of, blueprint.relations, 1, blueprint.hops)
    scene = Scene(of, vicinity, encoded.take(vicinity.parties), (net,))
    assert len(removals(scene)[0]) == 0
    assert expit(net.log_odds(encoded, hearing(of, blueprint))[1]) == pytest.approx(
        scene.probabilities()[0, 0], rel=1e-12
    )


def test_a_link_to_oneself_counts_for_both_its_ends() -> None:
    blueprint = BUILT["sums over a cascade"]
    of = wave(6, {"GUARANTEES": 8, "SUPPLIES": 4, "OWES": 0}, 2)
    ties = of.ties["GUARANTEES"]
    own = Ties(np.append(ties.tail, 2).astype(np.int32), np.append(ties.head, 2).astype(np.int32),
               np.append(ties.stake, 7.0), np.append(ties.source, -1))  # fmt: skip
    of = replace(of, ties={**of.ties, "GUARANTEES": own})
    encoded, (_, net) = seen(of, 4, (), 2), grown(blueprint, 2)
    vicinity = Vicinity.of(of, blueprint.relations, 2, blueprint.hops)
    links, effects = removals(Scene(of, vicinity, encoded.take(vicinity.parties), (net,)))
    at = next(
        place for place, link in enumerate(links.tolist())
        if vicinity.relation[link] == 0 and vicinity.position[link] == own.size - 1
    )  # fmt: skip
    without = net.probability(encoded, hearing(lacking(of, "GUARANTEES", own.size - 1, of), blueprint))[2]
    whole = net.probability(encoded, hearing(of, blueprint))[2]
    assert effects[0, at] == pytest.approx(whole - without, abs=1e-10)
