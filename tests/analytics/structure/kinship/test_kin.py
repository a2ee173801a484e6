import pytest

from analytics.structure.kinship.kin import COLLATERAL, DIRECT, KIN, SPOUSE, degrees, relatives
from graph.errors import InvalidQuestion
from graph.model import RELATIONSHIPS
from tests.analytics.structure.kinship.families import RULE, related


@pytest.mark.parametrize(
    ("line", "generations", "near"),
    [(DIRECT, 3, True), (DIRECT, 4, False), (COLLATERAL, 2, True), (COLLATERAL, 3, False), (DIRECT, 0, True)],
)
def test_kin_reaches_three_generations_in_line_and_two_beside(line: int, generations: int, near: bool) -> None:
    kin = relatives(2, related((0, 1, KIN, line, generations)), RULE)
    assert [kin.near.at(x).tolist() for x in (0, 1)] == ([[1], [0]] if near else [[], []])
    assert kin.untested.tolist() == []
    assert kin.wide is kin.near


@pytest.mark.parametrize(("line", "generations"), [(-1, 2), (-1, 3), (DIRECT, -1), (COLLATERAL, -1), (-1, -1)])
def test_kin_of_which_line_or_generations_are_unsaid_is_untested_and_not_passed(line: int, generations: int) -> None:
    kin = relatives(2, related((0, 1, KIN, line, generations)), RULE)
    assert (kin.near.at(0).tolist(), kin.untested.tolist()) == ([], [0])
    assert [kin.wide.at(x).tolist() for x in (0, 1)] == [[1], [0]]


def test_kin_beyond_every_line_of_the_rule_is_none_whatever_its_line() -> None:
    kin = relatives(2, related((0, 1, KIN, -1, 4)), RULE)
    assert (kin.wide.at(0).tolist(), kin.untested.tolist()) == ([], [])


def test_wide_kin_keep_the_near_and_the_places_of_the_links() -> None:
    kin = relatives(4, related((2, 0, KIN, -1, -1), (0, 1, SPOUSE, -1, -1), (0, 3, KIN, DIRECT, 9)), RULE)
    assert (kin.near.at(0).tolist(), kin.near.links_at(0).tolist()) == ([1], [1])
    assert (kin.wide.at(0).tolist(), kin.wide.links_at(0).tolist()) == ([1, 2], [1, 0])


def test_a_spouse_needs_no_degree_and_kin_of_kin_is_not_inferred() -> None:
    kin = relatives(3, related((0, 1, SPOUSE, -1, -1), (1, 2, KIN, DIRECT, 1)), RULE)
    assert [kin.near.at(x).tolist() for x in range(3)] == [[1], [0, 2], [1]]


@pytest.mark.parametrize("kind", [k for k, name in enumerate(RELATIONSHIPS) if name not in ("spouse", "kin")])
def test_no_other_relation_makes_kin(kind: int) -> None:
    kin = relatives(2, related((0, 1, kind, DIRECT, 1)), RULE)
    assert (kin.near.at(0).tolist(), kin.untested.tolist()) == ([], [])


def test_negative_generations_are_refused() -> None:
    with pytest.raises(InvalidQuestion):
        relatives(2, related((0, 1, KIN, DIRECT, -2)), RULE)


def test_each_rule_has_both_languages_and_its_citation() -> None:
    for rule in degrees().values():
        assert rule.citation
        assert rule.name.en.isascii()
        assert not rule.name.zh.isascii()
