"""What torch computes and what NumPy computes are the same numbers, for every kind of net and set of relations."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.learning.nets.geometric import torch
from analytics.learning.nets.net import Given
from analytics.learning.serving.blueprint import Blueprint
from tests.analytics.learning.nets.wired import KINDS, grown, hearing, seen, wave

RELATIONS = st.dictionaries(st.sampled_from(["GUARANTEES", "SUPPLIES", "OWES", "RELATED_TO"]), st.integers(0, 40))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("rounds", [0, 2])
@given(
    size=st.integers(1, 12), links=RELATIONS, tables=st.lists(st.integers(1, 4), max_size=2), seed=st.integers(0, 99)
)
@settings(max_examples=12)
def test_numpy_says_what_torch_says(
    kind: str, rounds: int, size: int, links: dict[str, int], tables: list[int], seed: int
) -> None:
    if not links and kind in ("r-gcn", "sage", "hgt"):
        return
    of = wave(size, links, seed)
    blueprint = Blueprint(kind, tuple(links), 5, tuple(tables), hidden=8, message=3, heads=2, rounds=rounds)  # type: ignore[arg-type]
    net, served = grown(blueprint, seed)
    encoded, heard = seen(of, 5, tuple(tables), seed), hearing(of, blueprint)
    with torch.no_grad():
        told = net(Given.of(encoded, heard, blueprint, torch.zeros((), dtype=torch.float64)))
    assert np.allclose(served.log_odds(encoded, heard), told.numpy(), rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("stakes", [True, False])
def test_lists_of_links_and_matrices_give_the_same(stakes: bool) -> None:
    of = wave(50, {"GUARANTEES": 120, "SUPPLIES": 300, "OWES": 0}, 3, stakes=stakes)
    blueprint = Blueprint("sum", tuple(of.ties), 4, hidden=16)
    net, _ = grown(blueprint, 1)
    encoded, heard = seen(of, 4, (), 2), hearing(of, blueprint)
    like = torch.zeros((), dtype=torch.float32)
    net = net.float()
    for weight in net.parameters():
        weight.grad = None
    found = []
    for path in ("csr", "edges"):
        net.zero_grad()
        told = torch.sigmoid(net(Given.of(encoded, heard, blueprint, like, path=path)))  # type: ignore[arg-type]
        told.sum().backward()
        found.append((told.detach(), [weight.grad.clone() for weight in net.parameters() if weight.grad is not None]))
    assert torch.allclose(found[0][0], found[1][0], rtol=0, atol=1e-6)
    assert all(torch.allclose(a, b, rtol=1e-4, atol=1e-4) for a, b in zip(found[0][1], found[1][1], strict=True))


@pytest.mark.parametrize("kind", KINDS)
def test_single_precision_of_training_is_within_a_millionth_of_what_is_served(kind: str) -> None:
    of = wave(400, {"GUARANTEES": 900, "SUPPLIES": 1500}, 5)
    blueprint = Blueprint(kind, tuple(of.ties), 6, (3,), hidden=16, rounds=2)  # type: ignore[arg-type]
    net, served = grown(blueprint, 4)
    encoded, heard = seen(of, 6, (3,), 2), hearing(of, blueprint)
    with torch.no_grad():
        told = torch.sigmoid(net.float()(Given.of(encoded, heard, blueprint, torch.zeros(()))))
    assert np.abs(served.probability(encoded, heard) - told.numpy()).max() < 1e-6


@pytest.mark.parametrize("kind", KINDS)
def test_the_order_of_parties_does_not_matter(kind: str) -> None:
    of = wave(30, {"GUARANTEES": 70, "SUPPLIES": 50}, 7)
    blueprint = Blueprint(kind, tuple(of.ties), 5, hidden=8, heads=2, rounds=2)  # type: ignore[arg-type]
    _, served = grown(blueprint, 2)
    encoded, turn = seen(of, 5, (), 1), np.random.default_rng(0).permutation(30)
    place = np.argsort(turn).astype(np.int32)
    moved = {
        name: type(ties)(place[ties.tail], place[ties.head], ties.stake, ties.source) for name, ties in of.ties.items()
    }
    other = type(of)(None, None, of.values, of.capacity[turn], of.public[turn], of.rows, of.label, moved)
    before = served.log_odds(encoded, hearing(of, blueprint))
    after = served.log_odds(encoded.take(turn), hearing(other, blueprint))
    assert np.allclose(after, before[turn], rtol=1e-10)
