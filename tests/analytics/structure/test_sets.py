from hypothesis import given
from hypothesis import strategies as st

from analytics.structure.sets import greatest

SETS = st.sets(st.frozensets(st.integers(0, 6)), max_size=12)


@given(SETS)
def test_what_is_kept_lies_in_no_other_and_what_is_not_does(sets: set[frozenset[int]]) -> None:
    assert set(greatest(sets)) == {one for one in sets if one and not any(one < other for other in sets)}
