import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.structure.linkage.strength import FORGOTTEN, HALF_LIFE, UNKNOWN, link_strength, relative_amounts
from graph.errors import InvalidShare

LINK = st.tuples(
    st.integers(0, 4), st.integers(0, 4), st.one_of(st.just(float("nan")), st.floats(0, 1e9)), st.integers(-1, 2)
)


@given(st.lists(LINK, max_size=20))
@settings(max_examples=300, deadline=None)
def test_a_relative_amount_is_the_larger_part_of_what_either_party_has(
    links: list[tuple[int, int, float, int]],
) -> None:
    tail, head, amount, currency = (np.array([link[k] for link in links]) for k in range(4))
    found = relative_amounts(
        tail.astype(np.uint32), head.astype(np.uint32), amount.astype(float), currency=currency.astype(np.int32)
    )
    for k, (a, b, mine, unit) in enumerate(links):
        if np.isnan(mine):
            assert found[k] == UNKNOWN
            continue
        alike = [one for one in links if one[3] == unit and not np.isnan(one[2])]
        of_tail, of_head = sum(x[2] for x in alike if x[0] == a), sum(x[2] for x in alike if x[1] == b)
        least = min(of_tail, of_head)
        assert np.isclose(found[k], min(mine / least, 1.0) if least else 1.0, rtol=1e-9)


@given(st.floats(0, 1), st.floats(0, 1), st.floats(0, 40))
@settings(max_examples=200, deadline=None)
def test_strength_never_grows_with_age_or_doubt(value: float, trust: float, years: float) -> None:
    now = float(link_strength(value, 1.0, 0.0))
    assert FORGOTTEN <= float(link_strength(value, trust, years)) <= now <= 1


def test_a_statement_counts_half_after_its_half_life() -> None:
    assert float(link_strength(0.8, 1.0, HALF_LIFE)) == pytest.approx(0.4, rel=1e-12)


def test_what_was_said_after_the_moment_is_not_worth_more() -> None:
    assert float(link_strength(0.8, 1.0, -5.0)) == 0.8


@pytest.mark.parametrize(("value", "trust"), [(1.1, 1.0), (-0.1, 1.0), (0.5, 2.0)])
def test_what_is_no_fraction_is_refused(value: float, trust: float) -> None:
    with pytest.raises(InvalidShare):
        link_strength(value, trust, 0.0)


def test_a_negative_amount_is_refused() -> None:
    ends = np.array([0], np.uint32), np.array([1], np.uint32)
    with pytest.raises(InvalidShare):
        relative_amounts(*ends, np.array([-1.0]), currency=np.zeros(1, np.int32))
