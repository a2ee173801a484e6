import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.credit.classes import best_class, classifications
from graph.errors import InvalidQuestion, UnknownRule

ORDER = list(classifications()["CN_2023"].classes)


@given(st.integers(0, 400), st.floats(0, 1), st.floats(0, 1))
def test_more_days_or_more_bad_debts_never_raise_a_class(days: int, elsewhere: float, here: float) -> None:
    now = ORDER.index(str(best_class(days, elsewhere=elsewhere, bad_here=here)))
    assert ORDER.index(str(best_class(days + 1, elsewhere=elsewhere, bad_here=here))) >= now
    assert ORDER.index(str(best_class(days, elsewhere=1.0, bad_here=here))) >= now
    assert ORDER.index(str(best_class(days, elsewhere=elsewhere, bad_here=1.0))) >= now


def test_shares_at_their_thresholds_move_nothing_and_above_them_all() -> None:
    assert best_class(0, elsewhere=[0.20, 0.2001]).tolist() == ["正常", "次级"]
    assert best_class(0, bad_here=[0.10, 0.1001]).tolist() == ["正常", "次级"]
    assert str(best_class(300, elsewhere=0.5)) == "可疑"


def test_what_cannot_be_classified_is_refused() -> None:
    with pytest.raises(InvalidQuestion, match="days"):
        best_class(-1)
    with pytest.raises(InvalidQuestion, match="elsewhere"):
        best_class(0, elsewhere=20)
    with pytest.raises(UnknownRule):
        best_class(0, rules="CN_1998")
