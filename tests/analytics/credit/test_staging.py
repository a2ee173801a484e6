import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.credit.staging import stage
from graph.errors import InvalidQuestion, UnknownRule

FLAG = st.booleans()


@given(st.integers(0, 120), FLAG, FLAG, FLAG, FLAG)
def test_worse_news_never_lower_a_stage(days: int, impaired: bool, increased: bool, low: bool, rebutted: bool) -> None:
    now = stage(days, impaired=impaired, increased=increased, low_risk=low, rebutted=rebutted)
    assert stage(days + 1, impaired=impaired, increased=increased, low_risk=low, rebutted=rebutted) >= now
    assert stage(days, impaired=True, increased=increased, low_risk=low, rebutted=rebutted) == 3
    assert stage(days, impaired=impaired, increased=True, low_risk=low, rebutted=rebutted) >= now


def test_low_risk_spares_what_is_otherwise_known_but_no_days() -> None:
    assert stage([0, 31], increased=True, low_risk=True).tolist() == [1, 2]
    assert stage([31, 90], rebutted=True).tolist() == [1, 3]


def test_what_cannot_be_staged_is_refused() -> None:
    with pytest.raises(InvalidQuestion):
        stage(np.array([-1]))
    with pytest.raises(UnknownRule, match="GAAP"):
        stage(0, standard="GAAP")
