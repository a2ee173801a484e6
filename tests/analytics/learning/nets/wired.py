"""Small waves for nets: any number of parties, relations of which some may be empty, and what nets see of them."""

import numpy as np

from analytics.learning.nets.geometric import torch
from analytics.learning.nets.net import Net
from analytics.learning.panel import Ties, Wave
from analytics.learning.serving.blueprint import Blueprint
from analytics.learning.serving.forward import Net as Served
from analytics.learning.serving.hearing import Hearing
from analytics.learning.serving.inputs import Encoded

KINDS = ("sum", "none", "r-gcn", "sage", "hgt")


def wave(size: int, links: dict[str, int], seed: int, *, stakes: bool = True) -> Wave:
    """Parties with stakes over several relations; a link may run to oneself or twice between two."""
    rng = np.random.default_rng(seed)
    ties = {}
    for relation, count in links.items():
        tail, head = rng.integers(0, size, (2, count)).astype(np.int32)
        stake = rng.uniform(0, 15, count) if stakes else np.full(count, np.nan)
        ties[relation] = Ties(tail, head, stake, np.full(count, -1, np.int64))
    none = np.empty(0, np.int32)
    public = rng.random(size) < 0.1
    return Wave(
        None, None, np.zeros((size, 0), np.float32), np.full(size, 10.0), public, none, none.astype(np.int8), ties
    )


def seen(of: Wave, width: int, tables: tuple[int, ...], seed: int) -> Encoded:
    """What a net takes in of each party."""
    rng = np.random.default_rng(seed)
    codes = [rng.integers(0, rows, of.size) for rows in tables]
    return Encoded(
        rng.normal(size=(of.size, width)), np.stack(codes, axis=1) if codes else np.empty((of.size, 0), np.int64),
        rng.normal(-3, 1, of.size), of.public.astype(np.float64),
    )  # fmt: skip


def grown(blueprint: Blueprint, seed: int) -> tuple[Net, Served]:
    """A net with weights drawn, none of them 0, in double precision; and the same one as it is served."""
    torch.manual_seed(seed)
    net = Net(blueprint).double()
    with torch.no_grad():
        for weight in net.parameters():
            weight.copy_(torch.randn(weight.shape, dtype=weight.dtype) * 0.4)
    return net, Served(blueprint, {name: value.numpy() for name, value in net.state_dict().items()})


def hearing(of: Wave, blueprint: Blueprint) -> Hearing:
    return Hearing.of(of, blueprint.channels, plain=True)
