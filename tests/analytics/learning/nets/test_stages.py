"""A net with links begins as the net without, and stays that net where hearing does not help on rows that settle."""

from dataclasses import replace

import numpy as np
import pytest

from analytics.learning.models import Files, Task
from analytics.learning.models.net import NetModel
from analytics.learning.nets.geometric import torch
from analytics.learning.nets.net import Given, Net
from analytics.learning.panel import Panel, Split
from analytics.learning.serving.blueprint import Blueprint
from analytics.learning.serving.served import ServedNet
from graph.errors import Cancelled
from tests.analytics.learning.nets.wired import hearing, seen, wave
from tests.analytics.learning.panels import small

torch.set_num_threads(1)
SCHEDULE = {"epochs": 12, "every": 2, "device": "cpu"}
LIKE = torch.zeros((), dtype=torch.float64)


def spreading(seed: int = 0) -> Panel:
    """Whoever vouches for a firm that has publicly failed falls with it more often than not."""
    panel, rng = small(firms=500, seed=seed), np.random.default_rng(seed)
    waves = []
    for of in panel.waves:
        ties = of.ties["GUARANTEES"]
        hit = np.bincount(ties.tail, of.public[ties.head] & (ties.stake > 5), of.size) > 0
        falls = hit[of.rows] & (rng.random(len(of.rows)) < 0.7)
        waves.append(replace(of, label=np.maximum(of.label, falls).astype(np.int8)))
    return replace(panel, waves=tuple(waves))


def learned(name: str, panel: Panel, *, seed: int = 0, nets: int = 1, **given: object) -> ServedNet:
    way = NetModel.named(name, **{"nets": nets, "schedule": SCHEDULE, "sizes": {"hidden": 8}, **given})  # type: ignore[arg-type]
    return way.fit(Task(panel, Split.by_time(panel), seed))


@pytest.mark.parametrize("name", ["gnn", "cascade", "gnn-sum"])
@pytest.mark.parametrize("seed", range(3))
def test_where_links_bring_nothing_the_net_is_the_one_without_or_surprises_it_by_more_than_chance(
    name: str, seed: int
) -> None:
    panel = small(firms=300, seed=seed)
    heard, alone = learned(name, panel, nets=2), learned("mlp", panel, nets=2)
    links = heard.record["links"]
    assert links["kept"] == (links["value"] > links["error"]) == (heard.blueprint.channels != ())
    same = [np.array_equal(heard.predict(panel, at), alone.predict(panel, at)) for at in range(len(panel.waves))]
    assert all(same) != links["kept"]


def test_where_nothing_spreads_links_are_seldom_kept() -> None:
    kept = [learned("gnn", small(firms=300, seed=seed)).record["links"]["kept"] for seed in range(4)]
    assert sum(kept) <= 1


@pytest.mark.parametrize("name", ["gnn", "cascade", "gnn-sum"])
def test_where_failures_spread_links_are_kept_and_more_is_known(name: str) -> None:
    panel, longer = spreading(), {**SCHEDULE, "epochs": 40}
    heard, alone = (learned(each, panel, schedule=longer) for each in (name, "mlp"))
    assert heard.record["links"]["kept"]
    assert heard.blueprint.channels
    at = len(panel.waves) - 1
    rows, label = panel.waves[at].rows, panel.waves[at].label.astype(float)
    loss = [
        -np.mean(label * np.log(p) + (1 - label) * np.log(1 - p))
        for p in (net.predict(panel, at)[rows] for net in (heard, alone))
    ]
    assert loss[0] < loss[1]


@pytest.mark.parametrize(("kind", "rounds"), [("sum", 0), ("sum", 2), ("none", 2)])
def test_at_first_it_says_what_the_net_without_links_says(kind: str, rounds: int) -> None:
    blueprint = Blueprint(kind, ("GUARANTEES", "SUPPLIES"), 5, (3,), hidden=8, rounds=rounds)  # type: ignore[arg-type]
    of = wave(40, {"GUARANTEES": 90, "SUPPLIES": 60}, 2)
    encoded = seen(of, 5, (3,), 2)
    torch.manual_seed(1)
    alone, net = Net(blueprint.alone).double(), Net(blueprint).double()
    with torch.no_grad():
        for weight in alone.parameters():
            weight.copy_(torch.randn(weight.shape, dtype=weight.dtype) * 0.4)
        net.begin({name: weight.numpy() for name, weight in alone.state_dict().items()})
        for name, weight in net.named_parameters():
            if name.startswith("cascade."):
                weight.fill_(-50.0)
        said = [
            each(Given.of(encoded, hearing(of, each.blueprint), each.blueprint, LIKE)).numpy() for each in (net, alone)
        ]
    assert np.allclose(*said, rtol=0, atol=1e-9)


@pytest.mark.parametrize("stopped", ["epoch 3", "epoch 9"])
def test_going_on_after_an_interruption_in_either_stage_ends_the_same(stopped: str) -> None:
    panel, held, seen_epochs = spreading(), dict[int, Files](), [0]
    whole = learned("gnn", panel)
    stage = 1 + (stopped == "epoch 9")

    def stop(_done: float, doing: str) -> None:
        seen_epochs[0] += doing.endswith(stopped)
        if doing.endswith(stopped) and seen_epochs[0] == stage:
            raise Cancelled("asked to stop")

    way = NetModel.named("gnn", nets=1, schedule=SCHEDULE, sizes={"hidden": 8}, keep=held.__setitem__)
    with pytest.raises(Cancelled):
        way.fit(Task(panel, Split.by_time(panel), 0, stop))
    assert set(held) == set(range(stage))
    again = learned("gnn", panel, kept=held.get)
    assert again.save() == whole.save()
