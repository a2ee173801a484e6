"""Of what protects nothing for want of its facility, some parties' own is picked out."""

import numpy as np
import pytest

from api.limits.strays import Strays

STRAYS = Strays(np.array([7, 8, 9], np.uint32), np.array([5, 2, 5], np.uint32), ("a", "b", "c"))


@pytest.mark.parametrize(
    ("parties", "told"),
    [([2], ["b"]), ([5], ["a", "c"]), ([2, 5], ["a", "b", "c"]), ([1, 3, 6], []), ([], [])],
)
def test_strays_of_some_parties_keep_their_order(parties: list[int], told: list[str]) -> None:
    found = STRAYS.of(np.array(parties, np.uint32))
    assert list(found.number) == told
    assert (len(found.giver), len(found.whose)) == (len(told), len(told))
