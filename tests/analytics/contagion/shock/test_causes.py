"""Trees of causes: they sum, they end, and they name what came first."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.contagion.shock.causes import OTHERS, SELF, Cause, Flows, explain
from graph.errors import InvalidQuestion


def test_a_loss_is_laid_on_its_sources_in_proportion() -> None:
    # 3 lost 6 by 1 and 2 by 2; both failed by 0, who failed of itself.
    flows = Flows.of(
        [("debts", [0, 0, 1, 2], [1, 2, 3, 3], [9, 9, 6, 2], [0, 1, 2, 3])], own=[np.inf, 0, 0, 0], order=[1, 2, 2, 0]
    )
    tree = explain(flows, Cause(3, "", (), 8.0))
    assert [(one.party, one.amount, one.places) for one in tree.causes] == [(1, 6.0, (2,)), (2, 2.0, (3,))]
    assert [(one.party, one.amount) for one in tree.leaves()] == [(0, 6.0), (0, 2.0)]


def test_what_failed_later_caused_nothing_earlier_but_counts_for_the_root() -> None:
    # 1 failed by 0 and lost more when 2 failed after it, which had failed by 1; 3 lost by both.
    flows = Flows.of(
        [("debts", [0, 2, 1, 1, 2], [1, 1, 2, 3, 3], [5, 50, 7, 6, 4], None)], own=[np.inf, 0, 0, 0], order=[1, 2, 3, 0]
    )
    tree = explain(flows, Cause(3, "", (), 10.0))
    assert [(one.party, one.amount) for one in tree.causes] == [(1, 6.0), (2, 4.0)]
    assert [(one.party, one.amount) for one in tree.causes[0].causes] == [(0, 6.0)]
    own = explain(flows, Cause(1, "", (), 55.0))
    assert [(one.party, one.amount) for one in own.causes] == [(2, 50.0), (0, 5.0)]


def test_what_a_party_lost_by_itself_is_told_beside_the_others() -> None:
    flows = Flows.of([("shares", [0], [1], [3], None)], own=[np.inf, 1, 0], order=[1, 0, 0])
    tree = explain(flows, Cause(1, "", (), 8.0))
    assert [(one.party, one.layer, one.amount) for one in tree.causes] == [(0, "shares", 6.0), (1, SELF, 2.0)]


def test_a_tree_that_would_be_too_large_stays_open_and_still_sums() -> None:
    flows = Flows.of(
        [("debts", [0, 0, 1, 2], [1, 2, 3, 3], [9, 9, 6, 2], None)], own=[np.inf, 0, 0, 0], order=[1, 2, 2, 0]
    )
    tree = explain(flows, Cause(3, "", (), 8.0), most=3)
    assert [one.open for one in tree.causes] == [False, True], "the larger goes on to 0"
    assert sum(one.amount for one in tree.leaves()) == pytest.approx(8.0)


def test_of_many_causes_the_largest_are_told_and_the_rest_stands_together() -> None:
    n = 10
    flows = Flows.of([("debts", range(n), [n] * n, range(1, n + 1), None)], own=[np.inf] * n + [0], order=[1] * n + [0])
    tree = explain(flows, Cause(n, "", (), 55.0), most=5)
    assert [(one.party, one.layer, one.amount) for one in tree.causes] == [
        (9, "debts", 10.0), (8, "debts", 9.0), (7, "debts", 8.0), (6, "debts", 7.0), (n, OTHERS, 21.0),
    ]  # fmt: skip
    assert [one.many for one in tree.causes] == [1, 1, 1, 1, 6]


def test_debts_of_one_debtor_are_one_step_through_all_of_them() -> None:
    """1 owes 3 on two facilities, and its shares fell: two steps, one for each way."""
    flows = Flows.of(
        [("debts", [0, 1, 1], [1, 2, 2], [9, 2, 4], [0, 1, 2]), ("shares", [1], [2], [2], [7])],
        own=[np.inf, 0, 0], order=[1, 2, 0],
    )  # fmt: skip
    tree = explain(flows, Cause(2, "", (), 8.0))
    assert [(one.party, one.layer, one.amount, one.places) for one in tree.causes] == [
        (1, "debts", 6.0, (2, 1)), (1, "shares", 2.0, (7,)),
    ]  # fmt: skip


def test_a_wide_tree_is_deep_where_the_money_is() -> None:
    """Of 40 debtors one owes half of all: it is followed to the shock, three steps back, before the small are named."""
    n = 40
    small = range(4, n)
    root = n
    into, amount = [1, 2, 3, root, *[root] * len(small)], [50, 50, 50, 36, *[1] * len(small)]
    flows = Flows.of(
        [("debts", [0, 1, 2, 3, *small], into, amount, None)],
        own=[np.inf, *[0] * 3, *[np.inf] * len(small), 0], order=[1, 2, 3, 4, *[1] * len(small), 0],
    )  # fmt: skip
    tree = explain(flows, Cause(root, "", (), 72.0), most=6)
    chain = tree.causes[0]
    assert [(one.party, one.amount) for one in (chain, *chain.leaves())] == [(3, 36.0), (0, 36.0)]
    assert [(one.party, one.many, one.amount) for one in tree.causes[1:]] == [(4, 1, 1.0), (root, 35, 35.0)]


def test_a_single_step_that_is_left_is_told_itself() -> None:
    flows = Flows.of(
        [("debts", [0, 0, 1, 2], [1, 2, 3, 3], [9, 9, 6, 2], None)], own=[np.inf, 0, 0, 0], order=[1, 2, 2, 0]
    )
    tree = explain(flows, Cause(3, "", (), 8.0), most=2)
    assert [(one.party, one.layer, one.amount, one.open) for one in tree.causes] == [
        (1, "debts", 6.0, True), (2, "debts", 2.0, True),
    ]  # fmt: skip


@given(st.data())
@settings(deadline=None)
def test_leaves_sum_to_the_loss_whatever_the_ties(data: st.DataObject) -> None:
    n = data.draw(st.integers(2, 7))
    pair = st.tuples(st.integers(0, n - 1), st.integers(0, n - 1)).filter(lambda one: one[0] != one[1])
    pairs = data.draw(st.lists(pair, max_size=14))
    amount = [float(data.draw(st.integers(1, 9))) for _ in pairs]
    ends = np.array(pairs, np.int64).reshape(-1, 2)
    when = np.array(data.draw(st.lists(st.integers(0, 4), min_size=n, max_size=n)))
    own = np.where(when == 1, np.inf, 0.0)
    flows = Flows.of([("debts", ends[:, 0], ends[:, 1], amount, None)], own=own, order=when)
    tree = explain(flows, Cause(n - 1, "", (), 100.0), most=data.draw(st.integers(1, 300)))
    assert sum(one.amount for one in tree.leaves()) == pytest.approx(100.0)


def test_a_party_that_is_none_is_refused() -> None:
    flows = Flows.of([], own=[0.0], order=[0])
    with pytest.raises(InvalidQuestion, match="party 4"):
        explain(flows, Cause(4, "", (), 1.0))
