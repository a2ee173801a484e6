from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.structure.control import Control, solve_control
from analytics.structure.kinship.circles import family_control, group_clients, leave_circle
from analytics.structure.kinship.kin import Kin
from analytics.structure.membership import Refuted
from analytics.structure.votes import Holdings
from tests.analytics.structure.kinship.families import KIND, SIZE, Row, married, owned


def found(control: Control, kin: Kin) -> dict[tuple[int, ...], tuple[int, ...]]:
    return {tuple(circle.members.tolist()): circle.heads for circle in group_clients(control, kin, KIND)}


def test_a_parent_and_all_below_are_one_group() -> None:
    assert found(owned((4, 5, 0.6), (5, 6, 0.6)), married()) == {(4, 5, 6): (4,)}


def test_a_person_unites_companies_and_is_no_client() -> None:
    assert found(owned((0, 4, 0.6), (0, 5, 0.6)), married()) == {(4, 5): (0,)}


def test_one_company_of_a_person_is_no_group() -> None:
    assert found(owned((0, 4, 0.6)), married()) == {}


def test_spouses_unite_what_each_controls_and_what_they_hold_together() -> None:
    control = owned((0, 4, 0.6), (1, 5, 0.6), (0, 6, 0.3), (1, 6, 0.3))
    assert found(control, married()) == {}
    assert found(control, married((0, 1))) == {(4, 5, 6): (0, 1)}


def test_kin_of_kin_makes_two_groups_that_overlap() -> None:
    control = owned((0, 4, 0.6), (1, 5, 0.6), (2, 6, 0.6))
    assert set(found(control, married((0, 1), (1, 2)))) == {(4, 5, 6)}
    control = owned((0, 4, 0.6), (1, 5, 0.6), (2, 6, 0.6), (3, 7, 0.6))
    assert set(found(control, married((0, 1), (1, 2), (2, 3)))) == {(4, 5, 6), (5, 6, 7)}


def test_the_state_unites_nobody() -> None:
    assert found(owned((9, 4, 1.0), (9, 5, 1.0), (4, 6, 1.0)), married()) == {(4, 6): (4,)}


def test_other_control_of_relatives_counts() -> None:
    assert found(owned((0, 4, 0.6), edges=((1, 5),)), married((0, 1))) == {(4, 5): (0, 1)}


ROWS = st.lists(
    st.tuples(st.integers(0, 8), st.integers(4, 8), st.integers(1, 10)).filter(lambda r: r[0] != r[1]), max_size=10
)


@given(ROWS, st.sets(st.sampled_from([(0, 1), (1, 2), (2, 3), (0, 3)])))
@settings(max_examples=150, deadline=None)
def test_a_family_controls_what_its_members_control_as_one(
    rows: list[tuple[int, int, int]], pairs: set[tuple[int, int]]
) -> None:
    kept, kin = dealt(rows), married(*pairs)
    together, heads = family_control(owned(*kept), kin)
    for k, head in enumerate(heads.tolist()):
        family = {head, *kin.near.at(head).tolist()}
        assert set(together.controlled_by(SIZE + k).tolist()) == held(kept, family) - family


@given(ROWS, st.sets(st.sampled_from([(0, 1), (1, 2), (2, 3), (0, 3)])))
@settings(max_examples=150, deadline=None)
def test_who_leaves_a_circle_is_who_the_same_heads_no_longer_unite(
    rows: list[tuple[int, int, int]], pairs: set[tuple[int, int]]
) -> None:
    """The second method: a circle is solved again, all parties at once, as the control of one who holds for all."""
    kept = dealt(rows)
    control, kin = owned(*kept), married(*pairs)
    for circle in group_clients(control, kin, KIND):
        for at in range(len(kept)):
            left = sorted(kept, key=lambda row: row[:2])  # parallel holdings as they were given
            assert [row[:2] for row in left] == [
                *zip(control.holdings.tail.tolist(), control.holdings.head.tolist(), strict=True)
            ]
            del left[at]
            gone = leave_circle(control, circle, refuted=Refuted(holdings=frozenset([at])))
            assert set(gone.tolist()) == set(circle.members.tolist()) - held(left, set(circle.heads))
        for other in circle.heads[1:]:
            gone = leave_circle(control, circle, refuted=Refuted(), without=[other])
            assert set(gone.tolist()) == set(circle.members.tolist()) - held(kept, set(circle.heads) - {other})


def held(rows: list[Row], heads: set[int]) -> set[int]:
    """Heads and what they hold the majority of together, with all that falls to them, as it is defined."""
    inside = set(heads)
    while (
        more := {
            y for y in range(4, 9) if round(sum(share for x, z, share in rows if z == y and x in inside) * 20) > 10
        }
        - inside
    ):
        inside |= more
    return inside


def dealt(rows: list[tuple[int, int, int]]) -> list[Row]:
    """Holdings in twentieths, of no company more than all of it."""
    left = dict.fromkeys(range(SIZE), 20)
    kept: list[Row] = []
    for x, y, votes in rows:
        if votes <= left[y]:
            left[y] -= votes
            kept.append((x, y, votes / 20))
    return kept


def test_a_band_unites_in_the_wider_reading_alone() -> None:
    control = solve_control(Holdings.between(SIZE, [4, 4], [5, 6], [0.6, 0.4], [0.6, 0.6]), kind=KIND)
    told = {
        possible: [circle.members.tolist() for circle in group_clients(control, married(), KIND, possible=possible)]
        for possible in (False, True)
    }
    assert told == {False: [[4, 5]], True: [[4, 5, 6]]}
