import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.structure.control import solve_control
from analytics.structure.kinship.kin import DIRECT, KIN, SPOUSE, degrees, relatives
from analytics.structure.kinship.lender import Related, leave_related, related_parties
from analytics.structure.membership import Refuted
from analytics.structure.votes import Holdings
from graph.errors import InvalidQuestion
from tests.analytics.structure.kinship.families import SIZE, Row, holdings, married, owned
from tests.analytics.structure.kinship.families import related as stated

RULE = degrees()["cn-related-2022"]
BANK = 8


def related(*rows: Row, officers: tuple[int, ...] = (), kin: tuple[tuple[int, int], ...] = ()) -> Related:
    people = married(*kin, rule=RULE.id)
    return related_parties(owned(*rows), holdings(*rows), officers, people, RULE, lender=BANK)


@pytest.mark.parametrize(("share", "is_related"), [(0.05, True), (0.0499999, False), (0.3, True)])
def test_a_holder_of_five_percent_is_related(share: float, is_related: bool) -> None:
    assert related((4, BANK, share)).why == ({4: ("holder", BANK)} if is_related else {})


def test_what_a_holder_controls_is_related_and_what_it_only_holds_is_not() -> None:
    assert related((4, BANK, 0.1), (4, 5, 0.6), (5, 6, 0.6), (4, 7, 0.5)).why == {
        4: ("holder", BANK), 5: ("controlled", 4), 6: ("controlled", 4),
    }  # fmt: skip


def test_officers_bring_their_kin_and_what_these_control() -> None:
    assert related((1, 5, 0.6), officers=(0,), kin=((0, 1),)).why == {
        0: ("officer", BANK), 1: ("kin", 0), 5: ("controlled", 1),
    }  # fmt: skip


def test_who_controls_a_holder_of_the_majority_is_related() -> None:
    assert related((0, 4, 0.6), (4, BANK, 0.6)).why == {4: ("holder", BANK), 0: ("controller", BANK)}


def test_the_lenders_own_companies_are_not_its_related_parties() -> None:
    assert related((4, BANK, 0.6), (BANK, 5, 0.6)).why == {4: ("holder", BANK)}


@pytest.mark.parametrize("said", [(KIN, -1, -1), (KIN, DIRECT, -1), (KIN, -1, 1)])
def test_kin_of_unstated_degree_of_an_officer_may_be_related_with_what_it_controls(said: tuple[int, int, int]) -> None:
    held = ((1, 5, 0.6), (2, 6, 0.6))
    kin = relatives(SIZE, stated((0, 1, *said), (1, 2, SPOUSE, -1, -1)), RULE)
    found = related_parties(owned(*held), holdings(*held), (0,), kin, RULE, lender=BANK)
    assert found.why == {0: ("officer", BANK)}
    assert found.maybe == {1: ("possible kin", 0), 5: ("controlled", 1)}
    assert found.chain(5) == [(0, ("officer", BANK)), (1, ("possible kin", 0)), (5, ("controlled", 1))]


def test_kin_of_a_possible_holder_are_kin_as_stated() -> None:
    votes = solve_control(Holdings.between(SIZE, [0], [BANK], [0.04], [0.06]))
    capital = Holdings.between(SIZE, [0], [BANK], [0.04], [0.06])
    found = related_parties(votes, capital, (), married((0, 1), rule=RULE.id), RULE, lender=BANK)
    assert found.maybe == {0: ("possible holder", BANK), 1: ("kin", 0)}


def test_what_the_state_holds_elsewhere_is_not_related() -> None:
    assert related((9, BANK, 0.6), (9, 4, 1.0)).why == {9: ("holder", BANK)}


def test_parallel_holdings_add_up() -> None:
    assert related((4, BANK, 0.03), (4, BANK, 0.02)).why == {4: ("holder", BANK)}


def test_a_lender_that_is_none_or_a_rule_without_a_share_is_refused() -> None:
    with pytest.raises(InvalidQuestion, match="lender"):
        related_parties(owned(), holdings(), (), married(), RULE, lender=99)
    with pytest.raises(InvalidQuestion, match="share"):
        related_parties(owned(), holdings(), (), married(), degrees()["cn-group-2010"], lender=BANK)


def test_what_follows_from_a_band_is_told_apart() -> None:
    """a may hold 5 % and surely controls b; whom d surely is held by 6 % may control e."""
    votes = Holdings.between(10, [4, 4, 6, 6], [BANK, 5, BANK, 7], [0.04, 0.6, 0.06, 0.4], [0.06, 0.6, 0.06, 0.6])
    found = related_parties(solve_control(votes), votes, (), married(rule=RULE.id), RULE, lender=BANK)
    assert found.why == {6: ("holder", BANK)}
    assert found.maybe == {4: ("possible holder", BANK), 5: ("controlled", 4), 7: ("possibly controlled", 6)}
    assert [x for x, _ in found.chain(5)] == [4, 5]


@pytest.mark.parametrize(
    ("low", "high", "ends"),
    [([0.01, 0.9], [0.05, 0.9], [2, 0]), ([0.01, 0.97], [0.1, 0.97], [0, 0]), ([0.0, 0.95], [0.1, 0.99], [0, 1])],
)
def test_who_cannot_have_the_share_is_not_possibly_related(
    low: list[float], high: list[float], ends: list[int]
) -> None:
    """Less than 5 %, by its own band or by what another's 97, or more than 95, leave of the lender."""
    held = Holdings.between(10, [0, 1], [BANK, BANK], low, high, ends)
    found = related_parties(solve_control(held), held, (), married(rule=RULE.id), RULE, lender=BANK)
    assert (found.why, found.maybe) == ({1: ("holder", BANK)}, {})


def test_what_the_lender_holds_of_itself_is_its_holders() -> None:
    """4.6 % where 10 % are its own: 5.11 %."""
    assert related((4, BANK, 0.046), (BANK, BANK, 0.1)).why == {4: ("holder", BANK)}


HELD = st.lists(
    st.tuples(st.integers(0, 8), st.integers(4, 8), st.integers(1, 12)).filter(lambda row: row[0] != row[1]),
    max_size=10, unique_by=lambda row: row[:2],
)  # fmt: skip


@given(HELD, st.sets(st.integers(0, 3), max_size=2), st.sets(st.sampled_from([(0, 1), (1, 2), (2, 3)])))
@settings(max_examples=150, deadline=None)
def test_who_leaves_the_lenders_circle_is_who_is_not_found_without_the_fact(
    held: list[tuple[int, int, int]], officers: set[int], kin: set[tuple[int, int]]
) -> None:
    """The second method: all related parties found again without it."""
    left, rows = dict.fromkeys(range(10), 20), list[Row]()
    for x, y, votes in sorted(held):
        if votes <= left[y]:
            left[y] -= votes
            rows.append((x, y, votes / 20))
    pairs, control = sorted(kin), owned(*rows)
    found = related(*rows, officers=tuple(officers), kin=tuple(pairs))

    def gone(rows: list[Row], officers: set[int], pairs: list[tuple[int, int]], refuted: Refuted) -> set[int]:
        people = married(*pairs, rule=RULE.id)
        told = leave_related(found, control, holdings(*rows), officers, people, RULE, refuted=refuted)
        assert set(told.tolist()) == set(found.why) - set(
            related(*rows, officers=tuple(officers), kin=tuple(pairs)).why
        )
        return set(told.tolist())

    assert gone(rows, officers, pairs, Refuted()) == set()
    for at in range(len(rows)):
        gone([row for k, row in enumerate(rows) if k != at], officers, pairs, Refuted(holdings=frozenset([at])))
    for officer in officers:
        gone(rows, officers - {officer}, pairs, Refuted())
    for pair in pairs:
        gone(rows, officers, [other for other in pairs if other != pair], Refuted())
