import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.structure.guarantees.promises import Pairs, Promises
from graph.errors import InvalidQuestion
from tests.analytics.structure.guarantees.networks import NODES, SIZE

GIVEN = st.lists(st.tuples(NODES, NODES, st.one_of(st.none(), st.integers(0, 99))), max_size=20)


def promises_of(rows: list[tuple[int, int, int | None]]) -> Promises:
    amounts = [float("nan") if amount is None else amount for _, _, amount in rows]
    return Promises.between(SIZE, [a for a, _, _ in rows], [b for _, b, _ in rows], amounts)


@given(GIVEN)
def test_pairs_are_the_distinct_arrows_between_different_parties_in_order(
    rows: list[tuple[int, int, int | None]],
) -> None:
    found = promises_of(rows)
    pairs = list(zip(found.pairs.tail.tolist(), found.pairs.head.tolist(), strict=True))
    assert pairs == sorted({(a, b) for a, b, _ in rows if a != b})
    assert found.place.tolist() == [pairs.index((a, b)) if a != b else -1 for a, b, _ in rows]


@given(GIVEN)
def test_what_a_party_has_given_leaves_out_what_it_gave_for_itself(rows: list[tuple[int, int, int | None]]) -> None:
    found = promises_of(rows)
    for x in range(SIZE):
        mine = [(b, amount) for a, b, amount in rows if a == x and b != x]
        assert found.given[x] == sum(amount or 0 for _, amount in mine)
        assert found.undisclosed[x] == sum(amount is None for _, amount in mine)
        assert found.customers[x] == len({b for b, _ in mine})


@pytest.mark.parametrize(("tail", "head"), [([0], [3]), ([-1], [0])])
def test_a_party_outside_the_network_is_refused(tail: list[int], head: list[int]) -> None:
    with pytest.raises(InvalidQuestion, match="no party of this network"):
        Pairs.of(3, tail, head)
