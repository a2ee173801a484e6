"""Value at risk and shortfall of losses that may be alike."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.contagion.portfolio.discrete import tail_risk
from graph.errors import InvalidQuestion

LOSSES = st.lists(st.integers(0, 20), min_size=1, max_size=10)
LEVELS = st.sampled_from([0.0, 0.5, 0.7, 0.9, 0.95, 0.99])


@given(LOSSES, st.integers(0, 2**32 - 1), LEVELS)
def test_the_shortfall_is_the_least_of_the_bounds_on_it(losses: list[int], seed: int, level: float) -> None:
    """Rockafellar & Uryasev: ES = min over c of c + E(L - c)+ / (1 - q), reached at one of the losses."""
    chance = np.random.default_rng(seed).dirichlet(np.ones(len(losses)))
    lost = np.array(losses, float)
    bounds = [c + chance @ np.maximum(lost - c, 0) / (1 - level) for c in lost]
    found = tail_risk(lost, chance, level=level)
    assert found.expected_shortfall == pytest.approx(min(bounds), abs=1e-9)
    assert found.expected_shortfall >= found.value_at_risk - 1e-9
    assert chance[lost <= found.value_at_risk].sum() >= level - 1e-9
    assert chance[lost < found.value_at_risk].sum() < level + 1e-9


@given(LOSSES, LOSSES, LEVELS)
def test_the_shortfall_of_two_books_together_is_no_more_than_both(a: list[int], b: list[int], level: float) -> None:
    """Coherence; value at risk has it not."""
    size = min(len(a), len(b))
    x, y = np.array(a[:size], float), np.array(b[:size], float)
    both = tail_risk(x + y, level=level).expected_shortfall
    alone = (tail_risk(part, level=level).expected_shortfall for part in (x, y))
    assert both <= sum(alone) + 1e-9


def test_a_level_that_a_sum_of_probabilities_just_reaches() -> None:
    """0.1 ten times is 0.9999999999999999."""
    assert tail_risk(np.arange(10), [0.1] * 10, level=0.3).value_at_risk == 2
    assert tail_risk([1, 2], [0.95, 0.05], level=0.95) == (1.0, pytest.approx(2.0))


@pytest.mark.parametrize(
    ("losses", "chance"), [([], None), ([1.0], [0.5]), ([1.0, 2.0], [1.0]), ([np.nan], None), ([1, 2], [1.5, -0.5])]
)
def test_what_cannot_be_is_refused(losses: list[float], chance: list[float] | None) -> None:
    with pytest.raises(InvalidQuestion):
        tail_risk(losses, chance, level=0.9)
