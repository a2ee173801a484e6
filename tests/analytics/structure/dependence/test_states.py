import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.structure.connected import connected_groups
from analytics.structure.control import solve_control
from analytics.structure.dependence.rules import rule_sets
from analytics.structure.dependence.states import ANY, CONTROL, Dependences, Verdicts, settle
from analytics.structure.dependence.suspected import suspect
from analytics.structure.groups import control_groups
from analytics.structure.votes import Holdings
from graph.errors import InvalidQuestion
from tests.analytics.structure.dependence.trade import SIZE, traded

FIRST = "cn-annex1-1"
NODES = st.integers(0, SIZE - 1)
Judged = tuple[int, int, str, bool]


def settled(sales: list[tuple[int, int]], judged: list[Judged]) -> Dependences:
    figures = traded([(x, y, 60.0) for x, y in sales], income=dict.fromkeys(range(SIZE), 100.0))
    columns = list(zip(*judged, strict=True)) if judged else [(), (), (), ()]
    verdicts = Verdicts(
        np.array(columns[0], np.uint32), np.array(columns[1], np.uint32), list(columns[2]),
        np.array(columns[3], np.bool_),
    )  # fmt: skip
    return settle(SIZE, suspect(rule_sets()["cn-annex1"].criteria, figures), verdicts)


def arrows(found: Dependences, *, wide: bool) -> set[tuple[int, int]]:
    falls = found.wide if wide else found.narrow
    return {(int(y), x) for x in range(SIZE) for y in falls.at(x)}


def test_what_nobody_judged_is_suspected_and_stands_in_the_wider_reading_alone() -> None:
    found = settled([(0, 1)], [])
    assert found.state_of(0) == "suspected"
    assert (arrows(found, wide=False), arrows(found, wide=True)) == (set(), {(0, 1)})


def test_a_confirmed_dependence_stands_in_both() -> None:
    found = settled([(0, 1)], [(0, 1, FIRST, True)])
    assert found.state_of(0) == "confirmed"
    assert arrows(found, wide=False) == arrows(found, wide=True) == {(0, 1)}


@pytest.mark.parametrize("criterion", [FIRST, ANY])
def test_a_rejected_one_stands_in_none(criterion: str) -> None:
    found = settled([(0, 1)], [(0, 1, criterion, False)])
    assert found.state_of(0) == "rejected"
    assert arrows(found, wide=True) == set()


@pytest.mark.parametrize("verdict", [(1, 0, FIRST, False), (0, 1, "cn-annex1-2", False), (0, 2, FIRST, False)])
def test_a_rejection_of_another_pair_way_or_criterion_changes_nothing(verdict: Judged) -> None:
    assert settled([(0, 1)], [verdict]).state_of(0) == "suspected"


def test_a_confirmation_needs_no_suspicion_and_outweighs_a_rejection() -> None:
    assert arrows(settled([], [(3, 4, "of his own", True)]), wide=False) == {(3, 4)}
    for order in (1, -1):
        judged = [(0, 1, FIRST, True), (0, 1, FIRST, False)][::order]
        assert settled([(0, 1)], judged).state_of(0) == "confirmed"


def test_a_ring_fence_is_no_verdict_on_a_dependence() -> None:
    found = settled([(0, 1)], [(0, 1, CONTROL, False), (2, 1, FIRST, False)])
    assert found.state_of(0) == "suspected"
    assert found.verdicts.fences.tolist() == [0]


def test_a_rejection_that_was_confirmed_too_is_overruled_be_it_of_the_criterion_of_all_or_a_ring_fence() -> None:
    judged = [
        (0, 1, FIRST, True), (0, 1, FIRST, False), (0, 1, ANY, False),  # the pair was confirmed
        (0, 1, "cn-annex1-2", False), (1, 0, ANY, False),  # another criterion, and the other way round
        (2, 1, CONTROL, False), (2, 1, CONTROL, True), (3, 1, CONTROL, False),
    ]  # fmt: skip
    verdicts = settled([], judged).verdicts
    assert verdicts.overruled.tolist() == [1, 2, 5]
    assert verdicts.fences.tolist() == [7]


def test_positions_lead_back_to_verdicts_and_suspicions() -> None:
    found = settled([(0, 1), (2, 1)], [(5, 6, FIRST, False), (3, 1, FIRST, True)])
    by_dependant = dict(zip(found.wide.at(1).tolist(), found.wide.links_at(1).tolist(), strict=True))
    assert by_dependant[3] == 1
    assert [int(found.suspected.dependant[by_dependant[x] - 2]) for x in (0, 2)] == [0, 2]


def test_a_verdict_on_nobody_is_refused() -> None:
    with pytest.raises(InvalidQuestion, match="no party"):
        settled([], [(SIZE, 0, FIRST, True)])


PAIRS = st.tuples(NODES, NODES).filter(lambda pair: pair[0] != pair[1])
JUDGED = st.tuples(NODES, NODES, st.sampled_from([FIRST, ANY, CONTROL]), st.booleans()).filter(lambda j: j[0] != j[1])


@given(st.lists(PAIRS, max_size=8, unique=True), st.lists(JUDGED, max_size=5), st.lists(PAIRS, max_size=4))
@settings(max_examples=200, deadline=None)
def test_each_group_of_the_narrow_reading_lies_within_one_of_the_wide(
    sales: list[tuple[int, int]], judged: list[Judged], control: list[tuple[int, int]]
) -> None:
    found = settled(sales, judged)
    held = Holdings.exact(SIZE, [p[0] for p in control], [p[1] for p in control], [0.1] * len(control))
    edges = found.narrow.of(SIZE, [p[0] for p in control], [p[1] for p in control])
    groups = control_groups(solve_control(held, edges))
    narrow, wide = (
        [set(group.tolist()) for group in connected_groups(groups, falls, range(SIZE))]
        for falls in (found.narrow, found.wide)
    )
    assert all(any(group <= other for other in wide) for group in narrow)
