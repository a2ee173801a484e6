"""Measures in one pass against the public ones, over rows written out as often as they are drawn."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.learning.judging.measures import Judge
from analytics.learning.judging.ranking import auc, average_precision, kolmogorov_smirnov


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 5), st.integers(0, 3)), min_size=2, max_size=40))
def test_drawn_rows_are_rows_written_out(rows: list[tuple[bool, int, int]]) -> None:
    label = np.array([bad for bad, *_ in rows], float)
    said = np.array([p / 5 for _, p, _ in rows])
    often = np.array([[count for *_, count in rows]], np.uint16)
    found = Judge(label, said).of(often)[0]
    y, p = np.repeat(label, often[0]), np.repeat(said, often[0])
    if not len(y):
        assert np.isnan(found).all()
        return
    assert found[3] == pytest.approx(((p - y) ** 2).mean(), abs=1e-12)
    if len(set(y)) < 2:
        assert np.isnan(found[:3]).all()
        return
    assert found[:3] == pytest.approx([auc(y, p), average_precision(y, p), kolmogorov_smirnov(y, p)], abs=1e-12)
