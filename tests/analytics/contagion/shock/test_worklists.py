"""Rounds that look only at who is touched come to what rounds over everybody do, round for round."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.contagion.shock.coupled import Room, Shock, send
from analytics.contagion.shock.layers import LAYERS
from analytics.contagion.shock.tied import Tied
from analytics.kernels.coupled import PATIENCE
from tests.analytics.contagion.shock.swept import Swept
from tests.analytics.contagion.shock.test_coupled_plain import layers_of, world

TOLERANCE = 1e-9


@st.composite
def shocks(draw: st.DrawFn, n: int) -> Shock:
    """Some fail, some stop and some lose money or worth; or none of that."""

    def parts(*values: float) -> list[float]:
        return draw(st.lists(st.sampled_from(values), min_size=n, max_size=n))

    failed = draw(st.sets(st.integers(0, n - 1), max_size=2))
    return Shock.of(
        n, sorted(failed), stopped=parts(0, 0, 0, 0.5, 1), lost=parts(0, 0, 0, 3, 20), worse=parts(0, 0, 0, 5)
    )


@given(st.integers(0, 100_000), st.integers(3, 9), st.data())
@settings(deadline=None, max_examples=300)
def test_rounds_over_everybody_come_to_the_same(seed: int, n: int, data: st.DataObject) -> None:
    firms, layers = layers_of(world(seed, n))
    only = tuple(name for name in LAYERS if data.draw(st.integers(0, 4)))
    shock, chosen = data.draw(shocks(n)), layers.only_some(only)
    found = send(firms, chosen, shock, tolerance=TOLERANCE)
    swept = Swept(firms, chosen, shock, tolerance=TOLERANCE)
    assert found.failed.tolist() == swept.failed.tolist()
    assert found.round.tolist() == swept.round.tolist()
    assert found.cause.tolist() == swept.cause.tolist()
    np.testing.assert_allclose(found.lost, swept.told, atol=1e-6)
    np.testing.assert_allclose(found.by_debt[layers.debts.order], swept.by_debt, atol=1e-6)
    np.testing.assert_allclose(found.promised[layers.debts.order], swept.promised, atol=1e-6)
    if swept.rounds <= PATIENCE:  # later, losses that only go round among the failed are solved at once
        assert found.rounds == swept.rounds


@given(st.integers(0, 100_000), st.integers(3, 9), st.data())
@settings(deadline=None, max_examples=100)
def test_one_memory_for_many_shocks_leaves_no_trace(seed: int, n: int, data: st.DataObject) -> None:
    firms, layers = layers_of(world(seed, n))
    room = Room(Tied.of(firms, layers, tolerance=TOLERANCE))
    for _ in range(3):
        shock = data.draw(shocks(n))
        kept, anew = room.send(shock), send(firms, layers, shock, tolerance=TOLERANCE)
        for name in ("failed", "round", "order", "cause", "lost", "by_debt", "promised", "asked", "by_guarantee"):
            np.testing.assert_array_equal(getattr(kept, name), getattr(anew, name))
        assert kept.rounds == anew.rounds
