"""One wave of any size for benchmarks of nets: random figures, four relations of heavy-tailed degrees."""

import numpy as np

from analytics.learning.nets.geometric import torch
from analytics.learning.nets.net import Net
from analytics.learning.panel import Ties, Wave
from analytics.learning.serving.blueprint import Blueprint
from analytics.learning.serving.forward import Net as Served
from analytics.learning.serving.inputs import Encoded
from benchmarks.graphs import chung_lu

WIDTH = 40
RELATIONS = ("GUARANTEES", "SUPPLIES", "OWES", "RELATED_TO.address")


def wave(parties: int, links: int) -> Wave:
    """Stakes of up to one and a half times what each can bear; every fiftieth has publicly failed."""
    graph, random = chung_lu(parties, links), np.random.default_rng(7)
    relation = random.integers(0, len(RELATIONS), len(graph.tail))
    ties = {}
    for number, name in enumerate(RELATIONS):
        of = relation == number
        tail, head = graph.tail[of].astype(np.int32), graph.head[of].astype(np.int32)
        ties[name] = Ties(tail, head, random.uniform(0, 15, len(tail)), np.full(len(tail), -1, np.int64))
    rows = np.arange(parties, dtype=np.int32)
    label = (random.random(parties) < 0.03).astype(np.int8)
    public = random.random(parties) < 0.02
    return Wave(None, None, np.zeros((parties, 0), np.float32), np.full(parties, 10.0), public, rows, label, ties)


def seen(of: Wave) -> Encoded:
    """What a net takes in of it."""
    random = np.random.default_rng(8)
    figures, odds = random.standard_normal((of.size, WIDTH)), random.normal(-3, 1, of.size)
    return Encoded(figures, random.integers(0, 20, (of.size, 1)), odds, of.public.astype(np.float64))


def nets(kind: str, rounds: int) -> tuple[Blueprint, Net, Served]:
    """A net as torch has it and as it is served, with weights drawn."""
    blueprint = Blueprint(kind, RELATIONS, WIDTH, (20,), rounds=rounds)  # type: ignore[arg-type]
    torch.manual_seed(0)
    net = Net(blueprint)
    with torch.no_grad():
        for name, weight in net.named_parameters():
            if "head" in name:
                weight.normal_(std=0.2)
    return blueprint, net, Served(blueprint, {name: value.numpy() for name, value in net.state_dict().items()})
