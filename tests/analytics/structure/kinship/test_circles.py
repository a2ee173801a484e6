from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.structure.control import Control
from analytics.structure.kinship.circles import family_control, group_clients
from analytics.structure.kinship.kin import Kin
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
    left = dict.fromkeys(range(SIZE), 20)
    kept: list[Row] = []
    for x, y, votes in rows:
        if votes <= left[y]:
            left[y] -= votes
            kept.append((x, y, votes / 20))
    kin = married(*pairs)
    together, heads = family_control(owned(*kept), kin)
    for k, head in enumerate(heads.tolist()):
        inside = {head, *kin.near.at(head).tolist()}
        first = set(inside)
        while True:
            more = {
                y for y in range(4, 9)
                if round(sum(share for x, z, share in kept if z == y and x in inside) * 20) > 10
            } - inside  # fmt: skip
            if not more:
                break
            inside |= more
        assert set(together.controlled_by(SIZE + k).tolist()) == inside - first
