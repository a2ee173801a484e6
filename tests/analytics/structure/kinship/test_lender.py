import pytest

from analytics.structure.kinship.kin import degrees
from analytics.structure.kinship.lender import Related, related_parties
from graph.errors import InvalidQuestion
from tests.analytics.structure.kinship.families import Row, holdings, married, owned

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


def test_what_the_state_holds_elsewhere_is_not_related() -> None:
    assert related((9, BANK, 0.6), (9, 4, 1.0)).why == {9: ("holder", BANK)}


def test_parallel_holdings_add_up() -> None:
    assert related((4, BANK, 0.03), (4, BANK, 0.02)).why == {4: ("holder", BANK)}


def test_a_lender_that_is_none_or_a_rule_without_a_share_is_refused() -> None:
    with pytest.raises(InvalidQuestion, match="lender"):
        related_parties(owned(), holdings(), (), married(), RULE, lender=99)
    with pytest.raises(InvalidQuestion, match="share"):
        related_parties(owned(), holdings(), (), married(), degrees()["cn-group-2010"], lender=BANK)
