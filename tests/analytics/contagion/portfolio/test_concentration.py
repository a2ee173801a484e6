"""How unevenly a book is spread."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.contagion.portfolio.concentration import concentrate
from graph.errors import InvalidAmount, InvalidQuestion

BOOKS = st.lists(st.floats(0.01, 1000), min_size=1, max_size=12)


def test_equal_borrowers_count_as_many_as_they_are() -> None:
    assert concentrate([7.0] * 12).effective_number == pytest.approx(12, rel=1e-12)


@given(BOOKS, st.lists(st.integers(0, 3), min_size=12, max_size=12))
def test_by_key_it_is_that_of_the_sums_and_never_less(exposures: list[float], keys: list[int]) -> None:
    key = np.array(keys[: len(exposures)])
    sums = {k: sum(x for x, at in zip(exposures, key, strict=True) if at == k) for k in set(key.tolist())}
    found = concentrate(exposures, key)
    assert found.index == pytest.approx(sum((s / sum(exposures)) ** 2 for s in sums.values()), rel=1e-9)
    assert found.index >= concentrate(exposures).index - 1e-12
    assert dict(zip(found.key.tolist(), found.exposure.tolist(), strict=True)) == pytest.approx(sums)


@given(BOOKS, st.integers(0, 12))
def test_the_largest_are_first(exposures: list[float], count: int) -> None:
    found = concentrate(exposures)
    assert found.top(count) == pytest.approx(sum(sorted(exposures, reverse=True)[:count]) / sum(exposures))
    assert 1 / len(exposures) - 1e-12 <= found.index <= 1 + 1e-12


def test_what_cannot_be_is_refused() -> None:
    for wrong in ([], [0.0], [-1.0, 2.0], [np.nan, 1.0]):
        with pytest.raises(InvalidAmount):
            concentrate(wrong)
    with pytest.raises(InvalidQuestion, match="key"):
        concentrate([1.0, 2.0], [1])
